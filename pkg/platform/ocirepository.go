package platform

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/flux"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// ociRepositories builds where the charts come from if that is a registry: each chart is an artifact of its own there. A HelmRepository of
// type oci would do as well, and Flux develops it no further.
func ociRepositories(p *plan.Platform) []metav1.Object {
	if !p.Source.OCI {
		return nil
	}
	var list []metav1.Object
	for _, i := range installations(p) {
		list = append(list, &flux.OCIRepository{
			TypeMeta:   metadata.Type(flux.SourceAPIVersion, flux.KindOCIRepository),
			ObjectMeta: sourceMetadata(p, i.Chart, component(i)),
			Spec: flux.OCIRepositorySpec{
				Interval: p.Spec.Source.Interval, URL: p.Spec.Source.URL + "/" + i.Chart, Ref: flux.OCIReference{Tag: i.Version},
				LayerSelector: flux.ChartLayer, SecretRef: secretRef(p),
			},
		})
	}
	return list
}

// installations are what is installed, the operator first.
func installations(p *plan.Platform) []*plan.Installation {
	list := []*plan.Installation{&p.Operator}
	if p.Plugin != nil {
		list = append(list, p.Plugin)
	}
	return list
}
