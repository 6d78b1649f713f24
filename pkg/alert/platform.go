package alert

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// The names of the alerts of a platform.
const (
	operatorAbsent     = "PostgresPlatformOperatorAbsent"
	operatorLeaderless = "PostgresPlatformOperatorLeaderless"
	operatorRestarting = "PostgresPlatformOperatorRestarting"
	reconcileErrors    = "PostgresPlatformReconcileErrors"
	reconcileStuck     = "PostgresPlatformReconcileStuck"
	webhookErrors      = "PostgresPlatformWebhookErrors"
	pluginDown         = "PostgresPlatformPluginDown"
	pluginCertificate  = "PostgresPlatformPluginCertificateExpiring"
)

var platformNames = []string{operatorAbsent, operatorLeaderless, operatorRestarting, reconcileErrors, reconcileStuck, webhookErrors, pluginDown, pluginCertificate}

// PlatformNames returns the names of all alerts of a platform, in the order of the groups.
func PlatformNames() []string { return slices.Clone(platformNames) }

// Platform is an installation of the operator, as far as its rules depend on it.
type Platform struct {
	// Namespace of the operator and the plugin. Required.
	Namespace string

	// Plugin tells whether the Barman Cloud plugin is installed beside the operator. What watches it are kube-state-metrics and
	// cert-manager: it serves no metrics itself, as its chart runs it.
	Plugin bool

	// Certificates tells whether cert-manager makes the plugin's certificates.
	Certificates bool

	// Labels are added to every alert, for routing. They cannot be those that the alerts carry already.
	Labels map[string]string

	// Exclude are the names of alerts to leave out; see PlatformNames.
	Exclude []string

	// RunbookBaseURL goes before <name of the alert>.md. Defaults to DefaultRunbookBaseURL.
	RunbookBaseURL string
}

// CheckPlatformLabel returns an error for the name of a label that an alert of a platform carries already.
func CheckPlatformLabel(name string) error {
	if slices.Contains([]string{severityLabel, "alertname", "namespace", "pod", "controller", "name", "webhook", "deployment"}, name) {
		return errLabelTaken
	}
	return nil
}

// PlatformGroups builds the rule groups of a platform, in a fixed order: operator, plugin. A group without rules is left out. The error names
// each field of the Platform that is wrong.
func PlatformGroups(p Platform) ([]monitoringv1.RuleGroup, error) {
	errs := checkSelection(p.Labels, p.Exclude, CheckPlatformLabel, platformNames)
	if !dnsLabel().MatchString(p.Namespace) {
		errs = append(errs, fmt.Errorf("namespace: %q is not the name of a namespace", p.Namespace))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var groups []monitoringv1.RuleGroup
	for _, topic := range []struct {
		name, subject string
		rules         []rule
	}{
		{"operator", "CloudNativePG", p.operator()},
		{"plugin", "Barman Cloud plugin", p.plugin()},
	} {
		group := monitoringv1.RuleGroup{Name: "cloudnative-pg." + topic.name}
		for _, r := range topic.rules {
			if slices.Contains(p.Exclude, r.name) {
				continue
			}
			labels := map[string]string{}
			maps.Copy(labels, p.Labels)
			labels[severityLabel] = r.severity
			group.Rules = append(group.Rules, r.emit(topic.subject, labels, p.RunbookBaseURL))
		}
		if len(group.Rules) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// Names by which the operator is known in its metrics (CloudNativePG 1.30.0): the path of a webhook that is there from the start, and the lease
// of its leader. Deployments are called after the releases of the charts.
const (
	clusterWebhook     = "/mutate-postgresql-cnpg-io-v1-cluster"
	operatorLease      = "db9c8771.cnpg.io"
	operatorDeployment = "cloudnative-pg"
	pluginDeployment   = "plugin-barman-cloud"
)

// here selects the series of a metric in the operator's namespace.
func (p Platform) here(metric string, matchers ...string) string {
	all := fmt.Sprintf("%s{namespace=%q", metric, p.Namespace)
	for _, matcher := range matchers {
		all += ", " + matcher
	}
	return all + "}"
}

// total is the rate of a counter with a label of its own. Each pod counts by itself; of one that is scraped twice, the higher is taken.
func (p Platform) total(labels, own, metric, window string, matchers ...string) string {
	return fmt.Sprintf("sum by (%s) (%s)", labels, maxBy(labels+", pod"+own, "rate("+p.here(metric, matchers...)+"["+window+"])"))
}

func (p Platform) operator() []rule {
	const controller = "namespace, controller"
	return []rule{
		{
			// for: that of PostgresAppMetricsAbsent.
			name: operatorAbsent, severity: critical, wait: 10 * time.Minute,
			expr:    groupBy("namespace", "absent("+p.here("controller_runtime_webhook_requests_total", fmt.Sprintf("webhook=%q", clusterWebhook))+")"),
			summary: "the operator is gone",
			description: "Prometheus gets no metrics from the operator in " + p.Namespace + ": either it does not run, or its monitor selects nothing or is blocked. " +
				"Databases go on, but nothing fails over, no backup starts and no change is accepted without it.",
		},
		{
			name: operatorLeaderless, severity: critical, wait: 5 * time.Minute,
			expr:    perCluster(p.here("leader_election_master_status", fmt.Sprintf("name=%q", operatorLease))) + " == 0",
			summary: "no pod of the operator leads",
			description: "The operator's pods in {{ $labels.namespace }} run, but none of them has the lease: nothing is reconciled, and nothing fails over. " +
				"They cannot reach the API server, or may not write the lease.",
		},
		{
			// Three times within an hour is no upgrade.
			name: operatorRestarting, severity: warning, wait: 5 * time.Minute,
			expr:    perInstance("changes("+p.here("process_start_time_seconds", fmt.Sprintf(`pod=~"%s-[a-z0-9]+-[a-z0-9]{5}"`, operatorDeployment))+"[1h])") + " > 2",
			summary: "the operator keeps restarting",
			description: "{{ $labels.namespace }}/{{ $labels.pod }} has restarted {{ $value }} times within an hour. The usual cause is its memory limit: " +
				"what it holds grows with the number of Clusters and Backups.",
		},
		{
			name: reconcileErrors, severity: warning, wait: 15 * time.Minute,
			expr: lines(
				p.total(controller, "", "controller_runtime_reconcile_errors_total", "15m"),
				"/ "+p.total(controller, ", result", "controller_runtime_reconcile_total", "15m"),
				"> 0.5",
			),
			summary: "most reconciliations fail",
			description: "{{ $value | humanizePercentage }} of the reconciliations of {{ $labels.controller }} fail, and have for a quarter of an hour: what these objects say is not " +
				"carried out. Single errors are normal, as the operator tries again.",
		},
		{
			// A reconciliation takes seconds; the longest that it may wait for an instance is a minute.
			name: reconcileStuck, severity: warning, wait: 5 * time.Minute,
			expr:    maxBy("namespace, controller", p.here("workqueue_longest_running_processor_seconds")) + " > 600",
			summary: "a reconciliation hangs",
			description: "A reconciliation of {{ $labels.controller }} has been running for {{ $value | humanizeDuration }}. The object that it is about, and those behind it in the queue, " +
				"are not looked after.",
		},
		{
			name: webhookErrors, severity: warning, wait: 10 * time.Minute,
			expr:    p.total("namespace, webhook", "", "controller_runtime_webhook_requests_total", "5m", `code="500"`) + " > 0",
			summary: "a webhook fails",
			description: "The operator answers the API server with errors at {{ $labels.webhook }}: changes of such objects are refused, Flux's too. A wrong object is no error here: " +
				"it is answered with its reason.",
		},
	}
}

func (p Platform) plugin() []rule {
	if !p.Plugin {
		return nil
	}
	rules := []rule{{
		// kube-state-metrics tells about Deployments.
		name: pluginDown, severity: critical, wait: 10 * time.Minute,
		expr:    maxBy("namespace, deployment", p.here("kube_deployment_status_replicas_available", fmt.Sprintf("deployment=%q", pluginDeployment))) + " == 0",
		summary: "no pod of the plugin runs",
		description: "{{ $labels.namespace }}/{{ $labels.deployment }} has no pod that is available. Without it the operator reconciles no Cluster that is backed up by it: no backup " +
			"starts, and nothing fails over.",
	}}
	if p.Certificates {
		rules = append(rules, rule{
			// cert-manager renews them 15 days before they expire (certificate.renewBefore of the chart). The label namespace of its
			// series is the one it runs in, where Prometheus does not keep the series' own.
			name: pluginCertificate, severity: warning, wait: time.Hour,
			expr:    "min by (name) (certmanager_certificate_expiration_timestamp_seconds{name=~\"barman-cloud-(client|server)\"} - time()) < 604800",
			summary: "a certificate is not renewed",
			description: "The Certificate {{ $labels.name }} in " + p.Namespace + " expires in {{ $value | humanizeDuration }}, and should have been renewed a week ago. When it has expired, " +
				"the operator cannot reach the plugin, and reconciles no Cluster that is backed up by it.",
		})
	}
	return rules
}
