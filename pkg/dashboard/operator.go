package dashboard

import "fmt"

// webhook is an admission webhook of CloudNativePG, by which its operator is told from others.
const webhook = "/mutate-postgresql-cnpg-io-v1-cluster"

// Operator is the dashboard of CloudNativePG's operator.
func Operator() Dashboard {
	variables := []Variable{
		choice("namespace", "Operator's namespace", fmt.Sprintf(`label_values(controller_runtime_webhook_requests_total{webhook=%q}, namespace)`, webhook), ""),
	}
	here := func(metric string, matchers ...string) string {
		return selector(metric, append([]string{`namespace="$namespace"`}, matchers...))
	}
	total := func(labels, metric string, matchers ...string) string {
		return by("sum", labels, rate(here(metric, matchers...)))
	}
	p95 := func(labels, histogram string) string {
		return "histogram_quantile(0.95, " + total(labels+", le", histogram) + ")"
	}
	return newDashboard(tag+"-operator", "CloudNativePG operator", "The operator and what it is busy with.", variables, []section{
		{panels: []Panel{
			wide(4, stat("Operator pods", "Pods of the operator that are scraped.", "none", atLeast(1), "0",
				query{expr: "count(" + by("group", "pod", here("controller_runtime_webhook_requests_total", fmt.Sprintf("webhook=%q", webhook))) + ")"})),
			wide(4, stat("Leaders", "Exactly one pod of each operator in the namespace reconciles.", "none", atLeast(1), "0",
				query{expr: "sum(" + by("max", "pod, name", here("leader_election_master_status")) + ")"})),
			wide(4, stat("Clusters", "Clusters with at least one instance that is scraped, in all namespaces.", "none", plain(), "0",
				query{expr: "count(" + everyCluster() + ")"})),
			wide(4, stat("Instances up", "Instances whose PostgreSQL answers, in all namespaces.", "none", plain(), "0",
				query{expr: "count(" + by("group", "namespace, pod", "cnpg_collector_up == 1") + ")"})),
			wide(4, stat("Reconcile errors", "Within 15 minutes.", "none", limits(1, 20), "0",
				query{expr: "sum(increase(" + here("controller_runtime_reconcile_errors_total") + "[15m]))"})),
			wide(4, stat("Waiting in queues", "Objects that wait to be reconciled.", "none", limits(50, 200), "0",
				query{expr: "sum(" + here("workqueue_depth") + ")"})),
		}},
		{title: "Reconciliation", panels: []Panel{
			graph("Reconciliations per second", "By kind.", "ops", query{total("controller", "controller_runtime_reconcile_total"), "{{controller}}"}),
			graph("Errors per second", "Single ones are normal: the operator tries again.", "ops",
				query{total("controller", "controller_runtime_reconcile_errors_total"), "{{controller}}"}),
			graph("Duration (95%)", "95 of 100 reconciliations take less.", "s",
				query{p95("controller", "controller_runtime_reconcile_time_seconds_bucket"), "{{controller}}"}),
			graph("Waiting", "Objects in the queues.", "none", query{by("sum", "name", here("workqueue_depth")), "{{name}}"}),
			graph("Time in the queue (95%)", "95 of 100 objects wait less.", "s", query{p95("name", "workqueue_queue_duration_seconds_bucket"), "{{name}}"}),
			graph("Longest running", "A reconciliation that hangs.", "s",
				query{by("max", "name", here("workqueue_longest_running_processor_seconds")), "{{name}}"}),
		}},
		{title: "API and webhooks", panels: []Panel{
			graph("Requests to the API server", "By answer. 429 and 5xx slow the operator down.", "ops", query{total("code", "rest_client_requests_total"), "{{code}}"}),
			graph("Webhook requests", "By webhook and answer.", "ops",
				query{total("webhook, code", "controller_runtime_webhook_requests_total"), "{{webhook}} {{code}}"}),
			graph("Webhook duration (95%)", "The API server waits for it with every change of a Cluster.", "s",
				query{p95("webhook", "controller_runtime_webhook_latency_seconds_bucket"), "{{webhook}}"}),
		}},
		{title: "Process", panels: []Panel{
			graph("Memory", "", "bytes", query{by("max", "pod", here("process_resident_memory_bytes")), "{{pod}}"}),
			graph("CPU", "Cores.", "none", query{by("max", "pod", rate(here("process_cpu_seconds_total"))), "{{pod}}"}),
			graph("Goroutines", "A number that only grows is a leak.", "none", query{by("max", "pod", here("go_goroutines")), "{{pod}}"}),
		}},
	})
}

// everyCluster is one series for each cluster in all namespaces.
func everyCluster() string {
	return by("group", "namespace, app", withApp(exporter))
}
