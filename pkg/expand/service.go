package expand

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// services builds the Service that a ServiceMonitor scrapes. CloudNativePG's own Services have the port of PostgreSQL alone
// (buildInstanceServicePorts in pkg/specs/services.go, 1.30.0).
func services(p *plan.Plan) []Object {
	if p.Shared != nil || p.Spec.Monitoring.Type != v1alpha1.MonitorService {
		return nil
	}
	service := &corev1.Service{
		TypeMeta:   metadata.Type("v1", "Service"),
		ObjectMeta: meta(p, metricsService(p), componentMetrics),
		Spec: corev1.ServiceSpec{
			// No address: every instance is a target of its own, also while it is not ready.
			ClusterIP:                corev1.ClusterIPNone,
			PublishNotReadyAddresses: true,
			Selector:                 instanceSelector(p),
			Ports: []corev1.ServicePort{{
				Name: cnpg.MetricsPortName, Port: cnpg.MetricsPort, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString(cnpg.MetricsPortName),
			}},
		},
	}
	service.Labels[cnpg.ClusterLabel] = p.Cluster
	return []Object{service}
}

func metricsService(p *plan.Plan) string { return p.Cluster + "-metrics" }
