package alert

import (
	"fmt"
	"strconv"
	"time"
)

const (
	// lagLimit: CloudNativePG's sample rule PGReplication.
	lagLimit = 5 * time.Minute

	// archiveLagLimit is for a replica cluster, which may read the source's WAL archive only. A quiet source archives a segment every 5 minutes
	// (archive_timeout, as CloudNativePG sets it), so that a lag of 5 minutes is normal and one of three such periods is not.
	archiveLagLimit = 15 * time.Minute

	// slotLimit is how much WAL a slot that nobody reads may hold back: twice the 512MB that CloudNativePG's wal_keep_size keeps
	// anyway.
	slotLimit = 1 << 30
)

func (c cluster) replication() []rule {
	var rules []rule
	if c.Instances > 1 {
		rules = append(rules, c.noStandby())
	}
	if r, ok := c.notStreaming(); ok {
		rules = append(rules, r)
	}
	if c.Instances > 1 || c.Replica {
		rules = append(rules, c.lag())
	}
	if c.SynchronousStandbys > 0 && !c.Replica {
		rules = append(rules, c.synchronous())
	}
	if !c.Replica {
		rules = append(rules, c.inactiveSlot())
	}
	return rules
}

// primary selects the instances that are not in recovery.
func (c cluster) primary() string {
	return c.instances("cnpg_pg_replication_in_recovery") + " == 0"
}

func (c cluster) noStandby() rule {
	// Counting cnpg_pg_replication_streaming_replicas would count logical subscribers, base backups and replica clusters as standbys. Standbys
	// are told by application_name, which is the name of the instance.
	expr := lines(
		groupBy("namespace", c.primary()),
		"unless on (namespace) "+groupBy("namespace",
			c.instances("cnpg_pg_stat_replication_backend_start", fmt.Sprintf("application_name=~%q", c.instancePattern()))),
	)
	if c.Replica {
		// The designated primary is in recovery, where CloudNativePG does not read pg_stat_replication.
		expr = perCluster(c.instances("cnpg_pg_replication_streaming_replicas")) + " == 0"
	}
	return rule{
		// for: charts/cluster 0.8.1, CNPGClusterHACritical.
		name: noStandby, severity: critical, wait: 5 * time.Minute,
		expr:    expr,
		summary: "no standby is connected",
		description: "No standby of {{ $labels.namespace }}/" + c.Cluster + " is connected to the primary. The database works, but a failure of the primary now " +
			"means an outage, and the loss of what was not archived.",
	}
}

// notStreaming is about instances without a WAL receiver: CloudNativePG's sample rule ReplicaFailingReplication. In a replica cluster that
// reads an archive, the designated primary has none by design.
func (c cluster) notStreaming() (rule, bool) {
	r := rule{
		name: replicaNotStreaming, severity: warning, wait: 5 * time.Minute,
		expr: perInstance(c.instances("cnpg_pg_replication_in_recovery")) + " > " +
			perInstance(c.instances("cnpg_pg_replication_is_wal_receiver_up")),
		summary: "a replica does not stream",
		description: "{{ $labels.namespace }}/{{ $labels.pod }} is in recovery without a WAL receiver: it gets no changes by streaming and falls behind, " +
			"although its lag may read 0.",
	}
	if c.Replica && !c.StreamsFromSource {
		r.expr = "count by (namespace) (" + r.expr + ") > 1"
		r.description = "{{ $value }} instances of the replica cluster {{ $labels.namespace }}/" + c.Cluster + " have no WAL receiver. " +
			"Only the designated primary, which reads the source's archive, may be without."
	}
	return r, c.Instances > 1 || c.Replica && c.StreamsFromSource
}

func (c cluster) lag() rule {
	limit := lagLimit
	if c.Replica {
		limit = archiveLagLimit + c.ApplyDelay
	}
	return rule{
		name: replicationLag, severity: warning, wait: 5 * time.Minute,
		expr:    fmt.Sprintf("%s > %.0f", perInstance(c.instances("cnpg_pg_replication_lag")), limit.Seconds()),
		summary: "a replica lags",
		description: "{{ $labels.namespace }}/{{ $labels.pod }} is {{ $value | humanizeDuration }} behind (limit: " + formatDuration(limit) +
			"). Reads from it are that old, and a failover to it takes that much longer.",
	}
}

func (c cluster) synchronous() rule {
	// Replica clusters and pg_receivewal may be synchronous standbys too, so all of the replication user's connections count but for those of
	// instances that are just being made.
	standbys := c.instances("cnpg_pg_stat_replication_backend_start", `usename="streaming_replica"`, `application_name!~".*-join"`)
	return rule{
		name: synchronousMissing, severity: critical, wait: 5 * time.Minute,
		expr: lines(
			"(",
			"  count by (namespace) ("+groupBy("namespace, application_name", standbys)+")",
			"  or 0 * "+groupBy("namespace", c.primary()),
			") < "+strconv.Itoa(c.SynchronousStandbys),
		),
		summary: "synchronous standbys are missing",
		description: fmt.Sprintf("{{ $labels.namespace }}/%s has {{ $value }} connected standbys; commits are to wait for %d. With dataDurability required, "+
			"writes hang now; with preferred, they are acknowledged without the copies.", c.Cluster, c.SynchronousStandbys),
	}
}

func (c cluster) inactiveSlot() rule {
	const slot = "namespace, pod, slot_name, slot_type"
	return rule{
		// On the primary only: standbys hold copies of the slots, none of which is ever active.
		name: slotInactive, severity: warning, wait: 15 * time.Minute,
		expr: lines(
			maxBy(slot, c.instances("cnpg_pg_replication_slots_pg_wal_lsn_diff"))+fmt.Sprintf(" > %d", slotLimit),
			"and "+maxBy(slot, c.instances("cnpg_pg_replication_slots_active"))+" == 0",
			"and on (namespace, pod) "+perInstance(c.instances("cnpg_pg_replication_in_recovery"))+" == 0",
		),
		summary: "an unused replication slot holds back WAL",
		description: "Nobody reads the {{ $labels.slot_type }} slot {{ $labels.slot_name }} of {{ $labels.namespace }}/{{ $labels.pod }}, " +
			"and {{ $value | humanize1024 }}B of WAL are kept for it. It grows until the volume is full or max_slot_wal_keep_size is reached.",
	}
}
