package v1alpha1

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Types of a monitor.
const (
	MonitorService = "ServiceMonitor"
	MonitorPod     = "PodMonitor"
	MonitorNone    = "None"
)

// Monitoring says how Prometheus finds the metrics of the instances.
type Monitoring struct {
	// type is what finds the metrics: ServiceMonitor (with a metrics Service of its own, because CloudNativePG's Services have no
	// metrics port), PodMonitor or None. Defaults to ServiceMonitor.
	// +optional
	Type string `json:"type,omitempty"`

	// interval is the time between scrapes. Defaults to 30s.
	// +optional
	Interval string `json:"interval,omitempty"`

	// scrapeTimeout is how long a scrape may take. Defaults to Prometheus' own.
	// +optional
	ScrapeTimeout string `json:"scrapeTimeout,omitempty"`

	// labels of the monitor and the rules, by which Prometheus selects them.
	// +optional
	Labels map[string]string `json:"labels,omitempty"`

	// metricRelabelings are applied to the scraped series, in the Prometheus operator's own shape.
	// +optional
	MetricRelabelings []monitoringv1.RelabelConfig `json:"metricRelabelings,omitempty"`

	// relabelings are applied to the targets, in the Prometheus operator's own shape.
	// +optional
	Relabelings []monitoringv1.RelabelConfig `json:"relabelings,omitempty"`

	// tls serves the metrics over TLS. Changing it restarts the instances.
	// +optional
	TLS *cnpgv1.ClusterMonitoringTLSConfiguration `json:"tls,omitempty"`

	// disableDefaultQueries leaves the operator's default queries out. Defaults to false.
	// +optional
	DisableDefaultQueries *bool `json:"disableDefaultQueries,omitempty"`

	// customQueriesConfigMap are further queries, in ConfigMaps.
	// +optional
	CustomQueriesConfigMap []cnpgv1.ConfigMapKeySelector `json:"customQueriesConfigMap,omitempty"`

	// customQueriesSecret are further queries, in Secrets.
	// +optional
	CustomQueriesSecret []cnpgv1.SecretKeySelector `json:"customQueriesSecret,omitempty"`

	// metricsQueriesTTL is how long results are kept. Needs operatorVersion 1.28.
	// +optional
	MetricsQueriesTTL *metav1.Duration `json:"metricsQueriesTTL,omitempty"`

	// alerts makes a PrometheusRule that fits the app.
	// +optional
	Alerts *Alerts `json:"alerts,omitempty"`

	// dashboard makes a Grafana dashboard in a ConfigMap.
	// +optional
	Dashboard *Dashboard `json:"dashboard,omitempty"`
}

// Alerts is the PrometheusRule of the app.
type Alerts struct {
	// enabled makes the rules. Defaults to true unless monitoring.type is None.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// labels that every alert carries, for routing.
	// +optional
	Labels map[string]string `json:"labels,omitempty"`

	// exclude names alerts to leave out.
	// +optional
	Exclude []string `json:"exclude,omitempty"`
}

// Dashboard is the Grafana dashboard of the app.
type Dashboard struct {
	// enabled makes the ConfigMap. Defaults to false.
	// +optional
	Enabled bool `json:"enabled,omitempty"`

	// namespace of the ConfigMap. Defaults to the app's own.
	// +optional
	Namespace string `json:"namespace,omitempty"`

	// labels by which Grafana's sidecar finds the ConfigMap. Defaults to grafana_dashboard: "1".
	// +optional
	Labels map[string]string `json:"labels,omitempty"`

	// annotations of the ConfigMap, such as the sidecar's folder.
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Network is the NetworkPolicies of the app's pods.
type Network struct {
	// policy makes NetworkPolicies. Defaults to true when network is given.
	// +optional
	Policy *bool `json:"policy,omitempty"`

	// allowFrom lists who may connect to PostgreSQL, in NetworkPolicy's own shape. Defaults to every pod of the app's namespace.
	// +optional
	AllowFrom []networkingv1.NetworkPolicyPeer `json:"allowFrom,omitempty"`

	// allowTo lists further destinations of the instances, in NetworkPolicy's own shape.
	// +optional
	AllowTo []networkingv1.NetworkPolicyEgressRule `json:"allowTo,omitempty"`

	// prometheusNamespace is where Prometheus runs. Defaults to any namespace.
	// +optional
	PrometheusNamespace string `json:"prometheusNamespace,omitempty"`

	// operatorNamespace is where CloudNativePG runs. Defaults to cnpg-system.
	// +optional
	OperatorNamespace string `json:"operatorNamespace,omitempty"`
}
