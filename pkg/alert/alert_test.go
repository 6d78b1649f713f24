package alert

import (
	"maps"
	"slices"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everything is a subject that has as many rules as a primary cluster can have.
func everything() Subject {
	return Subject{
		Cluster: "temporal-postgres", Instances: 3, SynchronousStandbys: 1,
		Backup: Plugin, MaxBackupGap: 24 * time.Hour, ArchivesWAL: true,
		Poolers: []string{"temporal-rw"},
	}
}

func build(t *testing.T, s Subject) map[string]monitoringv1.Rule {
	t.Helper()
	groups, err := Groups(s)
	require.NoError(t, err)
	rules := map[string]monitoringv1.Rule{}
	for _, group := range groups {
		for _, r := range group.Rules {
			rules[r.Alert+r.Labels[poolerLabel]] = r
		}
	}
	return rules
}

// always are the alerts of every cluster.
var always = []string{
	"PostgresAppOffline", "PostgresAppMetricsAbsent", "PostgresAppInstanceFenced", "PostgresAppMetricsCollectionErrors",
	"PostgresAppVolumeFillingUp", "PostgresAppVolumeNearlyFull", "PostgresAppWALVolumeNearlyFull",
	"PostgresAppConnectionsHigh", "PostgresAppConnectionsNearlyExhausted", "PostgresAppLongTransaction", "PostgresAppBackendsWaiting",
	"PostgresAppDeadlocks", "PostgresAppTransactionIDAgeHigh", "PostgresAppTransactionIDWraparound",
}

func TestAlertsFitTheSubject(t *testing.T) {
	const slot = "PostgresAppReplicationSlotInactive"
	severalInstances := []string{
		"PostgresAppInstanceDown", "PostgresAppInstancesOnSameNode",
		"PostgresAppNoStandby", "PostgresAppReplicaNotStreaming", "PostgresAppReplicationLag",
	}
	backups := []string{"PostgresAppBackupTooOld", "PostgresAppBackupMissing", "PostgresAppBackupFailed"}
	archive := []string{"PostgresAppWALArchivingFailing", "PostgresAppWALArchivingStopped", "PostgresAppWALArchiveBacklog"}

	for name, c := range map[string]struct {
		subject Subject
		want    []string // besides those of every cluster
	}{
		"one instance, no backup": {
			Subject{Instances: 1}, []string{slot},
		},
		"three instances": {
			Subject{Instances: 3}, append(severalInstances, slot),
		},
		"synchronous": {
			Subject{Instances: 3, SynchronousStandbys: 1}, append(severalInstances, slot, "PostgresAppSynchronousStandbysMissing"),
		},
		"plugin": {
			Subject{Instances: 1, Backup: Plugin, MaxBackupGap: time.Hour, ArchivesWAL: true},
			slices.Concat(backups, archive, []string{slot, "PostgresAppBackupStatusUnknown"}),
		},
		"in-tree": {
			Subject{Instances: 1, Backup: BarmanStore, MaxBackupGap: time.Hour, ArchivesWAL: true}, slices.Concat(backups, archive, []string{slot}),
		},
		"snapshots without an archive": {
			Subject{Instances: 1, Backup: VolumeSnapshot, MaxBackupGap: time.Hour}, append(backups, slot),
		},
		"archive and backups without a schedule": {
			Subject{Instances: 1, Backup: BarmanStore, ArchivesWAL: true}, slices.Concat(backups[1:], archive, []string{slot}),
		},
		"replica cluster of one, from an archive": {
			Subject{Instances: 1, Replica: true}, []string{"PostgresAppReplicationLag"},
		},
		"replica cluster of one, streaming": {
			Subject{Instances: 1, Replica: true, StreamsFromSource: true},
			[]string{"PostgresAppReplicationLag", "PostgresAppReplicaNotStreaming"},
		},
		"replica cluster of two, from an archive": {
			Subject{Instances: 2, Replica: true}, severalInstances,
		},
		// A designated primary is no primary to CloudNativePG's exporter, so that its backup metrics would never change.
		"replica cluster with in-tree backups": {
			Subject{Instances: 1, Replica: true, Backup: BarmanStore, MaxBackupGap: time.Hour, ArchivesWAL: true},
			append(archive, "PostgresAppReplicationLag"),
		},
		"replica cluster with the plugin": {
			Subject{Instances: 1, Replica: true, Backup: Plugin, MaxBackupGap: time.Hour, ArchivesWAL: true},
			slices.Concat(backups, archive, []string{"PostgresAppReplicationLag", "PostgresAppBackupStatusUnknown"}),
		},
		"poolers": {
			Subject{Instances: 1, Poolers: []string{"b", "a"}},
			[]string{slot, "PostgresAppPoolerDowna", "PostgresAppPoolerDownb", "PostgresAppPoolerClientsWaitinga", "PostgresAppPoolerClientsWaitingb"},
		},
		"excluded": {
			Subject{Instances: 1, Exclude: []string{slot, "PostgresAppPoolerDown"}}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.subject.Cluster = "pg"
			assert.ElementsMatch(t, slices.Concat(always, c.want), slices.Collect(maps.Keys(build(t, c.subject))))
		})
	}
}

func TestHibernatedClusterHasNoRules(t *testing.T) {
	s := everything()
	s.Hibernated = true
	assert.Empty(t, build(t, s))
}

func TestNamesAreThoseOfTheRules(t *testing.T) {
	var got []string
	for _, r := range build(t, everything()) {
		got = append(got, r.Alert)
	}
	assert.ElementsMatch(t, Names(), got)
}

func TestGroupsLeaveEmptyOnesOut(t *testing.T) {
	groups, err := Groups(Subject{Cluster: "pg", Instances: 1})
	require.NoError(t, err)
	var names []string
	for _, group := range groups {
		names = append(names, group.Name)
	}
	assert.Equal(t, []string{"pg.availability", "pg.replication", "pg.storage", "pg.activity"}, names)
}

func TestGroupsAreDeterministic(t *testing.T) {
	s := everything()
	s.Labels = map[string]string{"a": "1", "b": "2", "c": "3"}
	first, err := Groups(s)
	require.NoError(t, err)
	s.Poolers = slices.Clone(s.Poolers)
	for range 20 {
		again, err := Groups(s)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

func TestLabels(t *testing.T) {
	s := everything()
	s.Labels = map[string]string{"team": "storage"}
	rules := build(t, s)
	assert.Equal(t, map[string]string{"team": "storage", "severity": "critical", "cnpg_cluster": "temporal-postgres"}, rules[offline].Labels)
	assert.Equal(t, map[string]string{"team": "storage", "severity": "warning", "cnpg_cluster": "temporal-postgres", "cnpg_pooler": "temporal-rw"},
		rules[poolerClientsWaiting+"temporal-rw"].Labels)
}

func TestRunbookURL(t *testing.T) {
	for name, c := range map[string]struct{ base, want string }{
		"default":       {"", "https://github.com/homelab-foundations/postgresapp/blob/main/docs/runbooks/PostgresAppOffline.md"},
		"own":           {"https://wiki.example.com/pg/", "https://wiki.example.com/pg/PostgresAppOffline.md"},
		"without slash": {"https://wiki.example.com/pg", "https://wiki.example.com/pg/PostgresAppOffline.md"},
	} {
		t.Run(name, func(t *testing.T) {
			rules := build(t, Subject{Cluster: "pg", Instances: 1, RunbookBaseURL: c.base})
			assert.Equal(t, c.want, rules[offline].Annotations["runbook_url"])
		})
	}
}

func TestBackupAge(t *testing.T) {
	for name, c := range map[string]struct {
		gap        time.Duration
		limit      string // seconds in the expression
		text, wait string
	}{
		// 1h + max(15m, 1h) = 2h = 7200 s
		"hourly": {time.Hour, "> 7200", "allows for 2h.", "1h"},
		// 6h + 1h30m = 7h30m = 27000 s
		"every six hours": {6 * time.Hour, "> 27000", "allows for 7h30m.", "6h"},
		// 24h + 6h = 30h = 108000 s
		"daily": {24 * time.Hour, "> 108000", "allows for 30h.", "24h"},
		// 168h + min(42h, 12h) = 180h = 648000 s; the first backup is expected within a day all the same
		"weekly": {7 * 24 * time.Hour, "> 648000", "allows for 180h.", "24h"},
	} {
		t.Run(name, func(t *testing.T) {
			rules := build(t, Subject{Cluster: "pg", Instances: 1, Backup: Plugin, MaxBackupGap: c.gap})
			assert.Contains(t, rules[backupTooOld].Expr.StrVal, c.limit+"\n")
			assert.Contains(t, rules[backupTooOld].Annotations["description"], c.text)
			assert.Equal(t, monitoringv1.Duration(c.wait), *rules[backupMissing].For)
		})
	}
}

func TestBackupMetricsAreTheMethods(t *testing.T) {
	for method, c := range map[Method]struct{ has, lacks string }{
		Plugin:         {"barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", "cnpg_collector_last_available_backup_timestamp"},
		BarmanStore:    {"cnpg_collector_last_available_backup_timestamp", "barman_cloud"},
		VolumeSnapshot: {"cnpg_collector_last_available_backup_timestamp", "barman_cloud"},
	} {
		t.Run(string(method), func(t *testing.T) {
			rules := build(t, Subject{Cluster: "pg", Instances: 1, Backup: method, MaxBackupGap: time.Hour})
			for _, name := range []string{backupTooOld, backupMissing, backupFailed} {
				assert.Contains(t, rules[name].Expr.StrVal, c.has, name)
				assert.NotContains(t, rules[name].Expr.StrVal, c.lacks, name)
			}
		})
	}
}

func TestReplicaClusterMayLagOnPurpose(t *testing.T) {
	// 15m + 2h = 135m = 8100 s
	rules := build(t, Subject{Cluster: "pg", Instances: 1, Replica: true, ApplyDelay: 2 * time.Hour})
	assert.Contains(t, rules[replicationLag].Expr.StrVal, "> 8100")
	assert.Contains(t, rules[replicationLag].Annotations["description"], "limit: 2h15m")
}

func TestFormatDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "1s": 1999 * time.Millisecond, "1m30s": 90 * time.Second, "1h30m": 90 * time.Minute,
		"30h": 30 * time.Hour, "169h": 7*24*time.Hour + time.Hour, // hours are the largest unit
	} {
		assert.Equal(t, want, formatDuration(d))
	}
}

func TestErrorsNameTheField(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Subject)
		want   []string
	}{
		"no cluster":        {func(s *Subject) { s.Cluster = "" }, []string{`cluster: "" is not`}},
		"variable":          {func(s *Subject) { s.Cluster = "${APP}-postgres" }, []string{`cluster: "${APP}-postgres" is not`}},
		"namespace":         {func(s *Subject) { s.Namespace = "a.*" }, []string{`namespace: "a.*" is not`}},
		"no instances":      {func(s *Subject) { s.Instances = 0 }, []string{"instances: 0 is too few"}},
		"method":            {func(s *Subject) { s.Backup = "barman" }, []string{`backup: "barman" is no backup method; use plugin,`}},
		"gap":               {func(s *Subject) { s.MaxBackupGap = -time.Hour }, []string{"maxBackupGap: -1h0m0s is negative"}},
		"delay":             {func(s *Subject) { s.ApplyDelay = -1 }, []string{"applyDelay: -1ns is negative"}},
		"standbys":          {func(s *Subject) { s.SynchronousStandbys = -1 }, []string{"synchronousStandbys: -1 is negative"}},
		"pooler":            {func(s *Subject) { s.Poolers = []string{"rw", "R W"} }, []string{`poolers[1]: "R W" is not`}},
		"our label":         {func(s *Subject) { s.Labels = map[string]string{"severity": "page"} }, []string{"labels.severity: "}},
		"label of a series": {func(s *Subject) { s.Labels = map[string]string{"pod": "x"} }, []string{"labels.pod: "}},
		"unknown alert": {
			func(s *Subject) { s.Exclude = []string{"PostgresAppDeadlock"} },
			[]string{`exclude[0]: there is no alert "PostgresAppDeadlock"; known are PostgresAppOffline, `},
		},
		"all at once": {
			func(s *Subject) { s.Instances, s.Cluster = -1, "A" }, []string{`cluster: "A"`, "instances: -1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := everything()
			c.change(&s)
			_, err := Groups(s)
			require.Error(t, err)
			for _, want := range c.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}
