package platform

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// Components of a platform.
const (
	componentOperator = "operator"
)

// meta is what every object of the platform carries. It is in the operator's namespace.
func meta(p *plan.Platform, name, component string) metav1.ObjectMeta {
	owner := metadata.Owner{Kind: v1alpha1.KindPostgresPlatform, ObjectMeta: &p.Platform.ObjectMeta, Application: "cloudnative-pg"}
	object := metadata.Of(owner, name, component)
	object.Namespace = p.Namespace
	return object
}
