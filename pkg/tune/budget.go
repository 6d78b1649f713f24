package tune

import (
	"fmt"
	"strconv"
	"strings"
)

// Severity says how bad a finding is.
type Severity string

const (
	// Warning: legal, but PostgreSQL may be killed or a volume may fill up.
	Warning Severity = "warning"
	// Error: PostgreSQL would not start, or CloudNativePG refuses the manifest.
	Error Severity = "error"
)

// Finding is something that does not fit the machine.
type Finding struct {
	Severity Severity
	// Parameters are the PostgreSQL parameters concerned, the first the one to
	// look at first.
	Parameters []string
	// Message is one sentence with the numbers and the remedy. It does not
	// repeat the severity.
	Message string
}

// The parameters Budget reads. It reports an error for each it cannot read, and
// leaves out the checks that would need it.
var (
	memoryParameters = []string{
		"shared_buffers", "wal_buffers", "max_connections", "superuser_reserved_connections", "reserved_connections",
		"work_mem", "maintenance_work_mem", "autovacuum_work_mem", "autovacuum_max_workers",
		"max_worker_processes", "max_parallel_workers", "max_parallel_workers_per_gather",
	}
	walParameters = []string{"min_wal_size", "max_wal_size", "wal_keep_size", "max_slot_wal_keep_size"}
)

// Budget checks whether parameters fit the machine. params are all parameters of
// the manifest, the user's and those of [Parameters] together; for one that is
// missing the default of PostgreSQL or CloudNativePG counts. What depends on a
// size the machine does not know is not checked.
//
// Memory is over budget when it would not suffice if all connections and the
// parallel workers ran a query at once, each with a single hash table of work_mem
// times hash_mem_multiplier, while all autovacuum workers and one maintenance
// command use what they may. That is far from the worst case, since one query may
// hold many sorts and hash tables, but a busy hour can reach it. Parameters leaves
// room for three times work_mem and more. Not counted are temp_buffers, logical
// decoding and what extensions allocate.
//
// WAL is over budget when checkpoints, slots and kept segments together exceed
// the WAL volume, or half of the data volume if the WAL lives there.
//
// A machine with the parameters that Parameters gives it, none set by the user,
// is within budget from 256Mi of memory and 512Mi of volume on.
func Budget(m Machine, params map[string]string) []Finding {
	b := budget{Machine: m.normalized(), values: values{params: params, major: m.Major}}
	memory, wal := b.read(memoryParameters...), b.read(walParameters...)
	if _, err := b.hashMemMultiplier(); err != nil {
		b.unreadable("hash_mem_multiplier", err)
		memory = false
	}
	b.checkBareSharedBuffers()
	if memory {
		b.checkConnections()
		b.checkHugePages()
		b.checkMemory()
	}
	if wal {
		b.checkWAL()
	}
	return b.findings
}

// budget is one run of the checks.
type budget struct {
	Machine
	values
	findings []Finding
}

func (b *budget) add(severity Severity, message string, parameters ...string) {
	b.findings = append(b.findings, Finding{Severity: severity, Parameters: parameters, Message: message})
}

// read reports the parameters that PostgreSQL could not read, and whether there
// are none.
func (b *budget) read(names ...string) bool {
	ok := true
	for _, name := range names {
		if _, err := b.parse(name); err != nil {
			b.unreadable(name, err)
			ok = false
		}
	}
	return ok
}

func (b *budget) unreadable(name string, err error) {
	b.add(Error, fmt.Sprintf("%s: %q %v", name, b.text(name), err), name)
}

// checkBareSharedBuffers finds a number without a unit, which PostgreSQL takes
// for pages of 8kB and CloudNativePG's admission for MB.
func (b *budget) checkBareSharedBuffers() {
	const name = "shared_buffers"
	text := b.text(name)
	bare, notBare := strconv.ParseInt(text, 10, 64)
	size, err := b.parse(name)
	if notBare != nil || err != nil {
		return
	}
	severity, consequence := Warning, "warns of it"
	if b.MemoryRequestBytes > 0 && bare > b.MemoryRequestBytes/mB {
		severity, consequence = Error, fmt.Sprintf("refuses it for a memory request of %s", formatQuantity(b.MemoryRequestBytes))
	}
	b.add(severity, fmt.Sprintf(
		"shared_buffers: %q has no unit: PostgreSQL reads pages of 8kB, %s in all, CloudNativePG reads MB and %s; write %q",
		text, formatSize(size), consequence, formatSize(size)), name)
}

// checkConnections finds a max_connections that its reserved connections use up,
// with which PostgreSQL does not start.
func (b *budget) checkConnections() {
	reserved := b.number("superuser_reserved_connections") + b.number("reserved_connections")
	if n := b.number("max_connections"); n <= reserved {
		b.add(Error, fmt.Sprintf(
			"max_connections is %d, but %d connections are reserved and PostgreSQL does not start without one more; set it to 25 or more",
			n, reserved), "max_connections", "superuser_reserved_connections", "reserved_connections")
	}
}

// wantsHugePages says whether PostgreSQL would try to use huge pages. huge_pages
// also accepts the spellings of a boolean.
func wantsHugePages(v values) bool {
	switch strings.ToLower(strings.TrimSpace(v.text("huge_pages"))) {
	case "off", "false", "no", "0":
		return false
	}
	return true
}

func (b *budget) checkHugePages() {
	const name = "huge_pages"
	segment := sharedMemory(b.values)
	switch {
	case b.HugePagesBytes > 0 && segment <= b.HugePagesBytes && !wantsHugePages(b.values):
		b.add(Warning, fmt.Sprintf(
			"the requested %s of huge pages stay unused, because huge_pages is %s; remove one of the two",
			formatQuantity(b.HugePagesBytes), b.text(name)), name)
	case b.HugePagesBytes > 0 && segment > b.HugePagesBytes:
		b.add(Warning, fmt.Sprintf(
			"the requested %s of huge pages stay unused, because shared memory takes %s; request that much or lower shared_buffers",
			formatQuantity(b.HugePagesBytes), ceilMB(segment)), name, "shared_buffers")
	case b.HugePagesBytes == 0 && wantsHugePages(b.values) && b.text(name) != defaultOf(name, b.Major):
		b.add(Warning, fmt.Sprintf(
			"huge_pages is %s, but the container requests no huge pages, without which PostgreSQL does not start; add hugepages-2Mi to resources.limits or set huge_pages to off",
			b.text(name)), name)
	}
}

func (b *budget) checkMemory() {
	if b.MemoryBytes == 0 {
		return
	}
	f := measure(b.Machine, b.values)
	if !f.hugePages && !b.sharedBuffersFit() {
		return
	}
	multiplier, _ := b.hashMemMultiplier()
	// Above what any machine has the exact number no longer matters.
	each := int64(min(float64(b.number("work_mem"))*multiplier, float64(memoryMax)))
	need := f.fixed() + f.queries(each, b.ShmBytes)
	if need <= b.MemoryBytes {
		return
	}
	b.add(Warning, fmt.Sprintf("PostgreSQL may need %s of the %s memory limit and be killed for it: %s; %s",
		ceilMB(need), formatQuantity(b.MemoryBytes), b.parts(f, each), b.memoryRemedy(f, each, multiplier, need)),
		"max_connections", "work_mem", "shared_buffers", "maintenance_work_mem", "autovacuum_work_mem")
}

// sharedBuffersFit compares shared_buffers with the memory limit and, as
// CloudNativePG's admission does with what the manifest sets, with the memory
// request or the huge pages.
func (b *budget) sharedBuffersFit() bool {
	const name = "shared_buffers"
	buffers := b.number(name)
	_, set := b.params[name]
	what, than, because := "", int64(0), ""
	switch {
	case buffers > b.MemoryBytes:
		what, than, because = "limit", b.MemoryBytes, "with which PostgreSQL is killed once it fills them"
	case set && buffers > max(b.MemoryRequestBytes, b.HugePagesBytes):
		what, than, because = "request", b.MemoryRequestBytes, "which CloudNativePG refuses"
	default:
		return true
	}
	b.add(Error, fmt.Sprintf("shared_buffers %s is more than the memory %s of %s, %s; set it to %s or raise the %s",
		formatSize(buffers), what, formatQuantity(than), because,
		formatSize(max(wholeMB(min(b.MemoryBytes/bufferShare, b.MemoryRequestBytes)), memoryMin)), what), name)
	return false
}

// parts lists what the need is made of.
func (b *budget) parts(f footprint, each int64) string {
	parts := []string{}
	if !f.hugePages {
		parts = append(parts, "shared memory "+ceilMB(f.shared))
	}
	parts = append(parts,
		fmt.Sprintf("%d connections with a hash table of %s each %s", f.connections, formatSize(each), ceilMB(f.connections*(f.backend+each))),
		fmt.Sprintf("%d parallel workers and /dev/shm %s", f.workers, ceilMB(f.workers*f.backend+max(f.workers*each, b.ShmBytes))),
		fmt.Sprintf("%d autovacuum workers %s", f.autovacuumWorkers, ceilMB(f.autovacuumWorkers*f.autovacuum)),
		fmt.Sprintf("one maintenance command %s", ceilMB(f.maintenance)),
		fmt.Sprintf("instance manager %s", ceilMB(managerBytes)))
	return strings.Join(parts, ", ")
}

// Remedies below these numbers are not proposed: so few connections hardly serve
// an application beside the operator's own, and so little work_mem no query.
const (
	remedyConnectionsMin = 20
	remedyWorkMemMin     = 256 * kB
)

// memoryRemedy proposes the changes that would each suffice alone.
func (b *budget) memoryRemedy(f footprint, each int64, multiplier float64, need int64) string {
	remedies := []string{fmt.Sprintf("raise the memory limit to at least %s", formatQuantity((need+64*mB-1)/(64*mB)*(64*mB)))}
	over := need - b.MemoryBytes
	if n := f.connections - (over+f.backend+each-1)/(f.backend+each); n >= remedyConnectionsMin {
		remedies = append(remedies, fmt.Sprintf("lower max_connections to %d", n))
	}
	fits := f.divide(b.MemoryBytes-f.fixed(), b.ShmBytes)
	if workMem := roundDown(int64(float64(fits) / multiplier)); workMem >= remedyWorkMemMin {
		remedies = append(remedies, fmt.Sprintf("lower work_mem to %s", formatSize(workMem)))
	}
	return strings.Join(append(remedies, "or remove these parameters to have them derived"), ", ")
}
