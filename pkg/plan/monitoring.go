package plan

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/homelab-foundations/postgresapp/pkg/alert"
	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// monitoring checks how metrics are found and which alerts are left out.
func (m *maker) monitoring() {
	s, path := m.Spec.Monitoring, m.spec.Child("monitoring")
	oneOf(m, path.Child("type"), s.Type, v1alpha1.MonitorService, v1alpha1.MonitorPod, v1alpha1.MonitorNone)
	m.duration(path.Child("interval"), s.Interval)
	m.duration(path.Child("scrapeTimeout"), s.ScrapeTimeout)
	for i, name := range s.Alerts.Exclude {
		if !slices.Contains(alert.Names(), name) {
			remedy := "is no alert: known are " + strings.Join(alert.Names(), ", ")
			if neighbour := strict.Closest(name, alert.Names()); neighbour != "" {
				remedy = "is no alert: did you mean " + neighbour + "?"
			}
			m.invalid(path.Child("alerts", "exclude").Index(i), name, "%s", remedy)
		}
	}
	if *s.Alerts.Enabled && s.Type == v1alpha1.MonitorNone {
		m.warn(path.Child("alerts", "enabled"), "with monitoring.type None no metrics are scraped by this app's monitor: the alerts fire only if another one finds them")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
		for _, problem := range append(validation.IsQualifiedName(name), validation.IsValidLabelValue(s.Labels[name])...) {
			if !placeholder(s.Labels[name]) {
				m.invalid(path.Child("labels").Key(name), s.Labels[name], "%s", problem)
			}
		}
	}
}

// alerts derives the rules that watch the cluster. A shared cluster is watched by whoever owns it.
func (m *maker) alerts() {
	if m.Shared != nil || !*m.Spec.Monitoring.Alerts.Enabled || len(m.errs) > 0 {
		return
	}
	path := m.spec.Child("monitoring", "alerts")
	subject := alert.Subject{
		Cluster: m.Cluster, Instances: int(*m.Spec.Instances), Hibernated: m.Spec.Hibernate, Replica: m.IsReplica(),
		ArchivesWAL: m.Archive != nil, Labels: m.Spec.Monitoring.Alerts.Labels, Exclude: m.Spec.Monitoring.Alerts.Exclude,
	}
	if source := m.ReplicaSource(); source != nil && subject.Replica {
		subject.StreamsFromSource = source.ConnectionParameters != nil
		if delay := m.Spec.Replica.MinApplyDelay; delay != nil {
			subject.ApplyDelay = delay.Duration
		}
	}
	if p := m.Spec.PostgreSQL; p != nil && p.Synchronous != nil && *m.Spec.Instances > 1 {
		subject.SynchronousStandbys = p.Synchronous.Number
	}
	if m.Schedule != nil {
		subject.Backup, subject.MaxBackupGap = alert.Method(m.Spec.Backup.Method), m.Schedule.MaxGap
	}
	if m.Spec.Monitoring.Type != v1alpha1.MonitorNone {
		for _, pooler := range m.Poolers {
			subject.Poolers = append(subject.Poolers, pooler.Spec.Name)
		}
	}
	groups, err := alert.Groups(subject)
	if err != nil {
		m.invalid(path, m.Spec.Monitoring.Alerts.Labels, "%s", err)
	}
	m.Alerts = groups
}

// network checks who may connect.
func (m *maker) network() {
	n, path := m.Spec.Network, m.spec.Child("network")
	if n == nil {
		return
	}
	if m.Shared != nil {
		m.forbidden(path, "the pods belong to the shared cluster %s: say it there", m.Cluster)
	}
	for _, namespace := range []struct{ field, value string }{{"prometheusNamespace", n.PrometheusNamespace}, {"operatorNamespace", n.OperatorNamespace}} {
		if namespace.value == "" || placeholder(namespace.value) {
			continue
		}
		for _, problem := range validation.IsDNS1123Label(namespace.value) {
			m.invalid(path.Child(namespace.field), namespace.value, "%s", problem)
		}
	}
	for i, peer := range n.AllowFrom {
		if peer.IPBlock == nil && peer.PodSelector == nil && peer.NamespaceSelector == nil {
			m.required(path.Child("allowFrom").Index(i), "one of podSelector, namespaceSelector and ipBlock; namespaceSelector: {} is every namespace")
		}
		if peer.IPBlock != nil && (peer.PodSelector != nil || peer.NamespaceSelector != nil) {
			m.forbidden(path.Child("allowFrom").Index(i).Child("ipBlock"), "it stands alone: give selectors an entry of their own")
		}
	}
}
