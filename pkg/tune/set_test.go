package tune_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

// What the user sets is not derived, and what depends on it follows.
func TestParametersFollowTheUser(t *testing.T) {
	tests := map[string]struct {
		machine tune.Machine
		set     map[string]string
		want    map[string]string // "" for a parameter that must not be returned
	}{
		// As 500Mi of TestParametersBySize with C=60: shared = 125+7.81+8+3.75 = 144.56;
		// left = 500-48-144.56-62x2.244-42-28 = 98.3; 98.3/62/6 = 0.264, below the
		// floor of 500/1024 = 0.488MB = 500kB -> 448
		"more connections leave less for each": {
			machine: tune.Machine{MemoryBytes: 500 * mi, MilliCPU: 500},
			set:     map[string]string{"max_connections": "60"},
			want:    map[string]string{"max_connections": "", "work_mem": "448kB"},
		},
		// S=64: shared = 64+2+2+8+1.56 = 77.56, backend = 2.125;
		// left = 500-48-77.56-27x2.125-42-28 = 247.06; 247.06/27/6 = 1.525 -> 1.5
		"fewer buffers leave more for queries": {
			machine: tune.Machine{MemoryBytes: 500 * mi, MilliCPU: 500},
			set:     map[string]string{"shared_buffers": "64MB"},
			want:    map[string]string{"shared_buffers": "", "work_mem": "1536kB"},
		},
		// One sort and one hash table of eight times work_mem are 9 instead of 3:
		// 1Gi, web, W=2: left = 466.94 (TestParametersBySize); 466.94/27/9 = 1.92 -> 1.75
		"larger hash tables": {
			machine: tune.Machine{MemoryBytes: gi, MilliCPU: 2000, Workload: tune.Web},
			set:     map[string]string{"hash_mem_multiplier": "8"},
			want:    map[string]string{"hash_mem_multiplier": "", "work_mem": "1792kB"},
		},
		// 1008 processes of 4MB fill 4Gi on their own; 4096/1024 = 4, but at most 1.
		"far too many connections": {
			machine: tune.Machine{MemoryBytes: 4 * gi},
			set:     map[string]string{"max_connections": "1000"},
			want:    map[string]string{"work_mem": "1MB"},
		},
		"maintenance below the autovacuum share": {
			machine: tune.Machine{MemoryBytes: 4 * gi}, // a thirty-second is 128MB
			set:     map[string]string{"maintenance_work_mem": "64MB"},
			want:    map[string]string{"autovacuum_work_mem": "", "maintenance_work_mem": ""},
		},
		// The default min_wal_size of 80MB would not be below it.
		"a small max_wal_size without volumes": {
			set:  map[string]string{"max_wal_size": "64MB"},
			want: map[string]string{"max_wal_size": "", "min_wal_size": "32MB"},
		},
		"a small max_wal_size on a large volume": {
			machine: tune.Machine{DataBytes: 100 * gi},
			set:     map[string]string{"max_wal_size": "256MB"},
			want:    map[string]string{"min_wal_size": "64MB"},
		},
		"a large min_wal_size": {
			machine: tune.Machine{DataBytes: 20 * gi}, // 40% of a quarter is 2GB
			set:     map[string]string{"min_wal_size": "2GB"},
			want:    map[string]string{"min_wal_size": "", "max_wal_size": "4GB"},
		},
		"a large min_wal_size without volumes": {
			set:  map[string]string{"min_wal_size": "1GB"},
			want: map[string]string{"max_wal_size": "2GB"},
		},
		"a small min_wal_size without volumes": {
			set:  map[string]string{"min_wal_size": "160MB"}, // below the default of 1GB
			want: map[string]string{"max_wal_size": ""},
		},
		"many parallel workers": {
			machine: tune.Machine{MilliCPU: 4000},
			set:     map[string]string{"max_parallel_workers": "48"},
			want:    map[string]string{"max_parallel_workers": "", "max_worker_processes": "56"}, // 48+8
		},
		"an unreadable value is not repaired": {
			machine: tune.Machine{MemoryBytes: gi, MilliCPU: 2000},
			set:     map[string]string{"max_connections": "many"},
			// C=100, the default: shared = 256+8+8+8+6.25 = 286.25;
			// left = 1024-48-286.25-102x2.5-96-64 = 274.75; 274.75/102/6 = 0.449,
			// below the floor of 1MB
			want: map[string]string{"max_connections": "", "work_mem": "1MB"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.machine.Major, test.machine.Minor = 17, -1
			got := map[string]string{}
			for _, s := range tune.Parameters(test.machine, test.set) {
				got[s.Name] = s.Value
			}
			for parameter, value := range test.want {
				assert.Equal(t, value, got[parameter], parameter)
			}
		})
	}
}

func TestParametersOfSpecialMachines(t *testing.T) {
	tests := map[string]struct {
		machine tune.Machine
		want    []string
	}{
		"nothing known": {
			machine: tune.Machine{Major: 17, Minor: -1},
			want: []string{
				"huge_pages = off", "wal_compression = lz4", "random_page_cost = 1.1", "effective_io_concurrency = 200", "jit = off",
			},
		},
		"only CPUs known": {
			machine: tune.Machine{MilliCPU: 7900, Major: 14, Minor: -1}, // 7 whole CPUs
			want: []string{
				"max_parallel_workers_per_gather = 4", "max_parallel_maintenance_workers = 4",
				"huge_pages = off", "random_page_cost = 1.1", "effective_io_concurrency = 200", "jit = off",
			},
		},
		"only the data volume known": {
			machine: tune.Machine{DataBytes: 10 * gi, Major: 14, Minor: -1},
			want: []string{
				"huge_pages = off", "min_wal_size = 256MB", "wal_keep_size = 256MB", "max_slot_wal_keep_size = 1GB",
				"random_page_cost = 1.1", "effective_io_concurrency = 200", "jit = off",
			},
		},
		// A tenth of 1024/4 = 256 is 25.6, one segment of 16; 40% is 102 -> 96;
		// a quarter of that is below the two segments PostgreSQL needs.
		"a very small volume": {
			machine: tune.Machine{DataBytes: gi, Major: 14, Minor: -1},
			want: []string{
				"huge_pages = off", "max_wal_size = 96MB", "min_wal_size = 32MB", "wal_keep_size = 16MB", "max_slot_wal_keep_size = 96MB",
				"random_page_cost = 1.1", "effective_io_concurrency = 200", "jit = off",
			},
		},
		// 1024/128 = 8 CPUs count. S=256 C=25 W=8: left = 1024-48-281.56-33x2.5-96-64 = 451.94;
		// 451.94/33/6 = 2.28 -> 2
		"64 CPUs and little memory": {
			machine: tune.Machine{MemoryBytes: gi, MilliCPU: 64000, Major: 18, Minor: -1},
			want: []string{
				"max_connections = 25", "max_parallel_workers_per_gather = 4", "max_parallel_maintenance_workers = 4",
				"shared_buffers = 256MB", "huge_pages = off", "effective_cache_size = 768MB", "autovacuum_work_mem = 32MB", "work_mem = 2MB",
				"wal_compression = lz4", "random_page_cost = 1.1", "effective_io_concurrency = 200", "jit = off",
			},
		},
		// 32 CPUs and 8 more processes are more than CloudNativePG's 32.
		"32 CPUs": {
			machine: tune.Machine{MilliCPU: 32000, Workload: tune.DW, Major: 18, Minor: -1},
			want: []string{
				"max_parallel_workers_per_gather = 16", "max_parallel_maintenance_workers = 4", "max_worker_processes = 40",
				"autovacuum_max_workers = 5", "io_workers = 8", "huge_pages = off", "wal_compression = lz4",
				"effective_io_concurrency = 200", "default_statistics_target = 500",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, lines(tune.Parameters(test.machine, nil)))
		})
	}
}

func TestParametersOfResources(t *testing.T) {
	tests := map[string]struct {
		machine tune.Machine
		want    map[string]string
	}{
		"a request below a quarter of the limit": {
			machine: tune.Machine{MemoryBytes: 4 * gi, MemoryRequestBytes: 256 * mi},
			want:    map[string]string{"shared_buffers": "256MB", "effective_cache_size": "3GB"},
		},
		"a request above a quarter of the limit": {
			machine: tune.Machine{MemoryBytes: 4 * gi, MemoryRequestBytes: 2 * gi},
			want:    map[string]string{"shared_buffers": "1GB"},
		},
		// shared = 1024+32+16+8+3.13 = 1083.13MB
		"enough huge pages": {
			machine: tune.Machine{MemoryBytes: 4 * gi, HugePagesBytes: 1100 * mi},
			want:    map[string]string{"huge_pages": ""}, // try, the default
		},
		"too few huge pages": {
			machine: tune.Machine{MemoryBytes: 4 * gi, HugePagesBytes: 1024 * mi},
			want:    map[string]string{"huge_pages": "off"},
		},
		// 4Gi, web, W=4, C=50: with S in huge pages nothing is taken off for it and
		// backends map it at no cost: left = 4096-48-54x2-384-256 = 3300; 3300/54/3 = 20.4 -> 20
		"huge pages leave memory to queries": {
			machine: tune.Machine{MemoryBytes: 4 * gi, HugePagesBytes: 2 * gi, MilliCPU: 4000, Workload: tune.Web},
			want:    map[string]string{"work_mem": "20MB"},
		},
		// 1Gi, web, W=2, C=25: left = 466.94. The two workers' part would be
		// 466.94/27x2 = 34.6, less than /dev/shm: (466.94-256)/25/3 = 2.81 -> 2.5
		"a limit of /dev/shm is taken off": {
			machine: tune.Machine{MemoryBytes: gi, ShmBytes: 256 * mi, MilliCPU: 2000, Workload: tune.Web},
			want:    map[string]string{"work_mem": "2560kB"},
		},
		// The same without it: 466.94/27/3 = 5.76 -> 5
		"a small /dev/shm is the workers' part": {
			machine: tune.Machine{MemoryBytes: gi, ShmBytes: 32 * mi, MilliCPU: 2000, Workload: tune.Web},
			want:    map[string]string{"work_mem": "5MB"},
		},
		"a warehouse that fits in memory": {
			machine: tune.Machine{MemoryBytes: 16 * gi, DataBytes: 12 * gi, Workload: tune.DW},
			want:    map[string]string{"random_page_cost": "1.1"},
		},
		"a warehouse that does not": {
			machine: tune.Machine{MemoryBytes: 16 * gi, DataBytes: 13 * gi, Workload: tune.DW},
			want:    map[string]string{"random_page_cost": ""},
		},
		"a warehouse below 2Gi": {
			machine: tune.Machine{MemoryBytes: gi, Workload: tune.DW},
			want:    map[string]string{"maintenance_work_mem": ""}, // 1024/16 = 64, the default
		},
		"a warehouse of 2Gi": {
			machine: tune.Machine{MemoryBytes: 2 * gi, Workload: tune.DW},
			want:    map[string]string{"maintenance_work_mem": "256MB"}, // 2048/8
		},
		"decimal quantities": {
			machine: tune.Machine{MemoryBytes: 500_000_000}, // 476.8Mi
			want:    map[string]string{"shared_buffers": "119MB", "effective_cache_size": "357MB"},
		},
		"negative sizes are unknown": {
			machine: tune.Machine{MemoryBytes: -1, DataBytes: -1, MilliCPU: -1},
			want:    map[string]string{"shared_buffers": "", "work_mem": "", "max_wal_size": "", "min_wal_size": ""},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.machine.Major, test.machine.Minor = 17, -1
			got := params(test.machine, nil)
			for parameter, value := range test.want {
				assert.Equal(t, value, got[parameter], parameter)
			}
		})
	}
}

// The connections of timescaledb-tune up to 8GB, then its slope of 25 each 2GB
// up to pgtune's number.
func TestMaxConnections(t *testing.T) {
	tests := []struct {
		memory   int64
		workload tune.Workload
		want     string // "" is the default of 100
	}{
		{256 * mi, tune.Web, "25"},
		{2 * gi, tune.Web, "25"},
		{2*gi + 1, tune.Web, "50"},
		{4 * gi, tune.Web, "50"},
		{6 * gi, tune.Web, "75"},
		{7 * gi, tune.Web, ""},
		{8 * gi, tune.OLTP, ""},
		{12 * gi, tune.OLTP, "150"},
		{16 * gi, tune.Web, "200"},
		{64 * gi, tune.Web, "200"},
		{24 * gi, tune.OLTP, "300"},
		{64 * gi, tune.OLTP, "300"},
		{64 * gi, tune.Mixed, ""},
		{gi, tune.DW, "25"},
		{4 * gi, tune.DW, "40"},
		{gi, tune.Desktop, "20"},
	}
	for _, test := range tests {
		got := params(tune.Machine{MemoryBytes: test.memory, Workload: test.workload}, nil)
		assert.Equal(t, test.want, got["max_connections"], "%d bytes, %s", test.memory, test.workload)
	}
}
