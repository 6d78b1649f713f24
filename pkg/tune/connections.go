package tune

import "fmt"

// The connections of a small machine are timescaledb-tune's: 25 up to 2GB, 50 up
// to 4GB, 75 up to 6GB, then 100. Its slope is carried on beyond that until
// pgtune's number for the workload is reached, so that memory added never makes
// each connection poorer at once. Judgement.
const (
	connectionsPerStep = 25
	connectionStep     = 2 * gB
)

// connectionsOf is pgtune's max_connections. About ten of them serve superusers,
// the operator and the metrics exporter rather than the application.
var connectionsOf = map[Workload]int64{Web: 200, OLTP: 300, DW: 40, Mixed: 100, Desktop: 20}

func (t *tuning) decideConnections() {
	if t.MemoryBytes == 0 {
		return
	}
	steps := (t.MemoryBytes + connectionStep - 1) / connectionStep
	most := connectionsOf[t.Workload]
	n := min(steps*connectionsPerStep, most)
	t.decide("max_connections", fmt.Sprint(n), timescaledbTune+" and "+pgtune+" and "+judgement, fmt.Sprintf(
		"%d for each 2Gi of memory begun, here %s, but at most the %d of workload %s; about 10 of them serve the operator, metrics and superusers",
		connectionsPerStep, formatQuantity(t.MemoryBytes), most, t.Workload))
}
