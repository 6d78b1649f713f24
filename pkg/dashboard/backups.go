package dashboard

import "fmt"

// Backups is the dashboard of the backups of all PostgreSQL clusters, taken by whatever method.
func Backups() Dashboard {
	variables := []Variable{
		several(choice("namespace", "Namespace", fmt.Sprintf("label_values(%s, namespace)", exporter), "")),
		several(choice("cluster", "Cluster", fmt.Sprintf(`label_values(%s{namespace=~"$namespace"}, pod)`, exporter), "/^(.+)"+serial+"$/")),
	}
	known := perCluster(instances(exporter))
	available, failed := backupTime(lastAvailable), backupTime(lastFailed)
	ready := perCluster(instances("cnpg_collector_pg_wal_archive_status", `value="ready"`) + " and on (namespace, pod) " +
		instances("cnpg_pg_stat_archiver_archived_count"))
	return newDashboard(tag+"-backups", "PostgreSQL backups", "Base backups and WAL archives of all PostgreSQL clusters of CloudNativePG.", variables, []section{
		{panels: []Panel{
			wide(6, stat("Clusters without a backup", "Clusters that have no base backup, whether they should have or not.", "none", limits(1, 1), "0",
				query{expr: "count(" + known + " unless (" + available + "))"})),
			wide(6, stat("Oldest latest backup", "The age of the latest base backup, where it is oldest. The colours are for daily backups.", "s", limits(26*3600, 48*3600), "none",
				query{expr: "time() - min(" + available + ")"})),
			wide(6, stat("Latest backup failed", "Clusters whose latest attempt failed.", "none", limits(1, 1), "0",
				query{expr: "count((" + failed + ") > (" + available + ") or (" + failed + ") unless (" + available + "))"})),
			wide(6, stat("WAL to archive", "Segments that wait, where they are most.", "none", limits(16, 64), "0",
				query{expr: "max(" + ready + ")"})),
		}},
		{panels: []Panel{table("Clusters", "Ages. A cluster without a base backup cannot be restored, however much WAL is archived.", "Latest backup",
			column{field: "namespace", title: "Namespace"}, column{field: "app", title: "Cluster"},
			column{query: "time() - (" + available + ")", title: "Latest backup", unit: "s", colours: limits(26*3600, 48*3600)},
			column{query: "time() - (" + failed + ")", title: "Latest failure", unit: "s"},
			column{query: "time() - (" + backupTime(firstRecoverable) + ")", title: "Can be restored back to", unit: "s"},
			column{query: perCluster(instances("cnpg_pg_stat_archiver_seconds_since_last_archival")) + " >= 0", title: "Latest WAL archived", unit: "s"},
			column{query: ready, title: "WAL to archive", unit: "none", colours: limits(16, 64)},
			column{query: known, title: ""},
		)}},
		{title: "Course", panels: []Panel{
			graph("Age of the latest base backup", "It falls with each backup; a line that only climbs is one that has stopped.", "s",
				query{"time() - (" + available + ")", "{{namespace}}/{{app}}"}),
			graph("WAL waiting for the archive", "Segments. It should come back to 0.", "none", query{ready, "{{namespace}}/{{app}}"}),
			graph("Failed attempts to archive WAL", "Per second.", "none",
				query{perCluster(rate(instances("cnpg_pg_stat_archiver_failed_count"))), "{{namespace}}/{{app}}"}),
		}},
	})
}
