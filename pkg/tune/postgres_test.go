//go:build postgres

package tune

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres/servertest"
)

// TestAgainstPostgreSQL compares what this package knows and derives with a real
// server, of the version that is installed: see servertest.New for where it looks.
func TestAgainstPostgreSQL(t *testing.T) {
	s := servertest.New(t)
	t.Run("defaults", func(t *testing.T) { testDefaults(t, s) })
	t.Run("definitions", func(t *testing.T) { testDefinitions(t, s) })
	t.Run("quantities", func(t *testing.T) { testQuantities(t, s) })
	t.Run("machines", func(t *testing.T) { testMachines(t, s) })
	t.Run("impossible", func(t *testing.T) { testImpossible(t, s) })
}

// cnpgDefaults are those of CloudNativePG that matter for memory and WAL, as
// written down in its CnpgConfigurationSettings. They replace PostgreSQL's own.
var cnpgDefaults = map[string]string{
	"max_worker_processes":  "32",
	"max_parallel_workers":  "32",
	"max_replication_slots": "32",
	"wal_keep_size":         "512MB",
	"wal_level":             "logical",
	"wal_log_hints":         "on",
}

// What nobody sets is what the table of defaults says.
func testDefaults(t *testing.T, s *servertest.Server) {
	for _, config := range []map[string]string{{}, cnpgDefaults} {
		settings := s.Start(t, config)
		checked := 0
		for _, name := range slices.Concat(slices.Collect(maps.Keys(defaults)), []string{"hash_mem_multiplier", "effective_io_concurrency"}) {
			got, known := settings[name]
			_, cnpgs := cnpgDefaults[name]
			// A newer parameter is unknown here. wal_buffers -1 shows as what it amounts to.
			if !known || name == "wal_buffers" || (cnpgs && len(config) == 0) {
				continue
			}
			assert.Equal(t, got.Value, defaultOf(name, s.Major), name)
			checked++
		}
		assert.Greater(t, checked, 15)
	}
}

// Units and bounds are the server's.
func testDefinitions(t *testing.T, s *servertest.Server) {
	settings := s.Start(t, nil)
	units := map[string]int64{"": 0, "kB": kB, "8kB": block, "MB": mB}
	checked := 0
	for name, d := range definitions {
		got, known := settings[name]
		if !known { // reserved_connections before PostgreSQL 16
			continue
		}
		checked++
		assert.Equal(t, units[got.Unit], d.unit, name)
		assert.Equal(t, got.Max, fmt.Sprint(d.max), name)
		if name == "maintenance_work_mem" && s.Major < 17 {
			assert.Equal(t, "1024", got.Min, name) // the definition has the wider bound
			continue
		}
		assert.Equal(t, got.Min, fmt.Sprint(d.min), name)
	}
	assert.GreaterOrEqual(t, checked, len(definitions)-1)
}

// The parser reads and refuses what the server reads and refuses.
func testQuantities(t *testing.T, s *servertest.Server) {
	for text, want := range quantities {
		got, err := s.Show("work_mem", map[string]string{"work_mem": text})
		if want == -1 {
			assert.Error(t, err, "%q is read as %s", text, got)
			continue
		}
		if assert.NoError(t, err, text) {
			assert.Equal(t, fmt.Sprint(want), got, text)
		}
	}
}

// testMachines gives the server the parameters of machines of all sizes. It
// starts it as far as the memory of this machine allows, and beyond that has it
// compute what it would use.
func testMachines(t *testing.T, s *servertest.Server) {
	tests := []Machine{}
	for memory, cpu := int64(256*mB), int64(250); memory <= 256*gB; memory, cpu = memory*2, cpu*2 {
		tests = append(tests, Machine{MemoryBytes: memory, MilliCPU: cpu, DataBytes: 8 * memory, WALBytes: memory})
	}
	tests = append(tests, Machine{MemoryBytes: 500 * mB, MilliCPU: 500, DataBytes: 20 * gB}, Machine{DataBytes: gB}, Machine{})
	started := 0
	for _, m := range tests {
		for _, workload := range Workloads() {
			m.Workload, m.Major, m.Minor = workload, s.Major, -1
			t.Run(fmt.Sprintf("%s %s", formatQuantity(m.MemoryBytes), workload), func(t *testing.T) {
				params := map[string]string{}
				for _, p := range Parameters(m, nil) {
					params[p.Name] = p.Value
				}
				config := maps.Clone(cnpgDefaults)
				maps.Copy(config, params)

				needs := sharedMemory(values{params: params, major: s.Major})
				if needs < servertest.AvailableMemory(t)/2 {
					started++
					settings := s.Start(t, config)
					for name, value := range params {
						assert.Equal(t, value, settings[name].Value, name)
					}
				} else {
					for name, value := range params {
						got, err := s.Show(name, config)
						require.NoError(t, err)
						assert.Equal(t, value, format(t, s, name, got), name)
					}
				}

				// The segment is estimated from above, but not by far.
				if s.Major >= 15 {
					got, err := s.Show("shared_memory_size", config)
					require.NoError(t, err)
					segment, err := strconv.ParseInt(got, 10, 64)
					require.NoError(t, err)
					assert.LessOrEqual(t, segment*mB, needs, "shared memory")
					assert.Greater(t, segment*mB, needs/100*85-10*mB, "shared memory")
				}
			})
		}
	}
	t.Logf("started %d of %d servers, computed the rest", started, len(tests)*len(Workloads()))
	assert.GreaterOrEqual(t, started, len(Workloads()), "too little memory on this machine to start any server")
}

// What Budget says PostgreSQL would not start with, it does not start with.
func testImpossible(t *testing.T, s *servertest.Server) {
	for _, config := range []map[string]string{
		{"min_wal_size": "16MB"},
		{"max_wal_size": "30MB", "min_wal_size": "32MB"},
		{"max_connections": "3"},
		{"shared_buffers": "1Gi"},
		{"work_mem": "32kB"},
		{"max_connections": "100MB"},
		{"hash_mem_multiplier": "0.5"},
	} {
		findings := Budget(Machine{Major: s.Major, Minor: -1}, config)
		severities := []Severity{}
		for _, f := range findings {
			severities = append(severities, f.Severity)
		}
		assert.Contains(t, severities, Error, "%v", config)
		assert.Error(t, s.Run(config), "%v", config)
	}
	require.NoError(t, s.Run(map[string]string{"min_wal_size": "32MB", "max_connections": "4"}))
}

// format gives an answer of Show the unit the parameter counts in.
func format(t *testing.T, s *servertest.Server, name, raw string) string {
	t.Helper()
	unit, ok := map[string]int64{"kB": kB, "8kB": block, "MB": mB}[s.Units[name]]
	if !ok {
		return raw
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	require.NoError(t, err)
	return formatSize(n * unit)
}
