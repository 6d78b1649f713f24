package v1alpha1

import (
	"reflect"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// options are the hints, shapes and secrets of the fields.
func options() strict.Options {
	return strict.Options{Hint: hint, Shape: shape, Secret: Secret}
}

// settingsPath is a field's path below the settings of any document.
func settingsPath(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "spec."), "defaults.")
}

// Secret tells whether the value at path may be or hold a secret, which no message may show. Keys and indices in path are written as [].
// Passwords are found in the blocks around their own fields too, where somebody wrote the one for the other, and in SQL.
func Secret(path string) bool {
	if strings.Contains(path, "connectionParameters[]") {
		return true
	}
	switch strings.TrimSuffix(path[strings.LastIndexByte(path, '.')+1:], "[]") {
	case "password", "credentials", "superuser", "accessKeyId", "secretAccessKey", "promotionToken", "connectionParameters", "value",
		"init", "sql", "postInitSQL", "postInitTemplateSQL", "postInitApplicationSQL", "postImportApplicationSQL", "overrides", "env", "args", "command":
		return true
	}
	return false
}

// hint is the remedy for a field that people know from CloudNativePG's Cluster or from elsewhere, but that a PostgresApp says
// differently.
func hint(path string) string {
	if !strings.Contains(path, ".") {
		return rootHint(path)
	}
	switch path := settingsPath(path); path {
	case "defaults":
		return "remove it: defaults cannot be nested"
	case "bootstrap":
		return "remove it: bootstrap follows from database, owner, initdb, import, lineage and restore"
	case "recovery", "restoreFrom", "pitr":
		return "to restore, raise lineage; restore makes it more precise"
	case "initdb.database", "initdb.owner", "initdb.import":
		return "write it one level up, beside initdb"
	case "initdb.secret":
		return "write credentials: {existingSecret: {name: ...}} beside initdb"
	case "initdb.options":
		return "write its options as fields of their own, such as encoding and dataChecksums"
	case "size", "storageSize":
		return "write storage: {size: ...}"
	case "storageClass", "storageClassName":
		return "write storage: {storageClass: ...}"
	case "storage.storageClassName", "storage.class", "storage.className", "walStorage.storageClassName", "walStorage.class", "walStorage.className":
		return `did you mean "storageClass"?`
	case "resources.memory", "resources.cpu":
		return "write resources: {requests: {" + strings.TrimPrefix(path, "resources.") + ": ...}}"
	case "replicas", "poolers[].replicas":
		return `did you mean "instances"?`
	case "image":
		return `did you mean "imageName"?`
	case "postgresVersion", "postgresqlVersion", "pgVersion":
		return `did you mean "version"?`
	case "dbname", "databaseName":
		return `did you mean "database"?`
	case "user", "username":
		return `did you mean "owner"?`
	case "users":
		return `did you mean "roles"?`
	case "parameters":
		return "write postgresql: {parameters: ...}"
	case "pg_hba", "pg_ident", "shared_preload_libraries", "synchronous", "ldap", "enableAlterSystem":
		return "write it below postgresql"
	case "plugins":
		return "the Barman Cloud plugin follows from backup; other plugins go to overrides.cluster.spec.plugins"
	case "enableSuperuserAccess":
		return "write superuser: {enabled: true}"
	case "superuserSecret":
		return "write superuser: {enabled: true, secretName: ...}"
	case "managed":
		return "write roles and services"
	case "secret", "secretName", "existingSecret":
		return "write credentials: {existingSecret: {name: ...}}"
	case "externalSecret":
		return "write credentials: {externalSecret: ...}"
	case "password":
		return "write credentials: {password: ${VARIABLE}}"
	case "networkPolicy", "networkPolicies":
		return "write network: {policy: true}"
	case "pgbouncer":
		return "write poolers: [{type: rw}]"
	case "poolers[].pgbouncer.poolMode", "poolers[].pgbouncer.parameters":
		return "write it one level up, beside pgbouncer"
	case "schedule", "retention", "bucket", "destinationPath", "endpointURL":
		return "write it below backup"
	case "retentionPolicy":
		return "write backup: {retention: ...}"
	case "scheduledBackup", "scheduledBackups":
		return "write backup: {schedule: ...}"
	case "sql":
		return "write init: {sql: ...}"
	case "name", "namespace":
		return "write it below metadata"
	case "annotations", "labels":
		return "write it below metadata, or below inheritedMetadata for the pods"
	case "tolerations", "nodeSelector", "nodeAffinity", "podAntiAffinityType", "topologyKey":
		return "write it below affinity"
	}
	if text := backupHint(settingsPath(path)); text != "" {
		return text
	}
	return monitoringHint(settingsPath(path))
}

// rootHint is the remedy for a field that stands beside apiVersion, kind, metadata and spec.
func rootHint(name string) string {
	if name == "status" {
		return "remove it: a PostgresApp is read by the build alone and has no status"
	}
	if isSetting(name) {
		return "indent it, so that it stands below spec"
	}
	return ""
}

// isSetting tells whether a name is that of a field of spec.
func isSetting(name string) bool {
	_, setting := jsontype.Of(reflect.TypeFor[PostgresAppSpec]()).Lookup(name)
	return setting
}

func backupHint(path string) string {
	switch path {
	case "backup.retentionPolicy":
		return `did you mean "retention"?`
	case "backup.wal.retention", "backup.wal.retentionPolicy", "backup.data.retention", "backup.data.retentionPolicy":
		return "remove it: base backups and the write-ahead log they need are kept as long as backup.retention says"
	case "backup.barmanObjectStore":
		return "write its fields below backup, and method: barmanObjectStore if the in-tree method is meant"
	case "backup.s3Credentials":
		return "write credentials: {existingSecret: {name: ...}}, with accessKeyIdKey and secretAccessKeyKey for the keys"
	case "backup.azureCredentials", "backup.googleCredentials", "backup.existingSecret", "backup.externalSecret", "backup.accessKeyId",
		"backup.secretAccessKey", "backup.inheritFromIAMRole":
		return "write it below backup.credentials"
	case "backup.cron":
		return `did you mean "schedule"?`
	case "restore.time", "restore.lsn", "restore.xid", "restore.name", "restore.immediate", "restore.backupID", "restore.timeline":
		return "write it below restore.to"
	case "restore.targetTime", "restore.recoveryTarget":
		return "write restore: {to: {time: ...}}"
	case "restore.lineage":
		return `did you mean "fromLineage"?`
	case "restore.to.targetTime", "restore.to.targetLSN", "restore.to.targetXID", "restore.to.targetName", "restore.to.targetImmediate":
		return `did you mean "` + strings.ToLower(strings.TrimPrefix(path, "restore.to.target")) + `"?`
	case "restore.to.targetTLI":
		return `did you mean "timeline"?`
	}
	return ""
}

func monitoringHint(path string) string {
	switch path {
	case "monitoring.enabled":
		return "remove it: monitoring is on unless type is None"
	case "monitoring.enablePodMonitor", "monitoring.podMonitorEnabled", "monitoring.podMonitor":
		return "write type: PodMonitor"
	case "monitoring.serviceMonitor":
		return "write type: ServiceMonitor"
	case "monitoring.podMonitorMetricRelabelings":
		return `did you mean "metricRelabelings"?`
	case "monitoring.podMonitorRelabelings":
		return `did you mean "relabelings"?`
	case "monitoring.prometheusRule":
		return `did you mean "alerts"?`
	case "monitoring.grafanaDashboard", "monitoring.createGrafanaDashboard":
		return "write dashboard: {enabled: true}"
	}
	return ""
}

// shape is how a field is written that people abbreviate.
func shape(path string) string {
	switch path = settingsPath(path); path {
	case "spec":
		return "spec: {storage: {size: 10Gi}}"
	case "metadata":
		return "metadata: {name: ...}"
	case "version":
		return `version: "17", or "17.10" for a minor version`
	case "storage", "walStorage":
		return path + ": {size: 10Gi}"
	case "tablespaces[].storage":
		return "storage: {size: 10Gi}"
	case "storage.size", "walStorage.size", "tablespaces[].storage.size":
		return "a number with its unit, such as 10Gi"
	case "monitoring.interval", "monitoring.scrapeTimeout", "credentials.externalSecret.refreshInterval":
		return "a number with its unit, such as 30s"
	case "backup.retention":
		return "a number with its unit, such as 30d"
	case "resources", "backup.sidecarResources", "poolers[].resources", "init.job.resources":
		return "{requests: {memory: 1Gi}}"
	case "postgresql.parameters", "poolers[].parameters":
		return `each as name: "value"`
	case "cluster":
		return "cluster: {name: ...}"
	case "credentials", "roles[].credentials":
		return "credentials: {existingSecret: {name: ...}}, or another of its ways"
	case "credentials.existingSecret", "roles[].credentials.existingSecret", "backup.credentials.existingSecret":
		return "existingSecret: {name: ...}"
	case "databases", "databases[]":
		return "databases: [{name: ...}]"
	case "roles", "roles[]":
		return "roles: [{name: ...}]"
	case "poolers", "poolers[]":
		return "poolers: [{type: rw}]"
	case "extensions", "databases[].extensions", "extensions[]", "databases[].extensions[]":
		return "each extension by its name alone, as in extensions: [vector, pg_trgm]"
	case "schemas", "schemas[]", "databases[].schemas", "databases[].schemas[]":
		return "schemas: [{name: ...}]"
	case "backup":
		return "backup: {bucket: ...}, or backup: {enabled: false}"
	case "restore":
		return "restore: {to: {time: ...}}"
	case "restore.to":
		return "to: {time: ...}"
	case "init":
		return "init: {sql: ...}"
	case "superuser":
		return "superuser: {enabled: true}"
	case "monitoring":
		return "monitoring: {type: ServiceMonitor}, PodMonitor or None"
	case "monitoring.alerts":
		return "alerts: {enabled: false}"
	case "monitoring.dashboard":
		return "dashboard: {enabled: true}"
	case "network":
		return "network: {policy: true}"
	case "overrides":
		return "overrides: {cluster: {spec: ...}}"
	}
	return ""
}
