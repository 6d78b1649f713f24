package cnpgreferences_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/resmap"
)

// orders is a small but whole application: a database with its backups, its
// metrics and its network policy, and a Deployment that uses it.
const orders = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: orders-postgres, labels: {cnpg.io/cluster: orders-postgres}}
spec:
  imageName: ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie
  instances: 1
  bootstrap:
    initdb: {database: orders, owner: orders, secret: {name: orders-db}}
  plugins:
  - name: barman-cloud.cloudnative-pg.io
    isWALArchiver: true
    parameters: {barmanObjectName: orders-postgres, serverName: orders-postgres}
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: orders-postgres}
spec:
  configuration:
    destinationPath: s3://backups/orders
    s3Credentials:
      accessKeyId: {name: orders-backup, key: id}
      secretAccessKey: {name: orders-backup, key: key}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: orders-postgres}
spec: {schedule: 0 0 2 * * *, cluster: {name: orders-postgres}}
---
apiVersion: v1
kind: Service
metadata: {name: orders-postgres-metrics, labels: {cnpg.io/cluster: orders-postgres, app.kubernetes.io/component: metrics}}
spec:
  clusterIP: None
  selector: {cnpg.io/cluster: orders-postgres, cnpg.io/podRole: instance}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: orders-postgres}
spec:
  selector:
    matchLabels: {cnpg.io/cluster: orders-postgres, app.kubernetes.io/component: metrics}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: orders-postgres}
spec:
  podSelector:
    matchLabels: {cnpg.io/cluster: orders-postgres, cnpg.io/podRole: instance}
  ingress:
  - from:
    - podSelector:
        matchLabels: {cnpg.io/cluster: orders-postgres}
  - from:
    - namespaceSelector: {}
      podSelector:
        matchLabels: {app.kubernetes.io/name: cloudnative-pg}
  egress:
  - to:
    - podSelector:
        matchLabels: {cnpg.io/cluster: orders-postgres}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    spec:
      containers:
      - name: orders
        env:
        - {name: PGHOST, value: orders-postgres-rw}
        - name: PGPASSWORD
          valueFrom: {secretKeyRef: {name: orders-db, key: password}}
`

const ordersSecrets = `
secretGenerator:
- {name: orders-db, type: kubernetes.io/basic-auth, literals: [username=orders, password=none]}
- {name: orders-backup, literals: [id=none, key=none]}
`

const ordersKustomization = base + ordersSecrets

// assertOrders checks all references of orders under a prefix.
func assertOrders(t *testing.T, built resmap.ResMap, prefix string) {
	t.Helper()
	cluster := prefix + "orders-postgres"
	credentials := generatedName(t, built, "Secret", prefix+"orders-db")
	backup := generatedName(t, built, "Secret", prefix+"orders-backup")
	for _, want := range []struct{ kind, name, path, value string }{
		{"Cluster", cluster, `metadata/labels/cnpg.io\/cluster`, cluster},
		{"Cluster", cluster, "spec/bootstrap/initdb/secret/name", credentials},
		{"Cluster", cluster, "spec/plugins/parameters/barmanObjectName", prefix + "orders-postgres"},
		{"ObjectStore", cluster, "spec/configuration/s3Credentials/accessKeyId/name", backup},
		{"ObjectStore", cluster, "spec/configuration/s3Credentials/secretAccessKey/name", backup},
		{"ScheduledBackup", cluster, "spec/cluster/name", cluster},
		{"Service", prefix + "orders-postgres-metrics", `metadata/labels/cnpg.io\/cluster`, cluster},
		{"Service", prefix + "orders-postgres-metrics", `spec/selector/cnpg.io\/cluster`, cluster},
		{"Service", prefix + "orders-postgres-metrics", `spec/selector/cnpg.io\/podRole`, "instance"},
		{"ServiceMonitor", cluster, `spec/selector/matchLabels/cnpg.io\/cluster`, cluster},
		{"ServiceMonitor", cluster, `spec/selector/matchLabels/app.kubernetes.io\/component`, "metrics"},
		{"NetworkPolicy", cluster, `spec/podSelector/matchLabels/cnpg.io\/cluster`, cluster},
		{"NetworkPolicy", cluster, `spec/ingress/from/podSelector/matchLabels/cnpg.io\/cluster`, cluster},
		{"NetworkPolicy", cluster, `spec/ingress/from/podSelector/matchLabels/app.kubernetes.io\/name`, "cloudnative-pg"},
		{"NetworkPolicy", cluster, `spec/egress/to/podSelector/matchLabels/cnpg.io\/cluster`, cluster},
		{"Deployment", prefix + "orders", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", credentials},

		// What cannot follow, or must not.
		{"Deployment", prefix + "orders", "spec/template/spec/containers/env/value", "orders-postgres-rw"},
		{"Cluster", cluster, "spec/plugins/parameters/serverName", "orders-postgres"},
		{"ObjectStore", cluster, "spec/configuration/destinationPath", "s3://backups/orders"},
	} {
		assert.Equal(t, []any{want.value}, values(t, built, want.kind, want.name, want.path), "%s %s", want.kind, want.path)
	}
}

// Layers over layers, and the Component in more than one of them.
func TestLayers(t *testing.T) {
	for name, tc := range map[string]struct {
		tree   map[string]string
		dir    string
		prefix string
	}{
		"no renaming": {
			tree: map[string]string{"/base/kustomization.yaml": ordersKustomization},
			dir:  "/base", prefix: "",
		},
		"prefix in the base": {
			tree: map[string]string{"/base/kustomization.yaml": ordersKustomization + "namePrefix: prod-\n"},
			dir:  "/base", prefix: "prod-",
		},
		"two overlays": {
			tree: map[string]string{
				"/base/kustomization.yaml": ordersKustomization,
				"/eu/kustomization.yaml":   "{resources: [../base], namePrefix: eu-, namespace: orders}",
				"/prod/kustomization.yaml": "{resources: [../eu], namePrefix: prod-}",
			},
			dir: "/prod", prefix: "prod-eu-",
		},
		"Component in the overlay only": {
			tree: map[string]string{
				"/base/kustomization.yaml": "resources: [objects.yaml]\n" + ordersSecrets,
				"/prod/kustomization.yaml": "{resources: [../base], components: [../component], namePrefix: prod-}",
			},
			dir: "/prod", prefix: "prod-",
		},
		"Component in both": {
			tree: map[string]string{
				"/base/kustomization.yaml": ordersKustomization,
				"/prod/kustomization.yaml": "{resources: [../base], components: [../component], namePrefix: prod-}",
			},
			dir: "/prod", prefix: "prod-",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tc.tree["/base/objects.yaml"] = orders
			assertOrders(t, mustBuild(t, tc.tree, tc.dir), tc.prefix)
		})
	}
}

// Two copies in one namespace keep apart.
func TestTwoCopiesInOneNamespace(t *testing.T) {
	built := mustBuild(t, map[string]string{
		"/base/kustomization.yaml": ordersKustomization,
		"/base/objects.yaml":       orders,
		"/a/kustomization.yaml":    "{resources: [../base], namePrefix: a-}",
		"/b/kustomization.yaml":    "{resources: [../base], namePrefix: b-}",
		"/all/kustomization.yaml":  "{resources: [../a, ../b], namespace: shop}",
	}, "/all")
	assertOrders(t, built, "a-")
	assertOrders(t, built, "b-")
}

// A Cluster of another API group is no database, whatever its name.
func TestClustersOfOthersAreLeftAlone(t *testing.T) {
	built := mustBuild(t, map[string]string{
		"/base/kustomization.yaml": base,
		"/base/objects.yaml": `
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: orders}
spec: {imageName: example.com/node:1}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: nightly}
spec: {cluster: {name: orders}}
`,
		"/overlay/kustomization.yaml": overlay + "images: [{name: example.com/node, newTag: '2'}]\n",
	}, "/overlay")
	assert.Equal(t, []any{"orders"}, values(t, built, "ScheduledBackup", "stg-nightly-eu", "spec/cluster/name"))
	assert.Equal(t, []any{"example.com/node:1"}, values(t, built, "Cluster", "stg-orders-eu", "spec/imageName"))
}

// kustomize's own configuration puts labels into every selector it knows, also
// into one for the operator's pods, which do not have them.
func TestLabelsInSelectorsCutOffTheOperator(t *testing.T) {
	built := mustBuild(t, map[string]string{
		"/base/kustomization.yaml":    ordersKustomization,
		"/base/objects.yaml":          orders,
		"/overlay/kustomization.yaml": "{resources: [../base], labels: [{pairs: {team: shop}, includeSelectors: true}]}",
	}, "/overlay")
	assert.Equal(t, []any{"shop"}, values(t, built, "Service", "orders-postgres-metrics", "spec/selector/team"))
	assert.Contains(t, values(t, built, "NetworkPolicy", "orders-postgres", "spec/ingress/from/podSelector/matchLabels"),
		map[string]any{"app.kubernetes.io/name": "cloudnative-pg", "team": "shop"})

	built = mustBuild(t, map[string]string{
		"/base/kustomization.yaml":    ordersKustomization,
		"/base/objects.yaml":          orders,
		"/overlay/kustomization.yaml": "{resources: [../base], labels: [{pairs: {team: shop}}]}",
	}, "/overlay")
	assert.Empty(t, values(t, built, "Service", "orders-postgres-metrics", "spec/selector/team"))
	assert.Equal(t, []any{"shop"}, values(t, built, "Service", "orders-postgres-metrics", "metadata/labels/team"))
}

// kustomize's own list of images has spec/template/spec/containers for every
// kind, and a Database's spec.template is a string.
func TestImagesStopAtADatabaseWithATemplate(t *testing.T) {
	tree := map[string]string{
		"/base/kustomization.yaml": "resources: [objects.yaml]",
		"/base/objects.yaml": `
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: orders}
spec: {name: orders, owner: orders, template: template0, cluster: {name: orders}}
`,
		"/overlay/kustomization.yaml": "{resources: [../base], images: [{name: any, newTag: '2'}]}",
	}
	_, err := build(t, tree, "/overlay")
	require.ErrorContains(t, err, "considering field 'spec/template/spec/")
	require.ErrorContains(t, err, "of object Database")

	tree["/overlay/kustomization.yaml"] = "{resources: [../base], namePrefix: stg-}"
	mustBuild(t, tree, "/overlay")
}
