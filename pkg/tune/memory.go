package tune

import "fmt"

const (
	// bufferShare: a quarter of memory for shared_buffers (CloudNativePG and
	// PostgreSQL documentation, pgtune), a sixteenth on a desktop (pgtune).
	bufferShare        = 4
	bufferShareDesktop = 16

	// maintenanceShare: a sixteenth of memory for maintenance_work_mem, an eighth
	// in a data warehouse, never above 8GB (pgtune). A warehouse below 2Gi keeps
	// to the sixteenth, since its queries need the rest (judgement).
	maintenanceShare        = 16
	maintenanceShareDW      = 8
	maintenanceDWFromMemory = 2 * gB
	maintenanceMax          = 8 * gB

	// autovacuumShare: each autovacuum worker has a thirty-second of memory. Left
	// at maintenance_work_mem, three of them could take three sixteenths of a
	// small container just when it is busy (judgement). 2GB is pgtune's bound.
	autovacuumShare = 32
	autovacuumMax   = 2 * gB

	// workMemFloorShare: work_mem is at least a 1024th of memory, up to 1MB. It
	// only matters where the user asks for more connections than fit, which
	// Budget reports; a work_mem too small to sort anything would not help then.
	// pgtune's floor of 4MB would fill a container of 500Mi twice over with its
	// own 100 connections. Judgement.
	workMemFloorShare = 1024
	workMemFloorMax   = mB

	// The least PostgreSQL accepts, for machines too small to run it anyway.
	workMemMin = 64 * kB
	memoryMin  = mB
)

// operationsOf is how many sorts and hash tables of the size of work_mem a
// connection is expected to hold at a time when work_mem is chosen. The three of
// short queries are pgtune's; with hash_mem_multiplier at 2 they are one sort and
// one hash table. pgtune halves work_mem for dw and mixed and divides it by six
// on a desktop, which is the same as more operations.
var operationsOf = map[Workload]int64{Web: 3, OLTP: 3, DW: 6, Mixed: 6, Desktop: 18}

// hashOperations is what one sort and one hash table take, in units of work_mem.
// It replaces pgtune's three where the user raises hash_mem_multiplier.
func hashOperations(multiplier float64) float64 { return 1 + multiplier }

func (t *tuning) decideMemory() {
	if t.MemoryBytes == 0 {
		t.decideHugePages()
		return
	}
	t.decideSharedBuffers()
	t.decideHugePages()
	t.decideCacheSize()
	t.decideMaintenance()
	t.decideWorkMem()
}

func (t *tuning) decideSharedBuffers() {
	share := int64(bufferShare)
	if t.Workload == Desktop {
		share = bufferShareDesktop
	}
	size := t.MemoryBytes / share
	why := fmt.Sprintf("a %s of the %s memory limit", ordinal(share), formatQuantity(t.MemoryBytes))
	if size > t.MemoryRequestBytes {
		size = t.MemoryRequestBytes
		why = fmt.Sprintf("the %s memory request, less than a %s of the %s limit: CloudNativePG refuses more than the request",
			formatQuantity(t.MemoryRequestBytes), ordinal(share), formatQuantity(t.MemoryBytes))
	}
	t.decide("shared_buffers", formatSize(max(wholeMB(size), memoryMin)), cnpgDocs+" and "+pgtune, why)
}

// decideHugePages turns huge pages off unless the container requests enough of
// them. PostgreSQL's default tries them wherever the node has some, and a
// container without a request is then killed by a bus error while it boots
// (CloudNativePG documentation, troubleshooting; PostgreSQL bug 17757).
func (t *tuning) decideHugePages() {
	segment := sharedMemory(t.values)
	switch {
	case t.HugePagesBytes == 0:
		t.decide("huge_pages", "off", cnpgDocs,
			"no huge pages are requested, and trying them where a node has some crashes the server")
	case segment > t.HugePagesBytes:
		t.decide("huge_pages", "off", cnpgDocs, fmt.Sprintf(
			"the requested %s of huge pages do not hold the shared memory of %s",
			formatQuantity(t.HugePagesBytes), ceilMB(segment)))
	default:
		t.decide("huge_pages", "try", cnpgDocs, fmt.Sprintf(
			"%s of huge pages are requested; try falls back to normal pages where on would not start",
			formatQuantity(t.HugePagesBytes)))
	}
}

// decideCacheSize tells the planner how much of a table may be cached: page cache
// counts against the memory limit of a container as it fills a server's memory.
func (t *tuning) decideCacheSize() {
	size, share := t.MemoryBytes/4*3, "three quarters"
	if t.Workload == Desktop {
		size, share = t.MemoryBytes/4, "a quarter"
	}
	t.decide("effective_cache_size", formatSize(max(wholeMB(size), memoryMin)), pgtune, fmt.Sprintf(
		"%s of the %s memory limit can hold cached data; it reserves nothing", share, formatQuantity(t.MemoryBytes)))
}

func (t *tuning) decideMaintenance() {
	share := int64(maintenanceShare)
	if t.Workload == DW && t.MemoryBytes >= maintenanceDWFromMemory {
		share = maintenanceShareDW
	}
	size := max(roundDown(min(t.MemoryBytes/share, maintenanceMax)), memoryMin)
	t.decide("maintenance_work_mem", formatSize(size), pgtune, fmt.Sprintf(
		"a %s of the %s memory limit, rounded down, at most 8GB", ordinal(share), formatQuantity(t.MemoryBytes)))

	maintenance := t.number("maintenance_work_mem")
	size = max(roundDown(min(t.MemoryBytes/autovacuumShare, autovacuumMax)), memoryMin)
	if size >= maintenance {
		t.decide("autovacuum_work_mem", "-1", postgresDocs, fmt.Sprintf(
			"an autovacuum worker uses maintenance_work_mem, %s", formatSize(maintenance)))
		return
	}
	t.decide("autovacuum_work_mem", formatSize(size), judgement+" and "+pgtune, fmt.Sprintf(
		"a thirty-second of the %s memory limit, rounded down, at most 2GB, since %d workers may run at once",
		formatQuantity(t.MemoryBytes), t.number("autovacuum_max_workers")))
}

// decideWorkMem divides what is left of the memory limit by the number of sorts
// and hash tables that may be open at a time. It follows pgtune's formula,
//
//	(memory - shared_buffers) / ((max_connections + workers) * 3)
//
// but takes off all of the fixed footprint, not shared_buffers alone. pgtune's
// bonus of 30 % for a database smaller than memory is left out: it would spend
// what the container does not have.
func (t *tuning) decideWorkMem() {
	f := measure(t.Machine, t.values)
	operations := float64(operationsOf[t.Workload])
	if multiplier, _ := t.hashMemMultiplier(); hashOperations(multiplier) > operations {
		operations = hashOperations(multiplier)
	}
	left := max(t.MemoryBytes-f.fixed(), 0)
	fits := int64(float64(f.divide(left, t.ShmBytes)) / operations)
	least := min(t.MemoryBytes/workMemFloorShare, workMemFloorMax)
	why := fmt.Sprintf("%s of %s are left for %d connections and %d parallel workers with %g sorts or hash tables each, rounded down",
		formatSize(left/mB*mB), formatQuantity(t.MemoryBytes), f.connections, f.workers, operations)
	if fits < least {
		fits = least
		why = fmt.Sprintf("the least that is of use in %s, though %d connections leave less for each", formatQuantity(t.MemoryBytes), f.connections)
	}
	t.decide("work_mem", formatSize(max(roundDown(fits), workMemMin)), pgtune+" and "+judgement, why)
}

func ordinal(share int64) string {
	switch share {
	case 4:
		return "quarter"
	case 8:
		return "eighth"
	default:
		return "sixteenth"
	}
}
