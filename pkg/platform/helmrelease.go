package platform

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/flux"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// Names of the charts, and of the releases: the objects that they make are called after these.
const operatorChart = "cloudnative-pg"

// operatorReleases builds the installation of the operator.
func operatorReleases(p *plan.Platform) []metav1.Object {
	return []metav1.Object{helmRelease(p, operatorChart, p.Operator.Chart, map[string]any{
		"replicaCount": *p.Spec.Replicas,
		"resources":    values(p.Spec.Resources),
	})}
}

// helmRelease installs a chart. A failure is tried again and never rolled back, because the charts hold the definitions of the custom resources
// as templates, and older ones would drop fields of the Clusters that are there.
func helmRelease(p *plan.Platform, chart, version string, values map[string]any) *flux.HelmRelease {
	retry := &flux.Action{Strategy: flux.Strategy{Name: flux.RetryOnFailure}}
	return &flux.HelmRelease{
		TypeMeta:   metadata.Type(flux.HelmAPIVersion, flux.KindHelmRelease),
		ObjectMeta: meta(p, chart, componentOperator),
		Spec: flux.HelmReleaseSpec{
			Interval: "10m",
			Chart: &flux.Chart{Spec: flux.ChartSpec{Chart: chart, Version: version,
				SourceRef: flux.SourceReference{Kind: flux.KindHelmRepository, Name: sourceName}}},
			Install: retry, Upgrade: retry,
			Values: values,
		},
	}
}

// values are resources as a chart takes them.
func values(r *corev1.ResourceRequirements) map[string]any {
	all := map[string]any{}
	for name, list := range map[string]corev1.ResourceList{"requests": r.Requests, "limits": r.Limits} {
		if len(list) > 0 {
			amounts := map[string]any{}
			for resource, amount := range list {
				amounts[string(resource)] = amount.String()
			}
			all[name] = amounts
		}
	}
	return all
}
