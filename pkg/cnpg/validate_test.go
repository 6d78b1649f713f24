package cnpg_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// object decodes YAML as the API server sees it, with int64 for whole numbers.
func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var decoded map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &decoded))
	return decoded
}

const cluster = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: db, labels: {a: b}}
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:17.10-standard-trixie
  storage: {size: 10Gi, storageClass: longhorn}
  resources: {requests: {memory: 1Gi, cpu: 1}, limits: {memory: 1Gi}}
  postgresql:
    parameters: {work_mem: 4MB}
    synchronous: {method: any, number: 1, dataDurability: preferred}
  affinity:
    podAntiAffinityType: required
    tolerations: [{key: a, operator: Exists, effect: NoSchedule}]
  topologySpreadConstraints:
    - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}}
  env: [{name: A, value: b}]
  managed:
    services:
      additional:
        - selectorType: rw
          serviceTemplate: {metadata: {name: x}, spec: {type: LoadBalancer, ports: [{port: 5432, targetPort: postgresql}]}}
  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: s}}]
status: {anything: [goes, 1, {here: true}]}
`

// A legal object of every kind with a schema.
func TestValidateAccepts(t *testing.T) {
	legal := map[string]string{
		"Cluster": cluster,
		"Backup": `
spec: {cluster: {name: db}, method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}}`,
		"ScheduledBackup": `
spec: {cluster: {name: db}, schedule: "0 0 3 * * *", method: plugin, immediate: true, backupOwnerReference: self}`,
		"ImageCatalog": `
spec: {images: [{major: 16, image: a}, {major: 17, image: b, extensions: [{name: x, image: {reference: r}}]}]}`,
		"ClusterImageCatalog": `
spec: {images: [{major: 17, image: b}]}`,
		"Database": `
spec: {name: app, owner: app, cluster: {name: db}, extensions: [{name: vector}], localeProvider: builtin, builtinLocale: C.UTF-8}`,
		"DatabaseRole": `
spec: {name: app, cluster: {name: db}, login: true, clientCertificate: {enabled: true}, passwordSecret: {name: s}}`,
		"ExternalSecret": `
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target: {name: s, template: {type: kubernetes.io/basic-auth, data: {uri: "{{ .password }}"}}}
  data: [{secretKey: password, remoteRef: {key: shop, property: password}}]
  dataFrom: [{find: {name: {regexp: "^shop"}}}]`,
		"HelmRelease": `
spec:
  interval: 10m
  chart: {spec: {chart: cloudnative-pg, version: 0.29.0, sourceRef: {kind: HelmRepository, name: cloudnative-pg}}}
  dependsOn: [{name: cert-manager, namespace: cert-manager}]
  install: {strategy: {name: RetryOnFailure}}
  values: {anything: [goes, {here: true}]}`,
		"HelmRepository": `
spec: {interval: 1h, url: "https://cloudnative-pg.github.io/charts", secretRef: {name: s}}`,
		"OCIRepository": `
spec: {interval: 1h, url: "oci://ghcr.io/cloudnative-pg/charts/cloudnative-pg", ref: {tag: 0.29.0}, layerSelector: {mediaType: a, operation: copy}}`,
		"ObjectStore": `
spec:
  retentionPolicy: 30d
  configuration: {destinationPath: "s3://b/", data: {compression: bzip2}, wal: {compression: zstd, maxParallel: 8}}
  instanceSidecarConfiguration: {env: [{name: A, value: b}], resources: {limits: {memory: 512Mi}}}`,
		"PodMonitor": `
spec: {selector: {matchLabels: {a: b}}, podMetricsEndpoints: [{port: metrics, interval: 30s}]}`,
		"Pooler": `
spec:
  cluster: {name: db}
  instances: 2
  type: rw
  pgbouncer: {poolMode: transaction, parameters: {max_client_conn: "100"}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: pgbouncer, ports: [{containerPort: 5432}]}]}}`,
		"PrometheusRule": `
spec: {groups: [{name: g, rules: [{alert: A, expr: up == 0, for: 5m, labels: {severity: x}}, {record: r, expr: 1}]}]}`,
		"Publication": `
spec: {name: p, dbname: app, cluster: {name: db}, target: {objects: [{table: {name: t, columns: [a]}}]}}`,
		"ServiceMonitor": `
spec: {selector: {}, endpoints: [{port: metrics, scheme: https, tlsConfig: {serverName: x}}]}`,
		"Subscription": `
spec: {name: s, dbname: app, cluster: {name: db}, publicationName: p, externalClusterName: e}`,
	}
	for _, known := range cnpg.Kinds() {
		apiVersion, kind, _ := strings.Cut(known, " ")
		t.Run(kind, func(t *testing.T) {
			text, tested := legal[kind]
			require.True(t, tested, "every kind needs a legal object here")
			o := object(t, text)
			o["apiVersion"], o["kind"] = apiVersion, kind
			if o["metadata"] == nil {
				o["metadata"] = map[string]any{"name": "x", "annotations": map[string]any{"a": "b"}}
			}
			assert.True(t, cnpg.HasSchema(apiVersion, kind))
			assert.Empty(t, cnpg.Validate(apiVersion, kind, o, nil))
		})
	}
	assert.False(t, cnpg.HasSchema("v1", "Secret"))
	assert.False(t, cnpg.HasSchema("example.com/v1", "Cluster"))
	assert.Empty(t, cnpg.Validate("v1", "Secret", map[string]any{"anything": 1}, nil))
}

// What k8s.io/apiextensions-apiserver 0.36.2 answers with the same definitions (pruning, schema, lists and CEL rules), with two differences: it
// evaluates no CEL rule while there is another error, and it leaves numbers of more than 32 bits to the operator, which cannot decode them.
func TestValidateRefuses(t *testing.T) {
	type want struct {
		errorType field.ErrorType
		path      string
		detail    string
	}
	tests := map[string]struct {
		kind, spec string
		want       []want
	}{
		"unknown field": {"Cluster", `{instances: 1, storage: {size: 1Gi}, monitoring: {enabled: true}}`, []want{
			{field.ErrorTypeForbidden, "spec.monitoring.enabled", "unknown field"},
		}},
		"misspelt field": {"Cluster", `{instances: 1, storge: {size: 1Gi}}`, []want{
			{field.ErrorTypeForbidden, "spec.storge", `did you mean "storage"?`},
		}},
		"everything at once": {"Cluster", `{instances: 0, imagePullPolicy: 1, primaryUpdateStrategy: later, tablespaces: [{name: a}]}`, []want{
			{field.ErrorTypeInvalid, "spec.imagePullPolicy", "must be a string"},
			{field.ErrorTypeInvalid, "spec.instances", "at least 1"},
			{field.ErrorTypeNotSupported, "spec.primaryUpdateStrategy", "supported values"},
			{field.ErrorTypeRequired, "spec.tablespaces[0].storage", ""},
		}},
		"number in quotes": {"Cluster", `{instances: "3"}`, []want{
			{field.ErrorTypeInvalid, "spec.instances", "whole number"},
		}},
		"fraction": {"Cluster", `{instances: 1.5}`, []want{
			{field.ErrorTypeInvalid, "spec.instances", "whole number"},
		}},
		"32 bits": {"Cluster", `{instances: 1, startDelay: 3000000000}`, []want{
			{field.ErrorTypeInvalid, "spec.startDelay", "32 bits"},
		}},
		"parameter without quotes": {"Cluster", `{instances: 1, postgresql: {parameters: {max_connections: 100}}}`, []want{
			{field.ErrorTypeInvalid, "spec.postgresql.parameters[max_connections]", "in quotes"},
		}},
		"quantity": {"Cluster", `{instances: 1, resources: {limits: {memory: 1GB}}}`, []want{
			{field.ErrorTypeInvalid, "spec.resources.limits[memory]", "must match"},
		}},
		"list for a map": {"Cluster", `{instances: 1, postgresql: {parameters: []}}`, []want{
			{field.ErrorTypeInvalid, "spec.postgresql.parameters", "must be an object"},
		}},
		"map for a list": {"Cluster", `{instances: 1, externalClusters: {name: a}}`, []want{
			{field.ErrorTypeInvalid, "spec.externalClusters", "must be a list"},
		}},
		"null, which is dropped": {"Database", `{name: null, owner: a, cluster: {name: db}, locale: null}`, []want{
			{field.ErrorTypeRequired, "spec.name", ""},
		}},
		"null in a list": {"Cluster", `{instances: 1, postgresql: {pg_hba: [null]}}`, []want{
			{field.ErrorTypeInvalid, "spec.postgresql.pg_hba[0]", "must have a value"},
		}},
		"two images": {"Cluster", `{instances: 1, imageName: a, imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ImageCatalog, name: a, major: 17}}`, []want{
			{field.ErrorTypeInvalid, "spec", "exclude each other"},
		}},
		"catalog of another group": {"Cluster", `{instances: 1, imageCatalogRef: {apiGroup: x, kind: Secret, name: a, major: 17}}`, []want{
			{field.ErrorTypeInvalid, "spec.imageCatalogRef", "ImageCatalog or ClusterImageCatalog"},
			{field.ErrorTypeInvalid, "spec.imageCatalogRef", "postgresql.cnpg.io"},
		}},
		"no synchronous standby": {"Cluster", `{instances: 1, postgresql: {synchronous: {method: any, number: 0}}}`, []want{
			{field.ErrorTypeInvalid, "spec.postgresql.synchronous.number", "greater than 0"},
		}},
		"preferred with names": {"Cluster", `{instances: 1, postgresql: {synchronous: {method: any, number: 1, dataDurability: preferred, standbyNamesPre: [a]}}}`, []want{
			{field.ErrorTypeInvalid, "spec.postgresql.synchronous", "excludes standbyNamesPre"},
		}},
		"locale without provider": {"Cluster", `{instances: 1, bootstrap: {initdb: {builtinLocale: C.UTF-8, icuLocale: de, icuRules: x}}}`, []want{
			{field.ErrorTypeInvalid, "spec.bootstrap.initdb", "builtinLocale needs"},
			{field.ErrorTypeInvalid, "spec.bootstrap.initdb", "icuLocale needs"},
			{field.ErrorTypeInvalid, "spec.bootstrap.initdb", "icuRules needs"},
		}},
		"repeated topology constraint": {"Cluster", `{instances: 1, topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 2, topologyKey: a, whenUnsatisfiable: DoNotSchedule}], managed: {services: {additional: [{selectorType: rw, serviceTemplate: {spec: {ports: [{port: 1, protocol: TCP}, {port: 1, protocol: TCP}]}}}]}}}`, []want{
			{field.ErrorTypeDuplicate, "spec.managed.services.additional[0].serviceTemplate.spec.ports[1]", ""},
		}},
		"secret hidden": {"Cluster", `{instances: 1, env: [{name: TOKEN, value: 12345}]}`, []want{
			{field.ErrorTypeInvalid, "spec.env[0].value", "in quotes"},
		}},
		"reserved database": {"Database", `{name: postgres, owner: app, cluster: {name: db}}`, []want{
			{field.ErrorTypeInvalid, "spec.name", "reserved"},
		}},
		"nothing where it is needed": {"Database", `{}`, []want{
			{field.ErrorTypeRequired, "spec.cluster", ""},
			{field.ErrorTypeRequired, "spec.name", ""},
			{field.ErrorTypeRequired, "spec.owner", ""},
		}},
		"certificate without login": {"DatabaseRole", `{name: app, cluster: {name: db}, clientCertificate: {enabled: true}}`, []want{
			{field.ErrorTypeInvalid, "spec", "needs login: true"},
		}},
		"role of the operator": {"DatabaseRole", `{name: cnpg_x, cluster: {name: db}, ensure: absent, passwordSecret: {name: s}, disablePassword: true}`, []want{
			{field.ErrorTypeInvalid, "spec", "databaseRoleReclaimPolicy: delete"},
			{field.ErrorTypeInvalid, "spec", "cnpg_ belong to the operator"},
			{field.ErrorTypeInvalid, "spec", "exclude each other"},
		}},
		"retention": {"ObjectStore", `{configuration: {destinationPath: "s3://b"}, retentionPolicy: 30 days}`, []want{
			{field.ErrorTypeInvalid, "spec.retentionPolicy", "must match"},
		}},
		"compression of WAL for data": {"ObjectStore", `{configuration: {destinationPath: "s3://b", data: {compression: zstd}}}`, []want{
			{field.ErrorTypeNotSupported, "spec.configuration.data.compression", `"bzip2", "gzip", "lz4", "snappy"`},
		}},
		"server name": {"ObjectStore", `{configuration: {destinationPath: "s3://b", serverName: a}, instanceSidecarConfiguration: {additionalContainerArgs: [--log-level=debug]}}`, []want{
			{field.ErrorTypeInvalid, "spec.configuration", "parameters of the Cluster's plugin"},
			{field.ErrorTypeInvalid, "spec.instanceSidecarConfiguration.additionalContainerArgs", "logLevel"},
		}},
		"empty path": {"ObjectStore", `{configuration: {destinationPath: ""}}`, []want{
			{field.ErrorTypeInvalid, "spec.configuration.destinationPath", "at least 1"},
		}},
		"duration": {"PrometheusRule", `{groups: [{name: g, rules: [{alert: A, expr: up, for: 5minutes}]}]}`, []want{
			{field.ErrorTypeInvalid, "spec.groups[0].rules[0].for", "must match"},
		}},
		"pool mode": {"Pooler", `{cluster: {name: db}, pgbouncer: {poolMode: statement, image: a, imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ImageCatalog, name: a, key: b}}}`, []want{
			{field.ErrorTypeNotSupported, "spec.pgbouncer.poolMode", `"session", "transaction"`},
			{field.ErrorTypeInvalid, "spec.pgbouncer", "exclude each other"},
		}},
		"major twice": {"ImageCatalog", `{images: [{major: 17, image: a}, {major: 17, image: b}]}`, []want{
			{field.ErrorTypeInvalid, "spec.images", "each major version"},
		}},
		"publication of everything and something": {"Publication", `{name: p, dbname: a, cluster: {name: db}, target: {allTables: true, objects: [{table: {name: t}}]}}`, []want{
			{field.ErrorTypeInvalid, "spec.target", "either allTables or objects"},
		}},
		"publication with columns and schema": {"Publication", `{name: p, dbname: a, cluster: {name: db}, target: {objects: [{table: {name: t, columns: [a]}}, {tablesInSchema: s}, {}]}}`, []want{
			{field.ErrorTypeInvalid, "spec.target.objects[2]", "either tablesInSchema or table"},
			{field.ErrorTypeInvalid, "spec.target.objects", "exclude each other"},
		}},
	}
	apiVersions := map[string]string{}
	for _, known := range cnpg.Kinds() {
		apiVersion, kind, _ := strings.Cut(known, " ")
		apiVersions[kind] = apiVersion
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := map[string]any{
				"apiVersion": apiVersions[test.kind], "kind": test.kind, "metadata": map[string]any{"name": "x"},
				"spec": object(t, "spec: "+test.spec)["spec"],
			}
			errs := cnpg.Validate(apiVersions[test.kind], test.kind, o, nil)
			if !assert.Len(t, errs, len(test.want), "%v", errs) {
				return
			}
			for i, w := range test.want {
				assert.Equal(t, w.errorType, errs[i].Type, "%v", errs[i])
				assert.Equal(t, w.path, errs[i].Field)
				assert.Contains(t, errs[i].ErrorBody(), w.detail)
				assert.NotContains(t, errs[i].Error(), "12345", "a value that may be secret")
			}
		})
	}
}

func TestValidatePath(t *testing.T) {
	o := object(t, `{metadata: {name: x, lables: {}}, spec: {instances: 1}}`)
	errs := cnpg.Validate(cnpg.APIVersion, "Cluster", o, field.NewPath("spec", "overrides", "cluster"))
	require.Len(t, errs, 1)
	assert.Equal(t, "spec.overrides.cluster.metadata.lables", errs[0].Field)
	assert.Contains(t, errs[0].Detail, `did you mean "labels"?`)

	errs = cnpg.Validate(cnpg.APIVersion, "Cluster", map[string]any{}, nil)
	require.Len(t, errs, 2)
	assert.Equal(t, "metadata", errs[0].Field)
	assert.Equal(t, "spec", errs[1].Field)
}

// Whatever numbers a decoder makes, they mean the same.
func TestValidateNumbers(t *testing.T) {
	for _, instances := range []any{3, int32(3), int64(3), uint64(3), float64(3)} {
		o := map[string]any{"metadata": map[string]any{}, "spec": map[string]any{"instances": instances}}
		assert.Empty(t, cnpg.Validate(cnpg.APIVersion, "Cluster", o, nil), "%T", instances)
	}
}

func TestSchemasStaySmall(t *testing.T) {
	files, err := filepath.Glob("schemas/*.json")
	require.NoError(t, err)
	assert.Len(t, files, len(cnpg.Kinds()))
	total := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		total += len(text)
	}
	assert.Less(t, total, 150_000, "bytes that every binary carries")
}

func FuzzValidate(f *testing.F) {
	f.Add(cluster)
	f.Add("{spec: {instances: [1], bootstrap: {initdb: 1}, postgresql: {synchronous: {number: {}}}}}")
	f.Add("{spec: {images: [1, {major: {}}, {major: {}}], target: {objects: [null]}}}")
	f.Fuzz(func(t *testing.T, text string) {
		var o map[string]any
		if yaml.Unmarshal([]byte(text), &o) != nil {
			return
		}
		for _, known := range cnpg.Kinds() {
			apiVersion, kind, _ := strings.Cut(known, " ")
			for _, err := range cnpg.Validate(apiVersion, kind, o, nil) {
				assert.NotEqual(t, field.ErrorTypeInternal, err.Type)
			}
		}
	})
}
