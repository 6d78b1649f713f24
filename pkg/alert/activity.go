package alert

import (
	"fmt"
	"time"
)

const (
	// charts/cluster 0.8.1, CNPGClusterHighConnections.
	connectionsWarning  = 0.80
	connectionsCritical = 0.95

	// transactionLimit: CloudNativePG's sample rule LongRunningTransaction fires at 5 minutes, which every larger report and index
	// build exceeds. Three times that is long for an application's transaction.
	transactionLimit = 15 * time.Minute

	// waitingLimit is a number of waits for locks. CloudNativePG's sample rule BackendsWaiting has 300, meant as seconds, for this number; with
	// its 100 max_connections it hardly gets there.
	waitingLimit = 10

	// deadlockLimit is per hour. CloudNativePG's sample rule DatabaseDeadlockConflicts compares it with the counter since the statistics were
	// reset, and so never stops firing.
	deadlockLimit = 10

	// xidAgeFactor times autovacuum_freeze_max_age, by default 200 million, gives the 300 million of CloudNativePG's sample rule
	// PGDatabaseXidAge, and fits where the setting was raised. Autovacuum should have started at 1.
	xidAgeFactor = 1.5

	// xidAgeCritical is PostgreSQL's default of vacuum_failsafe_age, where vacuum drops everything else to avoid the end: at 2.1
	// billion, no transaction that writes is accepted.
	xidAgeCritical = 1_600_000_000
)

func (c cluster) activity() []rule {
	instance := "{{ $labels.namespace }}/{{ $labels.pod }}"
	return append(c.connections(),
		rule{
			name: longTransaction, severity: warning, wait: time.Minute,
			// Dumps and copies of the whole cluster are long by nature.
			expr: fmt.Sprintf("%s > %.0f",
				maxBy("namespace, pod, datname, usename, application_name, state",
					c.instances("cnpg_backends_max_tx_duration_seconds", `usename!="streaming_replica"`, `application_name!~"pg_dump|pg_dumpall"`)),
				transactionLimit.Seconds()),
			summary: "a transaction has been open for long",
			description: "A transaction of {{ $labels.usename }} ({{ $labels.application_name }}) in {{ $labels.datname }} on " + instance +
				" has been open for {{ $value | humanizeDuration }}, and is {{ $labels.state }}. It holds its locks and keeps vacuum from cleaning up.",
		},
		rule{
			name: backendsWaiting, severity: warning, wait: 5 * time.Minute,
			expr:        fmt.Sprintf("%s > %d", perInstance(c.instances("cnpg_backends_waiting_total")), waitingLimit),
			summary:     "sessions wait for locks",
			description: "{{ $value }} lock requests on " + instance + " wait for other sessions.",
		},
		rule{
			name: deadlocks, severity: warning, wait: time.Minute,
			expr: fmt.Sprintf("%s > %d",
				maxBy("namespace, pod, datname", "increase("+c.instances("cnpg_pg_stat_database_deadlocks")+"[1h])"), deadlockLimit),
			summary:     "deadlocks",
			description: "{{ $value | humanize }} deadlocks within an hour in {{ $labels.datname }} on " + instance + ". Each made a transaction fail.",
		},
		rule{
			name: xidAgeHigh, severity: warning, wait: 5 * time.Minute,
			expr: lines(
				maxBy("namespace, datname", c.instances("cnpg_pg_database_xid_age")),
				fmt.Sprintf("> on (namespace) group_left () %g * %s", xidAgeFactor,
					perCluster(c.instances("cnpg_pg_settings_setting", `name="autovacuum_freeze_max_age"`))),
			),
			summary: "transaction IDs are not frozen in time",
			description: "The oldest transaction ID of {{ $labels.datname }} in {{ $labels.namespace }}/" + c.Cluster + " is {{ $value | humanize }} transactions old: " +
				"autovacuum does not keep up, or something holds it back.",
		},
		rule{
			name: xidWraparound, severity: critical, wait: 5 * time.Minute,
			expr:    fmt.Sprintf("%s > %d", maxBy("namespace, datname", c.instances("cnpg_pg_database_xid_age")), xidAgeCritical),
			summary: "transaction IDs run out",
			description: "The oldest transaction ID of {{ $labels.datname }} in {{ $labels.namespace }}/" + c.Cluster + " is {{ $value | humanize }} transactions old. " +
				"At 2.1 billion the database accepts no more writes.",
		},
	)
}

func (c cluster) connections() []rule {
	// The walsenders of standbys do not count towards max_connections.
	used := lines(
		"sum by (namespace, pod) (",
		"  "+maxBy("namespace, pod, datname, usename, application_name, state",
			c.instances("cnpg_backends_total", `usename!="streaming_replica"`)),
		") / "+perInstance(c.instances("cnpg_pg_settings_setting", `name="max_connections"`)),
	)
	taken := func(name, severity string, limit float64, summary, consequence string) rule {
		return rule{
			name: name, severity: severity, wait: 5 * time.Minute,
			expr:        fmt.Sprintf("%s > %g", used, limit),
			summary:     summary,
			description: "{{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of max_connections. " + consequence,
		}
	}
	return []rule{
		taken(connectionsHigh, warning, connectionsWarning, "many connections",
			"When none is left, applications are refused."),
		taken(connectionsNearlyUsed, critical, connectionsCritical, "connections run out",
			"The last few are reserved for superusers: applications are being refused, or will be at once."),
	}
}
