//go:build e2e

package e2e

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// deploymentPlan is the example of a whole repository.
const deploymentPlan = examples + "/deployment-plan"

// TestDeploymentPlanIsReconciled lets the real kustomize-controller apply the repository of the deployment plan, expanded, by the
// Kustomizations that it holds: the applications wait for the operator's releases, which the test makes ready in the place of Flux's
// other controllers, and then have their databases. What the server warns of is looked at by TestExamplesAreAdmitted, which applies the
// same objects.
func TestDeploymentPlanIsReconciled(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	expanded := filepath.Join(t.TempDir(), "expanded")
	result, findings, err := repository.Expand(deploymentPlan, repository.Options{})
	require.NoError(t, err)
	require.Empty(t, findings.String())
	require.NoError(t, result.WriteTo(expanded))

	// What the cluster has before: Flux, Prometheus' namespace, and the keys that SOPS would have decrypted.
	for _, namespace := range []string{rig.FluxNamespace, "monitoring"} {
		require.NoError(t, cluster.EnsureNamespace(ctx, namespace))
	}
	_, err = cluster.Apply(ctx, rig.FluxNamespace, parse(t, `
apiVersion: v1
kind: Secret
metadata: {name: minio-backup-keys}
stringData: {MINIO_ACCESS_KEY: plan-access, MINIO_SECRET_KEY: plan-secret}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: ExternalArtifact
metadata: {name: cluster}
`)...)
	require.NoError(t, err)
	stop, err := cluster.Publish(ctx, client.ObjectKey{Namespace: rig.FluxNamespace, Name: "cluster"}, "main@1", tree(t, expanded))
	require.NoError(t, err)
	t.Cleanup(stop)
	kustomizations, err := os.ReadFile(filepath.Join(expanded, "clusters/um890/databases.yaml"))
	require.NoError(t, err)
	warnings, err := cluster.Apply(ctx, rig.FluxNamespace, parse(t, string(kustomizations))...)
	require.NoError(t, err)
	assert.Empty(t, warnings)
	t.Cleanup(func() { remove(t, parse(t, string(kustomizations))) })

	// Nothing of an application is applied before the operator is there.
	makeReady(t, eventually(t, fluxObject("source.toolkit.fluxcd.io", "v1", "HelmRepository", "cloudnative-pg")))
	for _, name := range []string{"cloudnative-pg", "plugin-barman-cloud"} {
		release := eventually(t, fluxObject("helm.toolkit.fluxcd.io", "v2", "HelmRelease", name))
		assert.NotContains(t, readiness(t, "temporal"), "ReconciliationSucceeded", "before %s is ready", name)
		makeReady(t, release)
	}
	for _, name := range []string{"cnpg", "temporal", "trino", "future-app"} {
		require.EventuallyWithT(t, func(t *assert.CollectT) {
			assert.Contains(t, readiness(t, name), "ReconciliationSucceeded", name)
		}, patience, 200*time.Millisecond)
	}

	for namespace, name := range map[string]string{"temporal-system": "temporal", "iceberg-system": "iceberg", "future-app": "future-app"} {
		var pg cnpgv1.Cluster
		require.NoError(t, cluster.Client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name + "-postgres"}, &pg))
		assert.Equal(t, "longhorn", *pg.Spec.StorageConfiguration.StorageClass, name)
		var keys corev1.Secret
		require.NoError(t, cluster.Client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name + "-postgres-backup-credentials"}, &keys))
		assert.Equal(t, "plan-access", string(keys.Data["ACCESS_KEY_ID"]), "the keys are beside the Cluster")
	}
}

// tree reads the files below a directory.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		relative, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		files[filepath.ToSlash(relative)] = string(text)
		return nil
	}))
	return files
}

// fluxObject is an object of Flux's in the operator's namespace.
func fluxObject(group, version, kind, name string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: version, Kind: kind})
	object.SetNamespace(rig.OperatorNamespace)
	object.SetName(name)
	return object
}

// eventually waits for an object.
func eventually(t *testing.T, object *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKeyFromObject(object), object))
	}, patience, 200*time.Millisecond)
	return object
}

// makeReady gives an object the condition that its controller would give it.
func makeReady(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	require.NoError(t, unstructured.SetNestedMap(object.Object, map[string]any{
		"observedGeneration": object.GetGeneration(),
		"conditions": []any{map[string]any{"type": "Ready", "status": "True", "reason": "InstallSucceeded", "message": "installed",
			"lastTransitionTime": metav1.Now().UTC().Format(time.RFC3339)}},
	}, "status"))
	require.NoError(t, cluster.Client.Status().Update(t.Context(), object))
}

// readiness is the reason and the message of a Kustomization's Ready condition.
func readiness(t require.TestingT, name string) string {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(schema.GroupVersionKind{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Kind: "Kustomization"})
	require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKey{Namespace: rig.FluxNamespace, Name: name}, object))
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, condition := range conditions {
		condition := condition.(map[string]any)
		if condition["type"] == "Ready" {
			return condition["reason"].(string) + ": " + condition["message"].(string)
		}
	}
	return ""
}

// remove deletes objects, without what they have made.
func remove(t *testing.T, objects []*unstructured.Unstructured) {
	for _, object := range objects {
		object.SetFinalizers(nil)
		assert.NoError(t, client.IgnoreNotFound(cluster.Client.Delete(context.Background(), object)))
	}
}
