//go:build promtool

package alert

import (
	"testing"

	"github.com/stretchr/testify/require"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// healthy is everything that a cluster of three instances exposes to the rules when nothing is wrong with it.
func healthy() []series {
	var s []series
	for _, pod := range []string{pod1, pod2, pod3} {
		s = append(s, running(pod)...)
		s = append(s, backups(pod, barman, "60x200", "0x200")...)
		s = append(s, disk(pod, "60x200", "100x200")...)
		s = append(s, disk(pod+"-wal", "60x200", "100x200")...)
		s = append(s, wal(pod, "500000000x200", "2147483648x200")...)
		s = append(s, transaction(pod, "web", "2x200")...)
		s = append(s,
			on(pod, "cnpg_collector_nodes_used", "3x200"),
			on(pod, "cnpg_collector_collection_errors_total", "1x200", "collector", "Collect.up"),
			on(pod, "cnpg_backends_waiting_total", "0x200"),
			on(pod, "cnpg_pg_stat_database_deadlocks", "3x200", "datname", "app"),
			on(pod, "cnpg_pg_database_xid_age", "100000x200", "datname", "app"),
			setting(pod, "max_connections", "100x200"), setting(pod, "autovacuum_freeze_max_age", "200000000x200"),
			sessions(pod, "app", "active", "10x200"),
		)
	}
	return all(s, primary(pod1), standby(pod2), standby(pod3),
		connected(pod1, pod2, "streaming_replica"), connected(pod1, pod3, "streaming_replica"),
		slot(pod1, "_cnpg_temporal_postgres_2", "1x200", "100x200"), slot(pod2, "_cnpg_temporal_postgres_3", "0x200", "100x200"),
		archiver(pod1, "1000x200", "-1x200", "200x200", "0x200"),
		pool("0x200", "0x200"), []series{on(poolerPod, "cnpg_pgbouncer_last_collection_error", "0x200")},
	)
}

func TestHealthyClusterRaisesNothing(t *testing.T) {
	groups, err := Groups(everything())
	require.NoError(t, err)
	sc := scenario{series: healthy()}
	var tests []testCase
	for name, m := range map[string]monitor{"PodMonitor": podMonitor, "ServiceMonitor": serviceMonitor} {
		tc := sc.test(name, nil, m)
		tc.AlertTests = nil
		for _, alert := range Names() {
			for _, at := range []string{"10m", "30m", "60m"} {
				tc.AlertTests = append(tc.AlertTests, alertTest{at, alert, []expectedAlert{}})
			}
		}
		tests = append(tests, tc)
	}
	promtoolRun(t, groups, tests)
}

// TestDescriptions renders the annotations, one alert for each kind of template.
func TestDescriptions(t *testing.T) {
	for name, c := range map[string]struct {
		alert       string
		series      []series
		at          string
		labels      labels
		summary     string
		description string
	}{
		// At 31h6m the backup of 1h is 30h6m old.
		"duration": {
			backupTooOld, backups(pod1, barman, "3600x2000", "0x2000"), "31h6m", with("critical", "namespace", "db"),
			"the latest backup is too old",
			"The latest base backup of db/temporal-postgres is 1d 6h 6m 0s old; its schedule allows for 30h. " +
				"A restore has to replay all WAL since then, if that is still kept.",
		},
		"percentage": {
			volumeFillingUp, disk(pod1+"-wal", "15x60", "100x60"), "6m", with("warning", "namespace", "db", "persistentvolumeclaim", pod1+"-wal"),
			"a volume is more than 80% full",
			"The volume db/temporal-postgres-1-wal is 85% full. Enlarge it, or find out what grows, before it stops the database.",
		},
		// 3 * 1024^3
		"bytes": {
			slotInactive, all(primary(pod1), slot(pod1, "cdc", "0x60", "3221225472x60")), "16m",
			with("warning", "namespace", "db", "pod", pod1, "slot_name", "cdc", "slot_type", "logical"),
			"an unused replication slot holds back WAL",
			"Nobody reads the logical slot cdc of db/temporal-postgres-1, and 3GiB of WAL are kept for it. " +
				"It grows until the volume is full or max_slot_wal_keep_size is reached.",
		},
		"timestamp": {
			backupFailed, backups(pod1, barman, "0x60", "86400x60"), "6m", with("warning", "namespace", "db"),
			"the latest backup failed",
			"The latest attempt to back up db/temporal-postgres failed at 1970-01-02 00:00:00 +0000 UTC. It is not repeated before the next scheduled time.",
		},
		"count": {
			instanceDown, all(running(pod1), running(pod2)), "11m", with("warning", "namespace", "db"),
			"an instance is missing",
			"Only 2 of the 3 instances of db/temporal-postgres serve. The cluster works, with less redundancy than it should have.",
		},
		"large number": {
			xidWraparound, []series{on(pod1, "cnpg_pg_database_xid_age", "1700000000x60", "datname", "app")}, "6m", with("critical", "namespace", "db", "datname", "app"),
			"transaction IDs run out",
			"The oldest transaction ID of app in db/temporal-postgres is 1.7G transactions old. At 2.1 billion the database accepts no more writes.",
		},
		"no namespace": {
			metricsAbsent, []series{on("other-1", "cnpg_collector_fencing_on", "0x60")}, "11m", with("critical"),
			"no metrics",
			"Prometheus gets no metrics from temporal-postgres: either no instance runs, or its monitor selects nothing or is blocked. " +
				"No other alert about this cluster works until it does.",
		},
		"a namespace that is remembered": {
			metricsAbsent, status(pod1, "1x5 _x60", "0x5 _x60"), "25m", with("critical", "namespace", "db"),
			"no metrics",
			"Prometheus gets no metrics from temporal-postgres in db: either no instance runs, or its monitor selects nothing or is blocked. " +
				"No other alert about this cluster works until it does.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tc := scenario{alert: c.alert, at: c.at, series: c.series}.test(name, []labels{c.labels}, podMonitor)
			tc.AlertTests[0].Expected[0].Annotations = map[string]string{
				"summary":     "PostgreSQL temporal-postgres: " + c.summary,
				"description": c.description,
				"runbook_url": "https://github.com/homelab-foundations/postgresapp/blob/main/docs/runbooks/" + c.alert + ".md",
			}
			rule, ok := build(t, everything())[c.alert]
			require.True(t, ok)
			group := monitoringv1.RuleGroup{Name: "tested", Rules: []monitoringv1.Rule{rule}}
			promtoolRun(t, []monitoringv1.RuleGroup{group}, []testCase{tc})
		})
	}
}
