package expand_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// archive is a backup by the plugin, and where its base backups and its log are written.
const archive = `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup:
    bucket: backups
    endpointURL: https://s3.example.org
    credentials: {existingSecret: {name: s3}}
`

// written is the plugin's entry in a Cluster that writes to the folder.
func written(folder string) string {
	return `
plugins:
- name: barman-cloud.cloudnative-pg.io
  isWALArchiver: true
  parameters: {barmanObjectName: shop-postgres-backup, serverName: ` + folder + `}
`
}

// TestBootstrap looks at what a Cluster is created from, and what it refers to for that.
func TestBootstrap(t *testing.T) {
	tests := map[string]struct {
		spec string
		want string // bootstrap, externalClusters, replica, plugins and backup
	}{
		"an empty cluster": {
			spec: dedicated + `
  database: orders
  owner: clerk
  credentials: {existingSecret: {name: orders}}
  initdb:
    dataChecksums: false
    encoding: UTF8
    localeProvider: icu
    icuLocale: und-x-icu
    walSegmentSize: 32
    postInitSQL: [SELECT 1]
    postInitTemplateSQL: [SELECT 2]
    postInitApplicationSQL: [SELECT 3]
    postInitApplicationSQLRefs: {configMapRefs: [{name: first, key: a.sql}]}
  init:
    sql: SELECT 4
    configMapRef: {name: second, key: b.sql}
    secretRef: {name: third, key: c.sql}
`,
			want: `
bootstrap:
  initdb:
    database: orders
    owner: clerk
    secret: {name: orders}
    dataChecksums: false
    encoding: UTF8
    localeProvider: icu
    icuLocale: und-x-icu
    walSegmentSize: 32
    postInitSQL: [SELECT 1]
    postInitTemplateSQL: [SELECT 2]
    postInitApplicationSQL: [SELECT 3, SELECT 4]
    postInitApplicationSQLRefs:
      configMapRefs: [{name: first, key: a.sql}, {name: second, key: b.sql}]
      secretRefs: [{name: third, key: c.sql}]
`,
		},
		"a password that Flux substitutes": {
			spec: dedicated + "  credentials: {password: \"${SHOP_PASSWORD}\"}\n",
			want: "bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true, secret: {name: shop-postgres-app}}}\n",
		},
		"a copy of a PostgreSQL elsewhere": {
			spec: dedicated + `
  import:
    type: monolith
    databases: ["*"]
    roles: [web]
    schemaOnly: true
    source:
      connectionParameters: {host: old.example.org, user: postgres}
      password: {name: old, key: password}
      sslRootCert: {name: old, key: ca.crt}
    pgDumpExtraOptions: [--jobs=2]
    pgRestorePostdataOptions: [--exit-on-error]
`,
			want: `
bootstrap:
  initdb:
    database: shop
    owner: shop
    dataChecksums: true
    import:
      type: monolith
      source: {externalCluster: import}
      databases: ["*"]
      roles: [web]
      schemaOnly: true
      pgDumpExtraOptions: [--jobs=2]
      pgRestorePostdataOptions: [--exit-on-error]
externalClusters:
- name: import
  connectionParameters: {host: old.example.org, user: postgres}
  password: {name: old, key: password}
  sslRootCert: {name: old, key: ca.crt}
`,
		},
		"the first lineage": {
			spec: archive,
			want: "bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}" + written("shop-postgres"),
		},
		"the second lineage is made from the first": {
			spec: archive + "  lineage: 2\n  credentials: {existingSecret: {name: shop}}\n",
			want: `
bootstrap: {recovery: {source: lineage-1, database: shop, owner: shop, secret: {name: shop}}}
externalClusters:
- name: lineage-1
  plugin:
    name: barman-cloud.cloudnative-pg.io
    parameters: {barmanObjectName: shop-postgres-backup, serverName: shop-postgres}
` + written("shop-postgres-2"),
		},
		"the fifth from the third at a point in time": {
			spec: archive + `
  lineage: 5
  restore: {fromLineage: 3, to: {time: "2026-11-20T09:00:00+01:00"}}
  import: {type: monolith, databases: ["*"], source: {connectionParameters: {host: old.example.org}}}
`,
			want: `
bootstrap: {recovery: {source: lineage-3, database: shop, owner: shop, recoveryTarget: {targetTime: "2026-11-20T09:00:00+01:00"}}}
externalClusters:
- name: lineage-3
  plugin:
    name: barman-cloud.cloudnative-pg.io
    parameters: {barmanObjectName: shop-postgres-backup, serverName: shop-postgres-3}
` + written("shop-postgres-5"),
		},
		"lineages of an archive with a name of its own": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  lineage: 2
  backup: {bucket: backups, serverName: old-shop, credentials: {inheritFromIAMRole: true}}
`,
			want: `
bootstrap: {recovery: {source: lineage-1, database: shop, owner: shop}}
externalClusters:
- name: lineage-1
  plugin:
    name: barman-cloud.cloudnative-pg.io
    parameters: {barmanObjectName: shop-postgres-backup, serverName: old-shop}
` + written("old-shop-2"),
		},
		"from another app's archive in the same bucket": {
			spec: archive + "  restore: {from: {serverName: cart-postgres, path: cart, database: cart, owner: clerk}}\n",
			want: `
bootstrap: {recovery: {source: origin, database: cart, owner: clerk}}
externalClusters:
- name: origin
  plugin:
    name: barman-cloud.cloudnative-pg.io
    parameters: {barmanObjectName: shop-postgres-origin, serverName: cart-postgres}
` + written("shop-postgres"),
		},
		"from an ObjectStore that exists, to a transaction": {
			spec: archive + "  restore: {from: {serverName: cart-postgres, objectStore: cart}, to: {xid: \"4711\", backupID: 20261120T020000, exclusive: true}}\n",
			want: `
bootstrap:
  recovery:
    source: origin
    database: shop
    owner: shop
    recoveryTarget: {targetXID: "4711", backupID: 20261120T020000, exclusive: true}
externalClusters:
- name: origin
  plugin:
    name: barman-cloud.cloudnative-pg.io
    parameters: {barmanObjectName: cart, serverName: cart-postgres}
` + written("shop-postgres"),
		},
		"from snapshots": {
			spec: dedicated + `
  lineage: 2
  walStorage: {size: 2Gi}
  restore:
    volumeSnapshots:
      storage: {name: shop-1, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}
      walStorage: {name: shop-1-wal, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}
`,
			want: `
bootstrap:
  recovery:
    database: shop
    owner: shop
    volumeSnapshots:
      storage: {name: shop-1, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}
      walStorage: {name: shop-1-wal, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}
`,
		},
		"the operator's own Barman Cloud": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  lineage: 2
  backup:
    method: barmanObjectStore
    bucket: backups
    target: primary
    endpointURL: https://s3.example.org
    endpointCA: {name: s3-ca, key: ca.crt}
    credentials: {existingSecret: {name: s3, accessKeyIdKey: id, secretAccessKeyKey: key, regionKey: region, sessionTokenKey: token}}
    compression: zstd
    encryption: AES256
    wal: {maxParallel: 4}
    data: {jobs: 2}
    tags: {team: sales}
    historyTags: {team: history}
`,
			// Base backups know no zstd.
			want: `
bootstrap: {recovery: {source: lineage-1, database: shop, owner: shop}}
externalClusters:
- name: lineage-1
  barmanObjectStore:
    destinationPath: s3://backups/shop
    endpointURL: https://s3.example.org
    endpointCA: {name: s3-ca, key: ca.crt}
    serverName: shop-postgres
    s3Credentials:
      accessKeyId: {name: s3, key: id}
      secretAccessKey: {name: s3, key: key}
      region: {name: s3, key: region}
      sessionToken: {name: s3, key: token}
    wal: {compression: zstd, encryption: AES256, maxParallel: 4}
backup:
  retentionPolicy: 30d
  target: primary
  barmanObjectStore:
    destinationPath: s3://backups/shop
    endpointURL: https://s3.example.org
    endpointCA: {name: s3-ca, key: ca.crt}
    serverName: shop-postgres-2
    s3Credentials:
      accessKeyId: {name: s3, key: id}
      secretAccessKey: {name: s3, key: key}
      region: {name: s3, key: region}
      sessionToken: {name: s3, key: token}
    wal: {compression: zstd, encryption: AES256, maxParallel: 4}
    data: {compression: gzip, encryption: AES256, jobs: 2}
    tags: {team: sales}
    historyTags: {team: history}
`,
		},
		"snapshots, with the log in an archive": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup:
    method: volumeSnapshot
    volumeSnapshot: {className: csi, walClassName: csi-wal, online: false}
    bucket: backups
    credentials: {inheritFromIAMRole: true}
`,
			want: `
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
backup: {volumeSnapshot: {className: csi, walClassName: csi-wal, online: false}}
` + written("shop-postgres"),
		},
		"a replica that streams": {
			spec: dedicated + `
  replica: {enabled: true, source: primary}
  externalClusters: [{name: primary, connectionParameters: {host: elsewhere, user: streaming_replica}, sslKey: {name: r, key: tls.key}}]
`,
			want: `
bootstrap: {pg_basebackup: {source: primary, database: shop, owner: shop}}
replica: {enabled: true, source: primary}
externalClusters: [{name: primary, connectionParameters: {host: elsewhere, user: streaming_replica}, sslKey: {name: r, key: tls.key}}]
`,
		},
		"a replica that reads an archive": {
			spec: dedicated + `
  replica: {primary: berlin, source: berlin, self: paris}
  externalClusters:
  - {name: berlin, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: berlin, serverName: berlin}}}
  - {name: paris, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: paris, serverName: paris}}}
`,
			want: `
bootstrap: {recovery: {source: berlin, database: shop, owner: shop}}
replica: {primary: berlin, source: berlin, self: paris}
externalClusters:
- {name: berlin, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: berlin, serverName: berlin}}}
- {name: paris, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: paris, serverName: paris}}}
`,
		},
		"the primary that a topology begins with": {
			spec: dedicated + `
  initdb: {encoding: UTF8}
  replica: {primary: paris, source: berlin, self: paris}
  externalClusters:
  - {name: berlin, connectionParameters: {host: berlin}}
  - {name: paris, connectionParameters: {host: paris}}
`,
			want: `
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true, encoding: UTF8}}
replica: {primary: paris, source: berlin, self: paris}
externalClusters:
- {name: berlin, connectionParameters: {host: berlin}}
- {name: paris, connectionParameters: {host: paris}}
`,
		},
		"a replica that was a primary of a second lineage": {
			spec: archive + `
  lineage: 2
  replica: {primary: berlin, source: berlin, self: paris}
  externalClusters:
  - {name: berlin, connectionParameters: {host: berlin}}
  - {name: paris, connectionParameters: {host: paris}}
`,
			want: `
bootstrap: {pg_basebackup: {source: berlin, database: shop, owner: shop}}
replica: {primary: berlin, source: berlin, self: paris}
externalClusters:
- {name: berlin, connectionParameters: {host: berlin}}
- {name: paris, connectionParameters: {host: paris}}
` + written("shop-postgres-2"),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cluster, got := clusterOf(t, test.spec), fields{}
			for _, part := range []string{"bootstrap", "externalClusters", "replica", "plugins", "backup"} {
				if value, ok := cluster[part]; ok {
					got[part] = value
				}
			}
			assert.Equal(t, documents(t, test.want)[0], got)
		})
	}
}

// TestExtensions looks at what extensions need of the server: libraries, parameters and images. Which image that is, is not this
// package's.
func TestExtensions(t *testing.T) {
	postgresql := clusterOf(t, dedicated+`
  version: "18"
  extensions: [passwordcheck, postgis, timescaledb]
  postgresql:
    shared_preload_libraries: [auto_explain]
    parameters: {max_locks_per_transaction: "512"}
    extensions:
    - name: vchord
      image: {reference: "registry.example.org/vchord:1"}
      dynamic_library_path: [/usr/lib/postgresql/18/lib]
      extension_control_path: [/usr/share/postgresql/18/]
`, "max_locks_per_transaction", "timescaledb.telemetry_level")["postgresql"].(fields)
	for _, extension := range postgresql["extensions"].([]any) {
		image := extension.(fields)["image"].(fields)
		assert.NotEmpty(t, image["reference"])
		delete(extension.(fields), "image")
	}
	// The user's entries come first, and the user's number of locks is higher than what TimescaleDB asks for.
	assert.Equal(t, documents(t, `
parameters: {max_locks_per_transaction: "512", timescaledb.telemetry_level: "off"}
shared_preload_libraries: [auto_explain, passwordcheck, timescaledb]
extensions:
- name: vchord
  dynamic_library_path: [/usr/lib/postgresql/18/lib]
  extension_control_path: [/usr/share/postgresql/18/]
- name: postgis
  ld_library_path: [system]
  env: [{name: GDAL_DATA, value: "${image_root}/share/gdal"}, {name: PROJ_DATA, value: "${image_root}/share/proj"}]
- name: timescaledb-oss
`)[0], postgresql)
}
