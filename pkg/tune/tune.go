// Package tune turns the description of a machine, which under CloudNativePG is
// a container with its volumes, into PostgreSQL parameters, and checks whether a
// set of parameters fits that machine.
//
// It is arithmetic alone: the same machine always gives the same parameters, in
// the same order. [Parameters] says what to write into a manifest, [Decisions]
// also what was looked at and left at its default, [Budget] what does not fit.
//
// # Where the rules come from
//
// Every rule stands in one file for its group of settings, next to its source:
//
//   - pgtune (github.com/le0pard/pgtune, commit 7caef27): the shares of memory,
//     the connections and WAL sizes of each workload, parallel query, jit.
//   - timescaledb-tune (github.com/timescale/timescaledb-tune, commit c7a642b):
//     the connections of a small machine, the idea that WAL sizes follow the
//     volume.
//   - The documentation of CloudNativePG 1.30 and of PostgreSQL.
//
// pgtune describes a whole server. A container differs, and these rules are our
// own judgement, marked as such in [Setting].Source:
//
//   - Memory is the limit of the container, and what PostgreSQL needs besides its
//     buffers (page tables, processes, the instance manager, autovacuum, /dev/shm)
//     is taken off before work_mem is divided. There is no floor of 4MB.
//   - max_connections grows with memory up to pgtune's number for the workload.
//   - autovacuum_work_mem is a thirty-second of memory.
//   - A CPU counts only with 128Mi of memory for what runs on it.
//   - Slots, kept segments and checkpoints share the WAL volume, or a quarter of
//     the data volume where the WAL lives there.
//
// # What is never set
//
// A parameter that would only repeat a default of PostgreSQL or of CloudNativePG
// is not emitted, nor one that the given major version does not know. io_method
// stays at worker: the seccomp profile that container runtimes apply by default
// blocks io_uring, and PostgreSQL would not start (cloudnative-pg issue 9948).
// WAL segments are assumed to have their default size of 16MB.
package tune

import (
	"maps"
	"slices"
)

// Workload says what a database is used for. The names and their meaning are
// pgtune's. An unknown or empty Workload is treated as Mixed.
type Workload string

// The workloads pgtune knows.
const (
	Web     Workload = "web"     // many short queries of a web application
	OLTP    Workload = "oltp"    // many short transactions that write
	DW      Workload = "dw"      // data warehouse: few large queries
	Mixed   Workload = "mixed"   // short transactions and reports
	Desktop Workload = "desktop" // a developer's machine, PostgreSQL beside other work
)

// Workloads lists every workload.
func Workloads() []Workload {
	return []Workload{Web, OLTP, DW, Mixed, Desktop}
}

// Machine describes the container that runs PostgreSQL. Sizes are in bytes, and
// zero means that the size is not known unless a field says otherwise.
// What depends on an unknown size is left at its default.
type Machine struct {
	// MemoryBytes is the memory limit of the container, or its request when it
	// has no limit.
	MemoryBytes int64
	// MemoryRequestBytes is the memory request of the container when it is lower
	// than the limit. CloudNativePG refuses shared_buffers above it. Zero means
	// that it equals the limit.
	MemoryRequestBytes int64
	// HugePagesBytes is the sum of the hugepages-* resources of the container.
	// Zero means that none are requested.
	HugePagesBytes int64
	// ShmBytes is the size limit of /dev/shm, CloudNativePG's
	// ephemeralVolumesSizeLimit.shm. Zero means that only the memory limit
	// bounds it.
	ShmBytes int64
	// MilliCPU is the CPU limit of the container in thousandths of a CPU, or its
	// request when it has no limit.
	MilliCPU int64
	// DataBytes is the size of the data volume.
	DataBytes int64
	// WALBytes is the size of the WAL volume. Zero means that the WAL lives on
	// the data volume.
	WALBytes int64
	// Workload is what to tune for.
	Workload Workload
	// Major is the major version of PostgreSQL, such as 17. With zero only what
	// every supported version knows is emitted.
	Major int
	// Minor is the minor version of PostgreSQL, such as 6 of 17.6. Set it to -1
	// when it is not known: zero is the first release of a major version.
	Minor int
}

// Setting is a value for one PostgreSQL parameter and the reason for it.
type Setting struct {
	// Name is the parameter, such as "shared_buffers".
	Name string
	// Value is what postgresql.conf would hold, such as "128MB".
	Value string
	// Why is one sentence for people, with the numbers the value follows from.
	Why string
	// Source names the origin of the rule: "pgtune", "timescaledb-tune",
	// "CloudNativePG documentation", "PostgreSQL documentation", or "judgement"
	// for a rule of this package; several are joined by " and ".
	Source string
	// Default says that PostgreSQL or CloudNativePG uses this value anyway, so
	// that it need not be written down.
	Default bool
}

// The sources of rules, see the package comment.
const (
	pgtune          = "pgtune"
	timescaledbTune = "timescaledb-tune"
	cnpgDocs        = "CloudNativePG documentation"
	postgresDocs    = "PostgreSQL documentation"
	judgement       = "judgement"
)

// Parameters returns the parameters that differ from what PostgreSQL and
// CloudNativePG use anyway, in a fixed order: connections, processes, memory,
// WAL, storage, planner.
//
// Parameters named in set are the user's. They are not returned, and what
// depends on them follows: more max_connections mean a smaller work_mem, a
// smaller max_wal_size means a smaller min_wal_size. A value in set that
// PostgreSQL could not read counts as the default here; Budget reports it.
func Parameters(m Machine, set map[string]string) []Setting {
	return slices.DeleteFunc(Decisions(m, set), func(s Setting) bool { return s.Default })
}

// Decisions returns what Parameters returns and also the parameters that were
// considered and left at their default, each with its reason.
func Decisions(m Machine, set map[string]string) []Setting {
	t := newTuning(m, set)
	t.decideConnections()
	t.decideProcesses()
	t.decideMemory()
	t.decideWAL()
	t.decideStorage()
	t.decidePlanner()
	return t.decisions
}

// tuning is one run over a machine. Later decisions read earlier ones and what
// the user has set through its values.
type tuning struct {
	Machine
	values
	set       map[string]string
	decisions []Setting
}

func newTuning(m Machine, set map[string]string) *tuning {
	params := make(map[string]string, len(set)+32)
	maps.Copy(params, set)
	return &tuning{Machine: m.normalized(), values: values{params: params, major: m.Major}, set: set}
}

// decide records a value unless the user has set the parameter.
func (t *tuning) decide(name, value, source, why string) {
	if t.isSet(name) {
		return
	}
	t.params[name] = value
	t.decisions = append(t.decisions, Setting{
		Name:    name,
		Value:   value,
		Why:     why,
		Source:  source,
		Default: value == defaultOf(name, t.Major),
	})
}

func (t *tuning) isSet(name string) bool {
	_, ok := t.set[name]
	return ok
}

// The largest machine there are rules for. What is beyond counts as this much,
// so that no sum overflows and no value exceeds what PostgreSQL accepts:
// effective_cache_size ends at 16TB, max_parallel_workers at 1024.
const (
	memoryMax = 16 * tB
	volumeMax = 1024 * tB
	cpusMax   = 1024
)

// normalized returns the machine with negative sizes unknown, an unknown
// workload mixed, and the memory request spelled out.
func (m Machine) normalized() Machine {
	for _, size := range []*int64{&m.MemoryBytes, &m.MemoryRequestBytes, &m.HugePagesBytes, &m.ShmBytes} {
		*size = min(max(*size, 0), memoryMax)
	}
	for _, size := range []*int64{&m.DataBytes, &m.WALBytes} {
		*size = min(max(*size, 0), volumeMax)
	}
	m.MilliCPU = min(max(m.MilliCPU, 0), cpusMax*1000)
	if !slices.Contains(Workloads(), m.Workload) {
		m.Workload = Mixed
	}
	if m.MemoryRequestBytes == 0 || m.MemoryRequestBytes > m.MemoryBytes {
		m.MemoryRequestBytes = m.MemoryBytes
	}
	return m
}
