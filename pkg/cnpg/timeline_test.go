package cnpg_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// The release notes of CloudNativePG 1.28, 1.29 and 1.30 name each of these.
func TestCheck(t *testing.T) {
	newFields := object(t, `
spec:
  env: [{name: A, value: b}, {name: B, valueFrom: {fileKeyRef: {key: k, path: p, volumeName: v}}}]
  monitoring: {metricsQueriesTTL: 30s, disableDefaultQueries: true}
  podSelectorRefs: [{name: a}]
  serviceAccountName: sa
  primaryLease: {leaseDurationSeconds: 15}
  postgresql:
    synchronous: {method: any, number: 1, failoverQuorum: true}
    extensions:
      - {name: a, image: {reference: r}}
      - {name: b, image: {reference: r}, env: [{name: A, value: b}], bin_path: [x]}
  projectedVolumeTemplate: {sources: [{podCertificate: {keyType: x, userAnnotations: {}}}]}
  backup: {barmanObjectStore: {data: {compression: lz4}}}
`)
	lz4 := cnpg.Missing{Path: "spec.backup.barmanObjectStore.data.compression", Value: "lz4", Since: cnpg.V1_30}
	lease := cnpg.Missing{Path: "spec.primaryLease", Since: cnpg.V1_30}
	from29 := []cnpg.Missing{
		{Path: "spec.podSelectorRefs", Since: cnpg.V1_29},
		{Path: "spec.postgresql.extensions[1].bin_path", Since: cnpg.V1_29},
		{Path: "spec.postgresql.extensions[1].env", Since: cnpg.V1_29},
	}
	serviceAccount := cnpg.Missing{Path: "spec.serviceAccountName", Since: cnpg.V1_29}

	assert.Empty(t, cnpg.Check("Cluster", newFields, cnpg.V1_30))
	assert.Equal(t, []cnpg.Missing{lz4, lease}, cnpg.Check("Cluster", newFields, cnpg.V1_29))
	assert.Equal(t, []cnpg.Missing{
		lz4, from29[0], from29[1], from29[2], lease,
		{Path: "spec.projectedVolumeTemplate.sources[0].podCertificate.userAnnotations", Since: cnpg.V1_29},
		serviceAccount,
	}, cnpg.Check("Cluster", newFields, cnpg.V1_28))
	assert.Equal(t, []cnpg.Missing{
		lz4,
		{Path: "spec.env[1].valueFrom.fileKeyRef", Since: cnpg.V1_28},
		{Path: "spec.monitoring.metricsQueriesTTL", Since: cnpg.V1_28},
		from29[0], from29[1], from29[2],
		{Path: "spec.postgresql.synchronous.failoverQuorum", Since: cnpg.V1_28},
		lease,
		{Path: "spec.projectedVolumeTemplate.sources[0].podCertificate", Since: cnpg.V1_28}, // and not what is below it
		serviceAccount,
	}, cnpg.Check("Cluster", newFields, cnpg.V1_27))
}

func TestCheckOld(t *testing.T) {
	assert.Empty(t, cnpg.Check("Cluster", object(t, cluster), cnpg.V1_27))
	assert.Empty(t, cnpg.Check("Cluster", nil, cnpg.V1_27))
	assert.Empty(t, cnpg.Check("Secret", object(t, cluster), cnpg.V1_27))
	// null is no use of a field.
	assert.Empty(t, cnpg.Check("Cluster", object(t, `spec: {primaryLease: null}`), cnpg.V1_29))
	// Neither the right type nor the right depth: nothing is found, and nothing breaks.
	assert.Empty(t, cnpg.Check("Cluster", object(t, `spec: {env: {valueFrom: 1}, postgresql: [1], monitoring: text}`), cnpg.V1_27))
}

func TestCheckKinds(t *testing.T) {
	role := object(t, `spec: {name: app}`)
	missing := cnpg.Check("DatabaseRole", role, cnpg.V1_29)
	assert.Equal(t, []cnpg.Missing{{Since: cnpg.V1_30}}, missing)
	assert.Equal(t, `the kind exists from CloudNativePG 1.30 on: raise operatorVersion to "1.30", or remove it`, missing[0].String())
	assert.Empty(t, cnpg.Check("DatabaseRole", role, cnpg.V1_30))

	pooler := object(t, `spec: {pgbouncer: {clientTLSSecret: {name: a}}, template: {spec: {containers: [{name: a}, {name: b, restartPolicyRules: []}], workloadRef: {name: a}}}}`)
	assert.Equal(t, []cnpg.Missing{
		{Path: "spec.pgbouncer.clientTLSSecret", Since: cnpg.V1_28},
		{Path: "spec.template.spec.containers[1].restartPolicyRules", Since: cnpg.V1_28},
		{Path: "spec.template.spec.workloadRef", Since: cnpg.V1_29},
	}, cnpg.Check("Pooler", pooler, cnpg.V1_27))
	gone := cnpg.Check("Pooler", pooler, cnpg.V1_30)
	assert.Equal(t, []cnpg.Missing{{Path: "spec.template.spec.workloadRef", Until: cnpg.V1_30}}, gone)
	assert.Equal(t, "the field is gone since CloudNativePG 1.30: remove it", gone[0].String())

	database := object(t, `spec: {fdws: [], extensions: []}`)
	assert.Equal(t, []cnpg.Missing{{Path: "spec.fdws", Since: cnpg.V1_28}}, cnpg.Check("Database", database, cnpg.V1_27))
}

func TestMissingString(t *testing.T) {
	assert.Equal(t, `the field exists from CloudNativePG 1.29 on: raise operatorVersion to "1.29", or remove it`,
		cnpg.Missing{Path: "spec.podSelectorRefs", Since: cnpg.V1_29}.String())
	assert.Equal(t, `the value "lz4" exists from CloudNativePG 1.30 on: raise operatorVersion to "1.30", or remove it`,
		cnpg.Missing{Path: "spec.x", Value: "lz4", Since: cnpg.V1_30}.String())
}

func TestSince(t *testing.T) {
	assert.Equal(t, cnpg.V1_27, cnpg.Since("Cluster", "spec.instances"))
	assert.Equal(t, cnpg.V1_29, cnpg.Since("Cluster", "spec.podSelectorRefs[].name"))
	assert.Equal(t, cnpg.V1_29, cnpg.Since("Cluster", "spec.projectedVolumeTemplate.sources[].podCertificate.userAnnotations"))
	assert.Equal(t, cnpg.V1_28, cnpg.Since("Cluster", "spec.projectedVolumeTemplate.sources[].podCertificate.keyType"))
	assert.Equal(t, cnpg.V1_27, cnpg.Since("Cluster", "spec.backup.barmanObjectStore.data.compression"), "a value is not the field")
	assert.Equal(t, cnpg.V1_30, cnpg.Since("DatabaseRole", "spec.name"))
	assert.Equal(t, cnpg.V1_27, cnpg.Since("Cluster", "spec.primaryLeaseholder"), "not below spec.primaryLease")
}

func TestDeprecations(t *testing.T) {
	found := cnpg.Deprecations("Cluster", object(t, `
spec:
  minSyncReplicas: 0
  maxSyncReplicas: 1
  monitoring: {enablePodMonitor: false, podMonitorRelabelings: [{action: drop}], podMonitorMetricRelabelings: []}
  backup: {barmanObjectStore: {destinationPath: s3}, retentionPolicy: 30d}
  externalClusters: [{name: a}, {name: b, barmanObjectStore: {destinationPath: s3}}]
  bootstrap: {initdb: {options: [-k]}}
`))
	paths := make([]string, len(found))
	for i, d := range found {
		paths[i] = d.Path
		assert.NotEmpty(t, d.Instead)
	}
	assert.Equal(t, []string{
		"spec.backup.barmanObjectStore", "spec.externalClusters[1].barmanObjectStore", "spec.backup.retentionPolicy",
		"spec.monitoring.podMonitorRelabelings", "spec.maxSyncReplicas", "spec.bootstrap.initdb.options",
	}, paths)
	assert.Equal(t, "is deprecated and will be removed in CloudNativePG 1.31: use the Barman Cloud plugin with an ObjectStore", found[0].String())
	assert.Equal(t, "is deprecated and will be removed from CloudNativePG: use postgresql.synchronous", found[4].String())

	found = cnpg.Deprecations("ScheduledBackup", object(t, `spec: {method: barmanObjectStore}`))
	assert.Len(t, found, 1)
	assert.Empty(t, cnpg.Deprecations("ScheduledBackup", object(t, `spec: {method: plugin}`)))
	assert.Len(t, cnpg.Deprecations("Pooler", object(t, `spec: {monitoring: {enablePodMonitor: true}}`)), 1)
	assert.Empty(t, cnpg.Deprecations("Database", object(t, `spec: {monitoring: {enablePodMonitor: true}}`)))
}
