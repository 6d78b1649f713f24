package alert

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The metrics about base backups, timestamps in seconds, 0 for never. The Barman Cloud plugin has its own (plugin-barman-cloud 0.15,
// internal/cnpgi/instance/metrics.go), and leaves CloudNativePG's at 0 but for the failures, which the operator notes for every method.
const (
	inTreeMetrics = "cnpg_collector_"
	pluginMetrics = "barman_cloud_cloudnative_pg_io_"

	lastAvailable = "last_available_backup_timestamp"
	lastFailed    = "last_failed_backup_timestamp"
)

// firstBackupLimit caps how long a cluster may be without any base backup: nothing can be restored until there is one, however rarely
// backups are scheduled.
const firstBackupLimit = 24 * time.Hour

// grace is how much older than the schedule's longest gap the latest backup may be. A backup counts from its end, so that the age exceeds
// the gap by as much as one backup takes longer than the one before. A quarter of the gap allows for that; an hour at least, for
// frequent schedules, and half a day at most, for rare ones.
func grace(gap time.Duration) time.Duration {
	return min(max(gap/4, time.Hour), 12*time.Hour)
}

func (c cluster) backup() []rule {
	prefix := inTreeMetrics
	switch {
	case c.Backup == NoBackup:
		return nil
	case c.Backup == Plugin:
		prefix = pluginMetrics
	case c.Replica:
		// CloudNativePG sets its own metrics on primaries only (metricserver, updateInstanceMetrics), and a designated primary is none: they
		// would say "never" for ever.
		return nil
	}
	// Only the primary knows better than 0, and a former primary keeps what it knew: the latest is right.
	available := perCluster(c.instances(prefix + lastAvailable))
	name := "{{ $labels.namespace }}/" + c.Cluster

	var rules []rule
	if c.MaxBackupGap > 0 {
		limit := c.MaxBackupGap + grace(c.MaxBackupGap)
		rules = append(rules, rule{
			name: backupTooOld, severity: critical, wait: 5 * time.Minute,
			expr: lines(
				fmt.Sprintf("time() - %s > %.0f", available, limit.Seconds()),
				"and "+available+" > 0",
			),
			summary: "the latest backup is too old",
			description: fmt.Sprintf("The latest base backup of %s is {{ $value | humanizeDuration }} old; its schedule allows for %s. "+
				"A restore has to replay all WAL since then, if that is still kept.", name, formatDuration(limit)),
		})
	}
	rules = append(rules, rule{
		name: backupMissing, severity: critical, wait: c.firstBackup(),
		expr:    available + " == 0",
		summary: "there is no backup",
		description: name + " has had no base backup at all for " + formatDuration(c.firstBackup()) + ". There is nothing to restore: " +
			"archived WAL is of no use without one.",
	}, rule{
		name: backupFailed, severity: warning, wait: 5 * time.Minute,
		expr:        c.backupFailure(prefix, available),
		summary:     "the latest backup failed",
		description: "The latest attempt to back up " + name + " failed at {{ $value | humanizeTimestamp }}. It is not repeated before the next scheduled time.",
	})
	if c.Backup == Plugin {
		rules = append(rules, rule{
			name: backupStatusUnknown, severity: warning, wait: 30 * time.Minute,
			expr: lines(
				groupBy("namespace", c.instances("cnpg_collector_up")+" == 1"),
				"unless on (namespace) "+groupBy("namespace", c.instances(prefix+lastAvailable)),
			),
			summary: "the backup plugin reports nothing",
			description: name + " is up, but has no metrics of the Barman Cloud plugin: its sidecar or its ObjectStore is missing. " +
				"Whether there are backups is not known.",
		})
	}
	return rules
}

// firstBackup is how long to wait for the first base backup: one gap of the schedule, a day at most, a day where no schedule is known.
func (c cluster) firstBackup() time.Duration {
	if c.MaxBackupGap == 0 {
		return firstBackupLimit
	}
	return min(c.MaxBackupGap, firstBackupLimit)
}

// backupFailure compares the latest failure with the latest success. A backup that never reaches the plugin, because the plugin, its sidecar
// or the instance is missing, is noted by the operator alone.
func (c cluster) backupFailure(prefix, available string) string {
	sources := []string{prefix}
	if prefix == pluginMetrics {
		sources = append(sources, inTreeMetrics)
	}
	var failures []string
	for _, source := range sources {
		failures = append(failures, perCluster(c.instances(source+lastFailed))+" > "+available)
	}
	return strings.Join(failures, "\nor ")
}

const (
	// archiveSilence is how long WAL may wait without any being archived. archive_timeout is 5 minutes in CloudNativePG: five
	// segments in a row were missed.
	archiveSilence = 30 * time.Minute

	// archiveBacklogLimit is 1 GiB of WAL in segments of 16 MiB, PostgreSQL's default: twice the 512MB of wal_keep_size, so more than
	// lies about in normal operation, and what a slow archive is minutes behind with.
	archiveBacklogLimit = 64
)

// archive watches continuous archiving. PostgreSQL's own statistics tell of it, whatever archives the WAL.
func (c cluster) archive() []rule {
	if !c.ArchivesWAL {
		return nil
	}
	// These exist only where the archiver runs. A demoted primary may have segments left that are marked ready, which nobody is to archive.
	archiving := "cnpg_pg_stat_archiver_"
	ready := perInstance(c.instances("cnpg_collector_pg_wal_archive_status", `value="ready"`))
	silence := perInstance(c.instances(archiving + "seconds_since_last_archival"))
	instance := "{{ $labels.namespace }}/{{ $labels.pod }}"
	return []rule{
		{
			// CloudNativePG's sample rule LastFailedArchiveTime; 5 minutes rather than 1, to let a retry succeed.
			name: archivingFailing, severity: warning, wait: 5 * time.Minute,
			expr: perInstance(c.instances(archiving+"last_failed_time")) + " > " +
				perInstance(c.instances(archiving+"last_archived_time")),
			summary:     "WAL archiving fails",
			description: instance + " cannot archive WAL; the last attempt failed at {{ $value | humanizeTimestamp }}. WAL piles up on its volume, and what is not archived cannot be restored.",
		},
		{
			// seconds_since_last_archival is -1 where nothing has been archived yet.
			name: archivingStopped, severity: critical, wait: 10 * time.Minute,
			expr: lines(
				ready+" > 0",
				"and on (namespace, pod) (",
				fmt.Sprintf("  %s > %.0f", silence, archiveSilence.Seconds()),
				"  or "+silence+" < 0",
				")",
			),
			summary: "no WAL is archived",
			description: instance + " has {{ $value }} WAL segments to archive and has archived none for more than " + formatDuration(archiveSilence) +
				". All changes since then are lost if its volume is.",
		},
		{
			name: archiveBacklog, severity: warning, wait: 15 * time.Minute,
			expr: lines(
				ready+" > "+strconv.Itoa(archiveBacklogLimit),
				"and on (namespace, pod) "+silence,
			),
			summary:     "WAL archiving falls behind",
			description: "{{ $value }} WAL segments of " + instance + " wait to be archived. Archiving is slower than the database writes, and WAL piles up on its volume.",
		},
	}
}
