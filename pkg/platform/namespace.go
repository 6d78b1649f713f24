package platform

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// Pod security admission (https://kubernetes.io/docs/concepts/security/pod-security-standards). The operator and the plugin, as their charts
// run them, meet the strictest standard.
const (
	podSecurityLabel    = "pod-security.kubernetes.io/enforce"
	podSecurityStandard = "restricted"
)

// namespaces builds the operator's namespace.
func namespaces(p *plan.Platform) []metav1.Object {
	if !*p.Spec.CreateNamespace {
		return nil
	}
	namespace := &corev1.Namespace{TypeMeta: metadata.Type("v1", "Namespace"), ObjectMeta: meta(p, p.Namespace, componentOperator)}
	namespace.Namespace = ""
	namespace.Labels[podSecurityLabel] = podSecurityStandard
	return []metav1.Object{namespace}
}
