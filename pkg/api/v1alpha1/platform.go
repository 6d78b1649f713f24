package v1alpha1

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PostgresPlatform is the operator's side of a Kubernetes cluster: a small description that expands into what installs CloudNativePG and the
// Barman Cloud plugin by Flux, watches them and fences them in.
type PostgresPlatform struct {
	metav1.TypeMeta `json:",inline"`

	// metadata.name is the name of the platform, which stands in the labels of what it becomes. The objects have names of their own: those
	// that the operator's documentation uses. Labels and annotations are passed on to every object. The namespace is spec.operatorNamespace.
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec describes the installation. Everything is optional.
	// +optional
	Spec PostgresPlatformSpec `json:"spec,omitempty"`
}

// PostgresPlatformSpec is the settings of the platform.
type PostgresPlatformSpec struct {
	// operatorVersion is the CloudNativePG to install: a minor version, which is its newest release known to this one, or a full one such as
	// "1.29.1". The version of the Helm chart follows from it. Defaults to "1.30".
	// +optional
	OperatorVersion string `json:"operatorVersion,omitempty"`

	// operatorNamespace is where the operator and the plugin run. Defaults to cnpg-system.
	// +optional
	OperatorNamespace string `json:"operatorNamespace,omitempty"`

	// createNamespace makes the namespace, with the label of the restricted pod security standard. Defaults to true.
	// +optional
	CreateNamespace *bool `json:"createNamespace,omitempty"`

	// replicas is the number of the operator's pods, of which one leads. Defaults to 1.
	// +optional
	Replicas *int32 `json:"replicas,omitempty"`

	// resources of the operator's pods. Defaults to requests of 100m and 256Mi, and limits of 200m and 256Mi.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// operatorConfig is the operator's own configuration by its names, such as INHERITED_LABELS. A name that the version does not know is
	// an error.
	// +optional
	OperatorConfig map[string]string `json:"operatorConfig,omitempty"`

	// logLevel of the operator: error, warning, info, debug or trace. Defaults to the operator's own, info.
	// +optional
	LogLevel string `json:"logLevel,omitempty"`

	// inheritedMetadata are labels of the pods of operator and plugin, and annotations of the operator's, in CloudNativePG's own shape. The
	// plugin's chart passes no annotations on.
	// +optional
	InheritedMetadata *cnpgv1.EmbeddedObjectMetadata `json:"inheritedMetadata,omitempty"`

	// values of the operator's Helm chart, merged over those that follow from the other fields. A value that the chart does not have is
	// an error.
	// +optional
	Values *Patch `json:"values,omitempty"`

	// barmanCloud is the plugin that backs up to object stores.
	// +optional
	BarmanCloud *BarmanCloud `json:"barmanCloud,omitempty"`

	// source is where the Helm charts come from.
	// +optional
	Source *ChartSource `json:"source,omitempty"`

	// interval is the time after which Flux looks at the releases again. Defaults to 10m.
	// +optional
	Interval string `json:"interval,omitempty"`

	// monitoring says how Prometheus finds the operator, which alerts watch it, and which dashboards Grafana gets.
	// +optional
	Monitoring *PlatformMonitoring `json:"monitoring,omitempty"`

	// network makes NetworkPolicies for the pods of operator and plugin. None without it.
	// +optional
	Network *PlatformNetwork `json:"network,omitempty"`

	// overrides reach every field of every emitted object: a merge patch for each kind of object, checked against that kind's schema.
	// The keys are the kinds in lower camel case, such as helmRelease for the operator and barmanCloudHelmRelease for the plugin.
	// +optional
	Overrides map[string]Patch `json:"overrides,omitempty"`
}

// BarmanCloud is the installation of the Barman Cloud plugin.
type BarmanCloud struct {
	// enabled installs the plugin. Defaults to true.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// version of the plugin, such as "0.13.0" or "0.13". The version of the Helm chart follows from it. The chart of 0.13.0 runs the images
	// of 0.14.0 and 0.15.0 too: write values: {image: {tag: v0.15.0}, sidecarImage: {tag: v0.15.0}}. Defaults to "0.13.0".
	// +optional
	Version string `json:"version,omitempty"`

	// resources of the plugin's pod. Defaults to requests of 50m and 128Mi, and limits of 100m and 128Mi.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// certManager says how cert-manager comes into the cluster: the plugin's chart makes Certificates, and no pod of it starts without
	// them. A build cannot see that, and warns where it is not said.
	// +optional
	CertManager *CertManager `json:"certManager,omitempty"`

	// values of the plugin's Helm chart, merged over those that follow from the other fields. A value that the chart does not have is
	// an error.
	// +optional
	Values *Patch `json:"values,omitempty"`
}

// CertManager says how cert-manager comes into the cluster. Exactly one of its fields.
type CertManager struct {
	// installed says that it is there, whoever installs it.
	// +optional
	Installed bool `json:"installed,omitempty"`

	// helmRelease is the HelmRelease that installs it, for which the plugin's waits.
	// +optional
	HelmRelease *HelmReleaseReference `json:"helmRelease,omitempty"`
}

// HelmReleaseReference is a HelmRelease of Flux.
type HelmReleaseReference struct {
	// name of the HelmRelease.
	// +required
	Name string `json:"name"`

	// namespace of the HelmRelease. Defaults to spec.operatorNamespace.
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// ChartSource is where the Helm charts come from.
type ChartSource struct {
	// url of a Helm repository, or of a folder in an OCI registry such as oci://ghcr.io/cloudnative-pg/charts.
	// Defaults to https://cloudnative-pg.github.io/charts.
	// +optional
	URL string `json:"url,omitempty"`

	// namespace of the source's objects, such as flux-system. Defaults to spec.operatorNamespace, which needs no leave to refer
	// to another namespace.
	// +optional
	Namespace string `json:"namespace,omitempty"`

	// interval is the time after which Flux looks for charts again. Defaults to 1h.
	// +optional
	Interval string `json:"interval,omitempty"`

	// secretRef is a Secret with the credentials for the source, in the namespace of the source.
	// +optional
	SecretRef *corev1.LocalObjectReference `json:"secretRef,omitempty"`
}

// PlatformMonitoring says how Prometheus finds the operator, which alerts watch it, and which dashboards Grafana gets.
type PlatformMonitoring struct {
	// type is what finds the operator's metrics: PodMonitor or None. A ServiceMonitor would find nothing, because the operator's Service
	// has no metrics port. Defaults to PodMonitor.
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

	// alerts makes a PrometheusRule about operator and plugin.
	// +optional
	Alerts *Alerts `json:"alerts,omitempty"`

	// dashboards makes three Grafana dashboards in ConfigMaps: the operator, a PostgreSQL cluster to choose, all backups.
	// +optional
	Dashboards *Dashboards `json:"dashboards,omitempty"`
}

// Dashboards are the Grafana dashboards of the platform.
type Dashboards struct {
	// enabled makes the ConfigMaps. Defaults to true.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// namespace of the ConfigMaps. Defaults to spec.operatorNamespace.
	// +optional
	Namespace string `json:"namespace,omitempty"`

	// labels by which Grafana's sidecar finds the ConfigMaps. Defaults to grafana_dashboard: "1".
	// +optional
	Labels map[string]string `json:"labels,omitempty"`

	// annotations of the ConfigMaps, such as the sidecar's folder.
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// PlatformNetwork is the NetworkPolicies of the pods of operator and plugin.
type PlatformNetwork struct {
	// policy makes NetworkPolicies. Defaults to true when network is given.
	// +optional
	Policy *bool `json:"policy,omitempty"`

	// prometheusNamespace is where Prometheus runs. Defaults to any namespace.
	// +optional
	PrometheusNamespace string `json:"prometheusNamespace,omitempty"`

	// allowTo lists further destinations of operator and plugin, in NetworkPolicy's own shape.
	// +optional
	AllowTo []networkingv1.NetworkPolicyEgressRule `json:"allowTo,omitempty"`
}
