package plan

import (
	"errors"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

// postgresql finds the configuration of the server: what is tuned, what extensions need, what the user set, in rising strength.
func (m *maker) postgresql() {
	path := m.spec.Child("postgresql")
	user := map[string]string{}
	if p := m.Spec.PostgreSQL; p != nil {
		user = p.Parameters
		selectors := make([]string, 0, len(m.Spec.PodSelectorRefs))
		for _, selector := range m.Spec.PodSelectorRefs {
			selectors = append(selectors, selector.Name)
		}
		for i, line := range p.PgHBA {
			if err := postgres.CheckHBA(m.Image.Major, line, selectors); err != nil {
				m.invalid(path.Child("pg_hba").Index(i), line, "%s", err)
			}
		}
		if p.SyncReplicaElectionConstraint.Enabled && len(p.SyncReplicaElectionConstraint.NodeLabelsAntiAffinity) == 0 {
			m.required(path.Child("syncReplicaElectionConstraint", "nodeLabelsAntiAffinity"), "the node labels that tell failure domains apart")
		}
		m.imageVolumes(path.Child("extensions"))
	}
	m.parameters(path.Child("parameters"), user)
	m.tuning(path.Child("parameters"), user)
	m.Libraries = m.libraries()
	for _, library := range m.preload {
		if !slices.Contains(m.Libraries, library) {
			m.Libraries = append(m.Libraries, library)
		}
	}
}

// libraries are those that the user preloads.
func (m *maker) libraries() []string {
	if m.Spec.PostgreSQL == nil {
		return nil
	}
	return slices.Clone(m.Spec.PostgreSQL.AdditionalLibraries)
}

// parameters checks what the user set, one by one.
func (m *maker) parameters(path *field.Path, user map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(user)) {
		value := user[name]
		if placeholder(value) {
			continue
		}
		var problem *postgres.ParameterError
		if err := postgres.CheckParameter(m.Image.Major, name, value); errors.As(err, &problem) {
			if problem.Warning {
				m.warn(path.Key(name), "%s: %s", problem.Reason, problem.Remedy)
			} else {
				m.invalid(path.Key(name), value, "%s: %s", problem.Reason, problem.Remedy)
			}
		}
	}
	if level, ok := user["wal_level"]; ok && level == "minimal" {
		if *m.Spec.Instances > 1 || m.Archive != nil || m.Spec.Replica != nil {
			m.invalid(path.Key("wal_level"), level, "neither replicas nor an archive can be made of a minimal write-ahead log: use replica or logical")
		} else if user["max_wal_senders"] != "0" {
			m.invalid(path.Key("max_wal_senders"), user["max_wal_senders"], `must be "0" with wal_level minimal`)
		}
	}
	if hints, ok := user["wal_log_hints"]; ok && *m.Spec.Instances > 1 {
		if on, err := postgres.ParseBool(hints); err == nil && !on {
			m.invalid(path.Key("wal_log_hints"), hints, "must be on with more than one instance, because a failed primary rejoins by pg_rewind")
		}
	}
	if m.Spec.MaxConnections != nil {
		at := m.spec.Child("maxConnections")
		if *m.Spec.MaxConnections < minimalConnections {
			m.invalid(at, *m.Spec.MaxConnections, "must be at least %d: the operator, the metrics and the superuser's reserve take some", minimalConnections)
		}
		if own, ok := user["max_connections"]; ok {
			m.forbidden(at, "postgresql.parameters has max_connections %s: keep one", own)
		}
	}
}

// minimalConnections leaves a few for the app beside those of the operator, the exporter and superuser_reserved_connections.
const minimalConnections = 10

// tuning derives parameters from the size of the machine, and weighs all of them against it.
func (m *maker) tuning(path *field.Path, user map[string]string) {
	if !slices.Contains(tune.Workloads(), tune.Workload(m.Spec.Workload)) {
		oneOf(m, m.spec.Child("workload"), tune.Workload(m.Spec.Workload), tune.Workloads()...)
		return
	}
	set := maps.Clone(user)
	if set == nil {
		set = map[string]string{}
	}
	if m.Spec.MaxConnections != nil {
		set["max_connections"] = strconv.Itoa(int(*m.Spec.MaxConnections))
	}
	for _, needed := range m.needed {
		if _, ok := set[needed.Name]; !ok {
			set[needed.Name] = needed.Value
		}
	}
	m.Parameters = map[string]string{}
	machine := m.machine()
	for _, setting := range tune.Parameters(machine, set) {
		m.Parameters[setting.Name] = setting.Value
		m.Tuned = append(m.Tuned, Derivation{Name: setting.Name, Value: setting.Value, Reason: setting.Why})
	}
	m.Tuned = append(m.Tuned, m.needed...)
	maps.Copy(m.Parameters, set)
	for _, finding := range tune.Budget(machine, m.Parameters) {
		at := path
		if len(finding.Parameters) > 0 {
			at = path.Key(finding.Parameters[0])
			if m.Spec.MaxConnections != nil && finding.Parameters[0] == "max_connections" {
				at = m.spec.Child("maxConnections")
			}
		}
		if finding.Severity == tune.Error {
			m.errs = append(m.errs, field.Invalid(at, m.Parameters[strings.Join(finding.Parameters[:min(1, len(finding.Parameters))], "")], finding.Message))
		} else {
			m.warn(at, "%s", finding.Message)
		}
	}
}

// machine is what tuning knows of the container and its volumes.
func (m *maker) machine() tune.Machine {
	machine := tune.Machine{
		MemoryBytes:        m.memoryBytes(),
		MemoryRequestBytes: m.memoryRequest(),
		MilliCPU:           m.milliCPU(),
		DataBytes:          volumeBytes(m.Spec.Storage),
		WALBytes:           volumeBytes(m.Spec.WalStorage),
		Workload:           tune.Workload(m.Spec.Workload),
		Major:              m.Image.Major,
		Minor:              m.Image.Minor,
		HugePagesBytes:     m.hugePagesBytes(),
	}
	if limits := m.Spec.EphemeralVolumesSizeLimit; limits != nil && limits.Shm != nil {
		machine.ShmBytes = limits.Shm.Value()
	}
	return machine
}

// imageVolumes checks the extension images of the user.
func (m *maker) imageVolumes(path *field.Path) {
	seen := map[string]bool{}
	for i, extension := range m.Spec.PostgreSQL.Extensions {
		at := path.Index(i)
		key := strings.ReplaceAll(extension.Name, "_", "-")
		switch {
		case extension.Name == "":
			m.required(at.Child("name"), "the name of the extension")
		case seen[key]:
			m.errs = append(m.errs, field.Duplicate(at.Child("name"), extension.Name))
		}
		seen[key] = true
		if extension.ImageVolumeSource.Reference == "" && m.Image.Catalog == nil {
			m.required(at.Child("image", "reference"), "the image of the extension")
		}
	}
	if len(m.Spec.PostgreSQL.Extensions) > 0 && m.Image.Major != 0 && m.Image.Major < postgres.VolumeMinMajor {
		m.forbidden(path, "extension images need PostgreSQL %d, the image has %d", postgres.VolumeMinMajor, m.Image.Major)
	}
}

// hugePagesBytes is the sum of huge pages that are granted.
func (m *maker) hugePagesBytes() int64 {
	if m.Spec.Resources == nil {
		return 0
	}
	var sum resource.Quantity
	for _, name := range sortedNames(m.Spec.Resources.Limits) {
		if strings.HasPrefix(name, "hugepages-") {
			sum.Add(m.Spec.Resources.Limits[corev1.ResourceName(name)])
		}
	}
	return sum.Value()
}

// Derived lists parameters by name for explanation.
func (p *Plan) Derived() []Derivation {
	derived := slices.Clone(p.Tuned)
	sort.SliceStable(derived, func(i, j int) bool { return derived[i].Name < derived[j].Name })
	return derived
}
