package plan

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/chart"
)

// operatorValues are the values of the operator's chart that follow from the settings.
func operatorValues(s *v1alpha1.PostgresPlatformSpec) map[string]any {
	values := map[string]any{"replicaCount": int64(*s.Replicas)}
	setUnlessEmpty(values, "resources", resourceValues(s.Resources))
	if len(s.OperatorConfig) > 0 {
		values["config"] = map[string]any{"data": textValues(s.OperatorConfig)}
	}
	if s.LogLevel != "" {
		values["additionalArgs"] = []any{"--log-level=" + s.LogLevel}
	}
	if i := s.InheritedMetadata; i != nil {
		setUnlessEmpty(values, "podLabels", textValues(i.Labels))
		setUnlessEmpty(values, "podAnnotations", textValues(i.Annotations))
	}
	return values
}

// pluginValues are those of the plugin's chart, which passes no annotations on to its pod.
func pluginValues(s *v1alpha1.PostgresPlatformSpec) map[string]any {
	values := map[string]any{}
	setUnlessEmpty(values, "resources", resourceValues(s.BarmanCloud.Resources))
	if i := s.InheritedMetadata; i != nil {
		setUnlessEmpty(values, "podLabels", textValues(i.Labels))
	}
	return values
}

// values checks the user's own values of a chart, and merges them over those that follow from the settings.
func (m *platformMaker) values(i *Installation, derived map[string]any, own *v1alpha1.Patch, path *field.Path) map[string]any {
	if own == nil {
		return derived
	}
	for _, err := range chart.Check(i.Chart, i.Version, own.Fields, path) {
		m.report(err)
	}
	return mergeValues(derived, own.Fields)
}

// mergeValues is what Helm makes of values over others: objects are merged, anything else is replaced, and null removes.
func mergeValues(weak, strong map[string]any) map[string]any {
	for key, value := range strong {
		object, isObject := value.(map[string]any)
		below, also := weak[key].(map[string]any)
		switch {
		case value == nil && weak[key] != nil:
			delete(weak, key)
		case isObject && also:
			weak[key] = mergeValues(below, object)
		default:
			weak[key] = runtime.DeepCopyJSONValue(value)
		}
	}
	return weak
}

// createsCertificates tells whether the plugin's chart is left to make its certificates, as it does by itself. It makes their issuer in any
// case, so that it needs cert-manager either way.
func createsCertificates(values map[string]any) bool {
	settings, _ := values["certificate"].(map[string]any)
	return settings["createServerCertificate"] != false || settings["createClientCertificate"] != false
}

func resourceValues(r *corev1.ResourceRequirements) map[string]any {
	values := map[string]any{}
	for name, list := range map[string]corev1.ResourceList{"requests": r.Requests, "limits": r.Limits} {
		amounts := map[string]any{}
		for resource, amount := range list {
			amounts[string(resource)] = amount.String()
		}
		setUnlessEmpty(values, name, amounts)
	}
	return values
}

func textValues(texts map[string]string) map[string]any {
	values := make(map[string]any, len(texts))
	for key, text := range texts {
		values[key] = text
	}
	return values
}

func setUnlessEmpty(values map[string]any, key string, value map[string]any) {
	if len(value) > 0 {
		values[key] = value
	}
}
