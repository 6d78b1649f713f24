package v1alpha1

import (
	"reflect"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// LoadPlatform decodes a platform. Every error is returned; the platform is nil when there is one.
func LoadPlatform(platform Fields) (*PostgresPlatform, field.ErrorList) {
	errs, ours := header(platform, KindPostgresPlatform)
	if !ours {
		return nil, errs
	}
	var typed PostgresPlatform
	if errs = append(errs, strict.Into(platform, &typed, nil, platformOptions())...); len(errs) > 0 {
		return nil, errs
	}
	return &typed, nil
}

// LoadMeantPlatform loads a platform that LoadPlatform refuses for nothing but unknown fields, as it was probably meant: see strict.Meant, which
// also tells what doubtful is. The platform is nil where more is wrong.
func LoadMeantPlatform(platform Fields) (loaded *PostgresPlatform, doubtful []string) {
	meant, doubtful := strict.Meant(platform, &PostgresPlatform{}, nil, platformOptions())
	loaded, errs := LoadPlatform(meant)
	if len(errs) > 0 {
		return nil, nil
	}
	return loaded, doubtful
}

// platformOptions are the hints, shapes and secrets of a platform's fields.
func platformOptions() strict.Options {
	return strict.Options{
		Hint: func(path string) string {
			_, setting := jsontype.Of(reflect.TypeFor[PostgresPlatformSpec]()).Lookup(path)
			switch {
			case setting:
				return "indent it, so that it stands below spec"
			case path == "status":
				return "remove it: a PostgresPlatform is read by the build alone and has no status"
			}
			return platformHints()[path]
		},
		Shape:  func(path string) string { return platformShapes()[path] },
		Secret: Secret,
	}
}

// platformHints are remedies by the path of what is unknown: what people know from the chart's values, from HelmRelease or from PostgresApp.
var platformHints = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"spec.version":                      `did you mean "operatorVersion"?`,
		"spec.chartVersion":                 "write operatorVersion: the version of the chart follows from it",
		"spec.chart":                        "write operatorVersion and source: the chart and its version follow from them",
		"spec.namespace":                    `did you mean "operatorNamespace"?`,
		"spec.targetNamespace":              `did you mean "operatorNamespace"?`,
		"spec.sourceNamespace":              "write source: {namespace: ...}",
		"spec.sourceRef":                    "write source: {url: ...}",
		"spec.helmRepository":               "write source: {url: ...}",
		"spec.url":                          "write source: {url: ...}",
		"spec.replicaCount":                 `did you mean "replicas"?`,
		"spec.instances":                    `did you mean "replicas"?`,
		"spec.config":                       `did you mean "operatorConfig"?`,
		"spec.webhook":                      "the webhook runs in the operator's pod, and replicas and resources are its own too; the chart's other settings for it go below values",
		"spec.securityContext":              "remove it: the chart's own is the restricted one; to change it, write values: {containerSecurityContext: ...} or {podSecurityContext: ...}",
		"spec.plugin":                       `did you mean "barmanCloud"?`,
		"spec.plugins":                      `did you mean "barmanCloud"?`,
		"spec.barman":                       `did you mean "barmanCloud"?`,
		"spec.certManager":                  "write it below barmanCloud",
		"spec.alerts":                       "write it below monitoring",
		"spec.dashboards":                   "write it below monitoring",
		"spec.networkPolicy":                "write network: {policy: true}",
		"spec.networkPolicies":              "write network: {policy: true}",
		"spec.prometheusNamespace":          "write it below network",
		"spec.labels":                       "write it below metadata, or below inheritedMetadata for the pods",
		"spec.annotations":                  "write it below metadata, or below inheritedMetadata for the pods",
		"spec.podLabels":                    "write inheritedMetadata: {labels: ...}",
		"spec.podAnnotations":               "write inheritedMetadata: {annotations: ...}",
		"spec.backup":                       "it is a setting of apps: write it into a PostgresDefaults, or into spec.defaults of each PostgresApp",
		"spec.storage":                      "it is a setting of apps: write it into a PostgresDefaults, or into spec.defaults of each PostgresApp",
		"spec.defaults":                     "a platform hands nothing on to apps: write a PostgresDefaults, or spec.defaults of each PostgresApp",
		"spec.nodeSelector":                 "write it below values",
		"spec.tolerations":                  "write it below values",
		"spec.affinity":                     "write it below values",
		"spec.priorityClassName":            "write it below values",
		"spec.imagePullSecrets":             "write it below values",
		"spec.image":                        "write it below values",
		"spec.monitoring.enabled":           "remove it: monitoring is on unless type is None",
		"spec.monitoring.podMonitorEnabled": "remove it: a PodMonitor is made unless type is None",
		"spec.monitoring.podMonitorAdditionalLabels": `did you mean "labels"?`,
		"spec.monitoring.createGrafanaDashboard":     "remove it: dashboards are made unless dashboards.enabled is false",
		"spec.monitoring.grafanaDashboard":           `did you mean "dashboards"?`,
		"spec.monitoring.dashboard":                  `did you mean "dashboards"?`,
		"spec.monitoring.prometheusRule":             `did you mean "alerts"?`,
		"spec.network.operatorNamespace":             "write it one level up: it is where the operator runs",
		"spec.network.allowFrom":                     "remove it: the API server, Prometheus and the operator itself are all that call operator and plugin",
		"spec.source.type":                           "remove it: the url says it, oci:// for a registry",
		"spec.source.name":                           "remove it: the source is called cloudnative-pg",
		"spec.barmanCloud.replicas":                  "write values: {replicaCount: ...}",
		"spec.barmanCloud.certManager.enabled":       `did you mean "installed"?`,
		"spec.barmanCloud.certManager.name":          "write it below helmRelease",
		"spec.barmanCloud.certManager.namespace":     "write it below helmRelease",
		"spec.barmanCloud.chartVersion":              "write version: the version of the chart follows from it",
	}
})

// platformShapes are the ways to write fields, by their path.
var platformShapes = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"metadata":                                 "metadata: {name: ...}",
		"spec.operatorVersion":                     `operatorVersion: "1.30", or "1.29.1" for a full one`,
		"spec.barmanCloud.version":                 `version: "0.13.0"`,
		"spec.resources":                           "{requests: {memory: 256Mi}}",
		"spec.barmanCloud.resources":               "{requests: {memory: 256Mi}}",
		"spec.operatorConfig":                      `each as NAME: "value"`,
		"spec.monitoring.interval":                 "a number with its unit, such as 30s",
		"spec.monitoring.scrapeTimeout":            "a number with its unit, such as 30s",
		"spec.interval":                            "a number with its unit, such as 10m",
		"spec.source.interval":                     "a number with its unit, such as 1h",
		"spec.source":                              "source: {url: ...}",
		"spec.source.secretRef":                    "secretRef: {name: ...}",
		"spec.barmanCloud.certManager":             "certManager: {installed: true}, or {helmRelease: {name: ...}}",
		"spec.barmanCloud.certManager.helmRelease": "helmRelease: {name: ..., namespace: ...}",
		"spec.barmanCloud":                         "barmanCloud: {enabled: true}",
	}
})
