package cnpg

import (
	"maps"
	"slices"
)

// operatorSettings are the names of the operator's own configuration, with the version that they came with: the env tags in
// internal/configuration/configuration.go of CloudNativePG 1.27.1, 1.28.1, 1.29.1 and 1.30.0. Those that the Helm chart or the operator's
// pod sets are not among them: OPERATOR_NAMESPACE, OPERATOR_IMAGE_NAME, MONITORING_QUERIES_CONFIGMAP, WEBHOOK_CERT_DIR, METRICS_CERT_DIR and
// PLUGIN_SOCKET_DIR.
var operatorSettings = map[string]Version{
	"CERTIFICATE_DURATION":                    V1_27,
	"CLUSTERS_ROLLOUT_DELAY":                  V1_27,
	"CREATE_ANY_SERVICE":                      V1_27,
	"DRAIN_TAINTS":                            V1_27,
	"ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES": V1_27,
	"ENABLE_WEBHOOK_NAMESPACE_SUFFIX":         V1_30,
	"EXPIRING_CHECK_THRESHOLD":                V1_27,
	"INCLUDE_PLUGINS":                         V1_27,
	"INHERITED_ANNOTATIONS":                   V1_27,
	"INHERITED_LABELS":                        V1_27,
	"INSTANCES_ROLLOUT_DELAY":                 V1_27,
	"KUBERNETES_CLUSTER_DOMAIN":               V1_27,
	"MANAGE_WEBHOOK_CONFIGURATIONS":           V1_30,
	"MONITORING_QUERIES_SECRET":               V1_27,
	"PGBOUNCER_IMAGE_NAME":                    V1_28,
	"POSTGRES_IMAGE_NAME":                     V1_27,
	"PULL_SECRET_NAME":                        V1_27,
	"STANDBY_TCP_USER_TIMEOUT":                V1_27,
	"WATCH_NAMESPACE":                         V1_27,
}

// OperatorSettings are the names of the operator's own configuration, sorted.
func OperatorSettings() []string { return slices.Sorted(maps.Keys(operatorSettings)) }

// OperatorSettingSince tells the version that a setting came with. It is false for what is no setting.
func OperatorSettingSince(name string) (Version, bool) {
	since, ok := operatorSettings[name]
	return since, ok
}
