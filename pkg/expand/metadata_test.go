package expand_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// metadataOf returns labels and annotations of the objects of an app, by kind and name.
func metadataOf(t *testing.T, app string) (labels, annotations map[string]fields) {
	t.Helper()
	labels, annotations = map[string]fields{}, map[string]fields{}
	for _, object := range expand(t, app) {
		key := object.Kind + " " + object.Name
		metadata := object.Fields["metadata"].(fields)
		labels[key], _ = metadata["labels"].(fields)
		annotations[key], _ = metadata["annotations"].(fields)
	}
	return labels, annotations
}

const decorated = `
apiVersion: postgresapp.dev/v1alpha1
kind: PostgresApp
metadata:
  name: shop
  labels:
    team: sales
    app.kubernetes.io/name: shop-database
    app.kubernetes.io/component: frontend
    app.kubernetes.io/managed-by: hand
  annotations:
    example.org/contact: sales
    argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true, Prune=confirm
    config.kubernetes.io/index: "3"
    internal.config.kubernetes.io/path: shop.yaml
    config.kubernetes.io/function: "exec: {path: postgresapp}"
    kustomize.config.k8s.io/needs-hash: "true"
    kubectl.kubernetes.io/last-applied-configuration: "{}"
spec:
  storage: {size: 1Gi}
  backup: {bucket: backups, credentials: {accessKeyId: "${ID}", secretAccessKey: "${KEY}"}}
  monitoring: {labels: {prometheus: main, team: watchers}}
  credentials: {password: "${PASSWORD}"}
`

func TestMetadata(t *testing.T) {
	labels, annotations := metadataOf(t, decorated)
	require.Contains(t, labels, "Cluster shop-postgres")

	for key, component := range map[string]string{
		"Cluster shop-postgres":                   "database",
		"Secret shop-postgres-backup-credentials": "backup",
		"ObjectStore shop-postgres-backup":        "backup",
		"ScheduledBackup shop-postgres-backup":    "backup",
	} {
		assert.Equal(t, fields{
			"team": "sales", "app.kubernetes.io/name": "shop-database", "app.kubernetes.io/instance": "shop",
			"app.kubernetes.io/component": component, "app.kubernetes.io/managed-by": "postgresapp",
		}, labels[key], key)
	}
	assert.Equal(t, fields{
		"team": "sales", "app.kubernetes.io/name": "shop-database", "app.kubernetes.io/instance": "shop",
		"app.kubernetes.io/component": "database", "app.kubernetes.io/managed-by": "postgresapp",
		"cnpg.io/reload": "true", // a changed password takes effect at once
	}, labels["Secret shop-postgres-app"])
	assert.Equal(t, fields{
		"team": "sales", "app.kubernetes.io/name": "shop-database", "app.kubernetes.io/instance": "shop",
		"app.kubernetes.io/component": "metrics", "app.kubernetes.io/managed-by": "postgresapp", "cnpg.io/cluster": "shop-postgres",
	}, labels["Service shop-postgres-metrics"])
	for _, key := range []string{"ServiceMonitor shop-postgres", "PrometheusRule shop-postgres"} {
		assert.Equal(t, fields{
			"team": "watchers", "app.kubernetes.io/name": "shop-database", "app.kubernetes.io/instance": "shop",
			"app.kubernetes.io/component": "monitoring", "app.kubernetes.io/managed-by": "postgresapp", "prometheus": "main",
		}, labels[key], key)
	}

	for _, key := range []string{"Cluster shop-postgres", "ObjectStore shop-postgres-backup", "Secret shop-postgres-backup-credentials"} {
		assert.Equal(t, fields{
			"example.org/contact":                     "sales",
			"postgresapp.dev/owner":                   "PostgresApp/shop",
			"kustomize.toolkit.fluxcd.io/prune":       "disabled",
			"argocd.argoproj.io/sync-options":         "SkipDryRunOnMissingResource=true,Prune=false,Delete=false",
			"client.lifecycle.config.k8s.io/deletion": "detach",
		}, annotations[key], key)
	}
	for _, key := range []string{"Secret shop-postgres-app", "ScheduledBackup shop-postgres-backup", "Service shop-postgres-metrics",
		"ServiceMonitor shop-postgres", "PrometheusRule shop-postgres"} {
		assert.Equal(t, fields{
			"example.org/contact":             "sales",
			"postgresapp.dev/owner":           "PostgresApp/shop",
			"argocd.argoproj.io/sync-options": "SkipDryRunOnMissingResource=true, Prune=confirm",
		}, annotations[key], key)
	}
}

func TestNoDeletionProtection(t *testing.T) {
	_, annotations := metadataOf(t, appNamed("shop", dedicated+"  deletionProtection: false\n"))
	assert.Equal(t, map[string]fields{"Cluster shop-postgres": {"postgresapp.dev/owner": "PostgresApp/shop"}}, annotations)
}

func TestHibernation(t *testing.T) {
	_, annotations := metadataOf(t, appNamed("shop", dedicated+"  deletionProtection: false\n  hibernate: true\n"))
	assert.Equal(t, map[string]fields{"Cluster shop-postgres": {
		"postgresapp.dev/owner": "PostgresApp/shop", "cnpg.io/hibernation": "on",
	}}, annotations)
}

// The app's namespace is that of its objects, and stands in no other place, so that setting it later gives the same.
func TestNamespace(t *testing.T) {
	app := "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: shop, namespace: sales-department}\nspec:\n" + everything
	for _, object := range expand(t, app) {
		assert.Equal(t, "sales-department", object.Namespace, "%s %s", object.Kind, object.Name)
		delete(object.Fields["metadata"].(fields), "namespace")
		visit(object.Fields, "", func(path string, value any) {
			if text, ok := value.(string); ok {
				assert.NotContains(t, text, "sales-department", "%s %s", object.Kind, path)
			}
		})
	}
	for _, object := range expand(t, appNamed("shop", everything)) {
		assert.NotContains(t, object.Fields["metadata"], "namespace", object.Kind)
	}
}
