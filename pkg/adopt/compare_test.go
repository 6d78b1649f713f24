package adopt

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompare(t *testing.T) {
	renamed := `
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: shop-backup}
spec:
  retentionPolicy: 14d
  configuration:
    destinationPath: s3://databases/
    endpointURL: https://nas.example.org
    s3Credentials:
      accessKeyId: {name: nas-keys, key: ACCESS_KEY_ID}
      secretAccessKey: {name: nas-keys, key: secret}
      region: {name: nas-keys, key: region}
    wal: {compression: zstd, maxParallel: 4}
    data: {compression: bzip2}
`
	referring := func(object, server string) string {
		return smallest + `  plugins:
  - name: barman-cloud.cloudnative-pg.io
    isWALArchiver: true
    parameters: {barmanObjectName: ` + object + `, serverName: ` + server + `}
`
	}
	tests := map[string]struct {
		original, emitted []string
		unexplained       []string // fields of the differences that nothing explains
		explained         []string
	}{
		"nothing": {
			original: []string{smallest}, emitted: []string{smallest},
		},
		"one quantity in two ways": {
			original: []string{smallest + "  resources: {limits: {memory: 4096Mi}}\n"},
			emitted:  []string{smallest + "  resources: {limits: {memory: 4Gi}}\n"},
		},
		"another size": {
			original:    []string{smallest},
			emitted:     []string{smallest + "  walStorage: {size: 1Gi}\n"},
			unexplained: []string{"spec.walStorage.size"},
		},
		"a parameter that the user set": {
			original:    []string{smallest + "  postgresql: {parameters: {jit: \"on\"}}\n"},
			emitted:     []string{smallest + "  postgresql: {parameters: {jit: \"off\", work_mem: 4MB}}\n"},
			unexplained: []string{"spec.postgresql.parameters.jit"},
			explained:   []string{"spec.postgresql.parameters.work_mem"},
		},
		"fewer connections than before": {
			original:    []string{smallest},
			emitted:     []string{smallest + "  postgresql: {parameters: {max_connections: \"25\"}}\n"},
			unexplained: []string{"spec.postgresql.parameters.max_connections"},
		},
		"another name of the same store": {
			original: []string{referring("nas", "shop"), store, nightly}, emitted: []string{referring("shop-backup", "shop"), renamed, nightly},
		},
		"another folder of the same store": {
			original: []string{referring("nas", "shop"), store, nightly}, emitted: []string{referring("shop-backup", "shop-2"), renamed, nightly},
			unexplained: []string{"archive.serverName"},
		},
		"archiving is gone": {
			original: []string{referring("nas", "shop"), store, nightly}, emitted: []string{smallest, nightly},
			unexplained: []string{"archive.credentials.existingSecret.name", "archive.credentials.existingSecret.regionKey",
				"archive.credentials.existingSecret.secretAccessKeyKey", "archive.data.compression", "archive.destinationPath",
				"archive.endpointURL", "archive.method", "archive.retention", "archive.serverName", "archive.wal.compression", "archive.wal.maxParallel"},
		},
		"the schedule is gone": {
			original: []string{referring("nas", "shop"), store, nightly}, emitted: []string{referring("nas", "shop"), store},
			unexplained: []string{"schedule.backupOwnerReference", "schedule.immediate", "schedule.method", "schedule.spec", "schedule.suspend",
				"schedule.target"},
		},
		"a schedule where there was none": {
			original: []string{referring("nas", "shop"), store}, emitted: []string{referring("nas", "shop"), store, nightly},
			explained: []string{"schedule.backupOwnerReference", "schedule.immediate", "schedule.method", "schedule.spec", "schedule.suspend",
				"schedule.target"},
		},
		"the operator's PodMonitor and ours": {
			original: []string{smallest + "  monitoring: {enablePodMonitor: true}\n"},
			emitted: []string{smallest, `
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: shop}
spec: {podMetricsEndpoints: [{port: metrics}]}
`},
		},
		"no PodMonitor any more": {
			original: []string{smallest + "  monitoring: {enablePodMonitor: true}\n"}, emitted: []string{smallest},
			unexplained: []string{"monitor.kind"},
		},
		"a role in the Cluster and beside it": {
			original: []string{smallest + "  managed: {roles: [{name: web, login: true}, {name: gone}]}\n"},
			emitted: []string{smallest, `
apiVersion: postgresql.cnpg.io/v1
kind: DatabaseRole
metadata: {name: shop-web}
spec: {cluster: {name: shop}, name: web, ensure: present, login: true, databaseRoleReclaimPolicy: retain}
`},
			unexplained: []string{"roles.gone.name"},
		},
		"a restore from the end of the archive to a point in it": {
			original: []string{smallest + `  bootstrap: {recovery: {source: a}}
  externalClusters: [{name: a, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: nas, serverName: shop}}}]
`, store},
			emitted: []string{smallest + `  bootstrap: {recovery: {source: b, recoveryTarget: {targetTLI: "1"}}}
  externalClusters: [{name: b, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: shop-backup, serverName: shop}}}]
`, renamed},
			unexplained: []string{"recovery.recoveryTarget.targetTLI"},
		},
		"synchronous replication needs more than one instance": {
			original:  []string{smallest + "  instances: 1\n  postgresql: {synchronous: {method: any, number: 1}}\n"},
			emitted:   []string{smallest + "  instances: 1\n"},
			explained: []string{"spec.postgresql.synchronous.method", "spec.postgresql.synchronous.number"},
		},
		"synchronous replication is gone": {
			original:    []string{smallest + "  instances: 3\n  postgresql: {synchronous: {method: any, number: 1}}\n"},
			emitted:     []string{smallest + "  instances: 3\n"},
			unexplained: []string{"spec.postgresql.synchronous.method", "spec.postgresql.synchronous.number"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			differences, err := Compare(parse(t, test.original...), parse(t, test.emitted...))
			require.NoError(t, err)
			var unexplained, explained []string
			for _, d := range differences {
				if d.Reason == "" {
					unexplained = append(unexplained, d.Field)
				} else {
					explained = append(explained, d.Field)
				}
			}
			assert.Equal(t, test.unexplained, unexplained)
			assert.Equal(t, test.explained, explained)
			assert.Len(t, Unexplained(differences), len(test.unexplained))
		})
	}
}

func TestCompareErrors(t *testing.T) {
	_, err := Compare(parse(t, store), parse(t, smallest))
	assert.ErrorContains(t, err, "there is no Cluster")
	_, err = Compare(parse(t, smallest), parse(t, smallest+"  instances: three\n"))
	assert.ErrorContains(t, err, "Cluster shop")
}

func TestDifferenceString(t *testing.T) {
	assert.Equal(t, "spec.instances: 1 -> 3", Difference{Field: "spec.instances", Was: int64(1), Is: int64(3)}.String())
	assert.Equal(t, "spec.enablePDB: absent -> false (because)", Difference{Field: "spec.enablePDB", Is: false, Reason: "because"}.String())
}
