package plan

import (
	"regexp"
	"slices"
	"sync"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/alert"
	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// monitoring checks how metrics are found and which alerts are left out.
func (m *maker) monitoring() {
	s, path := m.Spec.Monitoring, m.spec.Child("monitoring")
	oneOf(&m.checker, path.Child("type"), s.Type, v1alpha1.MonitorService, v1alpha1.MonitorPod, v1alpha1.MonitorNone)
	m.scraping(path, s.Interval, s.ScrapeTimeout)
	m.labels(path.Child("labels"), s.Labels)
	for i, ref := range s.CustomQueriesConfigMap {
		m.keyReference(path.Child("customQueriesConfigMap").Index(i), ref.Name, ref.Key, "ConfigMap", "queries.yaml")
	}
	for i, ref := range s.CustomQueriesSecret {
		m.keyReference(path.Child("customQueriesSecret").Index(i), ref.Name, ref.Key, "Secret", "queries.yaml")
	}
	m.alertSettings(path.Child("alerts"), alertsOf{s.Alerts, s.Type, alert.Names(), alert.CheckLabel})
	if d := s.Dashboard; d != nil {
		m.namespaceName(path.Child("dashboard", "namespace"), d.Namespace)
		m.labels(path.Child("dashboard", "labels"), d.Labels)
		m.annotations(path.Child("dashboard", "annotations"), d.Annotations)
	}
}

// scraping checks how often, and how long at most, metrics are asked for.
func (m *checker) scraping(path *field.Path, interval, timeout string) {
	every, known := m.scrapeDuration(path.Child("interval"), interval)
	limit, given := m.scrapeDuration(path.Child("scrapeTimeout"), timeout)
	if known && given && limit > every {
		m.invalid(path.Child("scrapeTimeout"), timeout, "must not be more than interval, %s, or Prometheus refuses the target", interval)
	}
}

// alertsOf are the settings of alerts, with the type of the monitor beside them, the names of those that there are, and a check of a label.
type alertsOf struct {
	*v1alpha1.Alerts
	monitor string
	names   []string
	check   func(label string) error
}

func (m *checker) alertSettings(path *field.Path, s alertsOf) {
	for i, name := range s.Exclude {
		if slices.Contains(s.names, name) {
			continue
		}
		remedy := "is no alert here: their names are those of the runbooks, such as " + s.names[0]
		if neighbour := strict.Closest(name, s.names); neighbour != "" {
			remedy = "is no alert: did you mean " + neighbour + "?"
		}
		m.invalid(path.Child("exclude").Index(i), name, "%s", remedy)
	}
	if *s.Enabled && s.monitor == v1alpha1.MonitorNone {
		m.warn(path.Child("enabled"), "with monitoring.type None no metrics are scraped by a monitor of its own: the alerts fire only if another one finds them")
	}
	for _, name := range sortedKeys(s.Labels) {
		if !labelName().MatchString(name) {
			m.invalid(path.Child("labels").Key(name), name, "must be a label of Prometheus: letters, digits and underscores, beginning with a letter")
			continue
		}
		if err := s.check(name); err != nil {
			m.invalid(path.Child("labels").Key(name), s.Labels[name], "%s", err)
		}
	}
}

// labelName is a label of Prometheus (https://prometheus.io/docs/concepts/data_model).
var labelName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`) })

// prometheusDuration is how Prometheus writes durations (https://prometheus.io/docs/prometheus/latest/configuration/configuration), as far as
// scraping goes: no more than hours.
var prometheusDuration = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$`)
})

// scrapeDuration reads a duration that Prometheus reads. It is false when none is known.
func (m *checker) scrapeDuration(path *field.Path, text string) (time.Duration, bool) {
	if text == "" || placeholder(text) {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || !prometheusDuration().MatchString(text) {
		m.invalid(path, text, "must be a duration such as 30s or 1m")
		return 0, false
	}
	return d, true
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
		subject.StreamsFromSource = len(source.ConnectionParameters) > 0
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
		m.report(field.InternalError(path, err)) // whatever may be wrong was checked
	}
	m.Alerts = groups
}

// network checks who may connect, and where to.
func (m *maker) network() {
	n, path := m.Spec.Network, m.spec.Child("network")
	if n == nil {
		return
	}
	m.namespaceName(path.Child("prometheusNamespace"), n.PrometheusNamespace)
	m.namespaceName(path.Child("operatorNamespace"), n.OperatorNamespace)
	m.peers(path.Child("allowFrom"), n.AllowFrom)
	m.egress(path.Child("allowTo"), n.AllowTo)
}

// egress checks rules about what pods may reach.
func (m *checker) egress(path *field.Path, rules []networkingv1.NetworkPolicyEgressRule) {
	for i := range rules {
		rule := path.Index(i)
		m.peers(rule.Child("to"), rules[i].To)
		for j, port := range rules[i].Ports {
			m.networkPort(rule.Child("ports").Index(j), port)
		}
	}
}

func (m *checker) peers(list *field.Path, peers []networkingv1.NetworkPolicyPeer) {
	for i := range peers {
		peer, at := &peers[i], list.Index(i)
		selects := peer.PodSelector != nil || peer.NamespaceSelector != nil
		switch {
		case peer.IPBlock == nil && !selects:
			m.required(at, "one of podSelector, namespaceSelector and ipBlock; namespaceSelector: {} is every namespace")
		case peer.IPBlock != nil && selects:
			m.forbidden(at.Child("ipBlock"), "it stands alone: give selectors an entry of their own")
		}
		m.selector(at.Child("podSelector"), peer.PodSelector)
		m.selector(at.Child("namespaceSelector"), peer.NamespaceSelector)
		if peer.IPBlock != nil {
			m.ipBlock(at.Child("ipBlock"), peer.IPBlock)
		}
	}
}

func (m *checker) ipBlock(path *field.Path, block *networkingv1.IPBlock) {
	outer, ok := m.cidr(path.Child("cidr"), block.CIDR)
	for i, text := range block.Except {
		at := path.Child("except").Index(i)
		inner, also := m.cidr(at, text)
		if ok && also && (!outer.Contains(inner.Addr()) || inner.Bits() <= outer.Bits()) {
			m.invalid(at, text, "must lie within cidr, %s", block.CIDR)
		}
	}
}
