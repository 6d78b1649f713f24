package tune_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

// The expected values are worked out by hand. All numbers are MB:
//
//	S  shared_buffers = memory/4
//	C  max_connections = 25 for each 2048 of memory begun, at most the workload's
//	W  parallel workers counted = CPUs, 8 if unknown, at most memory/128, at least 2
//	shared  = S + S/32 + min(S/32, 16) + 8 + C/16
//	backend = 2 + S/512
//	M  maintenance_work_mem, A x a  autovacuum workers x autovacuum_work_mem
//	left = memory - 48 - shared - (C+W) x backend - A x a - M
//	work_mem = left / (C+W) / operations
//
// maintenance_work_mem, autovacuum_work_mem, work_mem and the WAL sizes keep
// their three highest bits. A value that equals the default is not listed.
func TestParametersBySize(t *testing.T) {
	tests := map[string]struct {
		machine tune.Machine
		want    []string
	}{
		// S=64 C=25 W=256/128=2: shared = 64+2+2+8+1.56 = 77.56, backend = 2.125
		// M = 16, a = 8; left = 256-48-77.56-27x2.125-24-16 = 33.07
		// 33.07/27/6 = 0.20, below the floor of 256/1024 = 0.25 = 256kB
		// WAL: 10240/4 = 2560: 40% = 1024 (the default), /4 = 256, 10% = 256
		"256Mi": {
			machine: tune.Machine{MemoryBytes: 256 * mi, DataBytes: 10 * gi, Major: 17, Minor: -1},
			want: []string{
				"max_connections = 25",
				"shared_buffers = 64MB",
				"huge_pages = off",
				"effective_cache_size = 192MB",
				"maintenance_work_mem = 16MB",
				"autovacuum_work_mem = 8MB",
				"work_mem = 256kB",
				"min_wal_size = 256MB",
				"wal_keep_size = 256MB",
				"max_slot_wal_keep_size = 1GB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
		// A small application of a homelab: 500Mi, half a CPU, 20Gi.
		// S=125 C=25 W=2: shared = 125+3.91+3.91+8+1.56 = 142.38, backend = 2.244
		// M = 31.25 -> 28, a = 15.6 -> 14; left = 500-48-142.38-27x2.244-42-28 = 179.03
		// 179.03/27/6 = 1.105 -> 1
		// WAL: 20480/4 = 5120: 40% = 2048, /4 = 512, 10% = 512 (the default)
		"500Mi": {
			machine: tune.Machine{MemoryBytes: 500 * mi, MilliCPU: 500, DataBytes: 20 * gi, Workload: tune.Mixed, Major: 17, Minor: 10},
			want: []string{
				"max_connections = 25",
				"shared_buffers = 125MB",
				"huge_pages = off",
				"effective_cache_size = 375MB",
				"maintenance_work_mem = 28MB",
				"autovacuum_work_mem = 14MB",
				"work_mem = 1MB",
				"max_wal_size = 2GB",
				"min_wal_size = 512MB",
				"max_slot_wal_keep_size = 2GB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
		// S=128 (the default) C=25 W=2: shared = 128+4+4+8+1.56 = 145.56, backend = 2.25
		// M = 32, a = 16; left = 512-48-145.56-27x2.25-48-32 = 177.69
		// 177.69/27/3 = 2.19 -> 2
		// WAL: 5120/4 = 1280: 40% = 512, /4 = 128, 10% = 128
		"512Mi": {
			machine: tune.Machine{MemoryBytes: 512 * mi, MilliCPU: 1000, DataBytes: 5 * gi, Workload: tune.Web, Major: 17, Minor: -1},
			want: []string{
				"max_connections = 25",
				"huge_pages = off",
				"effective_cache_size = 384MB",
				"maintenance_work_mem = 32MB",
				"autovacuum_work_mem = 16MB",
				"work_mem = 2MB",
				"max_wal_size = 512MB",
				"min_wal_size = 128MB",
				"wal_keep_size = 128MB",
				"max_slot_wal_keep_size = 512MB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
		// S=256 C=25 W=2: shared = 256+8+8+8+1.56 = 281.56, backend = 2.5
		// M = 64 (the default), a = 32; left = 1024-48-281.56-27x2.5-96-64 = 466.94
		// 466.94/27/6 = 2.88 -> 2.5 = 2560kB
		// WAL: own volume of 2048: 40% = 819 -> 768, /4 = 192, 10% = 204 -> 192
		"1Gi": {
			machine: tune.Machine{MemoryBytes: gi, MilliCPU: 2000, DataBytes: 20 * gi, WALBytes: 2 * gi, Major: 17, Minor: -1},
			want: []string{
				"max_connections = 25",
				"shared_buffers = 256MB",
				"huge_pages = off",
				"effective_cache_size = 768MB",
				"autovacuum_work_mem = 32MB",
				"work_mem = 2560kB",
				"max_wal_size = 768MB",
				"min_wal_size = 192MB",
				"wal_keep_size = 192MB",
				"max_slot_wal_keep_size = 768MB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
		// S=512 C=25 W=2: shared = 512+16+16+8+1.56 = 553.56, backend = 3
		// M = 128, a = 64; left = 2048-48-553.56-27x3-192-128 = 1045.44
		// 1045.44/27/3 = 12.9 -> 12
		// WAL: 10240: 40% = 4096, /4 = 1024, 10% -> 512 (the default)
		"2Gi": {
			machine: tune.Machine{MemoryBytes: 2 * gi, MilliCPU: 2000, DataBytes: 50 * gi, WALBytes: 10 * gi, Workload: tune.OLTP, Major: 17, Minor: -1},
			want: []string{
				"max_connections = 25",
				"shared_buffers = 512MB",
				"huge_pages = off",
				"effective_cache_size = 1536MB",
				"maintenance_work_mem = 128MB",
				"autovacuum_work_mem = 64MB",
				"work_mem = 12MB",
				"max_wal_size = 4GB",
				"min_wal_size = 1GB",
				"max_slot_wal_keep_size = 4GB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
		// S=1024 C=50 W=4: shared = 1024+32+16+8+3.13 = 1083.13, backend = 4
		// M = 256, a = 128; left = 4096-48-1083.13-54x4-384-256 = 2108.88
		// 2108.88/54/3 = 13.02 -> 12
		// Half of 4 CPUs is the default of 2 workers.
		// WAL: 102400/4 = 25600: 40% = 10240, but 4096 for web; /4 = 1024
		"4Gi": {
			machine: tune.Machine{MemoryBytes: 4 * gi, MilliCPU: 4000, DataBytes: 100 * gi, Workload: tune.Web, Major: 17, Minor: -1},
			want: []string{
				"max_connections = 50",
				"shared_buffers = 1GB",
				"huge_pages = off",
				"effective_cache_size = 3GB",
				"maintenance_work_mem = 256MB",
				"autovacuum_work_mem = 128MB",
				"work_mem = 12MB",
				"max_wal_size = 4GB",
				"min_wal_size = 1GB",
				"max_slot_wal_keep_size = 10GB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
		// 8 steps of 25 are 200, but 100 for mixed (the default).
		// S=4096 W=4: shared = 4096+128+16+8+6.25 = 4254.25, backend = 10
		// M = 1024, a = 512; left = 16384-48-4254.25-104x10-1536-1024 = 8481.75
		// 8481.75/104/6 = 13.59 -> 12
		// WAL: 20480: 40% = 8192, but 4096 for mixed; /4 = 1024
		"16Gi": {
			machine: tune.Machine{MemoryBytes: 16 * gi, MilliCPU: 4000, DataBytes: 200 * gi, WALBytes: 20 * gi, Major: 16, Minor: -1},
			want: []string{
				"shared_buffers = 4GB",
				"huge_pages = off",
				"effective_cache_size = 12GB",
				"maintenance_work_mem = 1GB",
				"autovacuum_work_mem = 512MB",
				"work_mem = 12MB",
				"max_wal_size = 4GB",
				"min_wal_size = 1GB",
				"max_slot_wal_keep_size = 8GB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
		// 16 CPUs: 8 workers for a warehouse query, 4 for an index build,
		// 4 autovacuum workers, 4 I/O workers; 16+8 fit in the 32 processes.
		// S=16384 C=40 W=16: shared = 16384+512+16+8+2.5 = 16922.5, backend = 34
		// M = 65536/8 = 8192, a = 2048; left = 65536-48-16922.5-56x34-8192-8192 = 30277.5
		// 30277.5/56/6 = 90.1 -> 80
		// WAL: 102400: 40% = 40960, but 16384 for dw; /4 = 4096
		"64Gi": {
			machine: tune.Machine{MemoryBytes: 64 * gi, MilliCPU: 16000, DataBytes: 2 * ti, WALBytes: 100 * gi, Workload: tune.DW, Major: 18, Minor: -1},
			want: []string{
				"max_connections = 40",
				"max_parallel_workers_per_gather = 8",
				"max_parallel_maintenance_workers = 4",
				"autovacuum_max_workers = 4",
				"io_workers = 4",
				"shared_buffers = 16GB",
				"huge_pages = off",
				"effective_cache_size = 48GB",
				"maintenance_work_mem = 8GB",
				"autovacuum_work_mem = 2GB",
				"work_mem = 80MB",
				"max_wal_size = 16GB",
				"min_wal_size = 4GB",
				"max_slot_wal_keep_size = 40GB",
				"wal_compression = lz4",
				"effective_io_concurrency = 200",
				"default_statistics_target = 500",
			},
		},
		// 64 CPUs: 4 workers for a query, as many for an index build, 64 in all,
		// and 8 processes besides; 5 autovacuum workers.
		// S=65536 C=300 W=64: shared = 65536+2048+16+8+18.75 = 67626.75, backend = 130
		// M = 8192, a = 2048; left = 262144-48-67626.75-364x130-10240-8192 = 128717.25
		// 128717.25/364/3 = 117.9 -> 112
		// WAL: 204800: 40% = 81920, but 8192 for oltp; /4 = 2048
		"256Gi": {
			machine: tune.Machine{MemoryBytes: 256 * gi, MilliCPU: 64000, DataBytes: 2 * ti, WALBytes: 200 * gi, Workload: tune.OLTP, Major: 17, Minor: 10},
			want: []string{
				"max_connections = 300",
				"max_parallel_workers_per_gather = 4",
				"max_parallel_maintenance_workers = 4",
				"max_parallel_workers = 64",
				"max_worker_processes = 72",
				"autovacuum_max_workers = 5",
				"shared_buffers = 64GB",
				"huge_pages = off",
				"effective_cache_size = 192GB",
				"maintenance_work_mem = 8GB",
				"autovacuum_work_mem = 2GB",
				"work_mem = 112MB",
				"max_wal_size = 8GB",
				"min_wal_size = 2GB",
				"max_slot_wal_keep_size = 80GB",
				"wal_compression = lz4",
				"random_page_cost = 1.1",
				"effective_io_concurrency = 200",
				"jit = off",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, lines(tune.Parameters(test.machine, nil)))
			assert.Empty(t, tune.Budget(test.machine, params(test.machine, nil)))
		})
	}
}
