package expand

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// databases builds the databases that the operator creates, and what is created within them. They stand beside the Cluster.
func databases(p *plan.Plan) []Object {
	var list []Object
	for _, d := range p.Databases {
		database := &cnpgv1.Database{
			TypeMeta:   metadata.Type(cnpgv1.SchemeGroupVersion.String(), "Database"),
			ObjectMeta: besideCluster(p, d.ObjectName),
			Spec: cnpgv1.DatabaseSpec{
				ClusterRef:    corev1.LocalObjectReference{Name: p.Cluster},
				Name:          d.Name,
				Owner:         d.Owner,
				ReclaimPolicy: d.ReclaimPolicy,
				Schemas:       d.Schemas,
			},
		}
		for _, name := range d.Extensions {
			database.Spec.Extensions = append(database.Spec.Extensions, cnpgv1.ExtensionSpec{DatabaseObjectSpec: cnpgv1.DatabaseObjectSpec{Name: name}})
		}
		list = append(list, database)
	}
	return list
}
