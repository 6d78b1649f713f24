package tune_test

import (
	"fmt"

	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

func ExampleParameters() {
	m := tune.Machine{
		MemoryBytes: 4 << 30, MilliCPU: 2000,
		DataBytes: 40 << 30, WALBytes: 10 << 30,
		Workload: tune.Web, Major: 17, Minor: -1,
	}
	for _, s := range tune.Parameters(m, map[string]string{"max_connections": "80"}) {
		fmt.Printf("%s = %s\n", s.Name, s.Value)
	}
	// Output:
	// shared_buffers = 1GB
	// huge_pages = off
	// effective_cache_size = 3GB
	// maintenance_work_mem = 256MB
	// autovacuum_work_mem = 128MB
	// work_mem = 8MB
	// max_wal_size = 4GB
	// min_wal_size = 1GB
	// max_slot_wal_keep_size = 4GB
	// wal_compression = lz4
	// random_page_cost = 1.1
	// effective_io_concurrency = 200
	// jit = off
}

func ExampleBudget() {
	m := tune.Machine{MemoryBytes: 2 << 30, MilliCPU: 1000, Major: 17, Minor: -1}
	for _, f := range tune.Budget(m, map[string]string{"shared_buffers": "4GB"}) {
		fmt.Printf("%s: %s\n", f.Severity, f.Message)
	}
	// Output:
	// error: shared_buffers 4GB is more than the memory limit of 2Gi, with which PostgreSQL is killed once it fills them; set it to 512MB or raise the limit
}
