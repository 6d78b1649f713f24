package agreement

import (
	"slices"
	"strconv"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// connection checks that the host and the port which a Secret gives to applications are those of a Service. path leads to its texts.
func (c *checker) connection(path ...string) {
	texts, _, _ := unstructured.NestedStringMap(c.object.Object, path...)
	host, port := texts["host"], texts["port"]
	if host == "" {
		return
	}
	name, namespace, elsewhere := strings.Cut(host, ".")
	i := slices.IndexFunc(c.world.Services, func(s corev1.Service) bool {
		if !elsewhere {
			return s.Name == name && s.Namespace == c.object.GetNamespace()
		}
		// The tests' namespaces end with the names that manifests have.
		return s.Name == name && (s.Namespace == namespace || strings.HasSuffix(s.Namespace, "-"+namespace))
	})
	if i < 0 {
		c.disagree("no Service %s answers at its host", host)
		return
	}
	if !slices.ContainsFunc(c.world.Services[i].Spec.Ports, func(p corev1.ServicePort) bool { return strconv.Itoa(int(p.Port)) == port }) {
		c.disagree("Service %s has no port %s", host, port)
	}
}

// budgets checks the disruption budgets of a Cluster, which the operator makes unless it is told not to.
func (c *checker) budgets(cluster *cnpgv1.Cluster) {
	made := 0
	for _, budget := range c.world.Budgets {
		if budget.Namespace == cluster.Namespace && budget.Spec.Selector != nil && budget.Spec.Selector.MatchLabels[clusterLabel] == cluster.Name {
			made++
		}
	}
	wanted := cluster.Spec.EnablePDB == nil || *cluster.Spec.EnablePDB
	switch {
	case wanted && made == 0:
		c.disagree("the operator made no PodDisruptionBudget")
	case !wanted && made > 0:
		c.disagree("the operator made a PodDisruptionBudget, and none is wanted")
	}
}

// postgresPort is that of the instances.
const postgresPort = 5432

// clusterClients checks that a policy about instances lets those pods in that the operator makes to connect to them: the Jobs by which
// instances are created, and poolers.
func (c *checker) clusterClients(policy *networkingv1.NetworkPolicy, protected []Pod) {
	if len(policy.Spec.Ingress) == 0 || len(protected) == 0 || protected[0].role() != "instance" {
		return
	}
	cluster := protected[0].Labels[clusterLabel]
	for _, pod := range c.world.pods(policy.Namespace, labels.SelectorFromSet(labels.Set{clusterLabel: cluster})) {
		if !slices.ContainsFunc(policy.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool { return letsIn(rule, pod) }) {
			c.disagree("does not let %s in", pod.Origin)
		}
	}
}

// letsIn tells whether a rule lets a pod of the same namespace connect to PostgreSQL.
func letsIn(rule networkingv1.NetworkPolicyIngressRule, pod Pod) bool {
	if len(rule.Ports) > 0 && !slices.ContainsFunc(rule.Ports, func(p networkingv1.NetworkPolicyPort) bool {
		return p.Port == nil || p.Port.IntVal == postgresPort
	}) {
		return false
	}
	return len(rule.From) == 0 || slices.ContainsFunc(rule.From, func(peer networkingv1.NetworkPolicyPeer) bool {
		if peer.PodSelector == nil || peer.NamespaceSelector != nil {
			return false
		}
		selector, err := metav1.LabelSelectorAsSelector(peer.PodSelector)
		return err == nil && selector.Matches(labels.Set(pod.Labels))
	})
}
