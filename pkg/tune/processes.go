package tune

import "fmt"

// Parallel query is tuned from four CPUs on; with fewer, PostgreSQL's default of
// two workers stays (pgtune).
const parallelMinCPUs = 4

// workersPerQueryMax bounds the workers of one query and one maintenance command
// where many run at once: pgtune sees no clear gain beyond four. A data
// warehouse may use half of the CPUs for one query.
const workersPerQueryMax = 4

// workersBesideParallel stay free in max_worker_processes for logical replication
// and extensions: PostgreSQL's own default for all of them. Judgement.
const workersBesideParallel = 8

// cnpgWorkers is what CloudNativePG sets max_worker_processes and
// max_parallel_workers to. They are never lowered: a worker that does not run
// costs next to nothing, and a standby may not have fewer than its primary.
const cnpgWorkers = 32

// memoryPerCPU is how much memory a CPU needs to be counted. A container without
// a CPU limit often has far more CPUs than memory for as many processes.
// Judgement.
const memoryPerCPU = 128 * mB

// usableCPUs is how many CPUs the memory is enough for, without a bound if it is
// not known.
func (m Machine) usableCPUs() int64 {
	if m.MemoryBytes == 0 {
		return cpusMax
	}
	return m.MemoryBytes / memoryPerCPU
}

// cpus is the number of whole CPUs that count, zero when it is not known.
func (m Machine) cpus() int64 { return min(m.MilliCPU/1000, m.usableCPUs()) }

// cpuCount writes that number for a sentence.
func (m Machine) cpuCount() string {
	switch all := m.MilliCPU / 1000; {
	case m.MilliCPU == 0:
		return "an unknown number of CPUs"
	case all > m.cpus():
		return fmt.Sprintf("the %d of %d CPUs that have %s of memory each", m.cpus(), all, formatQuantity(memoryPerCPU))
	default:
		return fmt.Sprintf("%g CPUs", float64(m.MilliCPU)/1000)
	}
}

func (t *tuning) decideProcesses() {
	cpus := t.cpus()
	if cpus >= parallelMinCPUs {
		half := (cpus + 1) / 2
		few := min(half, workersPerQueryMax)
		perGather := few
		if t.Workload == DW {
			perGather = half
		}
		t.decide("max_parallel_workers_per_gather", fmt.Sprint(perGather), pgtune,
			fmt.Sprintf("half of %s for one query%s", t.cpuCount(), t.unlessWarehouse()))
		t.decide("max_parallel_maintenance_workers", fmt.Sprint(few), pgtune,
			fmt.Sprintf("half of %s for one index build, at most %d", t.cpuCount(), workersPerQueryMax))
		t.decide("max_parallel_workers", fmt.Sprint(max(cpus, cnpgWorkers)), pgtune,
			fmt.Sprintf("one for each of %s, and not below the %d CloudNativePG sets", t.cpuCount(), cnpgWorkers))
		t.decideWorkerProcesses()
	}

	// More CPUs keep more autovacuum workers busy (pgtune).
	vacuums := int64(3)
	switch {
	case cpus >= 32:
		vacuums = 5
	case cpus >= 16:
		vacuums = 4
	}
	t.decide("autovacuum_max_workers", fmt.Sprint(vacuums), pgtune,
		fmt.Sprintf("%d for %s: 3 by default, 4 from 16, 5 from 32", vacuums, t.cpuCount()))

	// PostgreSQL 18 reads through worker processes. Its three are enough for
	// twelve CPUs, then pgtune takes a quarter of them, 32 at most.
	if t.Major >= 18 {
		t.decide("io_workers", fmt.Sprint(min(max(cpus/4, 3), 32)), pgtune,
			fmt.Sprintf("a quarter of %s, at least 3 and at most 32, read on behalf of the others", t.cpuCount()))
	}
}

// decideWorkerProcesses raises max_worker_processes where the parallel workers
// that the CPUs, or the user, ask for would leave none for others.
func (t *tuning) decideWorkerProcesses() {
	parallel := t.cpus()
	if t.isSet("max_parallel_workers") {
		parallel = t.number("max_parallel_workers")
	}
	t.decide("max_worker_processes", fmt.Sprint(max(parallel+workersBesideParallel, cnpgWorkers)), judgement,
		fmt.Sprintf("%d parallel workers and %d for replication and extensions, and not below the %d CloudNativePG sets",
			parallel, workersBesideParallel, cnpgWorkers))
}

func (t *tuning) unlessWarehouse() string {
	if t.Workload == DW {
		return ""
	}
	return fmt.Sprintf(", at most %d where many queries run at once", workersPerQueryMax)
}
