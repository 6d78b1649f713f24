package tune

import "fmt"

const (
	// randomPageCostSSD: on SSD and network storage a random read costs hardly
	// more than a sequential one (pgtune, timescaledb-tune).
	randomPageCostSSD = "1.1"
	// randomPageCostDisk is PostgreSQL's default.
	randomPageCostDisk = "4"
	// ioConcurrencySSD is pgtune's effective_io_concurrency for SSD;
	// timescaledb-tune has 256.
	ioConcurrencySSD = "200"
)

// decideStorage assumes solid-state storage, as nearly all classes of
// Kubernetes volumes are.
func (t *tuning) decideStorage() {
	// Where a data warehouse does not fit in memory, a low cost would lead the
	// planner to fetch most of a table by index (pgtune). It surely fits if the
	// whole volume does fit the cache.
	cache := t.MemoryBytes / 4 * 3
	switch {
	case t.Workload != DW:
		t.decide("random_page_cost", randomPageCostSSD, pgtune+" and "+timescaledbTune,
			"random reads from solid-state storage cost hardly more than sequential ones")
	case t.DataBytes > 0 && t.DataBytes <= cache:
		t.decide("random_page_cost", randomPageCostSSD, pgtune, fmt.Sprintf(
			"the %s data volume fits in three quarters of the %s memory limit, so that reads come from memory",
			formatQuantity(t.DataBytes), formatQuantity(t.MemoryBytes)))
	default:
		t.decide("random_page_cost", randomPageCostDisk, pgtune,
			"a data warehouse larger than memory is better read in sequence than by index")
	}
	t.decide("effective_io_concurrency", ioConcurrencySSD, pgtune,
		"solid-state storage serves many reads at once")
}
