package alert

import (
	"fmt"
	"strconv"
	"time"
)

// memory is how long a cluster that has vanished from the metrics is remembered by its namespace. It has to be longer than the time in
// which somebody reacts to a critical alert, and short enough for an app that was deleted on purpose to be forgotten by the
// rules of its namesakes elsewhere.
const memory = 6 * time.Hour

func (c cluster) availability() []rule {
	// cnpg_collector_fencing_on is there whenever the instance manager is scraped at all, be PostgreSQL up, starting or fenced. The others
	// are missing until PostgreSQL was up for the first time, and keep their last value while the instance is fenced.
	scraped := c.instances("cnpg_collector_fencing_on")
	serving := lines(
		"  "+perInstance(c.instances("cnpg_collector_up")+" == 1"),
		"  unless on (namespace, pod) "+perInstance(scraped+" == 1"),
	)
	rules := []rule{
		{
			// for: charts/cluster 0.8.1, CNPGClusterOffline.
			name: offline, severity: critical, wait: 5 * time.Minute,
			expr: lines(
				groupBy("namespace", scraped),
				"unless on (namespace) "+groupBy("namespace", "\n"+serving+"\n"),
			),
			summary: "no instance is up",
			description: "The instances of {{ $labels.namespace }}/" + c.Cluster + " answer to Prometheus, but PostgreSQL runs in none of them: " +
				"it is down or fenced. Applications cannot connect.",
		},
		{
			// for: charts/cluster 0.8.1, CNPGInstanceMetricsAbsent.
			name: metricsAbsent, severity: critical, wait: 10 * time.Minute,
			expr:    c.vanished(scraped, scraped),
			summary: "no metrics",
			description: "Prometheus gets no metrics from " + c.Cluster + "{{ with $labels.namespace }} in {{ . }}{{ end }}: either no instance runs, " +
				"or its monitor selects nothing or is blocked. No other alert about this cluster works until it does.",
		},
		{
			name: instanceFenced, severity: warning, wait: 10 * time.Minute,
			expr:    perInstance(scraped) + " == 1",
			summary: "an instance is fenced",
			description: "{{ $labels.namespace }}/{{ $labels.pod }} is fenced: PostgreSQL is kept stopped there, and will be until the fence is lifted by hand. " +
				"If it is the primary, the database is down.",
		},
		{
			// A counter, since cnpg_collector_last_collection_error is read before the plugins' metrics are collected.
			name: collectionErrors, severity: warning, wait: 15 * time.Minute,
			expr:        maxBy("namespace, pod, collector", "increase("+c.instances("cnpg_collector_collection_errors_total")+"[5m])") + " > 0",
			summary:     "metrics cannot be collected",
			description: "{{ $labels.namespace }}/{{ $labels.pod }} keeps failing to collect {{ $labels.collector }}. Alerts that read these metrics are blind.",
		},
	}
	if c.Instances == 1 {
		return rules
	}
	return append(rules,
		rule{
			name: instanceDown, severity: warning, wait: 10 * time.Minute,
			expr: lines(
				"count by (namespace) (",
				serving,
				") < "+strconv.Itoa(c.Instances),
			),
			summary: "an instance is missing",
			description: fmt.Sprintf("Only {{ $value }} of the %d instances of {{ $labels.namespace }}/%s serve. The cluster works, with less redundancy than it should have.",
				c.Instances, c.Cluster),
		},
		rule{
			// nodes_used is -1 while it is not known. for: longer than the chart's 5 minutes, since draining a node puts
			// instances together for a while.
			name: instancesOnSameNode, severity: warning, wait: 15 * time.Minute,
			expr: lines(
				perCluster(c.instances("cnpg_collector_nodes_used"))+" == 1",
				"and on (namespace) count by (namespace) ("+perInstance(c.instances("cnpg_collector_up")+" == 1")+") > 1",
			),
			summary:     "all instances are on one node",
			description: "All instances of {{ $labels.namespace }}/" + c.Cluster + " run on the same node. If it fails, the database is down and there is no standby to fail over to.",
		},
	)
}

// vanished finds that none of the selected series is left for which the expression there holds. Its result carries the namespace as long
// as the series are remembered, and no label where none has been seen for that long.
func (c cluster) vanished(selector, there string) string {
	window := "[" + formatDuration(memory) + "]"
	return lines(
		groupBy("namespace", "last_over_time("+selector+window+")"),
		"unless on (namespace) "+groupBy("namespace", there),
		"or absent_over_time("+selector+window+")",
	)
}
