//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const externalArtifact = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: ExternalArtifact
metadata:
  name: tree
`

const kustomization = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: tree
spec:
  interval: 10m
  path: ./
  prune: true
  sourceRef:
    kind: ExternalArtifact
    name: tree
  postBuild:
    substitute:
      DATABASE: orders
`

// TestFluxAppliesExternalArtifact proves that the rig's kustomize-controller applies the tree of an
// ExternalArtifact, substitutes variables, prunes, and reports what CloudNativePG's admission says.
func TestFluxAppliesExternalArtifact(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	namespace := newNamespace(t)
	flux := parse(t, externalArtifact+"---"+kustomization)
	require.NoError(t, unstructured.SetNestedField(flux[1].Object, namespace, "spec", "targetNamespace"))
	_, err := cluster.Apply(ctx, namespace, flux...)
	require.NoError(t, err)
	database := func(size string) string {
		return "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: pg}, spec: {instances: 1, " +
			"storage: {size: " + size + "}, bootstrap: {initdb: {database: '${DATABASE}', owner: '${DATABASE}'}}}}"
	}

	publish(t, namespace, "latest@1", map[string]string{
		"cluster.yaml": database("1Gi"),
		"notes.yaml":   "{apiVersion: v1, kind: ConfigMap, metadata: {name: notes}}",
	})
	awaitReady(t, namespace, "latest@1", "ReconciliationSucceeded")
	var pg cnpgv1.Cluster
	require.NoError(t, cluster.Client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "pg"}, &pg))
	assert.Equal(t, "orders", pg.Spec.Bootstrap.InitDB.Database)
	notes := client.ObjectKey{Namespace: namespace, Name: "notes"}
	require.NoError(t, cluster.Client.Get(ctx, notes, &corev1.ConfigMap{}))

	publish(t, namespace, "latest@2", map[string]string{"cluster.yaml": database("2Gi")})
	awaitReady(t, namespace, "latest@2", "ReconciliationSucceeded")
	eventuallyGone(t, notes, &corev1.ConfigMap{})

	publish(t, namespace, "latest@3", map[string]string{"cluster.yaml": database("1Gi")})
	message := awaitReady(t, namespace, "latest@3", "ReconciliationFailed")
	assert.Contains(t, message, `admission webhook "vcluster.cnpg.io" denied the request`)
	assert.Contains(t, message, "can't shrink existing storage from 2Gi to 1Gi")
}

// publish serves a tree of files for the rest of the test and announces it as the ExternalArtifact's.
func publish(t *testing.T, namespace, revision string, files map[string]string) {
	t.Helper()
	stop, err := cluster.Publish(t.Context(), client.ObjectKey{Namespace: namespace, Name: "tree"}, revision, files)
	require.NoError(t, err)
	t.Cleanup(stop)
}

// awaitReady waits until the Kustomization has tried a revision and gives the reason for being ready, or not,
// and returns its message.
func awaitReady(t *testing.T, namespace, revision, reason string) (message string) {
	t.Helper()
	tree := parse(t, kustomization)[0]
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		key := client.ObjectKey{Namespace: namespace, Name: "tree"}
		require.NoError(t, cluster.Client.Get(context.Background(), key, tree))
		attempted, _, _ := unstructured.NestedString(tree.Object, "status", "lastAttemptedRevision")
		assert.Equal(t, revision, attempted)
		conditions, _, _ := unstructured.NestedSlice(tree.Object, "status", "conditions")
		reasons := map[any]any{}
		for _, condition := range conditions {
			condition := condition.(map[string]any)
			reasons[condition["type"]] = condition["reason"]
			if condition["type"] == "Ready" {
				message = condition["message"].(string)
			}
		}
		assert.Equal(t, reason, reasons["Ready"], message)
	}, patience, 200*time.Millisecond)
	return message
}
