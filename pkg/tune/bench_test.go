package tune_test

import (
	"testing"

	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

var benchmarkMachine = tune.Machine{
	MemoryBytes: 64 * gi, MilliCPU: 16000, DataBytes: ti, WALBytes: 100 * gi, Workload: tune.OLTP, Major: 18, Minor: -1,
}

func BenchmarkParameters(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		tune.Parameters(benchmarkMachine, nil)
	}
}

func BenchmarkBudget(b *testing.B) {
	p := params(benchmarkMachine, nil)
	b.ReportAllocs()
	for b.Loop() {
		tune.Budget(benchmarkMachine, p)
	}
}
