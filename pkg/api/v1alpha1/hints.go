package v1alpha1

import (
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// options are the hints and secrets of the fields.
func options() strict.Options {
	return strict.Options{Hint: hint, Secret: Secret}
}

// settingsPath is a field's path below the settings of any document.
func settingsPath(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "spec."), "defaults.")
}

// Secret tells whether the field at path holds a secret, which no message may show.
func Secret(path string) bool {
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "password", "accessKeyId", "secretAccessKey", "promotionToken", "connectionParameters[]":
		return true
	}
	return false
}

// hint is the remedy for a field that people know from CloudNativePG's Cluster or from elsewhere, but that a PostgresApp says
// differently.
func hint(path string) string {
	if path == "status" {
		return "a PostgresApp is read by the build alone and has no status"
	}
	switch settingsPath(path) {
	case "bootstrap", "bootstrap.initdb", "bootstrap.recovery":
		return "bootstrap follows from database, owner, initdb, import, lineage and restore"
	case "size", "storageSize":
		return "write storage: {size: ...}"
	case "storageClass", "storageClassName":
		return "write storage: {storageClass: ...}"
	case "storage.storageClassName", "walStorage.storageClassName":
		return `did you mean "storageClass"?`
	case "replicas":
		return `did you mean "instances"?`
	case "image":
		return `did you mean "imageName"?`
	case "postgresVersion", "postgresqlVersion", "pgVersion":
		return `did you mean "version"?`
	case "parameters":
		return "write postgresql: {parameters: ...}"
	case "pg_hba", "shared_preload_libraries", "synchronous":
		return "write it below postgresql"
	case "plugins":
		return "the Barman Cloud plugin follows from backup; other plugins go to overrides.cluster.spec.plugins"
	case "enableSuperuserAccess":
		return "write superuser: {enabled: true}"
	case "superuserSecret":
		return "write superuser: {secretName: ...}"
	case "managed":
		return "managed roles are roles, managed services are services"
	case "secret", "secretName", "existingSecret":
		return "write credentials: {existingSecret: {name: ...}}"
	case "externalSecret":
		return "write credentials: {externalSecret: ...}"
	case "password":
		return "write credentials: {password: ${VARIABLE}}"
	case "monitoring.enabled":
		return "monitoring is on unless type is None"
	case "monitoring.enablePodMonitor":
		return "write type: PodMonitor"
	case "monitoring.podMonitorMetricRelabelings":
		return `did you mean "metricRelabelings"?`
	case "monitoring.podMonitorRelabelings":
		return `did you mean "relabelings"?`
	case "backup.retentionPolicy":
		return `did you mean "retention"?`
	case "backup.barmanObjectStore":
		return "write its fields below backup, and method: barmanObjectStore if the in-tree method is meant"
	case "backup.s3Credentials", "backup.azureCredentials", "backup.googleCredentials":
		return "write it below backup.credentials"
	case "backup.serverName":
		return "the server name is the cluster's name and its lineage"
	case "tolerations", "nodeSelector", "nodeAffinity", "podAntiAffinityType", "topologyKey":
		return "write it below affinity"
	case "annotations", "labels":
		return "write it below metadata, or below inheritedMetadata for the pods"
	case "defaults.defaults", "defaults":
		return "defaults cannot be nested"
	case "extensions[].name":
		return "an extension is its name alone"
	}
	return ""
}
