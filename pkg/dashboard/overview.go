package dashboard

import "fmt"

// exporter is a metric that every instance has as long as it is scraped at all.
const exporter = "cnpg_collector_fencing_on"

// Overview is the dashboard of PostgreSQL clusters. With a cluster's name it is that cluster's own: the reader chooses the data source and, where clusters of this
// name exist in several, the namespace. Without one, the reader chooses the cluster too, and one such dashboard serves all clusters.
//
// Two clusters of the same name in two namespaces have the same dashboard, with the same uid.
func Overview(cluster string) Dashboard {
	uid, title := tag+"-overview", "PostgreSQL overview"
	variables := []Variable{
		choice("namespace", "Namespace", fmt.Sprintf("label_values(%s, namespace)", exporter), ""),
		choice("cluster", "Cluster", fmt.Sprintf(`label_values(%s{namespace="$namespace"}, pod)`, exporter), "/^(.+)"+serial+"$/"),
	}
	if cluster != "" {
		uid, title = clusterUID(cluster), "PostgreSQL "+cluster
		variables = []Variable{
			constant("cluster", cluster),
			choice("namespace", "Namespace", fmt.Sprintf(`label_values(%s{pod=~"$cluster%s"}, namespace)`, exporter, serial), ""),
		}
	}
	return newDashboard(uid, title, "One PostgreSQL cluster of CloudNativePG: is it up, is it backed up, what is it busy with.", variables, []section{
		{panels: summary()},
		{panels: []Panel{firing()}},
		{title: "Load", panels: load()},
		{title: "Storage and WAL", panels: storage()},
		{title: "Replication", panels: replication()},
		{title: "Maintenance", panels: maintenance()},
		{title: "Poolers in the namespace", collapsed: true, panels: poolers()},
	})
}

// summary is what to look at first.
func summary() []Panel {
	ready := instances("cnpg_collector_up") + " == 1 unless on (namespace, pod) " + instances(exporter) + " == 1"
	used := volumes("kubelet_volume_stats_available_bytes")
	capacity := volumes("kubelet_volume_stats_capacity_bytes")
	const claim = "namespace, persistentvolumeclaim"
	return []Panel{
		stat("Instances up", "Instances whose PostgreSQL answers and that are not fenced.", "none", atLeast(1), "0",
			query{expr: "count(" + by("group", "namespace, pod", ready) + ")"}),
		named(stat("Primary", "The instance that takes writes. A replica cluster has none.", "none", plain(), "none",
			query{by("max", "pod", instances("cnpg_pg_replication_in_recovery")) + " == 0", "{{pod}}"})),
		stat("Standbys connected", "Standbys of this cluster that stream from the primary.", "none", plain(), "0",
			query{expr: "count(" + by("group", "application_name",
				instances("cnpg_pg_stat_replication_backend_start", `application_name=~"$cluster`+serial+`"`)) + ")"}),
		stat("Last backup", "Age of the latest base backup. The colours are for daily backups.", "s", limits(26*3600, 48*3600), "never",
			query{expr: "time() - max(" + backupTime(lastAvailable) + ")"}),
		stat("WAL to archive", "WAL segments that wait to be archived. A few are normal.", "none", limits(16, 64), "0",
			query{expr: "max(" + instances("cnpg_collector_pg_wal_archive_status", `value="ready"`) + " and on (namespace, pod) " +
				instances("cnpg_pg_stat_archiver_archived_count") + ")"}),
		stat("Fullest volume", "Of data, WAL and tablespaces, on all instances.", "percentunit", limits(0.8, 0.9), "unknown",
			query{expr: "max(1 - " + by("max", claim, used) + " / " + by("max", claim, capacity) + ")"}),
		stat("Connections", "Share of max_connections that is used, on the fullest instance.", "percentunit", limits(0.8, 0.95), "unknown",
			query{expr: "max(" + connections("namespace, pod") + " / " + by("max", "namespace, pod", instances("cnpg_pg_settings_setting", `name="max_connections"`)) + ")"}),
		stat("Longest transaction", "The transaction that has been open for longest.", "s", limits(300, 900), "none",
			query{expr: "max(" + instances("cnpg_backends_max_tx_duration_seconds") + ")"}),
	}
}

// firing lists the alerts that are raised now. Their runbooks have their names.
func firing() Panel {
	return wide(columns, table("Alerts", "Alerts about this cluster that fire now. Each has a runbook of its name.", "Severity",
		column{field: "severity", title: "Severity"}, column{field: "alertname", title: "Alert"}, column{field: "pod", title: "Pod"},
		column{query: by("max", "severity, alertname, pod",
			`ALERTS{alertstate="firing", cnpg_cluster=~"$cluster", namespace=~"$namespace|"}`)},
	))
}

// connections is the number of client sessions.
func connections(labels string) string {
	return by("sum", labels, by("max", "namespace, pod, datname, usename, application_name, state",
		instances("cnpg_backends_total", `usename!="streaming_replica"`)))
}

func load() []Panel {
	transactions := func(metric string) string {
		return by("sum", "pod", by("max", "namespace, pod, datname", rate(instances(metric))))
	}
	blocks := func(metric string) string {
		return by("sum", "pod", by("max", "namespace, pod, datname", rate(instances(metric))))
	}
	container := func(metric string) string { return instances(metric, `container="postgres"`) }
	return []Panel{
		graph("Transactions per second", "", "ops",
			query{transactions("cnpg_pg_stat_database_xact_commit"), "{{pod}} committed"},
			query{transactions("cnpg_pg_stat_database_xact_rollback"), "{{pod}} rolled back"}),
		stacked(graph("Sessions by state", "Many that are idle in transaction: an application that does not commit.", "none",
			query{connections("state"), "{{state}}"})),
		graph("Waiting for locks, longest transaction", "Lock requests that wait for another session, and seconds.", "none",
			query{by("max", "pod", instances("cnpg_backends_waiting_total")), "{{pod}} waiting"},
			query{by("max", "pod", instances("cnpg_backends_max_tx_duration_seconds")), "{{pod}} longest transaction (s)"}),
		graph("CPU", "Cores used by PostgreSQL's container.", "none",
			query{by("sum", "pod", by("max", "namespace, pod, container", rate(container("container_cpu_usage_seconds_total")))), "{{pod}}"}),
		graph("Memory", "Working set of PostgreSQL's container: what counts towards its limit.", "bytes",
			query{by("max", "pod", container("container_memory_working_set_bytes")), "{{pod}}"}),
		share(graph("Cache hits", "Share of blocks that were found in shared_buffers.", "percentunit",
			query{blocks("cnpg_pg_stat_database_blks_hit") + " / (" + blocks("cnpg_pg_stat_database_blks_hit") + " + " +
				blocks("cnpg_pg_stat_database_blks_read") + ")", "{{pod}}"})),
	}
}

func storage() []Panel {
	const claim = "persistentvolumeclaim"
	return []Panel{
		share(graph("Volumes", "How full they are. Full is the end of the database.", "percentunit",
			query{"1 - " + by("max", claim, volumes("kubelet_volume_stats_available_bytes")) + " / " +
				by("max", claim, volumes("kubelet_volume_stats_capacity_bytes")), "{{persistentvolumeclaim}}"})),
		graph("Databases", "Size on disk.", "bytes",
			query{by("max", "datname", instances("cnpg_pg_database_size_bytes")), "{{datname}}"}),
		graph("WAL on disk", "Segments in pg_wal; and the volume for WAL, if there is one.", "bytes",
			query{by("max", "pod", instances("cnpg_collector_pg_wal", `value="size"`)), "{{pod}}"},
			query{by("max", "namespace", instances("cnpg_collector_pg_wal", `value="volume_size"`)), "volume"}),
		graph("WAL waiting for the archive", "Segments. It should come back to 0.", "none",
			query{by("max", "pod", instances("cnpg_collector_pg_wal_archive_status", `value="ready"`)), "{{pod}}"}),
		graph("Archived and failed", "WAL segments per second, and attempts that failed.", "none",
			query{by("max", "pod", rate(instances("cnpg_pg_stat_archiver_archived_count"))), "{{pod}} archived"},
			query{by("max", "pod", rate(instances("cnpg_pg_stat_archiver_failed_count"))), "{{pod}} failed"}),
		graph("Temporary files", "Bytes per second that did not fit in work_mem.", "Bps",
			query{by("max", "datname", rate(instances("cnpg_pg_stat_database_temp_bytes"))), "{{datname}}"}),
	}
}

func replication() []Panel {
	return []Panel{
		graph("Lag of the replicas", "0 also for a replica that receives nothing: see the alert PostgresAppReplicaNotStreaming.", "s",
			query{by("max", "pod", instances("cnpg_pg_replication_lag")), "{{pod}}"}),
		graph("Not yet replayed", "Bytes that the primary has written and the standby has not applied.", "bytes",
			query{by("max", "application_name", instances("cnpg_pg_stat_replication_replay_diff_bytes")), "{{application_name}}"}),
		graph("Kept for replication slots", "WAL on the primary that a slot's reader has not taken.", "bytes",
			query{by("max", "slot_name", instances("cnpg_pg_replication_slots_pg_wal_lsn_diff")+" and on (namespace, pod) "+
				instances("cnpg_pg_replication_in_recovery")+" == 0"), "{{slot_name}}"}),
	}
}

func maintenance() []Panel {
	// PostgreSQL 17 moved the counters of checkpoints from pg_stat_bgwriter to pg_stat_checkpointer.
	checkpoints := func(kind string) string {
		return by("max", "pod", rate(instances("cnpg_pg_stat_checkpointer_checkpoints_"+kind))) + " or " +
			by("max", "pod", rate(instances("cnpg_pg_stat_bgwriter_checkpoints_"+kind)))
	}
	return []Panel{
		graph("Age of the oldest transaction ID", "Autovacuum freezes from 200 million on. At 2.1 billion writes are refused.", "short",
			query{by("max", "datname", instances("cnpg_pg_database_xid_age")), "{{datname}}"}),
		graph("Deadlocks", "Per hour.", "none",
			query{by("max", "datname", "increase("+instances("cnpg_pg_stat_database_deadlocks")+"[1h])"), "{{datname}}"}),
		graph("Checkpoints per second", "Requested ones: max_wal_size is too small for what is written.", "none",
			query{checkpoints("timed"), "{{pod}} on time"}, query{checkpoints("req"), "{{pod}} requested"}),
	}
}

// poolers shows those of all clusters in the namespace: a pooler's metrics do not tell its cluster.
func poolers() []Panel {
	pool := func(metric string) string {
		return by("max", "pod, database, user", selector(metric, []string{`namespace=~"$namespace"`}))
	}
	const legend = "{{pod}} {{user}}@{{database}}"
	return []Panel{
		graph("Clients", "Clients with a server connection.", "none", query{pool("cnpg_pgbouncer_pools_cl_active"), legend}),
		graph("Clients waiting", "Clients that wait for a server connection.", "none", query{pool("cnpg_pgbouncer_pools_cl_waiting"), legend}),
		graph("Longest wait", "How long the first client in the queue has waited.", "s", query{pool("cnpg_pgbouncer_pools_maxwait"), legend}),
	}
}
