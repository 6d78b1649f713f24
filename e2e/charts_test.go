//go:build e2e

package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// charts are the pods that the Helm charts make, as far as others refer to them: the ports of templates/deployment.yaml in
// github.com/cloudnative-pg/charts, at cloudnative-pg 0.29.0 and plugin-barman-cloud 0.7.0.
var charts = map[string][]corev1.ContainerPort{
	"cloudnative-pg":      {{Name: "metrics", ContainerPort: 8080}, {Name: "webhook-server", ContainerPort: 9443}},
	"plugin-barman-cloud": {{ContainerPort: 9090}},
}

// installCharts makes the pods of the releases among objects, as helm-controller would: with the charts' labels and security contexts, which
// the namespace's pod security standard has to admit.
func installCharts(t *testing.T, objects []*unstructured.Unstructured) {
	t.Helper()
	for _, object := range objects {
		ports, known := charts[object.GetName()]
		if object.GetKind() != "HelmRelease" || !known {
			continue
		}
		yes, no, user := true, false, int64(10001)
		seccomp := &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
		require.NoError(t, cluster.Client.Create(t.Context(), &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: object.GetNamespace(), Name: object.GetName() + "-5d4f9c7b8f-x2k4q", Labels: map[string]string{
				"app.kubernetes.io/name": object.GetName(), "app.kubernetes.io/instance": object.GetName(),
			}},
			Spec: corev1.PodSpec{
				SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: &yes, SeccompProfile: seccomp},
				Containers: []corev1.Container{{
					Name: "manager", Image: "example.com/" + object.GetName(), Ports: ports,
					SecurityContext: &corev1.SecurityContext{
						AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes, RunAsUser: &user, RunAsGroup: &user, SeccompProfile: seccomp,
						Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
					},
				}},
			},
		}))
	}
}
