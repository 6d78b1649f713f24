package alert

import (
	"fmt"
	"strings"
)

// cluster writes the expressions about one Subject.
type cluster struct{ Subject }

// serial is the number that CloudNativePG puts behind a cluster's name: it counts from 1.
const serial = "-[1-9][0-9]*"

// instancePattern matches the names of the cluster's instances, which are the names of their pods, of their main volumes and, as
// application_name, of their connections to the primary.
func (c cluster) instancePattern() string { return c.Cluster + serial }

// instances selects the series of a metric that the cluster's instances expose.
func (c cluster) instances(metric string, matchers ...string) string {
	return c.selector(metric, "pod", c.instancePattern(), matchers)
}

// volumes selects the series of one of the kubelet's metrics about the cluster's volumes.
func (c cluster) volumes(metric string) string {
	return c.selector(metric, "persistentvolumeclaim", c.instancePattern()+"(-wal|-tbs-.+)?", nil)
}

// poolerPods selects the series of a metric that a Pooler's pods expose. A Pooler becomes a Deployment of the same name, whose pods'
// names end in the hash of the ReplicaSet and five random characters, both without dashes.
func (c cluster) poolerPods(pooler, metric string) string {
	return c.selector(metric, "pod", pooler+"-[a-z0-9]+-[a-z0-9]{5}", nil)
}

func (c cluster) selector(metric, label, pattern string, matchers []string) string {
	var all []string
	if c.Namespace != "" {
		all = append(all, fmt.Sprintf("namespace=%q", c.Namespace))
	}
	all = append(all, fmt.Sprintf("%s=~%q", label, pattern))
	return metric + "{" + strings.Join(append(all, matchers...), ", ") + "}"
}

// The aggregations reduce an expression to the labels that an alert needs. The maximum of one series is that series, and the maximum
// of two scrapes of the same instance is the worse.

func perCluster(expr string) string { return maxBy("namespace", expr) }

func perInstance(expr string) string { return maxBy("namespace, pod", expr) }

func maxBy(labels, expr string) string { return fmt.Sprintf("max by (%s) (%s)", labels, expr) }

func groupBy(labels, expr string) string { return fmt.Sprintf("group by (%s) (%s)", labels, expr) }

// lines joins the parts of an expression that is easier to read on several lines.
func lines(parts ...string) string { return strings.Join(parts, "\n") }
