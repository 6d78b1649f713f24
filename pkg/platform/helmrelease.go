package platform

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/chart"
	"github.com/homelab-foundations/postgresapp/pkg/flux"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// Names of the releases, of the Deployments that they make and of what is about these: those of the charts.
const (
	operatorName = chart.Operator
	pluginName   = chart.Plugin
)

// operatorReleases builds the installation of the operator.
func operatorReleases(p *plan.Platform) []metav1.Object {
	return []metav1.Object{helmRelease(p, &p.Operator)}
}

// pluginReleases builds the installation of the Barman Cloud plugin.
func pluginReleases(p *plan.Platform) []metav1.Object {
	if p.Plugin == nil {
		return nil
	}
	return []metav1.Object{helmRelease(p, p.Plugin)}
}

// helmRelease installs a chart. A failure is tried again and never rolled back: the charts hold the definitions of the custom resources as
// templates, and older ones would drop fields of the Clusters that are there. For the same reason nothing needs to be said about CRDs: every
// upgrade applies them, and the charts keep them when the release goes.
func helmRelease(p *plan.Platform, i *plan.Installation) *flux.HelmRelease {
	retry := &flux.Action{Strategy: flux.Strategy{Name: flux.RetryOnFailure}}
	release := &flux.HelmRelease{
		TypeMeta:   metadata.Type(flux.HelmAPIVersion, flux.KindHelmRelease),
		ObjectMeta: meta(p, i.Chart, component(i)),
		Spec:       flux.HelmReleaseSpec{Interval: p.Spec.Interval, Install: retry, Upgrade: retry, Values: i.Values},
	}
	if p.Source.OCI {
		release.Spec.ChartRef = &flux.SourceReference{Kind: flux.KindOCIRepository, Name: i.Chart, Namespace: p.Source.Namespace}
	} else {
		release.Spec.Chart = &flux.Chart{Spec: flux.ChartSpec{Chart: i.Chart, Version: i.Version,
			SourceRef: flux.SourceReference{Kind: flux.KindHelmRepository, Name: operatorName, Namespace: p.Source.Namespace}}}
	}
	for _, other := range i.DependsOn {
		if other.Namespace == p.Namespace {
			other.Namespace = ""
		}
		release.Spec.DependsOn = append(release.Spec.DependsOn, flux.Reference(other))
	}
	return release
}
