package platform

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/flux"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// helmRepositories builds where the charts come from, unless that is a registry.
func helmRepositories(p *plan.Platform) []metav1.Object {
	if p.Source.OCI {
		return nil
	}
	return []metav1.Object{&flux.HelmRepository{
		TypeMeta:   metadata.Type(flux.SourceAPIVersion, flux.KindHelmRepository),
		ObjectMeta: sourceMetadata(p, operatorName, componentOperator),
		Spec:       flux.HelmRepositorySpec{Interval: p.Spec.Source.Interval, URL: p.Spec.Source.URL, SecretRef: secretRef(p)},
	}}
}

func secretRef(p *plan.Platform) *flux.SecretReference {
	if p.Spec.Source.SecretRef == nil {
		return nil
	}
	return &flux.SecretReference{Name: p.Spec.Source.SecretRef.Name}
}
