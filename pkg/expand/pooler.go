package expand

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// poolers builds the PgBouncers in front of the cluster.
func poolers(p *plan.Plan) []Object {
	var list []Object
	for _, pooler := range p.Poolers {
		s := pooler.Spec
		object := &cnpgv1.Pooler{
			TypeMeta:   metadata.Type(cnpgv1.SchemeGroupVersion.String(), "Pooler"),
			ObjectMeta: meta(p, s.Name, componentPooler),
			Spec: cnpgv1.PoolerSpec{
				Cluster:            cnpgv1.LocalObjectReference{Name: p.Cluster},
				Type:               s.Type,
				Instances:          s.Instances,
				PgBouncer:          &cnpgv1.PgBouncerSpec{PoolMode: s.PoolMode, Parameters: s.Parameters},
				Template:           poolerTemplate(s.Template, s.Resources),
				ServiceTemplate:    s.ServiceTemplate,
				ServiceAccountName: s.ServiceAccountName,
			},
		}
		if b := s.PgBouncer; b != nil {
			spec := object.Spec.PgBouncer
			spec.ServerTLSSecret, spec.ServerCASecret = b.ServerTLSSecret, b.ServerCASecret
			spec.ClientCASecret, spec.ClientTLSSecret = b.ClientCASecret, b.ClientTLSSecret
			spec.AuthQuerySecret, spec.AuthQuery = b.AuthQuerySecret, b.AuthQuery
			spec.PgHBA, spec.Paused = b.PgHBA, b.Paused
		}
		list = append(list, object)
	}
	return list
}

// poolerTemplate is the user's template of the pods, with the resources of PgBouncer's container.
func poolerTemplate(template *cnpgv1.PodTemplateSpec, resources *corev1.ResourceRequirements) *cnpgv1.PodTemplateSpec {
	if resources == nil {
		return template
	}
	if template == nil {
		template = &cnpgv1.PodTemplateSpec{}
	}
	template = template.DeepCopy()
	for i := range template.Spec.Containers {
		if template.Spec.Containers[i].Name == pgbouncerContainer {
			template.Spec.Containers[i].Resources = *resources
			return template
		}
	}
	template.Spec.Containers = append(template.Spec.Containers, corev1.Container{Name: pgbouncerContainer, Resources: *resources})
	return template
}

// pgbouncerContainer is the name of the operator's container (pkg/specs/pgbouncer/deployments.go, CloudNativePG 1.30.0).
const pgbouncerContainer = "pgbouncer"
