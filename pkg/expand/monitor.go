package expand

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// What a ServiceMonitor and a PodMonitor have in common.

// monitorMetadata carries the labels by which Prometheus selects monitors and rules.
func monitorMetadata(p *plan.Plan, name string) metav1.ObjectMeta {
	return metadata.Selected(meta(p, name, componentMonitoring), p.Spec.Monitoring.Labels)
}

// scrapeScheme is https when the instances serve their metrics over TLS.
func scrapeScheme(p *plan.Plan) *monitoringv1.Scheme {
	if !tls(p) {
		return nil
	}
	https := monitoringv1.Scheme("https") // which releases of the Prometheus operator before its capitals know too
	return &https
}

func tls(p *plan.Plan) bool { return p.Spec.Monitoring.TLS != nil && p.Spec.Monitoring.TLS.Enabled }

// scrapeTLS verifies the instances by the certificate authority of the cluster. Their certificate is made out to the primary's Service.
func scrapeTLS(p *plan.Plan) *monitoringv1.SafeTLSConfig {
	if !tls(p) {
		return nil
	}
	secret, name := p.Cluster+cnpg.ServerCASecretSuffix, p.Cluster+cnpg.ServiceReadWriteSuffix
	if c := p.Spec.Certificates; c != nil && c.ServerCASecret != "" {
		secret = c.ServerCASecret
	}
	return &monitoringv1.SafeTLSConfig{
		CA: monitoringv1.SecretOrConfigMap{Secret: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: cnpg.ServerCAKey,
		}},
		ServerName: &name,
	}
}
