package cnpg

import (
	"fmt"
	"strings"
)

// Deprecated is something an object uses that the operator will drop.
type Deprecated struct {
	// Path is the field.
	Path string

	// Removal is the version that is announced to drop it, or zero when none is.
	Removal Version

	// Instead says what to do.
	Instead string
}

// String says until when, and what to do.
func (d Deprecated) String() string {
	if d.Removal == (Version{}) {
		return "is deprecated and will be removed from CloudNativePG: " + d.Instead
	}
	return fmt.Sprintf("is deprecated and will be removed in CloudNativePG %s: %s", d.Removal, d.Instead)
}

// deprecation is a field that is deprecated, in all versions here.
type deprecation struct {
	kinds, path, value string
	removal            Version
	instead            string
}

// deprecations are the warnings of the operator's admission (internal/webhook/v1, CloudNativePG 1.30.0) and the fields marked as deprecated in
// api/v1 and docs/src/replication.md. The removal of in-tree Barman Cloud was announced for 1.28 at first and put off three times
// (docs/src/release_notes/v1.26.md, v1.29.md and v1.30.md).
var deprecations = [...]deprecation{
	{
		kinds: "Cluster", path: "spec.backup.barmanObjectStore", removal: Version{1, 31},
		instead: "use the Barman Cloud plugin with an ObjectStore",
	},
	{
		kinds: "Cluster", path: "spec.externalClusters[].barmanObjectStore", removal: Version{1, 31},
		instead: "use the Barman Cloud plugin with an ObjectStore",
	},
	{
		kinds: "Cluster", path: "spec.backup.retentionPolicy", removal: Version{1, 31},
		instead: "set retentionPolicy of the ObjectStore",
	},
	{
		kinds: "ScheduledBackup Backup", path: "spec.method", value: "barmanObjectStore", removal: Version{1, 31},
		instead: "use method: plugin",
	},
	{
		kinds: "Cluster Pooler", path: "spec.monitoring.enablePodMonitor",
		instead: "leave it out and write a PodMonitor of your own",
	},
	{
		kinds: "Cluster Pooler", path: "spec.monitoring.podMonitorMetricRelabelings",
		instead: "write a PodMonitor of your own with metricRelabelings",
	},
	{
		kinds: "Cluster Pooler", path: "spec.monitoring.podMonitorRelabelings",
		instead: "write a PodMonitor of your own with relabelings",
	},
	{kinds: "Cluster", path: "spec.minSyncReplicas", instead: "use postgresql.synchronous"},
	{kinds: "Cluster", path: "spec.maxSyncReplicas", instead: "use postgresql.synchronous"},
	{kinds: "Cluster", path: "spec.bootstrap.initdb.options", instead: "use the fields for each option, such as encoding and dataChecksums"},
	{kinds: "Pooler", path: "spec.pgbouncer.authQuerySecret", instead: "leave it out, and the operator integrates the Pooler itself"},
}

// Deprecations returns what an object of a kind of the operator uses that is deprecated. A field that is false, zero or empty is not in use.
func Deprecations(kind string, object map[string]any) []Deprecated {
	var found []Deprecated
	for i := range deprecations {
		d := &deprecations[i]
		if !d.of(kind) {
			continue
		}
		for _, m := range find(object, d.path, d.value) {
			if inUse(m.value) {
				found = append(found, Deprecated{Path: m.path, Removal: d.removal, Instead: d.instead})
			}
		}
	}
	return found
}

func (d *deprecation) of(kind string) bool {
	for k := range strings.FieldsSeq(d.kinds) {
		if k == kind {
			return true
		}
	}
	return false
}

// inUse tells whether a value is more than what an absent field means.
func inUse(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case int64:
		return v != 0
	case float64:
		return v != 0
	}
	return true
}
