//go:build promtool

package alert

import (
	"testing"
	"time"
)

func replication(pod, inRecovery, receiver, lag string) []series {
	return []series{
		on(pod, "cnpg_pg_replication_in_recovery", inRecovery),
		on(pod, "cnpg_pg_replication_is_wal_receiver_up", receiver),
		on(pod, "cnpg_pg_replication_lag", lag),
	}
}

func primary(pod string) []series { return replication(pod, "0x60", "0x60", "0x60") }
func standby(pod string) []series { return replication(pod, "1x60", "1x60", "0x60") }

// connected is a connection of the replication protocol, as the primary sees it.
func connected(primary, application, user string) []series {
	return []series{on(primary, "cnpg_pg_stat_replication_backend_start", "1000x60",
		"usename", user, "application_name", application, "client_addr", "10.0.0.2", "client_port", "40000")}
}

func slot(pod, name, active, bytes string) []series {
	own := []string{"slot_name", name, "slot_type", "logical", "database", "app"}
	return []series{
		on(pod, "cnpg_pg_replication_slots_active", active, own...),
		on(pod, "cnpg_pg_replication_slots_pg_wal_lsn_diff", bytes, own...),
	}
}

func TestReplication(t *testing.T) {
	const replicator = "streaming_replica"
	inNamespace := func(severity string) []labels { return []labels{with(severity, "namespace", "db")} }
	onPod := func(pod string) []labels { return []labels{with("warning", "namespace", "db", "pod", pod)} }
	replica := func(s *Subject) { s.Replica = true }
	for name, sc := range map[string]scenario{
		"no standby": {
			alert: noStandby, at: "6m", fires: inNamespace("critical"), series: primary(pod1),
		},
		// These are connected as well, but cannot take over.
		"no standby: but a subscriber, a replica cluster, and an instance that is being made": {
			alert: noStandby, at: "6m", fires: inNamespace("critical"),
			series: all(primary(pod1), connected(pod1, "debezium", "cdc"), connected(pod1, "elsewhere-1", replicator), connected(pod1, pod2+"-join", replicator)),
		},
		"no standby: one is connected": {
			alert: noStandby, at: "60m", series: all(primary(pod1), connected(pod1, pod12, replicator)),
		},
		"no standby: no primary either, which is another alert": {
			alert: noStandby, at: "60m", series: standby(pod2),
		},
		"no standby of a designated primary": {
			subject: subject(replica), alert: noStandby, at: "6m", fires: inNamespace("critical"),
			series: all(standby(pod1), []series{on(pod1, "cnpg_pg_replication_streaming_replicas", "0x60")}),
		},
		"a designated primary with a standby": {
			subject: subject(replica), alert: noStandby, at: "60m",
			series: []series{on(pod1, "cnpg_pg_replication_streaming_replicas", "1x60"), on(pod2, "cnpg_pg_replication_streaming_replicas", "0x60")},
		},
		"not streaming": {
			alert: replicaNotStreaming, at: "6m", fires: onPod(pod3),
			series: all(primary(pod1), standby(pod2), replication(pod3, "1x60", "0x60", "0x60")),
		},
		"not streaming: the primary need not": {
			alert: replicaNotStreaming, at: "60m", series: all(primary(pod1), standby(pod2)),
		},
		"not streaming: reconnected": {
			alert: replicaNotStreaming, at: "8m", series: replication(pod2, "1x60", "0x4 1x60", "0x60"),
		},
		"replica cluster from an archive: the designated primary need not": {
			subject: subject(replica), alert: replicaNotStreaming, at: "60m",
			series: all(replication(pod1, "1x60", "0x60", "0x60"), standby(pod2)),
		},
		"replica cluster from an archive: a second one": {
			subject: subject(replica), alert: replicaNotStreaming, at: "6m", fires: inNamespace("warning"),
			series: all(replication(pod1, "1x60", "0x60", "0x60"), replication(pod2, "1x60", "0x60", "0x60")),
		},
		"replica cluster that streams: the designated primary must": {
			subject: subject(replica, func(s *Subject) { s.StreamsFromSource, s.Instances = true, 1 }),
			alert:   replicaNotStreaming, at: "6m", fires: onPod(pod1),
			series: replication(pod1, "1x60", "0x60", "0x60"),
		},
		"lag": {
			alert: replicationLag, at: "6m", fires: onPod(pod2), series: replication(pod2, "1x60", "1x60", "301x60"),
		},
		"lag at the limit": {
			alert: replicationLag, at: "60m", series: replication(pod2, "1x60", "1x60", "300x60"),
		},
		"lag that is caught up": {
			alert: replicationLag, at: "8m", series: replication(pod2, "1x60", "1x60", "400x4 0x60"),
		},
		"lag of a replica cluster": {
			subject: subject(replica), alert: replicationLag, at: "6m", fires: onPod(pod1), series: replication(pod1, "1x60", "0x60", "901x60"),
		},
		"lag of a replica cluster within three archived segments": {
			subject: subject(replica), alert: replicationLag, at: "60m", series: replication(pod1, "1x60", "0x60", "899x60"),
		},
		// 15m + 1h = 4500 s
		"lag that is wanted": {
			subject: subject(replica, func(s *Subject) { s.ApplyDelay = time.Hour }),
			alert:   replicationLag, at: "60m", series: replication(pod1, "1x60", "0x60", "4500x60"),
		},
		"synchronous standbys: none": {
			alert: synchronousMissing, at: "6m", fires: inNamespace("critical"),
			series: all(primary(pod1), connected(pod1, pod2+"-join", replicator), connected(pod1, "debezium", "cdc")),
		},
		"synchronous standbys: one of two": {
			subject: subject(func(s *Subject) { s.SynchronousStandbys = 2 }),
			alert:   synchronousMissing, at: "6m", fires: inNamespace("critical"),
			series: all(primary(pod1), connected(pod1, pod2, replicator)),
		},
		"synchronous standbys: enough": {
			subject: subject(func(s *Subject) { s.SynchronousStandbys = 2 }),
			alert:   synchronousMissing, at: "60m",
			series: all(primary(pod1), connected(pod1, pod2, replicator), connected(pod1, pod3, replicator)),
		},
		"synchronous standbys: one elsewhere": {
			alert: synchronousMissing, at: "60m", series: all(primary(pod1), connected(pod1, "elsewhere-1", replicator)),
		},
		// 1 GiB = 1073741824
		"slot": {
			alert: slotInactive, at: "16m", series: all(primary(pod1), slot(pod1, "cdc", "0x60", "1073741825x60")),
			fires: []labels{with("warning", "namespace", "db", "pod", pod1, "slot_name", "cdc", "slot_type", "logical")},
		},
		"slot in use": {
			alert: slotInactive, at: "60m", series: all(primary(pod1), slot(pod1, "cdc", "1x60", "1073741825x60")),
		},
		"slot that holds back little": {
			alert: slotInactive, at: "60m", series: all(primary(pod1), slot(pod1, "cdc", "0x60", "1073741824x60")),
		},
		"slot on a standby": {
			alert: slotInactive, at: "60m", series: all(standby(pod2), slot(pod2, "_cnpg_temporal_postgres_3", "0x60", "9073741824x60")),
		},
	} {
		if sc.subject.Cluster == "" {
			sc.subject = subject()
		}
		t.Run(name, sc.verify)
	}
}
