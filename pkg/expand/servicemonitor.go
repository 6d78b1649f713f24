package expand

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// serviceMonitors builds the monitor of the metrics Service.
func serviceMonitors(p *plan.Plan) []Object {
	if p.Shared != nil || p.Spec.Monitoring.Type != v1alpha1.MonitorService {
		return nil
	}
	m := p.Spec.Monitoring
	endpoint := monitoringv1.Endpoint{
		Port: cnpg.MetricsPortName, Interval: monitoringv1.Duration(m.Interval), ScrapeTimeout: monitoringv1.Duration(m.ScrapeTimeout),
		Scheme: scrapeScheme(p), MetricRelabelConfigs: m.MetricRelabelings, RelabelConfigs: m.Relabelings,
	}
	if safe := scrapeTLS(p); safe != nil {
		endpoint.TLSConfig = &monitoringv1.TLSConfig{SafeTLSConfig: *safe}
	}
	return []Object{&monitoringv1.ServiceMonitor{
		TypeMeta:   metadata.Type(monitoringv1.SchemeGroupVersion.String(), "ServiceMonitor"),
		ObjectMeta: monitorMetadata(p, p.Cluster),
		Spec: monitoringv1.ServiceMonitorSpec{
			Selector: metav1.LabelSelector{MatchLabels: map[string]string{
				cnpg.ClusterLabel: p.Cluster, metadata.ComponentLabel: componentMetrics,
			}},
			Endpoints: []monitoringv1.Endpoint{endpoint},
		},
	}}
}
