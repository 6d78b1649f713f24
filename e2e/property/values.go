package property

import (
	"encoding/base64"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/alert"
)

// values say what is typical of a field, found by its path, by its type and name, or by its type alone, in this order. {key} stands
// for the keys of a map. They are not the product's rules: some are refused beside others.
var values = map[string]func(*drawer) any{
	// versions and images
	"spec.version":         among("17", "18", "16", "15", "14", "17.5", "16.9"),
	"spec.operatorVersion": among("1.30", "1.29", "1.28", "1.27", "1.30.0"),
	"spec.imageName": among("ghcr.io/cloudnative-pg/postgresql:17.5-standard-trixie", "ghcr.io/cloudnative-pg/postgresql:18.1-minimal-bookworm",
		"ghcr.io/cloudnative-pg/postgresql:16.4", "registry.example.com:5000/db/postgresql:15.8-3", "${POSTGRES_IMAGE}",
		"ghcr.io/cloudnative-pg/postgresql:17-system-trixie@sha256:"+strings.Repeat("a1", 32), "ghcr.io/cloudnative-pg/postgis:17-3.5-system-trixie"),
	"ImageCatalogRef.kind":        among("ClusterImageCatalog", "ImageCatalog"),
	"ImageCatalogRef.apiGroup":    among("postgresql.cnpg.io"),
	"ImageCatalogRef.major":       among(17, 18, 16, 15, 14),
	"Container.image":             among("registry.example.com/tool:1.2", "busybox", "${TOOL_IMAGE}"),
	"InitJob.image":               among("registry.example.com/migrate:1.2", "migrate/migrate@sha256:"+strings.Repeat("0f", 32), "${MIGRATE_IMAGE}"),
	"EphemeralContainer.image":    among("busybox"),
	"ImageVolumeSource.reference": among("ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie", "registry.example.com/ext:1"),

	// the app
	"spec.clusterName":                          among("shop-db", "pg", "a-cluster-of-a-name-of-exactly-fifty-characters-ok"),
	"spec.instances":                            among(1, 2, 3, 5, 7),
	"spec.database":                             among("shop", "shop_1", "Orders", "select", "naïve"),
	"spec.owner":                                among("shop", "shop-owner", "Admin", "user"),
	"spec.databaseReclaimPolicy":                among("retain", "delete"),
	"spec.workload":                             among("mixed", "web", "oltp", "dw", "desktop"),
	"spec.maxConnections":                       among(100, 20, 50, 400, 1000),
	"spec.lineage":                              among(2, 1, 3, 12),
	"spec.restore.fromLineage":                  among(1, 2, 11),
	"spec.extensions[]":                         extensions,
	"spec.databases[].extensions[]":             extensions,
	"ClusterReference.name":                     among("postgres", "shared-db", "${SHARED_CLUSTER}"),
	"ClusterReference.namespace":                among("database", "monitoring"),
	"Database.name":                             among("visibility", "reports", "Reports", "report-s", "${DATABASE}"),
	"Database.owner":                            among("shop", "readonly", "migrator"),
	"Database.databaseReclaimPolicy":            among("retain", "delete"),
	"SchemaSpec.name":                           among("app", "audit", "public", "S 1"),
	"SchemaSpec.ensure":                         among("present", "absent"),
	"Role.name":                                 among("readonly", "migrator", "Reader", "read-er", "r2"),
	"Role.inRoles[]":                            among("pg_read_all_data", "pg_monitor", "readonly"),
	"Role.connectionLimit":                      among(-1, 0, 5, 100),
	"Role.comment":                              among("reads everything", "it's \"quoted\"", "costs $5", "two\nlines"),
	"Role.database":                             among("reports", "visibility"),
	"Credentials.password":                      secret,
	"SecretReference.name":                      among("shop-db", "shop.example.com-db", "${DB_SECRET}"),
	"SecretStoreReference.name":                 among("vault", "aws.parameter-store"),
	"SecretStoreReference.kind":                 among("ClusterSecretStore", "SecretStore"),
	"RemoteReference.key":                       among("databases/shop", "kv/data/shop:db"),
	"RemoteReference.version":                   among("3", "v1", "1e3"),
	"ExternalSecretSource.refreshInterval":      among("1h", "30m", "1h30m", "0"),
	"ObjectStoreExternalSecret.refreshInterval": among("2h", "45m"),

	// first start
	"InitDB.encoding":                                  among("UTF8", "SQL_ASCII"),
	"InitDB.locale":                                    among("C", "en_US.UTF-8"),
	"InitDB.localeProvider":                            among("libc", "icu", "builtin"),
	"InitDB.icuLocale":                                 among("en-US"),
	"InitDB.icuRules":                                  among("&V << w <<< W"),
	"InitDB.builtinLocale":                             among("C.UTF-8"),
	"InitDB.walSegmentSize":                            among(16, 1, 64, 1024),
	"InitDB.postInitSQL[]":                             sql,
	"InitDB.postInitTemplateSQL[]":                     sql,
	"InitDB.postInitApplicationSQL[]":                  sql,
	"Init.sql":                                         sql,
	"Import.type":                                      among("microservice", "monolith"),
	"Import.roles[]":                                   among("app", "admin", "*"),
	"Import.postImportApplicationSQL[]":                sql,
	"ExternalCluster.name":                             among("dc-east", "dc-west", "shop-db"),
	"ReplicaClusterConfiguration.source":               among("dc-east", "dc-west"),
	"ReplicaClusterConfiguration.primary":              among("dc-east", "dc-west", "shop-db"),
	"ReplicaClusterConfiguration.self":                 among("shop-db", "dc-west"),
	"ReplicaClusterConfiguration.promotionToken":       among(promotionToken),
	"TypedLocalObjectReference.kind":                   among("VolumeSnapshot", "PersistentVolumeClaim"),
	"spec.restore.volumeSnapshots.storage.apiGroup":    among("snapshot.storage.k8s.io"),
	"spec.restore.volumeSnapshots.walStorage.apiGroup": among("snapshot.storage.k8s.io"),

	// backup
	"Backup.bucket":          among("backups", "a.bucket-with.dots", "${BACKUP_BUCKET}"),
	"Backup.path":            among("shop", "/prod/shop/", "prod/${ENVIRONMENT}"),
	"Backup.destinationPath": among("s3://backups/shop", "gs://backups/shop", "https://shop.blob.core.windows.net/backups", "${BACKUP_DESTINATION}"),
	"Backup.serverName":      among("shop-db", "old", "2024"),
	"Backup.endpointURL":     among("https://s3.example.com", "http://minio.minio.svc:9000", "${S3_ENDPOINT}"),
	"Backup.schedule": among("0 2 * * *", "30 0 3 * * *", "@daily", "0 */6 * * *", "15 4 * * 0", "@weekly", "@every 36h", "0 3 1,15 * *", "*/10 * * * *",
		"0 2 * * 1-5", "0 0 2 * * 6"),
	"Backup.retention":                                     among("30d", "4w", "12m", "1d"),
	"Backup.method":                                        among("plugin", "barmanObjectStore", "volumeSnapshot"),
	"Backup.target":                                        among("prefer-standby", "primary"),
	"Backup.compression":                                   among("gzip", "bzip2", "lz4", "snappy", "xz", "zstd", "none"),
	"Backup.encryption":                                    among("AES256", "aws:kms"),
	"WalBackupConfiguration.compression":                   among("gzip", "bzip2", "lz4", "snappy", "xz", "zstd"),
	"WalBackupConfiguration.encryption":                    among("AES256", "aws:kms"),
	"WalBackupConfiguration.maxParallel":                   among(1, 4, 8),
	"DataBackupConfiguration.compression":                  among("gzip", "bzip2", "lz4", "snappy"),
	"DataBackupConfiguration.encryption":                   among("AES256", "aws:kms"),
	"DataBackupConfiguration.jobs":                         among(1, 2, 8),
	"VolumeSnapshotConfiguration.snapshotOwnerReference":   among("none", "cluster", "backup"),
	"VolumeSnapshotConfiguration.tablespaceClassName{key}": among("archive", "fast"),
	"BackupCredentials.accessKeyId":                        secret,
	"BackupCredentials.secretAccessKey":                    secret,
	"ObjectStoreSecret.accessKeyIdKey":                     among("ACCESS_KEY_ID", "access-key"),
	"RestoreSource.serverName":                             among("other-db", "other-db-2"),
	"RestoreSource.bucket":                                 among("backups", "old-backups", "${OLD_BUCKET}"),
	"RestoreSource.path":                                   among("other", "prod/other/"),
	"RestoreSource.destinationPath":                        among("s3://old/other", "gs://old/other", "https://old.blob.core.windows.net/other"),
	"RestoreSource.endpointURL":                            among("https://s3.example.com", "http://old-minio:9000"),
	"RestoreSource.database":                               among("other", "shop"),
	"RestoreSource.owner":                                  among("other", "shop"),
	"RestoreTarget.time":                                   among("2026-11-20T08:00:00Z", "2026-11-20 08:00:00+01", "2026-11-20 08:00:00.123456+00:00", "2026-11-20T08:00:00"),
	"RestoreTarget.lsn":                                    among("0/3000060", "16/B374D848"),
	"RestoreTarget.xid":                                    among("1234", "4294967295", "0"),
	"RestoreTarget.name":                                   among("before-migration", "v1.2 release"),
	"RestoreTarget.backupID":                               among("20261120T020000"),
	"RestoreTarget.timeline":                               among("latest", "3", "1"),
	"BarmanObjectStoreConfiguration.destinationPath":       among("s3://other/dc-east"),
	"BarmanObjectStoreConfiguration.endpointURL":           among("https://s3.example.com"),
	"PluginConfiguration.name":                             among("barman-cloud.cloudnative-pg.io"),
	"PluginConfiguration.parameters{key}":                  among("barmanObjectName", "serverName"),

	// PostgreSQL
	"PostgresConfiguration.pg_hba[]": among("hostssl app all 10.0.0.0/8 scram-sha-256", "host all readonly all md5", "local all all peer",
		"hostssl all all ${podselector:alpha} scram-sha-256", "hostnossl all all 0.0.0.0/0 reject", "host shop shop samenet scram-sha-256"),
	"PgBouncer.pg_hba[]":                                         among("hostssl all all 10.0.0.0/8 scram-sha-256", "host all all 0.0.0.0/0 md5"),
	"PostgresConfiguration.pg_ident[]":                           among("ssl /^(.*)@example\\.com$ \\1", "users alice shop"),
	"PostgresConfiguration.shared_preload_libraries[]":           among("pg_stat_statements", "auto_explain", "pg_cron", "timescaledb"),
	"SynchronousReplicaConfiguration.method":                     among("any", "first"),
	"SynchronousReplicaConfiguration.number":                     among(1, 2, 3),
	"SynchronousReplicaConfiguration.maxStandbyNamesFromCluster": among(1, 2),
	"SynchronousReplicaConfiguration.dataDurability":             among("required", "preferred"),
	"LDAPConfig.scheme":                                          among("ldap", "ldaps"),
	"LDAPConfig.server":                                          among("ldap.example.com"),
	"ExtensionConfiguration.name":                                among("pgvector", "postgis", "my_ext", "my-ext"),
	"ExtensionConfiguration.extension_control_path[]":            among("share", "/share/extension", "a"),
	"ExtensionConfiguration.dynamic_library_path[]":              among("lib", "lib64"),
	"ExtensionConfiguration.ld_library_path[]":                   among("system", "lib"),
	"ExtensionConfiguration.bin_path[]":                          among("bin", "sbin"),
	"ExtensionEnvVar.name":                                       among("GDAL_DATA", "PROJ_DATA"),
	"ExtensionEnvVar.value":                                      among("${image_root}/share/gdal", "on"),
	"TablespaceConfiguration.name":                               among("archive", "fast", "fast_2"),
	"DatabaseRoleRef.name":                                       among("shop", "readonly"),
	"ReplicationSlotsHAConfiguration.slotPrefix":                 among("_cnpg_", "ha_"),
	"ReplicationSlotsConfiguration.updateInterval":               among(30, 1),
	"SynchronizeReplicasConfiguration.excludePatterns[]":         among("^debezium", "tmp$", "a{2}"),
	"PodSelectorRef.name":                                        among("alpha", "batch-jobs"),
	"spec.primaryUpdateStrategy":                                 among("unsupervised", "supervised"),
	"spec.primaryUpdateMethod":                                   among("restart", "switchover"),
	"spec.minSyncReplicas":                                       among(1, 0, 2),
	"spec.maxSyncReplicas":                                       among(1, 2),
	"spec.logLevel":                                              among("info", "error", "warning", "debug", "trace"),
	"PrimaryLeaseConfiguration.leaseDurationSeconds":             among(15, 30),
	"PrimaryLeaseConfiguration.renewDeadlineSeconds":             among(10, 20),
	"PrimaryLeaseConfiguration.retryPeriodSeconds":               among(2, 5),
	"AffinityConfiguration.podAntiAffinityType":                  among("preferred", "required"),
	"ServiceSelectorType":                                        among("ro", "r", "rw"),
	"ServiceUpdateStrategy":                                      among("patch", "replace"),
	"ProbeStrategyType":                                          among("pg_isready", "streaming", "query"),
	"PoolerType":                                                 among("rw", "ro", "r"),
	"PgBouncerPoolMode":                                          among("session", "transaction"),
	"Pooler.name":                                                among("shop-pool", "pool-2", "pool-3"),
	"Pooler.instances":                                           among(1, 2, 3),
	"PgBouncer.authQuery":                                        among("SELECT usename, passwd FROM public.user_search($1)"),
	"Pooler.parameters{key}":                                     among("max_client_conn", "default_pool_size", "server_idle_timeout", "client_tls_ciphers", "auth_type", "verbose"),
	"Pooler.parameters{}":                                        among("10", "100", "scram-sha-256", "${POOL_SIZE}"),

	// monitoring and network
	"Monitoring.type":              among("ServiceMonitor", "PodMonitor", "None"),
	"Monitoring.interval":          among("30s", "1m", "1m30s", "15s", "2h"),
	"Monitoring.scrapeTimeout":     among("10s", "5s", "500ms"),
	"Alerts.exclude[]":             func(d *drawer) any { return pick(d, alert.Names()) },
	"Alerts.labels{key}":           among("severity_team", "team", "a.b/c"),
	"Dashboard.namespace":          among("monitoring", "database"),
	"RelabelConfig.action":         among("replace", "drop", "keep", "labeldrop", "hashmod", "Lowercase"),
	"RelabelConfig.sourceLabels[]": among("pod", "__name__"),
	"RelabelConfig.regex":          among("cnpg_.*", "(.+)"),
	"IPBlock.cidr":                 among("10.0.0.0/8", "192.168.1.7/32", "2001:db8::/32", "0.0.0.0/0"),
	"IPBlock.except[]":             among("10.1.0.0/16", "10.2.3.0/24"),
	"NetworkPolicyPort.endPort":    among(6000, 65535),
	"Network.prometheusNamespace":  among("monitoring"),
	"Network.operatorNamespace":    among("cnpg-system", "${OPERATOR_NAMESPACE}"),
}

// promotionToken is what a demoted primary hands to the replica that is to be promoted (PgControldataTokenContent in pkg/utils/parser.go,
// CloudNativePG 1.30.0): base64 of some of pg_controldata.
var promotionToken = base64.StdEncoding.EncodeToString([]byte(`{"latestCheckpointTimelineID":"2","redoWalFile":"000000020000000000000007",` +
	`"databaseSystemIdentifier":"7400000000000000001","latestCheckpointREDOLocation":"0/7000028",` +
	`"timeOfLatestCheckpoint":"Fri 20 Nov 2026 08:00:00 AM UTC","operatorVersion":"1.30.0"}`))

// among draws one of some values. Whole numbers are as documents have them.
func among[T any](list ...T) func(*drawer) any {
	return func(d *drawer) any {
		value := any(pick(d, list))
		if number, whole := value.(int); whole {
			return int64(number)
		}
		return value
	}
}

// secret is a password or key: as a rule a placeholder, at times a literal.
var secret = among("${SECRET_VALUE}", "${DB_PASSWORD:=changeme}", "literal-s3cret", "p@ss:w/rd \\ 'quoted\"", "12345678", "${A}-${B}")

var sql = among("CREATE EXTENSION IF NOT EXISTS pg_trgm;", "DO $$ BEGIN PERFORM 1; END $$;", "SELECT '${SCHEMA}';", "-- nothing\nSELECT 1;\n",
	"CREATE FUNCTION f() RETURNS int AS $body$ SELECT 1 $body$ LANGUAGE sql;")

var extensions = among("vector", "pg_trgm", "pg_stat_statements", "postgis", "pgaudit", "uuid-ossp", "pg_cron", "hstore", "timescaledb", "citext", "earthdistance")
