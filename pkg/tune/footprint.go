package tune

// What PostgreSQL occupies in a container besides what its parameters name.
const (
	// managerBytes is set aside for CloudNativePG's instance manager, which runs
	// in the container of PostgreSQL, and for the postmaster and its auxiliary
	// processes. An idle instance shows 52 to 58Mi in all, touched shared memory
	// included (kubectl top in cloudnative-pg issue 7579). Judgement.
	managerBytes = 48 * mB

	// backendBytes is the private memory of one process without query memory.
	// Andres Freund measured below 2MiB ("Measuring the memory overhead of a
	// Postgres connection", 2020); a pgbench client on PostgreSQL 15 has 1.9MB
	// of private dirty pages.
	backendBytes = 2 * mB

	// pageTableShare is what a process adds to map the shared buffers it has
	// touched: 8 bytes for each page of 4kB, a 512th, unless huge pages are used.
	pageTableShare = 512

	// The shared memory segment is larger than shared_buffers: buffer headers and
	// the buffer table are below a thirty-second of it, WAL buffers come on top,
	// locks, slots and process entries are covered by a constant and a part for
	// each connection. The tests with build tag postgres compare this with
	// shared_memory_size of a server.
	segmentShare         = 32
	segmentBytes         = 8 * mB
	segmentPerConnection = 64 * kB

	// walBuffersMax is where wal_buffers = -1, a thirty-second of shared_buffers,
	// ends: one WAL segment (PostgreSQL documentation).
	walBuffersMax = walSegment
)

// Parallel workers counted at a time. CloudNativePG allows 32 and PostgreSQL
// starts them by table size, but more than there are CPUs do no useful work.
// pgtune counts the CPUs, and PostgreSQL's own maximum of 8 when it does not
// know them. Two are what one query gets by default. A CPU without memory to work
// in does not count either. Judgement.
const (
	workersUnknownCPU = 8
	workersMin        = 2
)

// footprint is the memory PostgreSQL occupies when everything its parameters
// allow happens at once, apart from the memory of queries.
type footprint struct {
	shared            int64 // shared memory segment
	hugePages         bool  // shared lives in huge pages, outside the memory limit
	connections       int64 // how many
	workers           int64 // how many parallel workers
	backend           int64 // private memory of each connection and worker
	autovacuumWorkers int64 // how many
	autovacuum        int64 // memory of each autovacuum worker
	maintenance       int64 // one CREATE INDEX or VACUUM run by a person or a migration
}

func measure(m Machine, v values) footprint {
	f := footprint{
		shared:            sharedMemory(v),
		connections:       v.number("max_connections"),
		backend:           backendBytes,
		autovacuumWorkers: v.number("autovacuum_max_workers"),
		autovacuum:        v.number("autovacuum_work_mem"),
		maintenance:       v.number("maintenance_work_mem"),
	}
	f.workers = parallelWorkers(m, v, f.connections)
	f.hugePages = wantsHugePages(v) && f.shared <= m.HugePagesBytes
	if !f.hugePages {
		f.backend += v.number("shared_buffers") / pageTableShare
	}
	if f.autovacuum == -1 {
		f.autovacuum = f.maintenance
	}
	return f
}

// fixed is all of it that counts against the memory limit.
func (f footprint) fixed() int64 {
	b := managerBytes + (f.connections+f.workers)*f.backend + f.autovacuumWorkers*f.autovacuum + f.maintenance
	if !f.hugePages {
		b += f.shared
	}
	return b
}

// sharedMemory is the size of the shared memory segment.
func sharedMemory(v values) int64 {
	buffers := v.number("shared_buffers")
	walBuffers := v.number("wal_buffers")
	if walBuffers == -1 {
		walBuffers = min(buffers/32, walBuffersMax)
	}
	return buffers + buffers/segmentShare + walBuffers + segmentBytes + v.number("max_connections")*segmentPerConnection
}

func parallelWorkers(m Machine, v values, connections int64) int64 {
	busy := int64(workersUnknownCPU)
	if m.MilliCPU > 0 {
		busy = (m.MilliCPU + 999) / 1000
	}
	return min(
		max(min(busy, m.usableCPUs()), workersMin),
		v.number("max_parallel_workers"),
		v.number("max_worker_processes"),
		connections*v.number("max_parallel_workers_per_gather"),
	)
}

// divide splits memory among the connections and parallel workers that may run
// a query. Parallel workers share their hash tables through /dev/shm, a file
// system in memory that counts against the limit: a limit set for it is taken
// off when it is more than the workers' part.
func (f footprint) divide(memory, shm int64) int64 {
	each := memory / max(f.connections+f.workers, 1)
	if each*f.workers < shm {
		each = (memory - shm) / max(f.connections, 1)
	}
	return max(each, 0)
}

// queries is the reverse of divide: what queries take when each connection and
// worker has this much.
func (f footprint) queries(each, shm int64) int64 {
	return f.connections*each + max(f.workers*each, shm)
}
