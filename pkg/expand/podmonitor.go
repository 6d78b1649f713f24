package expand

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// podMonitors builds the monitor of the instances where no Service is wanted, and one for each pooler, which has no Service with a
// metrics port either way.
func podMonitors(p *plan.Plan) []Object {
	m := p.Spec.Monitoring
	if p.Shared != nil || m.Type == v1alpha1.MonitorNone {
		return nil
	}
	var list []Object
	if m.Type == v1alpha1.MonitorPod {
		port := cnpg.MetricsPortName
		endpoint := monitoringv1.PodMetricsEndpoint{
			Port: &port, Interval: monitoringv1.Duration(m.Interval), ScrapeTimeout: monitoringv1.Duration(m.ScrapeTimeout),
			Scheme: scrapeScheme(p), MetricRelabelConfigs: m.MetricRelabelings, RelabelConfigs: m.Relabelings,
		}
		if safe := scrapeTLS(p); safe != nil {
			endpoint.TLSConfig = safe
		}
		list = append(list, podMonitor(p, p.Cluster, instanceSelector(p), endpoint))
	}
	for _, pooler := range p.Poolers {
		port := cnpg.MetricsPortName
		list = append(list, podMonitor(p, pooler.Spec.Name, map[string]string{cnpg.PoolerNameLabel: pooler.Spec.Name},
			monitoringv1.PodMetricsEndpoint{Port: &port, Interval: monitoringv1.Duration(m.Interval), ScrapeTimeout: monitoringv1.Duration(m.ScrapeTimeout)}))
	}
	return list
}

func podMonitor(p *plan.Plan, name string, pods map[string]string, endpoint monitoringv1.PodMetricsEndpoint) *monitoringv1.PodMonitor {
	return &monitoringv1.PodMonitor{
		TypeMeta:   metadata.Type(monitoringv1.SchemeGroupVersion.String(), "PodMonitor"),
		ObjectMeta: monitorMetadata(p, name),
		Spec: monitoringv1.PodMonitorSpec{
			Selector:            metav1.LabelSelector{MatchLabels: pods},
			PodMetricsEndpoints: []monitoringv1.PodMetricsEndpoint{endpoint},
		},
	}
}
