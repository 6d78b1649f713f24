package platform

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/policy"
)

// networkPolicies builds who may talk to the operator and to the plugin, and to whom they may talk (docs/src/security.md of CloudNativePG 1.30.0).
func networkPolicies(p *plan.Platform) []metav1.Object {
	n := p.Spec.Network
	if n == nil || !*n.Policy {
		return nil
	}
	list := []metav1.Object{policy.New(meta(p, operatorName, componentNetwork), operatorPods(), operatorIngress(p), operatorEgress(p))}
	if p.Plugin != nil {
		list = append(list, policy.New(meta(p, pluginName, componentNetwork), pluginPods(), pluginIngress(), append(policy.Necessities(), n.AllowTo...)))
	}
	return list
}

// operatorIngress lets the API server in, which has no label to select it by, and Prometheus.
func operatorIngress(p *plan.Platform) []networkingv1.NetworkPolicyIngressRule {
	return []networkingv1.NetworkPolicyIngressRule{
		{Ports: policy.TCP(p.WebhookPort)},
		{From: policy.Peers(policy.Namespace(p.Spec.Network.PrometheusNamespace)), Ports: policy.TCP(cnpg.OperatorMetricsPort)},
	}
}

// operatorEgress lets the operator ask instances for their status and connect to them, wherever they are, and call the plugin.
func operatorEgress(p *plan.Platform) []networkingv1.NetworkPolicyEgressRule {
	instances := policy.PodsIn("", map[string]string{cnpg.PodRoleLabel: cnpg.PodRoleInstance})
	rules := append(policy.Necessities(), networkingv1.NetworkPolicyEgressRule{To: policy.Peers(instances), Ports: policy.TCP(cnpg.StatusPort, cnpg.PostgreSQLPort)})
	if p.Plugin != nil {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: policy.Peers(policy.Pods(pluginPods())), Ports: policy.TCP(cnpg.PluginPort)})
	}
	return append(rules, slices.Clone(p.Spec.Network.AllowTo)...)
}

// pluginIngress lets the operator in: instances talk to the plugin's sidecar in their own pod.
func pluginIngress() []networkingv1.NetworkPolicyIngressRule {
	return []networkingv1.NetworkPolicyIngressRule{{From: policy.Peers(policy.Pods(operatorPods())), Ports: policy.TCP(cnpg.PluginPort)}}
}
