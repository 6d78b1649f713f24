package expand

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/policy"
)

// networkPolicies builds who may talk to the cluster's pods and to whom they may talk: one policy for all pods of the cluster (the
// jobs that create instances included) about what they may reach, one for instances and one for each pooler about who may reach them.
func networkPolicies(p *plan.Plan) []Object {
	if p.Spec.Network == nil || !*p.Spec.Network.Policy {
		return nil
	}
	list := []Object{
		networkPolicy(p, p.Cluster+"-instances", instanceSelector(p), instanceIngress(p), nil),
		networkPolicy(p, p.Cluster+"-egress", map[string]string{cnpg.ClusterLabel: p.Cluster}, nil, clusterEgress(p)),
	}
	for _, pooler := range p.Poolers {
		list = append(list, networkPolicy(p, pooler.Spec.Name, map[string]string{cnpg.PoolerNameLabel: pooler.Spec.Name}, poolerIngress(p), nil))
	}
	return list
}

func networkPolicy(p *plan.Plan, name string, pods map[string]string, ingress []networkingv1.NetworkPolicyIngressRule,
	egress []networkingv1.NetworkPolicyEgressRule) *networkingv1.NetworkPolicy {
	return policy.New(meta(p, name, componentNetwork), pods, ingress, egress)
}

// instanceIngress is who may reach an instance (docs/src/security.md and samples/networkpolicy-example.yaml of CloudNativePG 1.30.0).
func instanceIngress(p *plan.Plan) []networkingv1.NetworkPolicyIngressRule {
	rules := []networkingv1.NetworkPolicyIngressRule{
		// The operator asks for the status, and connects for databases and roles.
		{From: []networkingv1.NetworkPolicyPeer{operator(p)}, Ports: policy.TCP(cnpg.StatusPort, cnpg.PostgreSQLPort)},
		// Instances replicate from each other, and ask each other whether they are cut off: without the status port, a primary that
		// loses the API server stops itself. Poolers and the jobs that join instances connect as well.
		{From: []networkingv1.NetworkPolicyPeer{policy.Pods(map[string]string{cnpg.ClusterLabel: p.Cluster})}, Ports: policy.TCP(cnpg.PostgreSQLPort, cnpg.StatusPort)},
	}
	rules = append(rules, clientIngress(p)...)
	return append(rules, networkingv1.NetworkPolicyIngressRule{From: prometheus(p), Ports: policy.TCP(cnpg.MetricsPort)})
}

// poolerIngress is who may reach a pooler.
func poolerIngress(p *plan.Plan) []networkingv1.NetworkPolicyIngressRule {
	return append(clientIngress(p), networkingv1.NetworkPolicyIngressRule{From: prometheus(p), Ports: policy.TCP(cnpg.PoolerMetricsPort)})
}

// clientIngress lets clients in. Without any there is no rule: one that names nobody would let everybody in.
func clientIngress(p *plan.Plan) []networkingv1.NetworkPolicyIngressRule {
	peers := clients(p)
	if len(peers) == 0 {
		return nil
	}
	return []networkingv1.NetworkPolicyIngressRule{{From: peers, Ports: policy.TCP(cnpg.PostgreSQLPort)}}
}

// clusterEgress is what the cluster's pods may reach.
func clusterEgress(p *plan.Plan) []networkingv1.NetworkPolicyEgressRule {
	rules := append([]networkingv1.NetworkPolicyEgressRule{
		{To: policy.Peers(policy.Pods(map[string]string{cnpg.ClusterLabel: p.Cluster})), Ports: policy.TCP(cnpg.PostgreSQLPort, cnpg.StatusPort)},
	}, policy.Necessities()...)
	if ports := outsidePorts(p); len(ports) > 0 {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{Ports: policy.TCP(ports...)})
	}
	return append(rules, p.Spec.Network.AllowTo...)
}

// outsidePorts are the ports of object stores and of other PostgreSQL servers that are not open already. Their addresses are names, which
// a NetworkPolicy cannot hold.
func outsidePorts(p *plan.Plan) []int32 {
	return slices.DeleteFunc(p.OutsidePorts(externalClusters(p)), func(port int32) bool { return port == 443 || port == 6443 })
}

// clients are those whom the user allows, by default every pod of the namespace. The app's own Job always is.
func clients(p *plan.Plan) []networkingv1.NetworkPolicyPeer {
	if p.Spec.Network.AllowFrom == nil {
		return []networkingv1.NetworkPolicyPeer{policy.Pods(nil)}
	}
	if p.Spec.Init != nil && p.Spec.Init.Job != nil {
		return append(slices.Clone(p.Spec.Network.AllowFrom), policy.Pods(jobPodLabels(p)))
	}
	return p.Spec.Network.AllowFrom
}

// prometheus is where metrics are scraped from, by default any namespace.
func prometheus(p *plan.Plan) []networkingv1.NetworkPolicyPeer {
	return policy.Peers(policy.Namespace(p.Spec.Network.PrometheusNamespace))
}

func operator(p *plan.Plan) networkingv1.NetworkPolicyPeer {
	return policy.PodsIn(p.Spec.Network.OperatorNamespace, map[string]string{cnpg.OperatorNameLabel: cnpg.OperatorName})
}
