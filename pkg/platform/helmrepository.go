package platform

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/flux"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// sourceName is the name of the charts' source.
const sourceName = "cloudnative-pg"

// chartsURL is where CloudNativePG publishes its charts.
const chartsURL = "https://cloudnative-pg.github.io/charts"

// helmRepositories builds where the charts come from.
func helmRepositories(p *plan.Platform) []metav1.Object {
	return []metav1.Object{&flux.HelmRepository{
		TypeMeta:   metadata.Type(flux.SourceAPIVersion, flux.KindHelmRepository),
		ObjectMeta: meta(p, sourceName, componentOperator),
		Spec:       flux.HelmRepositorySpec{Interval: "1h", URL: chartsURL},
	}}
}
