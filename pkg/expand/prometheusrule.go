package expand

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// prometheusRules builds the alerts of the app.
func prometheusRules(p *plan.Plan) []Object {
	if len(p.Alerts) == 0 {
		return nil
	}
	return []Object{&monitoringv1.PrometheusRule{
		TypeMeta:   metadata.Type(monitoringv1.SchemeGroupVersion.String(), "PrometheusRule"),
		ObjectMeta: monitorMetadata(p, p.Cluster),
		Spec:       monitoringv1.PrometheusRuleSpec{Groups: p.Alerts},
	}}
}
