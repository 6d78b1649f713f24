//go:build promtool

package alert

import (
	"strings"
	"testing"
)

const poolerPod = "temporal-rw-7d4b9c6f8-x7k2p"

func disk(claim, available, capacity string) []series {
	return []series{
		volume(claim, "kubelet_volume_stats_available_bytes", available),
		volume(claim, "kubelet_volume_stats_capacity_bytes", capacity),
	}
}

func wal(pod, size, volumeSize string) []series {
	return []series{
		on(pod, "cnpg_collector_pg_wal", size, "value", "size"),
		on(pod, "cnpg_collector_pg_wal", volumeSize, "value", "volume_size"),
		on(pod, "cnpg_collector_pg_wal", "9x60", "value", "count"),
	}
}

func TestStorage(t *testing.T) {
	onVolume := func(severity, claim string) []labels {
		return []labels{with(severity, "namespace", "db", "persistentvolumeclaim", claim)}
	}
	for name, sc := range map[string]scenario{
		// 19 of 100 left: 81% full
		"data": {
			alert: volumeFillingUp, at: "6m", fires: onVolume("warning", pod1), series: disk(pod1, "19x60", "100x60"),
		},
		"WAL": {
			alert: volumeFillingUp, at: "6m", fires: onVolume("warning", pod12+"-wal"),
			series: all(disk(pod12, "90x60", "100x60"), disk(pod12+"-wal", "19x60", "100x60")),
		},
		"tablespace": {
			alert: volumeFillingUp, at: "6m", fires: onVolume("warning", pod1+"-tbs-archive"), series: disk(pod1+"-tbs-archive", "19x60", "100x60"),
		},
		"four fifths": {
			alert: volumeFillingUp, at: "60m", series: disk(pod1, "21x60", "100x60"),
		},
		"nearly full": {
			alert: volumeNearlyFull, at: "6m", fires: onVolume("critical", pod1), series: disk(pod1, "9x60", "100x60"),
		},
		"not nearly full": {
			alert: volumeNearlyFull, at: "60m", series: disk(pod1, "11x60", "100x60"),
		},
		"cleaned up in time": {
			alert: volumeNearlyFull, at: "8m", series: disk(pod1, "5x4 50x60", "100x60"),
		},
		// 1.9 of 2 GiB: 95%
		"WAL volume": {
			alert: walVolumeNearlyFull, at: "6m", fires: []labels{with("critical", "namespace", "db", "pod", pod2)},
			series: wal(pod2, "2040109466x60", "2147483648x60"),
		},
		"WAL volume with room": {
			alert: walVolumeNearlyFull, at: "60m", series: wal(pod2, "1020054733x60", "2147483648x60"),
		},
		"no WAL volume": {
			alert: walVolumeNearlyFull, at: "10m", series: wal(pod2, "2040109466x60", strings.Repeat("NaN ", 20)),
		},
	} {
		sc.subject = subject()
		t.Run(name, sc.verify)
	}
}

func sessions(pod, user, state, count string) series {
	return on(pod, "cnpg_backends_total", count, "datname", "app", "usename", user, "application_name", "web", "state", state)
}

func transaction(pod, application, seconds string) []series {
	return transactionOf("app", pod, application, seconds)
}

func transactionOf(user, pod, application, seconds string) []series {
	return []series{on(pod, "cnpg_backends_max_tx_duration_seconds", seconds,
		"datname", "app", "usename", user, "application_name", application, "state", "idle in transaction")}
}

func setting(pod, name, value string) series {
	return on(pod, "cnpg_pg_settings_setting", value, "name", name)
}

func TestActivity(t *testing.T) {
	onPod := func(severity string, more ...string) []labels {
		return []labels{withLabels(with(severity, "namespace", "db", "pod", pod1), with(severity, more...))}
	}
	inDatabase := func(severity string) []labels { return []labels{with(severity, "namespace", "db", "datname", "app")} }
	limit := setting(pod1, "max_connections", "100x60")
	xid := func(age string) []series {
		return []series{
			on(pod1, "cnpg_pg_database_xid_age", age, "datname", "app"), on(pod1, "cnpg_pg_database_xid_age", "50x60", "datname", "postgres"),
			on(pod2, "cnpg_pg_database_xid_age", age, "datname", "app"),
			setting(pod1, "autovacuum_freeze_max_age", "200000000x60"), setting(pod1, "vacuum_failsafe_age", "1600000000x60"),
			setting(pod2, "autovacuum_freeze_max_age", "200000000x60"),
		}
	}
	for name, sc := range map[string]scenario{
		// 60 + 21 of 100
		"connections": {
			alert: connectionsHigh, at: "6m", fires: onPod("warning"),
			series: []series{limit, sessions(pod1, "app", "active", "60x60"), sessions(pod1, "app", "idle", "21x60")},
		},
		"connections: each instance for itself": {
			alert: connectionsHigh, at: "60m",
			series: []series{limit, setting(pod2, "max_connections", "100x60"), sessions(pod1, "app", "idle", "60x60"), sessions(pod2, "app", "idle", "60x60")},
		},
		"connections: standbys have their own": {
			alert: connectionsHigh, at: "60m",
			series: []series{limit, sessions(pod1, "app", "active", "79x60"), sessions(pod1, "streaming_replica", "active", "10x60")},
		},
		"connections nearly exhausted": {
			alert: connectionsNearlyUsed, at: "6m", fires: onPod("critical"), series: []series{limit, sessions(pod1, "app", "idle", "96x60")},
		},
		"connections not yet exhausted": {
			alert: connectionsNearlyUsed, at: "60m", series: []series{limit, sessions(pod1, "app", "idle", "95x60")},
		},
		"long transaction": {
			alert: longTransaction, at: "2m", series: transaction(pod1, "web", "901x60"),
			fires: onPod("warning", "datname", "app", "usename", "app", "application_name", "web", "state", "idle in transaction"),
		},
		"transaction that is not so long": {
			alert: longTransaction, at: "60m", series: transaction(pod1, "web", "900x60"),
		},
		"dump": {
			alert: longTransaction, at: "60m", series: transaction(pod1, "pg_dump", "9000x60"),
		},
		"copy for a new instance": {
			alert: longTransaction, at: "60m", series: transactionOf("streaming_replica", pod1, pod2+"-join", "9000x60"),
		},
		"waiting": {
			alert: backendsWaiting, at: "6m", fires: onPod("warning"), series: []series{on(pod1, "cnpg_backends_waiting_total", "11x60")},
		},
		"a few waiting": {
			alert: backendsWaiting, at: "60m", series: []series{on(pod1, "cnpg_backends_waiting_total", "10x60")},
		},
		"waiting for a moment": {
			alert: backendsWaiting, at: "8m", series: []series{on(pod1, "cnpg_backends_waiting_total", "50x4 0x60")},
		},
		// One every 5 minutes, 12 an hour
		"deadlocks": {
			alert: deadlocks, at: "2h", fires: onPod("warning", "datname", "app"),
			series: []series{on(pod1, "cnpg_pg_stat_database_deadlocks", "0+0.2x150", "datname", "app")},
		},
		// The sample rule of CloudNativePG fires here until the statistics are reset.
		"deadlocks of long ago": {
			alert: deadlocks, at: "2h", series: []series{on(pod1, "cnpg_pg_stat_database_deadlocks", "5000x150", "datname", "app")},
		},
		// One every 10 minutes, 6 an hour
		"some deadlocks": {
			alert: deadlocks, at: "2h", series: []series{on(pod1, "cnpg_pg_stat_database_deadlocks", "0+0.1x150", "datname", "app")},
		},
		// 1.5 * 200 million = 300 million
		"age of transaction IDs": {
			alert: xidAgeHigh, at: "6m", fires: inDatabase("warning"), series: xid("300000001x60"),
		},
		"age of transaction IDs that autovacuum will see to": {
			alert: xidAgeHigh, at: "60m", series: xid("300000000x60"),
		},
		"wraparound": {
			alert: xidWraparound, at: "6m", fires: inDatabase("critical"), series: xid("1600000001x60"),
		},
		"no wraparound": {
			alert: xidWraparound, at: "60m", series: xid("1600000000x60"),
		},
	} {
		sc.subject = subject()
		t.Run(name, sc.verify)
	}
}

func pool(waiting, maxwait string) []series {
	own := []string{"database", "app", "user", "app"}
	return []series{
		on(poolerPod, "cnpg_pgbouncer_pools_cl_waiting", waiting, own...),
		on(poolerPod, "cnpg_pgbouncer_pools_maxwait", maxwait, own...),
	}
}

func TestPooler(t *testing.T) {
	down := []labels{with("critical", "namespace", "db", "cnpg_pooler", "temporal-rw")}
	const answers = "cnpg_pgbouncer_last_collection_error"
	for name, sc := range map[string]scenario{
		"down": {
			alert: poolerDown, at: "6m", fires: down, series: []series{on(poolerPod, answers, "1x60")},
		},
		"one of two is down": {
			alert: poolerDown, at: "60m", series: []series{on(poolerPod, answers, "1x60"), on("temporal-rw-7d4b9c6f8-22222", answers, "0x60")},
		},
		"restarted": {
			alert: poolerDown, at: "8m", series: []series{on(poolerPod, answers, "1x4 0x60")},
		},
		"clients wait": {
			alert: poolerClientsWaiting, at: "6m", series: pool("7x60", "6x60"),
			fires: []labels{with("warning", "namespace", "db", "pod", poolerPod, "database", "app", "user", "app", "cnpg_pooler", "temporal-rw")},
		},
		"clients wait for an instant": {
			alert: poolerClientsWaiting, at: "60m", series: pool("7x60", "0x60"),
		},
	} {
		sc.subject = subject()
		t.Run(name, sc.verify)
	}
}
