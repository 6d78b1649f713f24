package platform

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// Components of a platform.
const (
	componentOperator   = "operator"
	componentBackup     = "backup"
	componentMonitoring = "monitoring"
	componentNetwork    = "network"
)

// meta is what every object of the platform carries. It is in the operator's namespace.
func meta(p *plan.Platform, name, component string) metav1.ObjectMeta {
	owner := metadata.Owner{Kind: v1alpha1.KindPostgresPlatform, ObjectMeta: &p.Platform.ObjectMeta, Application: "cloudnative-pg"}
	object := metadata.Of(owner, name, component)
	object.Namespace = p.Namespace
	return object
}

// component is what a chart is installed for.
func component(i *plan.Installation) string {
	if i.Chart == operatorName {
		return componentOperator
	}
	return componentBackup
}

// monitorMetadata carries the labels by which Prometheus selects monitors and rules.
func monitorMetadata(p *plan.Platform, name string) metav1.ObjectMeta {
	return metadata.Selected(meta(p, name, componentMonitoring), p.Spec.Monitoring.Labels)
}

// sourceMetadata is that of a source of charts, which may be in a namespace of its own.
func sourceMetadata(p *plan.Platform, name, component string) metav1.ObjectMeta {
	object := meta(p, name, component)
	if p.Source.Namespace != "" {
		object.Namespace = p.Source.Namespace
	}
	return object
}
