// Package policy holds the parts that NetworkPolicies are made of: who, and by which ports.
package policy

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
)

// New is a policy for the pods with these labels. A direction without rules is not restricted.
func New(meta metav1.ObjectMeta, pods map[string]string, ingress []networkingv1.NetworkPolicyIngressRule,
	egress []networkingv1.NetworkPolicyEgressRule) *networkingv1.NetworkPolicy {
	policy := &networkingv1.NetworkPolicy{
		TypeMeta:   metadata.Type(networkingv1.SchemeGroupVersion.String(), "NetworkPolicy"),
		ObjectMeta: meta,
		Spec:       networkingv1.NetworkPolicySpec{PodSelector: metav1.LabelSelector{MatchLabels: pods}, Ingress: ingress, Egress: egress},
	}
	if ingress != nil {
		policy.Spec.PolicyTypes = append(policy.Spec.PolicyTypes, networkingv1.PolicyTypeIngress)
	}
	if egress != nil {
		policy.Spec.PolicyTypes = append(policy.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
	return policy
}

// TCP are ports by their numbers.
func TCP(numbers ...int32) []networkingv1.NetworkPolicyPort {
	ports := make([]networkingv1.NetworkPolicyPort, 0, len(numbers))
	for _, number := range numbers {
		protocol, port := corev1.ProtocolTCP, intstr.FromInt32(number)
		ports = append(ports, networkingv1.NetworkPolicyPort{Protocol: &protocol, Port: &port})
	}
	return ports
}

// Pods are those of the policy's own namespace with these labels.
func Pods(labels map[string]string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: labels}}
}

// PodsIn are those of a namespace with these labels, of any namespace for "".
func PodsIn(namespace string, labels map[string]string) networkingv1.NetworkPolicyPeer {
	peer := Pods(labels)
	peer.NamespaceSelector = namespaces(namespace)
	return peer
}

// Namespace is all pods of a namespace, of any namespace for "".
func Namespace(name string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{NamespaceSelector: namespaces(name)}
}

func namespaces(name string) *metav1.LabelSelector {
	if name == "" {
		return &metav1.LabelSelector{}
	}
	return &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: name}}
}

// Peers makes a list of one.
func Peers(peer networkingv1.NetworkPolicyPeer) []networkingv1.NetworkPolicyPeer {
	return []networkingv1.NetworkPolicyPeer{peer}
}

// Necessities are what every program in a cluster has to reach: names, and the API server, which has no label to select it by and listens
// on 443 or 6443.
func Necessities() []networkingv1.NetworkPolicyEgressRule {
	udp, tcp, dns := corev1.ProtocolUDP, corev1.ProtocolTCP, intstr.FromInt32(53)
	return []networkingv1.NetworkPolicyEgressRule{
		{Ports: []networkingv1.NetworkPolicyPort{{Protocol: &udp, Port: &dns}, {Protocol: &tcp, Port: &dns}}},
		{Ports: TCP(443, 6443)},
	}
}
