package dashboard

import (
	"fmt"
	"strings"
)

// serial is the number that CloudNativePG puts behind a cluster's name in those of its instances and their volumes.
const serial = "-[1-9][0-9]*"

// instances selects the series of a metric that the chosen clusters' instances expose, whatever scrapes them: by the names of the pods.
func instances(metric string, matchers ...string) string {
	return selector(metric, append([]string{`namespace=~"$namespace"`, `pod=~"$cluster` + serial + `"`}, matchers...))
}

// volumes selects the series of one of the kubelet's metrics about the chosen clusters' volumes.
func volumes(metric string) string {
	return selector(metric, []string{`namespace=~"$namespace"`, `persistentvolumeclaim=~"$cluster` + serial + `(-wal|-tbs-.+)?"`})
}

func selector(metric string, matchers []string) string {
	return metric + "{" + strings.Join(matchers, ", ") + "}"
}

// by is an aggregation. Several scrapes of the same instance, by a PodMonitor and a ServiceMonitor, have the same maximum as one.
func by(operator, labels, expr string) string {
	return fmt.Sprintf("%s by (%s) (%s)", operator, labels, expr)
}

// rate is a counter's increase per second.
func rate(selector string) string { return "rate(" + selector + "[$__rate_interval])" }

// perCluster makes a row of each cluster: the highest value of its instances.
func perCluster(expr string) string { return by("max", "namespace, app", withApp(expr)) }

// withApp puts the cluster's name, which is the pods' without the serial, into the label app. The label cluster is customary for the
// Kubernetes cluster.
func withApp(expr string) string {
	return fmt.Sprintf(`label_replace(%s, "app", "$1", "pod", "(.+)%s")`, expr, serial)
}

// Base backups are told of by two metrics. The Barman Cloud plugin has its own; CloudNativePG's tell of the other methods and of all
// failures. 0 is for never.
const (
	pluginMetrics = "barman_cloud_cloudnative_pg_io_"
	inTreeMetrics = "cnpg_collector_"

	lastAvailable    = "last_available_backup_timestamp"
	lastFailed       = "last_failed_backup_timestamp"
	firstRecoverable = "first_recoverability_point"
)

// backupTime is the latest time of one of the events above for each cluster, without those that it never happened to. The label source
// keeps the two metrics of an instance apart, which have the same labels.
func backupTime(event string) string {
	both := instances(pluginMetrics+event) + fmt.Sprintf(` or label_replace(%s, "source", "in-tree", "", "")`, instances(inTreeMetrics+event))
	return perCluster(both) + " > 0"
}
