package platform

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// podMonitors builds the monitor of the operator, whose metrics port is on its pod and on no Service. The plugin serves none, as its chart
// runs it.
func podMonitors(p *plan.Platform) []metav1.Object {
	m := p.Spec.Monitoring
	if m.Type == v1alpha1.MonitorNone {
		return nil
	}
	port := cnpg.MetricsPortName
	return []metav1.Object{&monitoringv1.PodMonitor{
		TypeMeta:   metadata.Type(monitoringv1.SchemeGroupVersion.String(), "PodMonitor"),
		ObjectMeta: monitorMetadata(p, operatorName),
		Spec: monitoringv1.PodMonitorSpec{
			Selector: metav1.LabelSelector{MatchLabels: operatorPods()},
			PodMetricsEndpoints: []monitoringv1.PodMetricsEndpoint{{
				Port: &port, Interval: monitoringv1.Duration(m.Interval), ScrapeTimeout: monitoringv1.Duration(m.ScrapeTimeout),
				MetricRelabelConfigs: m.MetricRelabelings, RelabelConfigs: m.Relabelings,
			}},
		},
	}}
}

// operatorPods and pluginPods are the labels that the charts give to the pods.
func operatorPods() map[string]string { return map[string]string{cnpg.OperatorNameLabel: operatorName} }
func pluginPods() map[string]string   { return map[string]string{cnpg.OperatorNameLabel: pluginName} }
