//go:build promtool

package alert

import "testing"

const (
	barman = "barman_cloud_cloudnative_pg_io_"
	inTree = "cnpg_collector_"
)

func backups(pod, prefix, available, failed string) []series {
	return []series{
		on(pod, prefix+"last_available_backup_timestamp", available),
		on(pod, prefix+"last_failed_backup_timestamp", failed),
	}
}

func TestBackup(t *testing.T) {
	inNamespace := func(severity string) []labels { return []labels{with(severity, "namespace", "db")} }
	// Snapshots have the metrics of barmanObjectStore, as TestBackupMetricsAreTheMethods says.
	for method, prefix := range map[Method]string{Plugin: barman, BarmanStore: inTree} {
		for name, sc := range map[string]scenario{
			// The limit is 30h = 108000 s. Evaluation starts at 0 s: a backup at 3600 s is 30h old at 31h.
			"too old": {
				alert: backupTooOld, at: "31h6m", fires: inNamespace("critical"), series: backups(pod1, prefix, "3600x2000", "0x2000"),
			},
			"old enough for the next one to be due": {
				alert: backupTooOld, at: "31h", series: backups(pod1, prefix, "3600x2000", "0x2000"),
			},
			// The in-tree metrics of a standby are 0, those of a former primary stay as they were.
			"too old, said by the latest primary": {
				alert: backupTooOld, at: "31h6m", fires: inNamespace("critical"),
				series: all(backups(pod1, prefix, "60x2000", "0x2000"), backups(pod2, prefix, "3600x2000", "0x2000"), backups(pod3, prefix, "0x2000", "0x2000")),
			},
			"a former primary knows of an old one only": {
				alert: backupTooOld, at: "31h6m",
				series: all(backups(pod1, prefix, "60x2000", "0x2000"), backups(pod2, prefix, "90000x2000", "0x2000")),
			},
			"none at all is not too old": {
				alert: backupTooOld, at: "32h", series: backups(pod1, prefix, "0x2000", "0x2000"),
			},
			"missing": {
				alert: backupMissing, at: "24h1m", fires: inNamespace("critical"), series: backups(pod1, prefix, "0x2000", "0x2000"),
			},
			"not yet missing": {
				alert: backupMissing, at: "23h59m", series: backups(pod1, prefix, "0x2000", "0x2000"),
			},
			"not missing": {
				alert: backupMissing, at: "32h", series: all(backups(pod1, prefix, "0x2000", "0x2000"), backups(pod2, prefix, "60x2000", "0x2000")),
			},
			"failed": {
				alert: backupFailed, at: "7m", fires: inNamespace("warning"), series: backups(pod1, prefix, "60x60", "120x60"),
			},
			"the first one failed": {
				alert: backupFailed, at: "7m", fires: inNamespace("warning"), series: backups(pod1, prefix, "0x60", "120x60"),
			},
			"failed, then succeeded": {
				alert: backupFailed, at: "60m", series: backups(pod1, prefix, "180x60", "120x60"),
			},
			"succeeded on the new primary": {
				alert: backupFailed, at: "60m", series: all(backups(pod1, prefix, "60x60", "120x60"), backups(pod2, prefix, "180x60", "0x60")),
			},
		} {
			sc.subject = subject(func(s *Subject) { s.Backup = method })
			t.Run(string(method)+": "+name, sc.verify)
		}
	}
}

func TestPluginBackup(t *testing.T) {
	inNamespace := []labels{with("warning", "namespace", "db")}
	for name, sc := range map[string]scenario{
		"failed before the plugin was reached": {
			alert: backupFailed, at: "7m", fires: inNamespace,
			series: all(backups(pod1, barman, "60x60", "0x60"), backups(pod1, inTree, "0x60", "120x60")),
		},
		"failed before the plugin was reached, then succeeded": {
			alert: backupFailed, at: "60m",
			series: all(backups(pod1, barman, "180x60", "0x60"), backups(pod1, inTree, "0x60", "120x60")),
		},
		// With the plugin, the in-tree metrics stay 0.
		"not missing because the in-tree metrics say so": {
			alert: backupMissing, at: "30h",
			series: all(backups(pod1, barman, "60x2000", "0x2000"), backups(pod1, inTree, "0x2000", "0x2000")),
		},
		"nothing from the plugin": {
			alert: backupStatusUnknown, at: "31m", fires: inNamespace,
			series: all(running(pod1), backups(pod1, inTree, "0x60", "0x60")),
		},
		"something from the plugin": {
			alert: backupStatusUnknown, at: "60m",
			series: all(running(pod1), running(pod2), backups(pod1, barman, "0x60", "0x60")),
		},
		"nothing from the plugin while the database is down": {
			alert: backupStatusUnknown, at: "60m", series: status(pod1, "0x60", "0x60"),
		},
	} {
		sc.subject = subject()
		t.Run(name, sc.verify)
	}
}

func archiver(pod, archived, failed, silence, ready string) []series {
	return []series{
		on(pod, "cnpg_pg_stat_archiver_last_archived_time", archived),
		on(pod, "cnpg_pg_stat_archiver_last_failed_time", failed),
		on(pod, "cnpg_pg_stat_archiver_seconds_since_last_archival", silence),
		on(pod, "cnpg_collector_pg_wal_archive_status", ready, "value", "ready"),
		on(pod, "cnpg_collector_pg_wal_archive_status", "500x60", "value", "done"),
	}
}

func TestArchive(t *testing.T) {
	onPod := func(severity string) []labels { return []labels{with(severity, "namespace", "db", "pod", pod1)} }
	// A former primary: nothing archives there, and segments may be left over.
	demoted := []series{on(pod2, "cnpg_collector_pg_wal_archive_status", "200x60", "value", "ready")}
	for name, sc := range map[string]scenario{
		"failing": {
			alert: archivingFailing, at: "6m", fires: onPod("warning"), series: archiver(pod1, "1000x60", "1001x60", "60x60", "1x60"),
		},
		"failing from the start": {
			alert: archivingFailing, at: "6m", fires: onPod("warning"), series: archiver(pod1, "-1x60", "1001x60", "-1x60", "1x60"),
		},
		"failed once": {
			alert: archivingFailing, at: "60m", series: archiver(pod1, "1001x60", "1000x60", "60x60", "0x60"),
		},
		"never failed, never archived": {
			alert: archivingFailing, at: "60m", series: archiver(pod1, "-1x60", "-1x60", "-1x60", "0x60"),
		},
		"recovered within five minutes": {
			alert: archivingFailing, at: "8m", series: archiver(pod1, "1000x4 1100x60", "1001x60", "60x60", "0x60"),
		},
		"stopped": {
			alert: archivingStopped, at: "11m", fires: onPod("critical"), series: archiver(pod1, "1000x60", "-1x60", "1801x60", "1x60"),
		},
		"never started": {
			alert: archivingStopped, at: "11m", fires: onPod("critical"), series: archiver(pod1, "-1x60", "-1x60", "-1x60", "1x60"),
		},
		// A quiet database writes no WAL to archive.
		"silent for want of WAL": {
			alert: archivingStopped, at: "60m", series: archiver(pod1, "1000x60", "-1x60", "90000x60", "0x60"),
		},
		"woken up after silence": {
			alert: archivingStopped, at: "20m", series: archiver(pod1, "1000x60", "-1x60", "90000x5 20x60", "0x4 1x60"),
		},
		"busy": {
			alert: archivingStopped, at: "60m", series: archiver(pod1, "1000x60", "-1x60", "1800x60", "40x60"),
		},
		"backlog": {
			alert: archiveBacklog, at: "16m", fires: onPod("warning"), series: archiver(pod1, "1000x60", "-1x60", "1x60", "65x60"),
		},
		"backlog at the limit": {
			alert: archiveBacklog, at: "60m", series: archiver(pod1, "1000x60", "-1x60", "1x60", "64x60"),
		},
		"backlog that is worked off": {
			alert: archiveBacklog, at: "30m", series: archiver(pod1, "1000x60", "-1x60", "1x60", "200x13 10x60"),
		},
		"leftovers of a former primary": {
			alert: archiveBacklog, at: "60m", series: all(archiver(pod1, "1000x60", "-1x60", "1x60", "0x60"), demoted),
		},
		"leftovers are not stopped either": {
			alert: archivingStopped, at: "60m", series: all(archiver(pod1, "1000x60", "-1x60", "1x60", "0x60"), demoted),
		},
	} {
		sc.subject = subject()
		t.Run(name, sc.verify)
	}
}
