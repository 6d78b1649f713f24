package plan

import (
	"regexp"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
)

// instances checks how many instances run, and what depends on their number.
func (m *maker) instances() {
	n := *m.Spec.Instances
	if n < 1 {
		m.invalid(m.spec.Child("instances"), n, "must be at least 1; to stop PostgreSQL and keep its data, set hibernate: true")
	} else {
		m.syncReplicas(n)
		m.synchronous(n)
	}
	if m.Spec.PrimaryUpdateStrategy != "" {
		path := m.spec.Child("primaryUpdateStrategy")
		if oneOf(&m.checker, path, m.Spec.PrimaryUpdateStrategy, cnpgv1.PrimaryUpdateStrategyUnsupervised, cnpgv1.PrimaryUpdateStrategySupervised) &&
			m.Spec.PrimaryUpdateStrategy == cnpgv1.PrimaryUpdateStrategySupervised && n == 1 {
			m.invalid(path, m.Spec.PrimaryUpdateStrategy, "a single instance has no replica to switch over to: use unsupervised, or two instances")
		}
	}
	if m.Spec.PrimaryUpdateMethod != "" {
		oneOf(&m.checker, m.spec.Child("primaryUpdateMethod"), m.Spec.PrimaryUpdateMethod, cnpgv1.PrimaryUpdateMethodRestart, cnpgv1.PrimaryUpdateMethodSwitchover)
	}
	if n == 1 && value(m.Spec.EnablePDB) {
		m.warn(m.spec.Child("enablePDB"), "a disruption budget for a single instance blocks the draining of its node: leave it out, or run two instances")
	}
	m.affinity()
	m.topologySpread()
	m.replicationSlots()
}

// syncReplicas checks the older way to ask for synchronous replication. A single instance has no standby: there it is left out, so that one
// file serves environments of different size.
func (m *maker) syncReplicas(n int32) {
	minimum, maximum := value(m.Spec.MinSyncReplicas), value(m.Spec.MaxSyncReplicas)
	minPath, maxPath := m.spec.Child("minSyncReplicas"), m.spec.Child("maxSyncReplicas")
	switch {
	case minimum < 0:
		m.invalid(minPath, minimum, "must not be negative")
	case maximum < 0:
		m.invalid(maxPath, maximum, "must not be negative")
	case minimum > maximum:
		m.invalid(minPath, minimum, "must not be more than maxSyncReplicas, %d", maximum)
	case maximum > 0 && m.Spec.PostgreSQL != nil && m.Spec.PostgreSQL.Synchronous != nil:
		m.forbidden(maxPath, "minSyncReplicas and maxSyncReplicas are the older way to say postgresql.synchronous: keep that alone")
	case maximum > 0 && n == 1:
		m.warn(maxPath, "left out: a single instance has no standby to wait for")
	case maximum > 0 && maximum >= n:
		m.invalid(maxPath, maximum, "must be less than instances, %d", n)
	}
}

// synchronous checks synchronous replication against the number of standbys, likewise.
func (m *maker) synchronous(n int32) {
	if m.Spec.PostgreSQL == nil || m.Spec.PostgreSQL.Synchronous == nil {
		return
	}
	s, path := m.Spec.PostgreSQL.Synchronous, m.spec.Child("postgresql", "synchronous")
	oneOf(&m.checker, path.Child("method"), s.Method, cnpgv1.SynchronousReplicaConfigurationMethodAny, cnpgv1.SynchronousReplicaConfigurationMethodFirst)
	outside := len(s.StandbyNamesPre) + len(s.StandbyNamesPost)
	candidates := int(n) - 1 + outside
	switch {
	case s.Number < 1:
		m.invalid(path.Child("number"), s.Number, "must be at least 1, the number of standbys that confirm a commit")
	case n > 1 && s.Number > candidates:
		m.invalid(path.Child("number"), s.Number, "must not be more than the standbys that there are, %d", candidates)
	case s.FailoverQuorum && s.Number <= outside:
		m.invalid(path.Child("number"), s.Number, "must be more than the number of standbys outside the cluster, %d, when failoverQuorum is on", outside)
	}
	if s.DataDurability != "" {
		oneOf(&m.checker, path.Child("dataDurability"), s.DataDurability, cnpgv1.DataDurabilityLevelRequired, cnpgv1.DataDurabilityLevelPreferred)
	}
	preferred := s.DataDurability == cnpgv1.DataDurabilityLevelPreferred
	switch {
	case preferred && outside > 0:
		m.forbidden(path.Child("dataDurability"), "preferred knows only standbys of this cluster: leave out standbyNamesPre and standbyNamesPost, or use required")
	case n == 1:
		m.warn(path, "left out: a single instance has no standby to wait for")
	case !preferred && s.Number == candidates:
		m.warn(path, "every standby must confirm each commit: writes stop as soon as one of them is down; use a smaller number, more instances, "+
			"or dataDurability: preferred")
	}
}

func (m *maker) affinity() {
	a, path := m.Spec.Affinity, m.spec.Child("affinity")
	if a == nil {
		return
	}
	if a.PodAntiAffinityType != "" {
		oneOf(&m.checker, path.Child("podAntiAffinityType"), a.PodAntiAffinityType, "preferred", "required")
	}
	for i, toleration := range a.Tolerations {
		at := path.Child("tolerations").Index(i)
		if toleration.Key != "" {
			m.labelKey(at.Child("key"), toleration.Key)
		}
		switch toleration.Operator {
		case "Exists":
			if toleration.Value != "" {
				m.invalid(at.Child("value"), toleration.Value, "must be left out with operator Exists")
			}
		case "", "Equal":
			if toleration.Key == "" {
				m.required(at.Child("key"), "the taint's key; to tolerate every taint, set operator: Exists")
			}
			m.labelValue(at.Child("value"), toleration.Value)
		default:
			oneOf(&m.checker, at.Child("operator"), toleration.Operator, "Equal", "Exists")
		}
		if toleration.Effect != "" {
			oneOf(&m.checker, at.Child("effect"), toleration.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute")
		}
		if toleration.TolerationSeconds != nil && toleration.Effect != "NoExecute" {
			m.forbidden(at.Child("tolerationSeconds"), "only effect NoExecute has it, because the others move no pod that runs")
		}
	}
}

// topologySpread checks how pods are spread, which only Kubernetes itself would refuse, when it makes them.
func (m *maker) topologySpread() {
	for i := range m.Spec.TopologySpreadConstraints {
		constraint, at := &m.Spec.TopologySpreadConstraints[i], m.spec.Child("topologySpreadConstraints").Index(i)
		if constraint.MaxSkew < 1 {
			m.invalid(at.Child("maxSkew"), constraint.MaxSkew, "must be at least 1, the difference in pods that is allowed")
		}
		if constraint.TopologyKey == "" {
			m.required(at.Child("topologyKey"), "the label of nodes to spread over, such as topology.kubernetes.io/zone")
		}
		oneOf(&m.checker, at.Child("whenUnsatisfiable"), constraint.WhenUnsatisfiable, corev1.DoNotSchedule, corev1.ScheduleAnyway)
		m.selector(at.Child("labelSelector"), constraint.LabelSelector)
	}
}

func (m *maker) replicationSlots() {
	slots, path := m.Spec.ReplicationSlots, m.spec.Child("replicationSlots")
	if slots == nil {
		return
	}
	if ha := slots.HighAvailability; ha != nil && strings.Trim(ha.SlotPrefix, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		m.invalid(path.Child("highAvailability", "slotPrefix"), ha.SlotPrefix, "must be lower-case letters, digits and underscores")
	}
	if slots.SynchronizeReplicas == nil {
		return
	}
	for i, pattern := range slots.SynchronizeReplicas.ExcludePatterns {
		if _, err := regexp.Compile(pattern); err != nil {
			m.invalid(path.Child("synchronizeReplicas", "excludePatterns").Index(i), pattern, "must be a regular expression: %s",
				strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	}
}

// value is what a pointer points at, or zero.
func value[T any](pointer *T) (v T) {
	if pointer != nil {
		v = *pointer
	}
	return v
}
