package tune

// decidePlanner sets what depends on the kind of queries alone.
func (t *tuning) decidePlanner() {
	// Compiling a query pays off for long ones only (pgtune, timescaledb-tune).
	// CloudNativePG's minimal images of PostgreSQL 18 have no compiler at all.
	switch t.Workload {
	case DW, Desktop:
		t.decide("jit", "on", pgtune, "long queries gain from being compiled")
	default:
		t.decide("jit", "off", pgtune+" and "+timescaledbTune, "short queries lose more time to compilation than they gain")
	}

	statistics, why := "100", "samples of the default size suit short queries"
	if t.Workload == DW {
		statistics, why = "500", "large queries depend on good estimates, for which a larger sample pays"
	}
	t.decide("default_statistics_target", statistics, pgtune, why)
}
