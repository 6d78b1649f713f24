package property

import (
	"reflect"
)

// alternatives are fields of a type that exclude each other: of each set one is drawn, with those that mean something only beside it. An
// empty one is to say nothing.
var alternatives = map[string][][][]string{
	"Settings": {
		{{}, {"version"}, {"imageName"}, {"imageCatalogRef"}},
		{{}, {"maxSyncReplicas", "minSyncReplicas"}, {"postgresql"}},
		{{}, {"serviceAccountName"}, {"serviceAccountTemplate"}},
		{{}, {"import"}, {"replica", "externalClusters"}, {"restore", "lineage"}, {"lineage"}},
	},
	"Credentials":                    {{{"existingSecret"}, {"externalSecret"}, {"password"}}},
	"BackupCredentials":              {{{"existingSecret"}, {"inheritFromIAMRole"}, {"externalSecret"}, {"accessKeyId", "secretAccessKey"}, {"azureCredentials"}, {"googleCredentials"}}},
	"Backup":                         {{{"bucket", "path"}, {"destinationPath"}, {}}},
	"RestoreSource":                  {{{"bucket", "path"}, {"objectStore"}, {"destinationPath"}, {}, {"path"}}},
	"Restore":                        {{{}, {"from"}, {"fromLineage"}, {"volumeSnapshots"}}},
	"RestoreTarget":                  {{{"time"}, {"lsn"}, {"xid", "backupID"}, {"name", "backupID"}, {"immediate", "backupID"}, {"backupID"}}},
	"Role":                           {{{"credentials"}, {"disablePassword"}, {}}},
	"ReplicaClusterConfiguration":    {{{"primary", "self", "promotionToken"}, {"enabled"}}},
	"ExternalCluster":                {{{"connectionParameters"}, {"plugin"}, {"barmanObjectStore"}}},
	"BarmanObjectStoreConfiguration": {{{"s3Credentials"}, {"azureCredentials"}, {"googleCredentials"}}},
	"LDAPConfig":                     {{{"bindAsAuth"}, {"bindSearchAuth"}}},
	"CertManager":                    {{{"installed"}, {"helmRelease"}}},
	"EnvVar":                         {{{"value"}, {"valueFrom"}, {}}},
	"EnvVarSource":                   {{{"fieldRef"}, {"secretKeyRef"}, {"configMapKeyRef"}, {"resourceFieldRef"}, {"fileKeyRef"}}},
	"EnvFromSource":                  {{{"secretRef"}, {"configMapRef"}}},
	"NetworkPolicyPeer":              {{{"podSelector"}, {"namespaceSelector"}, {"ipBlock"}}},
	"Probe":                          {{{"exec"}, {"httpGet"}, {"tcpSocket"}, {"grpc"}}},
	"LifecycleHandler":               {{{"exec"}, {"httpGet"}, {"tcpSocket"}, {"sleep"}}},
	"StorageConfiguration":           {{{"size"}, {"size", "pvcTemplate"}}},
}

// usual are fields that are drawn more often, because much depends on them.
var usual = map[string][]string{
	"Settings": {"operatorVersion", "instances", "backup", "credentials", "resources", "postgresql", "poolers", "roles", "databases", "extensions",
		"monitoring", "network", "walStorage", "schemas", "init", "initdb", "superuser", "lineage", "clusterName", "deletionProtection"},
	"Backup":                {"credentials", "method", "schedule", "retention", "endpointURL", "compression"},
	"Restore":               {"to"},
	"PostgresConfiguration": {"parameters", "synchronous", "pg_hba"},
	"ResourceRequirements":  {"requests", "limits"},
	"Database":              {"owner", "extensions"},
	"Role":                  {"login", "inRoles"},
	"Pooler":                {"type", "name", "instances"},
	"Monitoring":            {"type", "dashboard", "alerts"},
	"Network":               {"allowFrom"},
	// What these need, their types call optional.
	"SecretKeySelector":        {"name"},
	"ConfigMapKeySelector":     {"name"},
	"SecretEnvSource":          {"name"},
	"ConfigMapEnvSource":       {"name"},
	"LocalObjectReference":     {"name"},
	"RelabelConfig":            {"targetLabel"},
	"ServiceTemplateSpec":      {"metadata"},
	"Metadata":                 {"name"},
	"PodCertificateProjection": {"keyType", "signerName"},
}

// scenes draw what the walk over the types would seldom get right, by path or by type.
var scenes map[string]func(d *drawer, t reflect.Type, path string) any

func init() {
	scenes = map[string]func(d *drawer, t reflect.Type, path string) any{
		"spec.resources":                       resources,
		"spec.postgresql.parameters":           parameters,
		"spec.overrides":                       overrides,
		"spec.import.databases":                importedDatabases,
		"ImportSource.connectionParameters":    connectionParameters,
		"ExternalCluster.connectionParameters": connectionParameters,
		"LabelSelectorRequirement":             labelSelectorRequirement,
		"Toleration":                           toleration,
		"spec.network.allowTo[].ports[]":       egressPort,
		"platform.network.allowTo[].ports[]":   egressPort,
		"platform.overrides":                   platformOverrides,
	}
}

// sizes of a container's memory, from the smallest that PostgreSQL runs in to the largest that people buy.
var sizes = []string{"1Gi", "2Gi", "4Gi", "256Mi", "512Mi", "8Gi", "16Gi", "32Gi", "64Gi", "128Gi", "256Gi"}

// resources of PostgreSQL, for what they do to its parameters.
func resources(d *drawer, t reflect.Type, path string) any {
	if d.rarely(2) {
		return d.object(t, path)
	}
	memory := pick(d, sizes)
	r := map[string]any{}
	switch d.index(4) {
	case 0:
		r["requests"] = map[string]any{"memory": memory}
	case 1:
		r["limits"] = map[string]any{"memory": memory}
	case 2:
		r["requests"] = map[string]any{"memory": memory, "cpu": pick(d, []string{"100m", "1", "2500m", "16"})}
		r["limits"] = map[string]any{"memory": memory}
	default:
		r["requests"] = map[string]any{"memory": "256Mi", "cpu": "1"}
		r["limits"] = map[string]any{"memory": memory, "cpu": int64(64), "hugepages-2Mi": memory}
	}
	return r
}

// settings are parameters with values that are right for every major version.
var settings = []struct {
	name   string
	values []string
}{
	{"shared_buffers", []string{"256MB", "1GB", "128MB", "32768", "64GB"}},
	{"work_mem", []string{"4MB", "64MB", "1GB"}},
	{"max_connections", []string{"100", "20", "500", "5000"}},
	{"maintenance_work_mem", []string{"64MB", "2GB"}},
	{"effective_cache_size", []string{"4GB", "524288"}},
	{"max_wal_size", []string{"1GB", "4GB", "512MB", "100GB"}},
	{"min_wal_size", []string{"80MB", "1GB", "256MB"}},
	{"wal_level", []string{"logical", "replica", "minimal"}},
	{"wal_log_hints", []string{"on", "off"}},
	{"max_wal_senders", []string{"10", "0"}},
	{"max_worker_processes", []string{"8", "32"}},
	{"max_parallel_workers", []string{"4", "64"}},
	{"random_page_cost", []string{"1.1", "4"}},
	{"log_min_duration_statement", []string{"1000", "1s", "-1"}},
	{"timezone", []string{"UTC", "Europe/Berlin"}},
	{"synchronous_commit", []string{"on", "remote_apply"}},
	{"hot_standby_feedback", []string{"on", "off"}},
	{"sync_replication_slots", []string{"on", "off"}},
	{"huge_pages", []string{"on", "try", "off"}},
	{"search_path", []string{`"$user", public`}},
	{"log_line_prefix", []string{"%m [%p] %q%u@%d ", "$x ${HOSTNAME} "}},
	{"auto_explain.log_min_duration", []string{"10s"}},
	{"pg_stat_statements.max", []string{"10000"}},
	{"pgaudit.log", []string{"all, -misc"}},
	{"pg_failover_slots.synchronize_slot_names", []string{"name_like:%"}},
	{"my.custom_setting", []string{"anything", ""}},
	{"statement_timeout", []string{"${STATEMENT_TIMEOUT}", "0", "5min"}},
}

func parameters(d *drawer, _ reflect.Type, _ string) any {
	chosen := map[string]any{}
	for range 1 + d.index(5) {
		setting := pick(d, settings)
		chosen[setting.name] = pick(d, setting.values)
	}
	return chosen
}

// overrides of each kind, by a patch that keeps the object right.
var overridePatches = map[string]map[string]any{
	"cluster":         {"spec": map[string]any{"description": "patched", "maxStopDelay": int64(60), "logLevel": nil}},
	"scheduledBackup": {"spec": map[string]any{"suspend": true}},
	"objectStore":     {"spec": map[string]any{"configuration": map[string]any{"tags": map[string]any{"team": "shop"}}}},
	"pooler":          {"spec": map[string]any{"deploymentStrategy": map[string]any{"type": "Recreate"}}},
	"database":        {"metadata": map[string]any{"labels": map[string]any{"team": "shop"}}},
	"databaseRole":    {"spec": map[string]any{"comment": "patched"}},
	"networkPolicy":   {"metadata": map[string]any{"annotations": map[string]any{"note": "costs $5"}}},
	"prometheusRule":  {"metadata": map[string]any{"labels": map[string]any{"release": "monitoring"}}},
	"serviceMonitor":  {"spec": map[string]any{"sampleLimit": int64(5000)}},
	"podMonitor":      {"spec": map[string]any{"sampleLimit": int64(5000)}},
	"service":         {"metadata": map[string]any{"labels": map[string]any{"team": "shop"}}},
	"secret":          {"metadata": map[string]any{"annotations": map[string]any{"note": "x"}}},
	"externalSecret":  {"spec": map[string]any{"refreshInterval": "5m"}},
	"job":             {"spec": map[string]any{"ttlSecondsAfterFinished": int64(600)}},
	"configMap":       {"metadata": map[string]any{"labels": map[string]any{"team": "shop"}}},
}

func overrides(d *drawer, _ reflect.Type, _ string) any {
	chosen := map[string]any{}
	for range 1 + d.index(3) {
		key := pick(d, overrideKeys)
		chosen[key] = overridePatches[key]
	}
	return chosen
}

// importedDatabases are one, as a rule.
func importedDatabases(d *drawer, _ reflect.Type, _ string) any {
	return pick(d, []any{[]any{"old"}, []any{"old", "older"}, []any{"*"}})
}

func connectionParameters(d *drawer, _ reflect.Type, _ string) any {
	parameters := map[string]any{"host": pick(d, []string{"old.example.com", "${OLD_HOST}", "10.0.0.9"})}
	for _, more := range [][2]string{{"user", "postgres"}, {"dbname", "old"}, {"sslmode", "verify-full"}, {"port", "5433"}} {
		if d.rarely(1) {
			parameters[more[0]] = more[1]
		}
	}
	return parameters
}

func labelSelectorRequirement(d *drawer, _ reflect.Type, _ string) any {
	requirement := map[string]any{"key": pick(d, words), "operator": pick(d, []string{"In", "NotIn", "Exists", "DoesNotExist"})}
	if operator := requirement["operator"]; operator == "In" || operator == "NotIn" {
		requirement["values"] = []any{pick(d, words)}
	}
	return requirement
}

func toleration(d *drawer, _ reflect.Type, _ string) any {
	switch d.index(4) {
	case 0:
		return map[string]any{"key": pick(d, words), "value": pick(d, words), "effect": "NoSchedule"}
	case 1:
		return map[string]any{"operator": "Exists"}
	case 2:
		return map[string]any{"key": pick(d, words), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": int64(60)}
	}
	return map[string]any{"key": pick(d, words), "operator": "Equal", "value": pick(d, words)}
}

// egressPort is one port, or a range.
func egressPort(d *drawer, _ reflect.Type, path string) any {
	port := map[string]any{"protocol": pick(d, []string{"TCP", "UDP", "SCTP"}), "port": pick(d, []any{int64(443), int64(5000), "http"})}
	if d.lit(path + ".endPort") {
		port["port"], port["endPort"] = int64(5000), int64(6000)
	}
	return port
}
