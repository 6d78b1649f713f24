package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
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
		m.hba(path.Child("pg_hba"), p.PgHBA, selectors)
		if p.SyncReplicaElectionConstraint.Enabled && len(p.SyncReplicaElectionConstraint.NodeLabelsAntiAffinity) == 0 {
			m.required(path.Child("syncReplicaElectionConstraint", "nodeLabelsAntiAffinity"), "the node labels that tell failure domains apart")
		}
		m.ldap(path.Child("ldap"), p.LDAP)
		m.imageVolumes(path.Child("extensions"))
	}
	parameters := path.Child("parameters")
	m.parameters(parameters, user)
	m.walLevel(parameters, user)
	m.tuning(parameters, user)
	m.slotsAndFeedback(parameters)
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

// hba checks rules of host-based authentication. Where the image is not known, a rule is right that any version takes.
func (m *maker) hba(path *field.Path, lines []string, selectors []string) {
	for i, line := range lines {
		if err := m.anyMajor(func(major int) error { return postgres.CheckHBA(major, line, selectors) }); err != nil {
			m.refused(path.Index(i), line, err)
		}
	}
}

// anyMajor returns what is wrong in the image's major version, or in all of them where it is not known.
func (m *maker) anyMajor(check func(major int) error) (err error) {
	if m.Image.Major != 0 {
		return check(m.Image.Major)
	}
	for _, major := range postgres.Majors() {
		if err = check(major); err == nil {
			return nil
		}
	}
	return err
}

func (m *maker) ldap(path *field.Path, l *cnpgv1.LDAPConfig) {
	if l == nil {
		return
	}
	if l.Server == "" {
		m.required(path.Child("server"), "the host of the LDAP server")
	}
	if l.Port != 0 {
		m.portNumber(path.Child("port"), int32(min(max(l.Port, -1), maxPort+1)))
	}
	if l.BindAsAuth != nil && l.BindSearchAuth != nil {
		m.forbidden(path.Child("bindAsAuth"), "bindAsAuth and bindSearchAuth exclude each other: keep one")
	}
}

// parameters checks what the user set, one by one.
func (m *maker) parameters(path *field.Path, user map[string]string) {
	for _, name := range sortedKeys(user) {
		text := user[name]
		if placeholder(text) {
			if tune.Weighs(name) {
				m.warn(path.Key(name), "Flux substitutes it after the budget of memory and WAL was computed, which does without it: make sure that it fits")
			}
			continue
		}
		var problem *postgres.ParameterError
		if err := m.anyMajor(func(major int) error { return postgres.CheckParameter(major, name, text) }); !errors.As(err, &problem) {
			continue
		}
		switch message := parameterMessage(problem, text); {
		case !problem.Warning && problem.Reason == notAName:
			m.refused(path.Key(name), name, message)
		case !problem.Warning:
			m.refused(path.Key(name), text, message)
		case m.Image.Major != 0:
			m.warn(path.Key(name), "%s", message)
		}
	}
	if m.Spec.MaxConnections == nil {
		return
	}
	at := m.spec.Child("maxConnections")
	if own, ok := user["max_connections"]; ok {
		m.forbidden(at, "postgresql.parameters has max_connections %s: keep one of the two", own)
	}
	if *m.Spec.MaxConnections < minimalConnections {
		m.invalid(at, *m.Spec.MaxConnections, "must be at least %d: the operator, the metrics and the superuser's reserve take some", minimalConnections)
	}
}

// notAName is the reason where the name of a parameter is wrong, and not its value.
const notAName = "is not a parameter name"

// parameterMessage joins reason and remedy, unless the reason holds a remedy of its own.
func parameterMessage(problem *postgres.ParameterError, text string) error {
	if strings.Contains(strings.TrimPrefix(problem.Reason, strconv.Quote(text)), ": ") {
		return errors.New(problem.Reason)
	}
	return fmt.Errorf("%s: %s", problem.Reason, problem.Remedy)
}

// minimalConnections leaves a few for the app beside those of the operator, the exporter and superuser_reserved_connections.
const minimalConnections = 10

// walLevel checks how much the write-ahead log says (validateConfiguration in internal/webhook/v1/cluster_webhook.go, CloudNativePG
// 1.30.0). The operator archives unless an annotation tells it not to.
func (m *maker) walLevel(path *field.Path, user map[string]string) {
	if level := user["wal_level"]; level == "minimal" {
		switch {
		case *m.Spec.Instances > 1 || m.Archive != nil || m.Spec.Replica != nil:
			m.invalid(path.Key("wal_level"), level, "neither replicas nor an archive can be made of a minimal write-ahead log: use replica or logical")
		case m.App.Annotations[skipWALArchivingKey] != annotationEnabled:
			m.invalid(path.Key("wal_level"), level, "the operator prepares for archiving, which needs replica or logical: remove it, or "+
				"annotate the app with %s: %s", skipWALArchivingKey, annotationEnabled)
		case user["max_wal_senders"] == "":
			m.required(path.Key("max_wal_senders"), `"0", which wal_level minimal needs`)
		case user["max_wal_senders"] != "0":
			m.invalid(path.Key("max_wal_senders"), user["max_wal_senders"], `must be "0" with wal_level minimal`)
		}
	}
	if hints, ok := user["wal_log_hints"]; ok && *m.Spec.Instances > 1 {
		if on, err := postgres.ParseBool(hints); err == nil && !on {
			m.invalid(path.Key("wal_log_hints"), hints, "must be on with more than one instance, because a failed primary rejoins by pg_rewind")
		}
	}
}

// slotsAndFeedback checks what the two ways to keep logical slots over a failover need (validateSynchronizeLogicalDecoding and
// validatePgFailoverSlots in internal/webhook/v1/cluster_webhook.go, CloudNativePG 1.30.0).
func (m *maker) slotsAndFeedback(path *field.Path) {
	on := func(name string) bool {
		text := m.Parameters[name]
		set, err := postgres.ParseBool(text)
		return placeholder(text) || err == nil && set
	}
	var ha *cnpgv1.ReplicationSlotsHAConfiguration
	if m.Spec.ReplicationSlots != nil {
		ha = m.Spec.ReplicationSlots.HighAvailability
	}
	at := m.spec.Child("replicationSlots", "highAvailability")
	library := slices.ContainsFunc(sortedKeys(m.Parameters), func(name string) bool { return strings.HasPrefix(name, "pg_failover_slots.") })
	switch {
	case m.Parameters == nil:
	case library:
		if !on("hot_standby_feedback") {
			m.required(path.Key("hot_standby_feedback"), `"on", which pg_failover_slots needs`)
		}
		if ha != nil && ha.Enabled != nil && !*ha.Enabled {
			m.invalid(at.Child("enabled"), false, "must be true, which pg_failover_slots needs")
		}
	case ha == nil || !ha.SynchronizeLogicalDecoding:
	case m.Image.Major != 0 && m.Image.Major < 17:
		m.invalid(at.Child("synchronizeLogicalDecoding"), true, "needs PostgreSQL 17, and the image has %d: use the extension pg_failover_slots",
			m.Image.Major)
	default:
		for _, name := range []string{"hot_standby_feedback", "sync_replication_slots"} {
			if !on(name) {
				m.required(path.Key(name), `"on", which replicationSlots.highAvailability.synchronizeLogicalDecoding needs`)
			}
		}
	}
}

// tuning derives parameters from the size of the machine, and weighs all of them against it.
func (m *maker) tuning(path *field.Path, user map[string]string) {
	if !oneOf(&m.checker, m.spec.Child("workload"), tune.Workload(m.Spec.Workload), tune.Workloads()...) {
		return
	}
	set := map[string]string{}
	maps.Copy(set, user)
	if m.Spec.MaxConnections != nil {
		set["max_connections"] = strconv.Itoa(int(*m.Spec.MaxConnections))
	}
	for _, needed := range m.needed {
		if _, ok := set[needed.Name]; !ok {
			set[needed.Name] = needed.Value
		}
	}
	// What Flux substitutes later, and what is wrong, cannot be computed with.
	known := maps.Clone(set)
	maps.DeleteFunc(known, func(name, value string) bool { return placeholder(value) || m.failed(path.Key(name).String()) })
	m.Parameters = map[string]string{}
	machine := m.machine()
	for _, setting := range tune.Parameters(machine, known) {
		m.Parameters[setting.Name] = setting.Value
		if _, ok := set[setting.Name]; !ok {
			m.Tuned = append(m.Tuned, Derivation{Name: setting.Name, Value: setting.Value, Reason: setting.Why})
		}
	}
	m.Tuned = append(m.Tuned, m.needed...)
	maps.Copy(m.Parameters, known)
	warned := len(m.warnings)
	for _, finding := range tune.Budget(machine, m.Parameters) {
		m.overBudget(path, finding, warned)
	}
	maps.Copy(m.Parameters, set)
}

// overBudget reports what does not fit the machine, unless the parameter was warned of already.
func (m *maker) overBudget(path *field.Path, finding tune.Finding, warned int) {
	name := ""
	if len(finding.Parameters) > 0 {
		name = finding.Parameters[0]
		path = path.Key(name)
	}
	if m.Spec.MaxConnections != nil && name == "max_connections" {
		path = m.spec.Child("maxConnections")
	}
	switch {
	case finding.Severity == tune.Error:
		m.refused(path, m.Parameters[name], errors.New(finding.Message))
	case !slices.ContainsFunc(m.warnings[:warned], func(w Warning) bool { return w.Field == path.String() }):
		m.warn(path, "%s", finding.Message)
	}
}

// machine is what tuning knows of the container and its volumes. A size that is wrong is not known.
func (m *maker) machine() tune.Machine {
	machine := tune.Machine{Workload: tune.Workload(m.Spec.Workload), Major: m.Image.Major, Minor: m.Image.Minor}
	if !m.failedWithin("spec.resources") {
		machine.MemoryBytes, machine.MemoryRequestBytes = m.memoryBytes(), m.memoryRequest()
		machine.MilliCPU, machine.HugePagesBytes = m.milliCPU(), m.hugePagesBytes()
	}
	if !m.failedWithin("spec.storage") && !m.failedWithin("spec.walStorage") {
		machine.DataBytes, machine.WALBytes = volumeBytes(m.Spec.Storage), volumeBytes(m.Spec.WalStorage)
		if m.Spec.WalStorage != nil && machine.WALBytes == 0 {
			// The log has a volume of its own, whose size Flux substitutes: nothing is known of where it lives.
			machine.DataBytes = 0
		}
	}
	if limits := m.Spec.EphemeralVolumesSizeLimit; limits != nil && limits.Shm != nil {
		machine.ShmBytes = limits.Shm.Value()
	}
	return machine
}

// Derived lists parameters by name for explanation.
func (p *Plan) Derived() []Derivation {
	derived := slices.Clone(p.Tuned)
	sort.SliceStable(derived, func(i, j int) bool { return derived[i].Name < derived[j].Name })
	return derived
}
