package tune

import "fmt"

const (
	// walSegment is the default size of a WAL segment. PostgreSQL keeps whole
	// segments and refuses to start with a min_wal_size or max_wal_size below two.
	walSegment = 16 * mB
	minWALMin  = 2 * walSegment
	maxWALMin  = 4 * walSegment

	// walShareOfData: where the WAL lives on the data volume it may take a
	// quarter of it, so that tables keep the rest. Judgement.
	walShareOfData = 4

	// The WAL volume, or that quarter, is divided so that all three together
	// leave a tenth free: two fifths for checkpoints, where timescaledb-tune
	// takes three fifths but knows no slots; two fifths for slots of absent
	// standbys; a tenth for segments kept for standbys without a slot. The three
	// overlap in practice, which leaves room for an archive that lags. Judgement.
	checkpointPercent = 40
	slotPercent       = 40
	keepPercent       = 10

	// keepMax is what CloudNativePG sets wal_keep_size to.
	keepMax = 512 * mB

	// minWALDivisor: min_wal_size is a quarter of max_wal_size (pgtune for every
	// workload but desktop, which has 100MB of 2GB: PostgreSQL's own 80MB here).
	minWALDivisor = 4
	minWALDesktop = 80 * mB

	// maxWALFactor: where the user has set only min_wal_size, max_wal_size is at
	// least twice as much (timescaledb-tune's ratio).
	maxWALFactor = 2
)

// maxWALOf is pgtune's max_wal_size. More only makes recovery after a crash take
// longer.
var maxWALOf = map[Workload]int64{Web: 4 * gB, OLTP: 8 * gB, DW: 16 * gB, Mixed: 4 * gB, Desktop: 2 * gB}

// walSpace is how much room the WAL has, and what to call it. Zero when no
// volume is known.
func (m Machine) walSpace() (int64, string) {
	switch {
	case m.WALBytes > 0:
		return m.WALBytes, fmt.Sprintf("the %s WAL volume", formatQuantity(m.WALBytes))
	case m.DataBytes > 0:
		return m.DataBytes / walShareOfData, fmt.Sprintf("a quarter of the %s data volume (it also holds the WAL)", formatQuantity(m.DataBytes))
	}
	return 0, ""
}

func (t *tuning) decideWAL() {
	space, volume := t.walSpace()
	t.decideMaxWAL(space, volume)
	t.decideMinWAL(space)
	if space > 0 {
		t.decideKeptWAL(space, volume)
		t.decideSlotWAL(space, volume)
	}
	t.decideWALCompression()
}

func (t *tuning) decideMaxWAL(space int64, volume string) {
	const name = "max_wal_size"
	least := int64(0)
	if t.isSet("min_wal_size") {
		least = t.number("min_wal_size") * maxWALFactor
	}
	switch {
	case space > 0:
		most := maxWALOf[t.Workload]
		size := max(min(wholeSegments(percent(space, checkpointPercent)), most), maxWALMin, least)
		t.decide(name, formatSize(size), judgement+" and "+pgtune, fmt.Sprintf(
			"%d%% of %s, rounded down, between %s and the %s of workload %s",
			checkpointPercent, volume, formatSize(max(maxWALMin, least)), formatSize(most), t.Workload))
	case least >= t.number(name):
		t.decide(name, formatSize(least), timescaledbTune, fmt.Sprintf(
			"twice the min_wal_size of %s: CloudNativePG refuses a max_wal_size that is not larger", t.text("min_wal_size")))
	}
}

// decideMinWAL keeps min_wal_size below max_wal_size, which CloudNativePG
// requires of what a manifest says and of the defaults alike.
func (t *tuning) decideMinWAL(space int64) {
	if space == 0 && !t.isSet("max_wal_size") {
		return
	}
	most := t.number("max_wal_size")
	size := wholeSegments(most / minWALDivisor)
	if t.Workload == Desktop {
		size = min(size, minWALDesktop)
	}
	t.decide("min_wal_size", formatSize(max(size, minWALMin)), pgtune, fmt.Sprintf(
		"a quarter of max_wal_size, %s, is kept for reuse%s", formatSize(most), t.ifDesktop(", but no more than the default of 80MB")))
}

func (t *tuning) decideKeptWAL(space int64, volume string) {
	size := max(min(wholeSegments(percent(space, keepPercent)), keepMax), walSegment)
	t.decide("wal_keep_size", formatSize(size), judgement, fmt.Sprintf(
		"%d%% of %s, rounded down, but no more than the 512MB CloudNativePG sets", keepPercent, volume))
}

// decideSlotWAL bounds what a replication slot of a lost standby may keep, which
// CloudNativePG recommends (replication.md, "Capping the WAL size retained for
// replication slots"): without a bound it fills the volume.
func (t *tuning) decideSlotWAL(space int64, volume string) {
	const name = "max_slot_wal_keep_size"
	if t.breaksUpgrade() {
		t.decide(name, "-1", cnpgDocs,
			"PostgreSQL 17.0 to 17.5 cannot be upgraded to a later major version with any other value; 17.6 can")
		return
	}
	size := max(wholeSegments(percent(space, slotPercent)), maxWALMin)
	t.decide(name, formatSize(size), cnpgDocs+" and "+judgement, fmt.Sprintf(
		"replication slots may keep %d%% of %s, rounded down, before a lost standby's slot is given up", slotPercent, volume))
}

// breaksUpgrade says that max_slot_wal_keep_size must stay at -1: pg_upgrade
// fails with any other value in PostgreSQL 17.0 to 17.5 (CloudNativePG
// documentation, postgres_upgrades.md; fixed by PostgreSQL commit f36e5774).
func (m Machine) breaksUpgrade() bool {
	return m.Major == 17 && m.Minor >= 0 && m.Minor < 6
}

// decideWALCompression spends little CPU to write less WAL. lz4 is known since
// PostgreSQL 15 (pgtune); before that there is only pglz, which costs more.
func (t *tuning) decideWALCompression() {
	if t.Major >= 15 {
		t.decide("wal_compression", "lz4", pgtune, "full pages in the WAL compress well, and lz4 costs little CPU")
	}
}

func (t *tuning) ifDesktop(s string) string {
	if t.Workload == Desktop {
		return s
	}
	return ""
}

// percent of a size, computed so that it does not overflow.
func percent(b, p int64) int64 { return b/100*p + b%100*p/100 }

// wholeSegments rounds a size down to one a person would choose that is also a
// whole number of WAL segments.
func wholeSegments(b int64) int64 { return roundDown(b) / walSegment * walSegment }
