package plan

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/chart"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// Platform is a valid platform with all that was derived from it. Builders of objects read it and change nothing.
type Platform struct {
	// Platform is the platform with its defaults filled in.
	Platform *v1alpha1.PostgresPlatform

	// Spec is its settings.
	Spec *v1alpha1.PostgresPlatformSpec

	// Namespace is where the operator runs.
	Namespace string

	// Source is where the charts come from.
	Source Source

	// Operator is what is installed, Plugin the Barman Cloud plugin or nil.
	Operator Installation
	Plugin   *Installation

	// WebhookPort is where the API server asks the operator.
	WebhookPort int32

	// Alerts are the rules that watch the platform.
	Alerts []monitoringv1.RuleGroup
}

// Source is a Helm repository, or a folder of an OCI registry.
type Source struct {
	// Namespace is the source's where it is not the operator's, or "".
	Namespace string

	// OCI tells that each chart has a source of its own.
	OCI bool
}

// Installation is a release of a Helm chart.
type Installation struct {
	// Chart is the name, which the release has too, and Version that of the chart.
	Chart, Version string

	// Installs is the version of what the chart installs.
	Installs string

	// Values are all that differ from the chart's own.
	Values map[string]any

	// DependsOn are releases that must be there before.
	DependsOn []v1alpha1.HelmReleaseReference
}

// MakePlatform derives the plan of a platform whose defaults are filled in. The plan is nil when there are errors.
func MakePlatform(platform *v1alpha1.PostgresPlatform) (*Platform, field.ErrorList, []Warning) {
	m := &platformMaker{Platform: &Platform{Platform: platform, Spec: &platform.Spec}, spec: field.NewPath("spec")}
	m.identity()
	m.source()
	m.operator()
	m.plugin()
	m.monitoring()
	m.network()
	m.overrides(m.spec.Child("overrides"), m.Spec.Overrides, PlatformOverrideKeys)
	m.alerts()
	m.warnings = slices.DeleteFunc(m.warnings, func(w Warning) bool { return m.failed(w.Field) })
	if len(m.errs) > 0 {
		return nil, m.errs, m.warnings
	}
	return m.Platform, nil, m.warnings
}

// PlatformOverrideKeys are the objects that a platform's overrides may patch.
var PlatformOverrideKeys = []string{"barmanCloudHelmRelease", "configMap", "helmRelease", "helmRepository", "namespace", "networkPolicy", "ociRepository",
	"podMonitor", "prometheusRule"}

// platformMaker collects what MakePlatform finds out.
type platformMaker struct {
	checker
	*Platform
	spec *field.Path
}

// identity checks the platform's name, and where it goes.
func (m *platformMaker) identity() {
	metadata := field.NewPath("metadata")
	object := &m.Platform.Platform.ObjectMeta
	switch {
	case object.Name == "" && object.GenerateName != "":
		m.required(metadata.Child("name"), "generateName cannot be built from, because the name must be the same in every build")
	case object.Name == "":
		m.required(metadata.Child("name"), "the name of the platform")
	case m.noPlaceholder(metadata.Child("name"), object.Name):
		m.serviceName(metadata.Child("name"), object.Name)
	}
	m.labels(metadata.Child("labels"), object.Labels)
	m.annotations(metadata.Child("annotations"), object.Annotations)

	m.Namespace = m.Spec.OperatorNamespace
	if at := m.spec.Child("operatorNamespace"); m.noPlaceholder(at, m.Namespace) {
		m.namespaceName(at, m.Namespace)
	}
	if object.Namespace != "" && object.Namespace != m.Namespace {
		m.invalid(metadata.Child("namespace"), object.Namespace, "the platform's objects go to spec.operatorNamespace, %s: set that field, and leave this one out",
			m.Namespace)
	}
}

// operator finds the release to install, and the values of its chart.
func (m *platformMaker) operator() {
	s := m.Spec
	release := m.release(m.spec.Child("operatorVersion"), s.OperatorVersion, cnpg.FindRelease)
	m.Operator = Installation{Chart: chart.Operator, Version: release.Chart, Installs: release.Version}
	if at := m.spec.Child("replicas"); *s.Replicas < 1 {
		m.invalid(at, *s.Replicas, "must be at least 1: without the operator nothing fails over and no change is carried out")
	}
	m.requirements(m.spec.Child("resources"), s.Resources)
	m.operatorConfig()
	if s.LogLevel != "" {
		oneOf(&m.checker, m.spec.Child("logLevel"), s.LogLevel, "error", "warning", "info", "debug", "trace")
	}
	if i := s.InheritedMetadata; i != nil {
		m.labels(m.spec.Child("inheritedMetadata", "labels"), i.Labels)
		m.annotations(m.spec.Child("inheritedMetadata", "annotations"), i.Annotations)
	}
	m.duration(m.spec.Child("interval"), s.Interval)
	m.Operator.Values = m.values(&m.Operator, operatorValues(s), s.Values, m.spec.Child("values"))
	m.WebhookPort = cnpg.OperatorWebhookPort
	if webhook, ok := m.Operator.Values["webhook"].(map[string]any); ok {
		if port, ok := webhook["port"].(int64); ok {
			m.WebhookPort = int32(port)
			if port < 1 || port > maxPort {
				m.invalid(m.spec.Child("values", "webhook", "port"), port, "must be between 1 and %d", maxPort)
			}
		}
	}
}

// release finds the chart for a version of what it installs.
func (m *platformMaker) release(path *field.Path, version string, find func(string) (cnpg.Release, error)) cnpg.Release {
	if !m.noPlaceholder(path, version) {
		return cnpg.Release{}
	}
	release, err := find(version)
	if err != nil {
		m.refused(path, version, err)
	}
	return release
}

// operatorConfig checks the operator's own configuration, of which it ignores what it does not know.
func (m *platformMaker) operatorConfig() {
	release, _ := cnpg.FindRelease(m.Spec.OperatorVersion) // the version itself was checked
	target := release.Minor()
	path := m.spec.Child("operatorConfig")
	for _, name := range sortedKeys(m.Spec.OperatorConfig) {
		since, known := cnpg.OperatorSettingSince(name)
		switch remedy := operatorConfigRemedies[name]; {
		case remedy != "":
			m.forbidden(path.Key(name), "%s", remedy)
		case !known:
			m.unknownKey(path.Key(name), name, cnpg.OperatorSettings(), "CloudNativePG has no such setting")
		case target.Less(since):
			m.forbidden(path.Key(name), "CloudNativePG %s does not have it: it came with %s", target, since)
		}
	}
}

// operatorConfigRemedies are for settings that the operator never had, or that the chart sets.
var operatorConfigRemedies = map[string]string{
	"MONITORING_ENABLED":           "the operator has no such setting: every PostgresApp makes its monitor",
	"BACKUP_RETENTION_POLICY":      "the operator has no such setting: write backup: {retention: ...} into a PostgresDefaults",
	"LOG_LEVEL":                    "the operator has no such setting: write logLevel",
	"OPERATOR_NAMESPACE":           "the chart sets it: write operatorNamespace",
	"OPERATOR_IMAGE_NAME":          "the chart sets it: write values: {image: ...}",
	"MONITORING_QUERIES_CONFIGMAP": "the chart sets it: write values: {monitoringQueriesConfigMap: ...}",
	"WEBHOOK_CERT_DIR":             "the chart mounts no such directory",
	"METRICS_CERT_DIR":             "the chart mounts no such directory",
	"PLUGIN_SOCKET_DIR":            "the chart mounts no such directory",
}

// plugin finds the release of the Barman Cloud plugin, and what it needs.
func (m *platformMaker) plugin() {
	b, path := m.Spec.BarmanCloud, m.spec.Child("barmanCloud")
	release := m.release(path.Child("version"), b.Version, cnpg.FindPluginRelease)
	m.requirements(path.Child("resources"), b.Resources)
	installation := Installation{Chart: chart.Plugin, Version: release.Chart, Installs: release.Version,
		DependsOn: []v1alpha1.HelmReleaseReference{{Name: chart.Operator}}}
	installation.Values = m.values(&installation, pluginValues(m.Spec), b.Values, path.Child("values"))
	at := path.Child("certManager")
	switch c := b.CertManager; {
	case !*b.Enabled:
		return
	case c == nil:
		m.warn(at, "the plugin's chart makes Certificates of cert-manager, and without them its pod does not start: say that cert-manager is there by "+
			"certManager: {installed: true}, or name the HelmRelease that installs it")
	case c.Installed && c.HelmRelease != nil:
		m.forbidden(at.Child("installed"), "the helmRelease beside it says so: remove one of the two")
	case c.HelmRelease != nil:
		m.objectReference(at.Child("helmRelease", "name"), c.HelmRelease.Name, "the name of the HelmRelease that installs cert-manager")
		m.namespaceName(at.Child("helmRelease", "namespace"), c.HelmRelease.Namespace)
		installation.DependsOn = append(installation.DependsOn, *c.HelmRelease)
	case !c.Installed:
		m.required(at, "installed: true, or the helmRelease that installs it: without cert-manager the plugin does not start, and "+
			"barmanCloud: {enabled: false} leaves it out")
	}
	m.Plugin = &installation
}
