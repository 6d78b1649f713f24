package agreement

import (
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func (c *checker) service(service *corev1.Service) {
	if len(service.Spec.Selector) == 0 {
		return
	}
	pods := c.selectPods(service.Namespace, labels.SelectorFromSet(service.Spec.Selector))
	c.oneRole(pods)
	for _, port := range service.Spec.Ports {
		target := port.TargetPort
		if target == (intstr.IntOrString{}) {
			target = intstr.FromInt32(port.Port)
		}
		c.listening(pods, target)
	}
}

func (c *checker) podMonitor(monitor *monitoringv1.PodMonitor) {
	selector, ok := c.selector(monitor.Spec.Selector)
	if !ok {
		return
	}
	pods := c.selectPods(monitored(monitor.Namespace, monitor.Spec.NamespaceSelector), selector)
	c.oneRole(pods)
	for _, endpoint := range monitor.Spec.PodMetricsEndpoints {
		if endpoint.Port != nil {
			c.listening(pods, intstr.FromString(*endpoint.Port))
		}
	}
}

func (c *checker) serviceMonitor(monitor *monitoringv1.ServiceMonitor) {
	selector, ok := c.selector(monitor.Spec.Selector)
	if !ok {
		return
	}
	namespace := monitored(monitor.Namespace, monitor.Spec.NamespaceSelector)
	var selected []corev1.Service
	for _, service := range c.world.Services {
		if (namespace == "" || service.Namespace == namespace) && selector.Matches(labels.Set(service.Labels)) {
			selected = append(selected, service)
		}
	}
	if len(selected) == 0 {
		c.disagree("selects no Service")
	}
	for _, service := range selected {
		for _, endpoint := range monitor.Spec.Endpoints {
			if endpoint.Port != "" && !slices.ContainsFunc(service.Spec.Ports, func(p corev1.ServicePort) bool {
				return p.Name == endpoint.Port
			}) {
				c.disagree("selects Service %s, which has no port %s", service.Name, endpoint.Port)
			}
		}
	}
}

// monitored returns the namespace in which a monitor looks. An empty one stands for several, of which all that were
// observed are taken.
func monitored(own string, selector monitoringv1.NamespaceSelector) string {
	if selector.Any || len(selector.MatchNames) > 0 {
		return ""
	}
	return own
}

func (c *checker) networkPolicy(policy *networkingv1.NetworkPolicy) {
	selector, ok := c.selector(policy.Spec.PodSelector)
	if !ok {
		return
	}
	pods := c.selectPods(policy.Namespace, selector)
	c.clusterClients(policy, pods)
	for _, rule := range policy.Spec.Ingress {
		for _, port := range rule.Ports {
			if port.Port != nil && port.EndPort == nil {
				c.listening(pods, *port.Port)
			}
		}
	}
}

func (c *checker) selector(selector metav1.LabelSelector) (labels.Selector, bool) {
	parsed, err := metav1.LabelSelectorAsSelector(&selector)
	if err != nil {
		c.disagree("its selector cannot be read: %v", err)
		return nil, false
	}
	return parsed, true
}

func (c *checker) selectPods(namespace string, selector labels.Selector) []Pod {
	pods := c.world.pods(namespace, selector)
	if len(pods) == 0 {
		c.disagree("%q selects no pod", selector)
	}
	return pods
}

// oneRole checks that pods are all of one kind. What looks for instances and finds poolers or the Jobs of a
// bootstrap with them serves or counts what it should not.
func (c *checker) oneRole(pods []Pod) {
	var origins []string
	mixed := false
	for _, pod := range pods {
		origins = append(origins, pod.Origin)
		mixed = mixed || pod.role() != pods[0].role()
	}
	if mixed {
		c.disagree("selects pods of different kinds: %s", strings.Join(origins, ", "))
	}
}

// listening checks that at least one of the pods declares a port, by name or number.
func (c *checker) listening(pods []Pod, port intstr.IntOrString) {
	if len(pods) == 0 {
		return // said already
	}
	for _, pod := range pods {
		for _, declared := range pod.Ports {
			if port.Type == intstr.String && declared.Name == port.StrVal ||
				port.Type == intstr.Int && declared.ContainerPort == port.IntVal {
				return
			}
		}
	}
	c.disagree("none of the pods it selects has the port %s", port.String())
}
