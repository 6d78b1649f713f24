package platform

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// prometheusRules builds the alerts of the platform.
func prometheusRules(p *plan.Platform) []metav1.Object {
	if len(p.Alerts) == 0 {
		return nil
	}
	return []metav1.Object{&monitoringv1.PrometheusRule{
		TypeMeta:   metadata.Type(monitoringv1.SchemeGroupVersion.String(), "PrometheusRule"),
		ObjectMeta: monitorMetadata(p, operatorName),
		Spec:       monitoringv1.PrometheusRuleSpec{Groups: p.Alerts},
	}}
}
