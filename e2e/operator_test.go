//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const clusterWithPlugin = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: pg
spec:
  instances: 3
  storage:
    size: 1Gi
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters:
        barmanObjectName: backup
        serverName: pg
`

// TestOperatorReconciles proves that the operator of the rig does its work up to the point where a kubelet would
// have to do some, for a Cluster that asks for the Barman Cloud plugin.
func TestOperatorReconciles(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	namespace := newNamespace(t)
	_, err := cluster.Apply(ctx, namespace, parse(t, clusterWithPlugin)...)
	require.NoError(t, err)
	key := func(name string) client.ObjectKey { return client.ObjectKey{Namespace: namespace, Name: name} }

	var job batchv1.Job
	eventuallyGet(t, key("pg-1-initdb"), &job)
	for name, made := range map[string]client.Object{
		"pg-rw": &corev1.Service{}, "pg-ro": &corev1.Service{}, "pg-r": &corev1.Service{},
		"pg": &policyv1.PodDisruptionBudget{}, "pg-primary": &policyv1.PodDisruptionBudget{},
		"pg-ca": &corev1.Secret{}, "pg-server": &corev1.Secret{}, "pg-replication": &corev1.Secret{},
		"pg-1": &corev1.PersistentVolumeClaim{},
	} {
		eventuallyGet(t, key(name), made)
	}
	eventuallyGet(t, key("pg"), &corev1.ServiceAccount{})
	eventuallyGet(t, key("pg"), &rbacv1.RoleBinding{})

	var app corev1.Secret
	eventuallyGet(t, key("pg-app"), &app)
	assert.Equal(t, corev1.SecretTypeBasicAuth, app.Type)
	for name, want := range map[string]string{
		"username": "app", "dbname": "app", "host": "pg-rw", "port": "5432", // CloudNativePG's defaults for initdb
	} {
		assert.Equal(t, want, string(app.Data[name]), name)
	}
	assert.Contains(t, app.Data, "uri")

	var pg cnpgv1.Cluster
	require.NoError(t, cluster.Client.Get(ctx, key("pg"), &pg))
	require.Len(t, pg.Status.PluginStatus, 1)
	assert.Equal(t, "barman-cloud.cloudnative-pg.io", pg.Status.PluginStatus[0].Name)
	assert.Equal(t, "Setting up primary", pg.Status.Phase)

	require.NoError(t, cluster.FinishJob(ctx, &job))
	var instance corev1.Pod
	eventuallyGet(t, key("pg-1"), &instance)
	assert.Equal(t, "instance", instance.Labels["cnpg.io/podRole"])
	ports := map[string]int32{}
	for _, port := range instance.Spec.Containers[0].Ports {
		ports[port.Name] = port.ContainerPort
	}
	// CloudNativePG's documentation, "Security", exposed ports
	assert.Equal(t, map[string]int32{"postgresql": 5432, "metrics": 9187, "status": 8000}, ports)
}

// TestDeletionIsFinished proves that what an owner leaves behind goes, and a namespace with everything in it.
func TestDeletionIsFinished(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	namespace := newNamespace(t)
	_, err := cluster.Apply(ctx, namespace, parse(t, clusterWithPlugin)...)
	require.NoError(t, err)
	app := client.ObjectKey{Namespace: namespace, Name: "pg-app"}
	eventuallyGet(t, app, &corev1.Secret{})

	pg := &cnpgv1.Cluster{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "pg"}}
	require.NoError(t, cluster.Client.Delete(ctx, pg))
	eventuallyGone(t, app, &corev1.Secret{})

	require.NoError(t, cluster.Client.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}))
	eventuallyGone(t, client.ObjectKey{Name: namespace}, &corev1.Namespace{})
}

// eventuallyGet waits until an object exists and reads it.
func eventuallyGet(t *testing.T, key client.ObjectKey, object client.Object) {
	t.Helper()
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		require.NoError(t, cluster.Client.Get(context.Background(), key, object))
	}, patience, 100*time.Millisecond, "%T %s does not appear", object, key)
}

// eventuallyGone waits until an object does not exist.
func eventuallyGone(t *testing.T, key client.ObjectKey, object client.Object) {
	t.Helper()
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		err := cluster.Client.Get(context.Background(), key, object)
		assert.True(t, apierrors.IsNotFound(err), "%v", err)
	}, patience, 100*time.Millisecond, "%T %s stays", object, key)
}
