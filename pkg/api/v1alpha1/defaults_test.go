package v1alpha1_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// TestSetDefaults compares an app with its defaults filled in with what the fields' documentation promises, written by hand.
func TestSetDefaults(t *testing.T) {
	const always = `
databaseReclaimPolicy: retain
deletionProtection: true
operatorVersion: "1.30"
monitoring: {type: ServiceMonitor, interval: 30s, alerts: {enabled: true}}
`
	const dedicated = always + `
version: "17"
clusterName: order-service-postgres
database: order_service
owner: order_service
workload: mixed
instances: 1
lineage: 1
enablePDB: false
`
	for name, test := range map[string]struct{ spec, want string }{
		"nothing said": {"{}", dedicated},
		"names": {
			"{clusterName: orders, database: shop, instances: 3}",
			always + `{version: "17", clusterName: orders, database: shop, owner: shop, workload: mixed, instances: 3, lineage: 1}`,
		},
		"an image needs no version": {
			"{imageName: 'postgresql:16.4', owner: shop}",
			always + `{imageName: "postgresql:16.4", clusterName: order-service-postgres, database: order_service, owner: shop, workload: mixed,
				instances: 1, lineage: 1, enablePDB: false}`,
		},
		"a catalog": {
			"{imageCatalogRef: {kind: ImageCatalog, name: pg, major: 17}, enablePDB: true}",
			always + `{imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ImageCatalog, name: pg, major: 17}, clusterName: order-service-postgres,
				database: order_service, owner: order_service, workload: mixed, instances: 1, lineage: 1, enablePDB: true}`,
		},
		"a guest of a shared cluster": {
			"{cluster: {name: postgres}, credentials: {externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: orders}}}}",
			always + `{cluster: {name: postgres}, database: order_service, owner: order_service,
				credentials: {externalSecret: {secretStoreRef: {name: vault, kind: ClusterSecretStore}, remoteRef: {key: orders}, refreshInterval: 1h}}}`,
		},
		"databases and roles": {
			"{databases: [{name: a}, {name: b, owner: c, databaseReclaimPolicy: delete}], roles: [{name: c}, {name: d, login: true, database: a, credentials: {password: '${P}'}}, {name: e, credentials: {password: '${P}'}}]}",
			dedicated + `
databases: [{name: a, owner: order_service, databaseReclaimPolicy: retain}, {name: b, owner: c, databaseReclaimPolicy: delete}]
roles:
- {name: c, login: false, database: order_service}
- {name: d, login: true, database: a, credentials: {password: "${P}"}}
- {name: e, login: true, database: order_service, credentials: {password: "${P}"}}
`,
		},
		"a backup to a bucket": {
			"{backup: {bucket: backups, credentials: {existingSecret: {name: keys}}}}",
			dedicated + `backup: {bucket: backups, path: order-service, destinationPath: "s3://backups/order-service", immediate: true, schedule: 0 2 * * *,
				retention: 30d, method: plugin, compression: gzip,
				credentials: {existingSecret: {name: keys, accessKeyIdKey: ACCESS_KEY_ID, secretAccessKeyKey: SECRET_ACCESS_KEY}}}`,
		},
		"a folder of the bucket": {
			"{backup: {bucket: backups, path: /shop/orders/, immediate: false, schedule: '@daily', retention: 7d, method: barmanObjectStore, compression: none}}",
			dedicated + `backup: {bucket: backups, path: /shop/orders/, destinationPath: "s3://backups/shop/orders", immediate: false, schedule: "@daily",
				retention: 7d, method: barmanObjectStore, compression: none}`,
		},
		"a backup to an address": {
			"{backup: {destinationPath: 'gs://backups/orders', credentials: {externalSecret: {secretStoreRef: {name: vault, kind: SecretStore}, remoteRef: {key: keys}, refreshInterval: 5m}}}}",
			dedicated + `backup: {destinationPath: "gs://backups/orders", immediate: true, schedule: 0 2 * * *, retention: 30d, method: plugin, compression: gzip,
				credentials: {externalSecret: {secretStoreRef: {name: vault, kind: SecretStore}, remoteRef: {key: keys}, refreshInterval: 5m,
				accessKeyIdProperty: ACCESS_KEY_ID, secretAccessKeyProperty: SECRET_ACCESS_KEY}}}`,
		},
		"a restore": {
			"{lineage: 2, restore: {from: {serverName: x, credentials: {existingSecret: {name: keys}}}, volumeSnapshots: {storage: {name: a}, walStorage: {kind: PersistentVolumeClaim, name: b}}}}",
			strings.Replace(dedicated, "lineage: 1", "lineage: 2", 1) + `restore:
  from: {serverName: x, credentials: {existingSecret: {name: keys, accessKeyIdKey: ACCESS_KEY_ID, secretAccessKeyKey: SECRET_ACCESS_KEY}}}
  volumeSnapshots:
    storage: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: a}
    walStorage: {apiGroup: "", kind: PersistentVolumeClaim, name: b}
`,
		},
		"poolers": {
			"{poolers: [{}, {type: r, name: readers, poolMode: transaction, instances: 2}]}",
			dedicated + `poolers:
- {name: order-service-postgres-pooler-rw, type: rw, poolMode: session, instances: 1}
- {name: readers, type: r, poolMode: transaction, instances: 2}
`,
		},
		"a memory limit is requested": {
			"{resources: {limits: {memory: 1Gi, cpu: 1}, requests: {cpu: 100m}}}",
			dedicated + "resources: {limits: {memory: 1Gi, cpu: 1}, requests: {memory: 1Gi, cpu: 100m}}",
		},
		"a memory request is no limit": {
			"{resources: {requests: {memory: 20Mi}}}",
			dedicated + "resources: {requests: {memory: 20Mi}}",
		},
		"no monitor, no alerts": {
			"{monitoring: {type: None, dashboard: {enabled: true}}}",
			strings.Replace(dedicated, "{type: ServiceMonitor, interval: 30s, alerts: {enabled: true}}",
				`{type: None, interval: 30s, alerts: {enabled: false}, dashboard: {enabled: true, labels: {grafana_dashboard: "1"}}}`, 1),
		},
		"network and a job": {
			"{network: {}, init: {job: {image: migrate}}}",
			dedicated + "network: {policy: true, operatorNamespace: cnpg-system}\ninit: {job: {image: migrate, backoffLimit: 10}}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := load(t, test.spec)
			v1alpha1.SetDefaults(got)
			assert.Equal(t, encode(t, load(t, test.want)), encode(t, got))
		})
	}
}

// load reads a spec. A block and a flow mapping behind each other are one.
func load(t *testing.T, spec string) *v1alpha1.PostgresApp {
	t.Helper()
	block, flow, both := strings.Cut(spec, "\n{")
	document := fields(t, v1alpha1.KindPostgresApp, block)
	if both {
		for key, value := range fields(t, v1alpha1.KindPostgresApp, "{"+flow)["spec"].(v1alpha1.Fields) {
			document["spec"].(v1alpha1.Fields)[key] = value
		}
	}
	document["metadata"] = v1alpha1.Fields{"name": "order-service"}
	app := &v1alpha1.PostgresApp{}
	require.Empty(t, strict.Into(document, app, nil, strict.Options{}))
	return app
}

// TestSetDefaultsOverwritesNothing takes every app of the examples: what somebody wrote stays, and twice is the same as once.
func TestSetDefaultsOverwritesNothing(t *testing.T) {
	apps := 0
	require.NoError(t, filepath.WalkDir("../../../examples", func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		if entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return nil
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for document := range strings.SplitSeq(string(text), "\n---\n") {
			parsed, err := strict.Fields([]byte(document))
			if err != nil || parsed["kind"] != v1alpha1.KindPostgresApp {
				continue
			}
			loaded, errs := v1alpha1.Load(parsed, nil)
			require.Empty(t, errs, path)
			apps++
			written := encode(t, loaded.PostgresApp)
			v1alpha1.SetDefaults(loaded.PostgresApp)
			once := encode(t, loaded.PostgresApp)
			assertWithin(t, written, once, path)
			v1alpha1.SetDefaults(loaded.PostgresApp)
			assert.Equal(t, once, encode(t, loaded.PostgresApp), path)
		}
		return nil
	}))
	assert.Greater(t, apps, 3, "the examples hold apps")
}

func encode(t *testing.T, app *v1alpha1.PostgresApp) any {
	t.Helper()
	encoded, err := jsontype.Encode(app)
	require.NoError(t, err)
	return encoded
}

// assertWithin asserts that everything of part is in whole, unchanged.
func assertWithin(t *testing.T, part, whole any, path string) {
	t.Helper()
	switch part := part.(type) {
	case map[string]any:
		object, ok := whole.(map[string]any)
		require.True(t, ok, path)
		for key, value := range part {
			assertWithin(t, value, object[key], path+"."+key)
		}
	case []any:
		list, ok := whole.([]any)
		require.True(t, ok, path)
		require.Len(t, list, len(part), path)
		for i := range part {
			assertWithin(t, part[i], list[i], path)
		}
	default:
		assert.Equal(t, part, whole, path)
	}
}
