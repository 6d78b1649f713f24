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
	return hints[settingsPath(path)]
}

// shape is how a field is written that people abbreviate.
func shape(path string) string { return shapes[settingsPath(path)] }

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

// hints are remedies by the path of what is unknown, below the settings.
var hints = map[string]string{
	"defaults":                               "remove it: defaults cannot be nested",
	"bootstrap":                              "remove it: bootstrap follows from database, owner, initdb, import, lineage and restore",
	"recovery":                               "to restore, raise lineage; restore makes it more precise",
	"restoreFrom":                            "to restore, raise lineage; restore makes it more precise",
	"pitr":                                   "to restore, raise lineage; restore makes it more precise",
	"initdb.database":                        "write it one level up, beside initdb",
	"initdb.owner":                           "write it one level up, beside initdb",
	"initdb.import":                          "write it one level up, beside initdb",
	"initdb.secret":                          "write credentials: {existingSecret: {name: ...}} beside initdb",
	"initdb.options":                         "write its options as fields of their own, such as encoding and dataChecksums",
	"size":                                   "write storage: {size: ...}",
	"storageSize":                            "write storage: {size: ...}",
	"storageClass":                           "write storage: {storageClass: ...}",
	"storageClassName":                       "write storage: {storageClass: ...}",
	"storage.storageClassName":               `did you mean "storageClass"?`,
	"storage.class":                          `did you mean "storageClass"?`,
	"storage.className":                      `did you mean "storageClass"?`,
	"walStorage.storageClassName":            `did you mean "storageClass"?`,
	"walStorage.class":                       `did you mean "storageClass"?`,
	"walStorage.className":                   `did you mean "storageClass"?`,
	"resources.memory":                       "write resources: {requests: {memory: ...}}",
	"resources.cpu":                          "write resources: {requests: {cpu: ...}}",
	"replicas":                               `did you mean "instances"?`,
	"poolers[].replicas":                     `did you mean "instances"?`,
	"image":                                  `did you mean "imageName"?`,
	"postgresVersion":                        `did you mean "version"?`,
	"postgresqlVersion":                      `did you mean "version"?`,
	"pgVersion":                              `did you mean "version"?`,
	"dbname":                                 `did you mean "database"?`,
	"databaseName":                           `did you mean "database"?`,
	"user":                                   `did you mean "owner"?`,
	"username":                               `did you mean "owner"?`,
	"users":                                  `did you mean "roles"?`,
	"parameters":                             "write postgresql: {parameters: ...}",
	"pg_hba":                                 "write it below postgresql",
	"pg_ident":                               "write it below postgresql",
	"shared_preload_libraries":               "write it below postgresql",
	"synchronous":                            "write it below postgresql",
	"ldap":                                   "write it below postgresql",
	"enableAlterSystem":                      "write it below postgresql",
	"plugins":                                "the Barman Cloud plugin follows from backup; other plugins go to overrides.cluster.spec.plugins",
	"enableSuperuserAccess":                  "write superuser: {enabled: true}",
	"superuserSecret":                        "write superuser: {enabled: true, secretName: ...}",
	"managed":                                "write roles and services",
	"secret":                                 "write credentials: {existingSecret: {name: ...}}",
	"secretName":                             "write credentials: {existingSecret: {name: ...}}",
	"existingSecret":                         "write credentials: {existingSecret: {name: ...}}",
	"externalSecret":                         "write credentials: {externalSecret: ...}",
	"password":                               "write credentials: {password: ${VARIABLE}}",
	"networkPolicy":                          "write network: {policy: true}",
	"networkPolicies":                        "write network: {policy: true}",
	"pgbouncer":                              "write poolers: [{type: rw}]",
	"poolers[].pgbouncer.poolMode":           "write it one level up, beside pgbouncer",
	"poolers[].pgbouncer.parameters":         "write it one level up, beside pgbouncer",
	"schedule":                               "write it below backup",
	"retention":                              "write it below backup",
	"bucket":                                 "write it below backup",
	"destinationPath":                        "write it below backup",
	"endpointURL":                            "write it below backup",
	"retentionPolicy":                        "write backup: {retention: ...}",
	"scheduledBackup":                        "write backup: {schedule: ...}",
	"scheduledBackups":                       "write backup: {schedule: ...}",
	"sql":                                    "write init: {sql: ...}",
	"name":                                   "write it below metadata",
	"namespace":                              "write it below metadata",
	"annotations":                            "write it below metadata, or below inheritedMetadata for the pods",
	"labels":                                 "write it below metadata, or below inheritedMetadata for the pods",
	"tolerations":                            "write it below affinity",
	"nodeSelector":                           "write it below affinity",
	"nodeAffinity":                           "write it below affinity",
	"podAntiAffinityType":                    "write it below affinity",
	"topologyKey":                            "write it below affinity",
	"backup.retentionPolicy":                 `did you mean "retention"?`,
	"backup.wal.retention":                   "remove it: base backups and the write-ahead log they need are kept as long as backup.retention says",
	"backup.wal.retentionPolicy":             "remove it: base backups and the write-ahead log they need are kept as long as backup.retention says",
	"backup.data.retention":                  "remove it: base backups and the write-ahead log they need are kept as long as backup.retention says",
	"backup.data.retentionPolicy":            "remove it: base backups and the write-ahead log they need are kept as long as backup.retention says",
	"backup.barmanObjectStore":               "write its fields below backup, and method: barmanObjectStore if the in-tree method is meant",
	"backup.s3Credentials":                   "write credentials: {existingSecret: {name: ...}}, with accessKeyIdKey and secretAccessKeyKey for the keys",
	"backup.azureCredentials":                "write it below backup.credentials",
	"backup.googleCredentials":               "write it below backup.credentials",
	"backup.existingSecret":                  "write it below backup.credentials",
	"backup.externalSecret":                  "write it below backup.credentials",
	"backup.accessKeyId":                     "write it below backup.credentials",
	"backup.secretAccessKey":                 "write it below backup.credentials",
	"backup.inheritFromIAMRole":              "write it below backup.credentials",
	"backup.cron":                            `did you mean "schedule"?`,
	"restore.time":                           "write it below restore.to",
	"restore.lsn":                            "write it below restore.to",
	"restore.xid":                            "write it below restore.to",
	"restore.name":                           "write it below restore.to",
	"restore.immediate":                      "write it below restore.to",
	"restore.backupID":                       "write it below restore.to",
	"restore.timeline":                       "write it below restore.to",
	"restore.targetTime":                     "write restore: {to: {time: ...}}",
	"restore.recoveryTarget":                 "write restore: {to: {time: ...}}",
	"restore.lineage":                        `did you mean "fromLineage"?`,
	"restore.to.targetTime":                  `did you mean "time"?`,
	"restore.to.targetLSN":                   `did you mean "lsn"?`,
	"restore.to.targetXID":                   `did you mean "xid"?`,
	"restore.to.targetName":                  `did you mean "name"?`,
	"restore.to.targetImmediate":             `did you mean "immediate"?`,
	"restore.to.targetTLI":                   `did you mean "timeline"?`,
	"monitoring.enabled":                     "remove it: monitoring is on unless type is None",
	"monitoring.enablePodMonitor":            "write type: PodMonitor",
	"monitoring.podMonitorEnabled":           "write type: PodMonitor",
	"monitoring.podMonitor":                  "write type: PodMonitor",
	"monitoring.serviceMonitor":              "write type: ServiceMonitor",
	"monitoring.podMonitorMetricRelabelings": `did you mean "metricRelabelings"?`,
	"monitoring.podMonitorRelabelings":       `did you mean "relabelings"?`,
	"monitoring.prometheusRule":              `did you mean "alerts"?`,
	"monitoring.grafanaDashboard":            "write dashboard: {enabled: true}",
	"monitoring.createGrafanaDashboard":      "write dashboard: {enabled: true}",
}

// shapes are the ways to write fields, by their path below the settings or, for what is not below them, from the root.
var shapes = map[string]string{
	"spec":                       "spec: {storage: {size: 10Gi}}",
	"metadata":                   "metadata: {name: ...}",
	"version":                    `version: "17", or "17.10" for a minor version`,
	"storage":                    "storage: {size: 10Gi}",
	"walStorage":                 "walStorage: {size: 10Gi}",
	"tablespaces[].storage":      "storage: {size: 10Gi}",
	"storage.size":               "a number with its unit, such as 10Gi",
	"walStorage.size":            "a number with its unit, such as 10Gi",
	"tablespaces[].storage.size": "a number with its unit, such as 10Gi",
	"monitoring.interval":        "a number with its unit, such as 30s",
	"monitoring.scrapeTimeout":   "a number with its unit, such as 30s",
	"credentials.externalSecret.refreshInterval": "a number with its unit, such as 30s",
	"backup.retention":                           "a number with its unit, such as 30d",
	"resources":                                  "{requests: {memory: 1Gi}}",
	"backup.sidecarResources":                    "{requests: {memory: 1Gi}}",
	"poolers[].resources":                        "{requests: {memory: 1Gi}}",
	"init.job.resources":                         "{requests: {memory: 1Gi}}",
	"postgresql.parameters":                      `each as name: "value"`,
	"poolers[].parameters":                       `each as name: "value"`,
	"cluster":                                    "cluster: {name: ...}",
	"credentials":                                "credentials: {existingSecret: {name: ...}}, or another of its ways",
	"roles[].credentials":                        "credentials: {existingSecret: {name: ...}}, or another of its ways",
	"credentials.existingSecret":                 "existingSecret: {name: ...}",
	"roles[].credentials.existingSecret":         "existingSecret: {name: ...}",
	"backup.credentials.existingSecret":          "existingSecret: {name: ...}",
	"databases":                                  "databases: [{name: ...}]",
	"databases[]":                                "databases: [{name: ...}]",
	"roles":                                      "roles: [{name: ...}]",
	"roles[]":                                    "roles: [{name: ...}]",
	"poolers":                                    "poolers: [{type: rw}]",
	"poolers[]":                                  "poolers: [{type: rw}]",
	"extensions":                                 "each extension by its name alone, as in extensions: [vector, pg_trgm]",
	"databases[].extensions":                     "each extension by its name alone, as in extensions: [vector, pg_trgm]",
	"extensions[]":                               "each extension by its name alone, as in extensions: [vector, pg_trgm]",
	"databases[].extensions[]":                   "each extension by its name alone, as in extensions: [vector, pg_trgm]",
	"schemas":                                    "schemas: [{name: ...}]",
	"schemas[]":                                  "schemas: [{name: ...}]",
	"databases[].schemas":                        "schemas: [{name: ...}]",
	"databases[].schemas[]":                      "schemas: [{name: ...}]",
	"backup":                                     "backup: {bucket: ...}, or backup: {enabled: false}",
	"restore":                                    "restore: {to: {time: ...}}",
	"restore.to":                                 "to: {time: ...}",
	"init":                                       "init: {sql: ...}",
	"superuser":                                  "superuser: {enabled: true}",
	"monitoring":                                 "monitoring: {type: ServiceMonitor}, PodMonitor or None",
	"monitoring.alerts":                          "alerts: {enabled: false}",
	"monitoring.dashboard":                       "dashboard: {enabled: true}",
	"network":                                    "network: {policy: true}",
	"overrides":                                  "overrides: {cluster: {spec: ...}}",
}
