package expand_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestObjectStores(t *testing.T) {
	tests := map[string]expansion{
		"none without a backup": {spec: dedicated},
		"none for the operator's own Barman Cloud": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {method: barmanObjectStore, bucket: backups, credentials: {inheritFromIAMRole: true}}
`,
		},
		"Amazon's own store": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {bucket: backups, credentials: {inheritFromIAMRole: true}}
`,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: s3://backups/shop
    s3Credentials: {inheritFromIAMRole: true}
    wal: {compression: gzip}
    data: {compression: gzip}
  instanceSidecarConfiguration:
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {memory: 1Gi}
`,
		},
		"another store": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup:
    bucket: backups
    path: /orders/
    endpointURL: http://minio.minio.svc.cluster.local:9000
    endpointCA: {name: minio-ca, key: ca.crt}
    credentials: {existingSecret: {name: minio, accessKeyIdKey: user, secretAccessKeyKey: pass, regionKey: region}}
    retention: 2w
    compression: snappy
    encryption: "aws:kms"
    wal: {maxParallel: 8, archiveAdditionalCommandArgs: [--read-timeout=60]}
    data: {compression: bzip2, jobs: 2, immediateCheckpoint: true}
    tags: {team: sales}
    historyTags: {team: history}
    sidecarResources: {limits: {memory: 512Mi}}
    sidecarEnv: [{name: AWS_REQUEST_CHECKSUM_CALCULATION, value: when_supported}, {name: HTTPS_PROXY, value: "http://proxy"}]
`,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  retentionPolicy: 2w
  configuration:
    destinationPath: s3://backups/orders
    endpointURL: http://minio.minio.svc.cluster.local:9000
    endpointCA: {name: minio-ca, key: ca.crt}
    s3Credentials:
      accessKeyId: {name: minio, key: user}
      secretAccessKey: {name: minio, key: pass}
      region: {name: minio, key: region}
    wal: {compression: snappy, encryption: "aws:kms", maxParallel: 8, archiveAdditionalCommandArgs: [--read-timeout=60]}
    data: {compression: bzip2, encryption: "aws:kms", jobs: 2, immediateCheckpoint: true}
    tags: {team: sales}
    historyTags: {team: history}
  instanceSidecarConfiguration:
    env:
    - {name: AWS_RESPONSE_CHECKSUM_VALIDATION, value: when_required}
    - {name: AWS_REQUEST_CHECKSUM_CALCULATION, value: when_supported}
    - {name: HTTPS_PROXY, value: "http://proxy"}
    resources: {limits: {memory: 512Mi}}
`,
		},
		"no compression": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {destinationPath: "gs://backups/shop", compression: none, credentials: {googleCredentials: {gkeEnvironment: true}}}
`,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: gs://backups/shop
    googleCredentials: {gkeEnvironment: true}
  instanceSidecarConfiguration:
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {memory: 1Gi}
`,
		},
		"keys that Flux substitutes": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {bucket: "${BUCKET}", credentials: {accessKeyId: "${ID}", secretAccessKey: "${KEY}"}}
`,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: s3://${BUCKET}/shop
    s3Credentials:
      accessKeyId: {name: shop-postgres-backup-credentials, key: ACCESS_KEY_ID}
      secretAccessKey: {name: shop-postgres-backup-credentials, key: SECRET_ACCESS_KEY}
    wal: {compression: gzip}
    data: {compression: gzip}
  instanceSidecarConfiguration:
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {memory: 1Gi}
`,
		},
		"an origin in another store has no retention, because its backups are somebody else's": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {destinationPath: "https://account.blob.core.windows.net/shop", credentials: {azureCredentials: {inheritFromAzureAD: true}}}
  restore: {from: {serverName: cart, bucket: old, path: carts, endpointURL: "https://s3.example.org", credentials: {existingSecret: {name: old}}}}
`,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: https://account.blob.core.windows.net/shop
    azureCredentials: {inheritFromAzureAD: true}
    wal: {compression: gzip}
    data: {compression: gzip}
  instanceSidecarConfiguration:
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {memory: 1Gi}
---
metadata: {name: shop-postgres-origin}
spec:
  configuration:
    destinationPath: s3://old/carts
    endpointURL: https://s3.example.org
    s3Credentials:
      accessKeyId: {name: old, key: ACCESS_KEY_ID}
      secretAccessKey: {name: old, key: SECRET_ACCESS_KEY}
  instanceSidecarConfiguration:
    env:
    - {name: AWS_REQUEST_CHECKSUM_CALCULATION, value: when_required}
    - {name: AWS_RESPONSE_CHECKSUM_VALIDATION, value: when_required}
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {memory: 1Gi}
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "ObjectStore") })
	}
}

func TestScheduledBackups(t *testing.T) {
	tests := map[string]expansion{
		"none without a backup": {spec: dedicated},
		// Five fields are what crontab has; CloudNativePG would read them as six and back up every hour.
		"every night": {
			spec: archive,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  schedule: 0 0 2 * * *
  immediate: true
  cluster: {name: shop-postgres}
  backupOwnerReference: self
  method: plugin
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
`,
		},
		"a lineage has a schedule of its own, whatever its archive is called": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  lineage: 3
  backup:
    bucket: backups
    serverName: Old_Shop
    credentials: {inheritFromIAMRole: true}
    schedule: "30 */6 * * 1-5"
    immediate: false
    suspend: true
    target: primary
`,
			want: `
metadata: {name: shop-postgres-3-backup}
spec:
  schedule: 0 30 */6 * * 1-5
  immediate: false
  suspend: true
  target: primary
  cluster: {name: shop-postgres}
  backupOwnerReference: self
  method: plugin
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
`,
		},
		"the operator's own Barman Cloud": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {method: barmanObjectStore, bucket: backups, credentials: {inheritFromIAMRole: true}}
`,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  schedule: 0 0 2 * * *
  immediate: true
  cluster: {name: shop-postgres}
  backupOwnerReference: self
  method: barmanObjectStore
`,
		},
		"snapshots": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {method: volumeSnapshot, volumeSnapshot: {className: csi}}
`,
			want: `
metadata: {name: shop-postgres-backup}
spec:
  schedule: 0 0 2 * * *
  immediate: true
  cluster: {name: shop-postgres}
  backupOwnerReference: self
  method: volumeSnapshot
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "ScheduledBackup") })
	}
}

// The schedule of an old lineage would go on backing up the new cluster: it must go with its manifest.
func TestScheduledBackupIsNotProtected(t *testing.T) {
	_, annotations := metadataOf(t, appNamed("shop", archive))
	assert.Equal(t, fields{"postgresapp.dev/owner": "PostgresApp/shop"}, annotations["ScheduledBackup shop-postgres-backup"])
	assert.Contains(t, annotations["ObjectStore shop-postgres-backup"], "kustomize.toolkit.fluxcd.io/prune")
}
