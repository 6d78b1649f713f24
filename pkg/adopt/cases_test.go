package adopt

const (
	smallest = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: shop}
spec:
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
`
	store = `
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: nas}
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
	nightly = `
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: nightly}
spec:
  schedule: "0 0 3 * * *"
  immediate: true
  backupOwnerReference: self
  cluster: {name: shop}
  method: plugin
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
`
)

// archiving is a Cluster that writes to the store above.
func archiving(more string) string {
	return smallest + `  plugins:
  - name: barman-cloud.cloudnative-pg.io
    isWALArchiver: true
    parameters: {barmanObjectName: nas, serverName: shop-v2}
` + more
}

// adoption is a case: manifests and what they become.
type adoption struct {
	objects []string
	want    string // the app's metadata and spec
	kept    int
}

func adoptions() map[string]adoption {
	return map[string]adoption{
		"what the operator assumes is said aloud": {
			objects: []string{smallest},
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: app
  maxConnections: 100
  monitoring: {type: None}
`,
		},
		"the app is called after the cluster without the usual ending": {
			objects: []string{`
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: shop-postgres, namespace: shop, labels: {team: sales}, annotations: {cnpg.io/hibernation: "on"}}
spec:
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  postgresql: {parameters: {max_connections: "40", jit: false}}
  bootstrap: {initdb: {database: shop, owner: shopkeeper, secret: {name: shop-db}, encoding: UTF8}}
  monitoring: {enablePodMonitor: true, podMonitorMetricRelabelings: [{action: labeldrop, regex: pod}]}
  enableSuperuserAccess: true
  superuserSecret: {name: root}
`},
			want: `
metadata: {name: shop, namespace: shop, labels: {team: sales}}
spec:
  hibernate: true
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  postgresql: {parameters: {max_connections: "40", jit: "off"}}
  database: shop
  owner: shopkeeper
  credentials: {existingSecret: {name: shop-db}}
  initdb: {encoding: UTF8}
  superuser: {enabled: true, secretName: root}
  monitoring: {type: PodMonitor, metricRelabelings: [{action: labeldrop, regex: pod}]}
`,
		},
		"archive, schedule and store become the backup": {
			objects: []string{archiving(""), nightly, store},
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: app
  maxConnections: 100
  monitoring: {type: None}
  backup:
    destinationPath: s3://databases/
    endpointURL: https://nas.example.org
    serverName: shop-v2
    credentials: {existingSecret: {name: nas-keys, secretAccessKeyKey: secret, regionKey: region}}
    wal: {compression: zstd, maxParallel: 4}
    data: {compression: bzip2}
    retention: 14d
    schedule: "0 0 3 * * *"
`,
		},
		"the operator's own Barman Cloud stays what it is": {
			objects: []string{smallest + `  backup:
    retentionPolicy: 30d
    target: primary
    barmanObjectStore:
      destinationPath: https://account.blob.core.windows.net/backups
      azureCredentials: {connectionString: {name: azure, key: connection}}
      wal: {encryption: AES256}
`},
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: app
  maxConnections: 100
  monitoring: {type: None}
  backup:
    method: barmanObjectStore
    target: primary
    compression: none
    destinationPath: https://account.blob.core.windows.net/backups
    credentials: {azureCredentials: {connectionString: {name: azure, key: connection}}}
    wal: {encryption: AES256}
    retention: 30d
`,
		},
		"a restore from another folder of the store names it": {
			objects: []string{archiving(`  bootstrap: {recovery: {source: before, recoveryTarget: {targetTime: "2026-08-01T08:00:00Z"}}}
  externalClusters:
  - name: before
    plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: nas, serverName: shop-v1}}
  - name: next-time
    plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: nas, serverName: shop-v2}}
`), store, nightly},
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: app
  maxConnections: 100
  monitoring: {type: None}
  restore: {from: {serverName: shop-v1}, to: {time: "2026-08-01T08:00:00Z"}}
  backup:
    destinationPath: s3://databases/
    endpointURL: https://nas.example.org
    serverName: shop-v2
    credentials: {existingSecret: {name: nas-keys, secretAccessKeyKey: secret, regionKey: region}}
    wal: {compression: zstd, maxParallel: 4}
    data: {compression: bzip2}
    retention: 14d
    schedule: "0 0 3 * * *"
`,
		},
		"a store without a policy keeps backups for ever": {
			objects: []string{archiving(""), `
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: nas}
spec:
  configuration:
    destinationPath: gs://databases
    googleCredentials: {gkeEnvironment: true}
  instanceSidecarConfiguration:
    logLevel: debug
    env: [{name: HTTPS_PROXY, value: "http://proxy"}]
    resources: {limits: {memory: 2Gi}}
`},
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: app
  maxConnections: 100
  monitoring: {type: None}
  backup:
    destinationPath: gs://databases
    serverName: shop-v2
    credentials: {googleCredentials: {gkeEnvironment: true}}
    compression: none
    sidecarEnv: [{name: HTTPS_PROXY, value: "http://proxy"}]
    sidecarResources: {limits: {memory: 2Gi}}
  overrides:
    objectStore:
      spec:
        retentionPolicy: null
        instanceSidecarConfiguration: {logLevel: debug}
`,
		},
		"roles, databases and poolers, as far as they can be said": {
			objects: []string{smallest + `  managed:
    roles:
    - {name: app, login: true, passwordSecret: {name: app-password}}
    - {name: reader, ensure: present, login: true, inRoles: [pg_read_all_data], passwordSecret: {name: reader-password}}
    - {name: batch, login: false, inherit: false, disablePassword: true}
    - {name: former, ensure: absent}
    services: {disabledDefaultServices: [ro]}
`, `
apiVersion: postgresql.cnpg.io/v1
kind: DatabaseRole
metadata: {name: web}
spec: {cluster: {name: shop}, name: web, login: true, databaseRoleReclaimPolicy: retain}
`, `
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: own}
spec: {cluster: {name: shop}, name: app, owner: app, extensions: [{name: vector}, {name: pg_trgm, ensure: present}]}
`, `
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: second}
spec: {cluster: {name: shop}, name: reports, owner: reader, databaseReclaimPolicy: delete}
`, `
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: latin}
spec: {cluster: {name: shop}, name: latin, owner: app, encoding: LATIN1}
`, `
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: {name: pool}
spec: {cluster: {name: shop}, type: rw, instances: 2, pgbouncer: {poolMode: transaction, authQuery: "SELECT 1", authQuerySecret: {name: q}}}
`, `
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: {name: elsewhere}
spec: {cluster: {name: other}, type: rw, pgbouncer: {poolMode: session}}
`},
			kept: 2,
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: app
  maxConnections: 100
  monitoring: {type: None}
  credentials: {existingSecret: {name: app-password}}
  services: {disabledDefaultServices: [ro]}
  extensions: [vector, pg_trgm]
  roles:
  - {name: reader, inRoles: [pg_read_all_data], credentials: {existingSecret: {name: reader-password}}}
  - {name: batch, inherit: false, disablePassword: true}
  - {name: web, login: true}
  databases:
  - {name: reports, owner: reader, databaseReclaimPolicy: delete}
  poolers:
  - {name: pool, type: rw, instances: 2, poolMode: transaction, pgbouncer: {authQuery: "SELECT 1", authQuerySecret: {name: q}}}
  overrides:
    cluster:
      spec:
        managed: {roles: [{name: former, ensure: absent}]}
`,
		},
		"a copy of a PostgreSQL elsewhere": {
			objects: []string{smallest + `  bootstrap:
    initdb:
      database: shop
      owner: shop
      import: {type: microservice, databases: [shop], schemaOnly: true, source: {externalCluster: old}}
  externalClusters:
  - name: old
    connectionParameters: {host: old.example.org, user: postgres}
    password: {name: old, key: password}
`},
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: shop
  maxConnections: 100
  monitoring: {type: None}
  import:
    type: microservice
    databases: [shop]
    schemaOnly: true
    source: {connectionParameters: {host: old.example.org, user: postgres}, password: {name: old, key: password}}
`,
		},
		"what cannot be said is an override": {
			objects: []string{smallest + `  bootstrap: {pg_basebackup: {source: elsewhere}}
  externalClusters: [{name: elsewhere, connectionParameters: {host: h}}]
  plugins: [{name: other.example.org}]
`},
			want: `
metadata: {name: shop}
spec:
  clusterName: shop
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  storage: {size: 1Gi}
  database: app
  maxConnections: 100
  monitoring: {type: None}
  overrides:
    cluster:
      spec:
        bootstrap: {initdb: null, pg_basebackup: {source: elsewhere}}
        externalClusters: [{name: elsewhere, connectionParameters: {host: h}}]
        plugins: [{name: other.example.org}]
`,
		},
	}
}
