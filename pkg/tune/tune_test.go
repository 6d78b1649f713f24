package tune_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

const (
	mi = int64(1) << 20
	gi = int64(1) << 30
	ti = int64(1) << 40
)

// lines writes settings as postgresql.conf would, in their order.
func lines(settings []tune.Setting) []string {
	out := make([]string, 0, len(settings))
	for _, s := range settings {
		out = append(out, s.Name+" = "+s.Value)
	}
	return out
}

// params merges what is derived with what the user has set.
func params(m tune.Machine, set map[string]string) map[string]string {
	out := map[string]string{}
	for _, s := range tune.Parameters(m, set) {
		out[s.Name] = s.Value
	}
	for name, value := range set {
		out[name] = value
	}
	return out
}

// 8Gi, 2 CPUs, a WAL volume of 10Gi. With the names of TestParametersBySize:
//
//	S=2048 W=2 a=256 M=512 C=100: shared = 2048+64+16+8+6.25 = 2142.25, backend = 6
//	left = 8192-48-2142.25-102x6-768-512 = 4109.75
//	dw       C=40, M=1024: shared = 2138.5; left = 8192-48-2138.5-42x6-768-1024 = 3961.5
//	desktop  S=512, C=20: shared = 512+16+16+8+1.25 = 553.25, backend = 3
//	         left = 8192-48-553.25-22x3-768-512 = 6244.75
func TestParametersByWorkload(t *testing.T) {
	tests := map[tune.Workload]map[string]string{
		tune.Web: {
			"max_connections":           "", // 100, the default
			"shared_buffers":            "2GB",
			"effective_cache_size":      "6GB",
			"maintenance_work_mem":      "512MB",
			"work_mem":                  "12MB", // 4109.75/102/3 = 13.4
			"max_wal_size":              "4GB",
			"min_wal_size":              "1GB",
			"random_page_cost":          "1.1",
			"jit":                       "off",
			"default_statistics_target": "",
		},
		tune.OLTP: {
			"max_connections":           "",
			"shared_buffers":            "2GB",
			"work_mem":                  "12MB",
			"max_wal_size":              "4GB", // 40% of the volume, below oltp's 8GB
			"min_wal_size":              "1GB",
			"random_page_cost":          "1.1",
			"jit":                       "off",
			"default_statistics_target": "",
		},
		tune.DW: {
			"max_connections":           "40",
			"shared_buffers":            "2GB",
			"effective_cache_size":      "6GB",
			"maintenance_work_mem":      "1GB",
			"work_mem":                  "14MB", // 3961.5/42/6 = 15.7
			"max_wal_size":              "4GB",
			"min_wal_size":              "1GB",
			"random_page_cost":          "", // the default of 4
			"jit":                       "",
			"default_statistics_target": "500",
		},
		tune.Mixed: {
			"max_connections":           "",
			"shared_buffers":            "2GB",
			"work_mem":                  "6MB", // 4109.75/102/6 = 6.7
			"max_wal_size":              "4GB",
			"jit":                       "off",
			"default_statistics_target": "",
		},
		tune.Desktop: {
			"max_connections":           "20",
			"shared_buffers":            "512MB",
			"effective_cache_size":      "2GB",
			"maintenance_work_mem":      "512MB",
			"work_mem":                  "14MB", // 6244.75/22/18 = 15.8
			"max_wal_size":              "2GB",
			"min_wal_size":              "", // 80MB, the default
			"random_page_cost":          "1.1",
			"jit":                       "",
			"default_statistics_target": "",
		},
	}
	require.Len(t, tests, len(tune.Workloads()))
	for workload, want := range tests {
		t.Run(string(workload), func(t *testing.T) {
			m := tune.Machine{
				MemoryBytes: 8 * gi, MilliCPU: 2000, DataBytes: 100 * gi, WALBytes: 10 * gi, Workload: workload, Major: 17, Minor: -1,
			}
			got := params(m, nil)
			for name, value := range want {
				assert.Equal(t, value, got[name], name)
			}
		})
	}
}

func TestUnknownWorkloadIsMixed(t *testing.T) {
	m := tune.Machine{MemoryBytes: 8 * gi, DataBytes: 100 * gi, Workload: tune.Mixed, Major: 17, Minor: -1}
	want := tune.Decisions(m, nil)
	for _, workload := range []tune.Workload{"", "batch"} {
		m.Workload = workload
		assert.Equal(t, want, tune.Decisions(m, nil), workload)
	}
}

func TestParametersByVersion(t *testing.T) {
	const absent = ""
	tests := map[string]struct {
		major, minor int
		want         map[string]string
	}{
		"13":                            {13, 22, map[string]string{"wal_compression": absent, "io_workers": absent, "max_slot_wal_keep_size": "4GB"}},
		"14":                            {14, 19, map[string]string{"wal_compression": absent, "io_workers": absent, "max_slot_wal_keep_size": "4GB", "effective_io_concurrency": "200"}},
		"15":                            {15, 0, map[string]string{"wal_compression": "lz4", "io_workers": absent, "max_slot_wal_keep_size": "4GB"}},
		"16":                            {16, 10, map[string]string{"wal_compression": "lz4", "io_workers": absent, "max_slot_wal_keep_size": "4GB"}},
		"17.0":                          {17, 0, map[string]string{"wal_compression": "lz4", "max_slot_wal_keep_size": absent}},
		"17.2":                          {17, 2, map[string]string{"wal_compression": "lz4", "max_slot_wal_keep_size": absent}},
		"17.5":                          {17, 5, map[string]string{"wal_compression": "lz4", "max_slot_wal_keep_size": absent}},
		"17.6":                          {17, 6, map[string]string{"wal_compression": "lz4", "max_slot_wal_keep_size": "4GB"}},
		"17.10":                         {17, 10, map[string]string{"wal_compression": "lz4", "io_workers": absent, "max_slot_wal_keep_size": "4GB"}},
		"17, minor of an image catalog": {17, -1, map[string]string{"max_slot_wal_keep_size": "4GB"}},
		// 20 CPUs / 4 = 5 I/O workers
		"18":      {18, 0, map[string]string{"wal_compression": "lz4", "io_workers": "5", "io_method": absent, "max_slot_wal_keep_size": "4GB", "effective_io_concurrency": "200"}},
		"unknown": {0, -1, map[string]string{"wal_compression": absent, "io_workers": absent, "max_slot_wal_keep_size": "4GB", "jit": "off"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := params(tune.Machine{
				MemoryBytes: 32 * gi, MilliCPU: 20000, DataBytes: 100 * gi, WALBytes: 10 * gi, Major: test.major, Minor: test.minor,
			}, nil)
			for parameter, value := range test.want {
				assert.Equal(t, value, got[parameter], parameter)
			}
		})
	}
}

// The names each major version must know, from the release notes of PostgreSQL.
func TestOnlyParametersOfTheVersion(t *testing.T) {
	since13 := []string{
		"max_connections", "max_parallel_workers_per_gather", "max_parallel_maintenance_workers", "max_parallel_workers",
		"max_worker_processes", "autovacuum_max_workers", "shared_buffers", "huge_pages", "effective_cache_size",
		"maintenance_work_mem", "autovacuum_work_mem", "work_mem", "max_wal_size", "min_wal_size", "wal_keep_size",
		"max_slot_wal_keep_size", "random_page_cost", "effective_io_concurrency", "jit", "default_statistics_target",
	}
	for major := 13; major <= 18; major++ {
		known := slices.Clone(since13)
		if major >= 15 { // an enumeration with lz4 only since then
			known = append(known, "wal_compression")
		}
		if major >= 18 {
			known = append(known, "io_workers")
		}
		for _, workload := range tune.Workloads() {
			m := tune.Machine{MemoryBytes: 64 * gi, MilliCPU: 64000, DataBytes: gi, Workload: workload, Major: major, Minor: -1}
			for _, s := range tune.Decisions(m, nil) {
				assert.Contains(t, known, s.Name, "PostgreSQL %d, %s", major, workload)
			}
		}
	}
}

func TestDecisionsExplainWhatIsLeftOut(t *testing.T) {
	find := func(t *testing.T, m tune.Machine, name string) tune.Setting {
		t.Helper()
		decisions := tune.Decisions(m, nil)
		i := slices.IndexFunc(decisions, func(s tune.Setting) bool { return s.Name == name })
		require.GreaterOrEqual(t, i, 0, "%s is not considered", name)
		return decisions[i]
	}
	t.Run("a slot bound that breaks upgrades", func(t *testing.T) {
		s := find(t, tune.Machine{DataBytes: 20 * gi, Major: 17, Minor: 2}, "max_slot_wal_keep_size")
		assert.True(t, s.Default)
		assert.Equal(t, "-1", s.Value)
		assert.Contains(t, s.Why, "17.6")
	})
	t.Run("a default that fits", func(t *testing.T) {
		s := find(t, tune.Machine{MemoryBytes: 512 * mi}, "shared_buffers")
		assert.True(t, s.Default)
		assert.Equal(t, "128MB", s.Value)
		assert.Contains(t, s.Why, "512Mi")
	})
	t.Run("every setting has a reason and a source", func(t *testing.T) {
		for _, workload := range tune.Workloads() {
			m := tune.Machine{MemoryBytes: 64 * gi, MilliCPU: 64000, DataBytes: gi, Workload: workload, Major: 18, Minor: -1}
			for _, s := range tune.Decisions(m, nil) {
				assert.NotEmpty(t, s.Why, s.Name)
				assert.NotEmpty(t, s.Source, s.Name)
				assert.NotContains(t, s.Why, "%!", s.Name)
				assert.False(t, strings.HasSuffix(s.Why, "."), s.Name)
			}
		}
	})
}
