package alert

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/alert/metrictest"
)

// matches tells whether Prometheus would select a value by the regular expression in a selector: it anchors at both ends.
func matches(t *testing.T, selector, value string) bool {
	t.Helper()
	quoted := regexp.MustCompile(`=~"([^"]*)"`).FindStringSubmatch(selector)
	require.NotNil(t, quoted, selector)
	return regexp.MustCompile("^(?:" + quoted[1] + ")$").MatchString(value)
}

func TestScope(t *testing.T) {
	c := cluster{Subject{Cluster: "temporal-postgres"}}
	for name, scope := range map[string]struct {
		selector  string
		ours, not []string
	}{
		"instances": {
			c.instances("m"),
			[]string{"temporal-postgres-1", "temporal-postgres-9", "temporal-postgres-10", "temporal-postgres-207"},
			[]string{
				"temporal-postgres", "temporal-postgres-0", "temporal-postgres-01", // a StatefulSet counts from 0
				"temporal-postgres-x-1", "x-temporal-postgres-1", "temporal-postgres-1-1", // other clusters
				"temporal-postgres-1-initdb-x7k2p", "temporal-postgres-2-join-x7k2p", "temporal-postgres-1-full-recovery-abcde", // jobs
				"temporal-postgres-rw-7d4b9c6f8-x7k2p", "temporal-postgres-7445996544-22222", // poolers
			},
		},
		"volumes": {
			c.volumes("m"),
			[]string{"temporal-postgres-1", "temporal-postgres-12-wal", "temporal-postgres-1-tbs-archive", "temporal-postgres-1-tbs-a-b"},
			[]string{"temporal-postgres-1-1", "temporal-postgres-1-1-wal", "temporal-postgres-x-1-wal", "data-temporal-postgres-1", "temporal-postgres-1-walx"},
		},
		"pooler": {
			c.poolerPods("temporal-rw", "m"),
			[]string{"temporal-rw-7d4b9c6f8-x7k2p", "temporal-rw-5b5d69f5d-22222"},
			[]string{"temporal-rw-1", "temporal-rw-x-7d4b9c6f8-x7k2p", "x-temporal-rw-7d4b9c6f8-x7k2p", "temporal-rw-7d4b9c6f8-x7k2pp", "temporal-ro-7d4b9c6f8-x7k2p"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, pod := range scope.ours {
				assert.True(t, matches(t, scope.selector, pod), pod)
			}
			for _, pod := range scope.not {
				assert.False(t, matches(t, scope.selector, pod), pod)
			}
		})
	}
}

// selectors are the selectors of an expression, such as metric{pod=~"a"}.
func selectors(t *testing.T, expr string) []string {
	t.Helper()
	found := regexp.MustCompile(`[a-z_]+\{(?:[^"}]|"[^"]*")*\}`).FindAllString(expr, -1)
	require.NotEmpty(t, found, expr)
	return found
}

func TestSelectorsHoldTheScope(t *testing.T) {
	for name, r := range build(t, everything()) {
		expr := r.Expr.StrVal
		for _, s := range selectors(t, expr) {
			assert.Regexp(t, `^[a-z_]+\{(pod|persistentvolumeclaim)=~"temporal-(postgres|rw)-`, s, name)
			assert.NotContains(t, s, "namespace", "%s: the namespace is not known at build time", name)
		}
		q := metrictest.Parse(expr)
		for metric, labels := range q.Selectors {
			assert.NotEmpty(t, labels, "%s: %s is not limited to the cluster", name, metric)
		}
		assert.NotContains(t, q.Grouping, "job", "%s: PodMonitor and ServiceMonitor disagree on the job", name)
	}
}

func TestNamespaceLimitsEverySelector(t *testing.T) {
	s := everything()
	s.Namespace = "temporal"
	for name, r := range build(t, s) {
		for _, s := range selectors(t, r.Expr.StrVal) {
			assert.Contains(t, s, `{namespace="temporal", `, name)
		}
	}
}

func TestMetricsExist(t *testing.T) {
	streaming := Subject{Cluster: "pg", Instances: 2, Replica: true, StreamsFromSource: true, Backup: Plugin, ArchivesWAL: true}
	archived := Subject{Cluster: "pg", Instances: 2, Replica: true, Backup: BarmanStore, ArchivesWAL: true}
	inTree := Subject{Cluster: "pg", Instances: 1, Backup: BarmanStore, MaxBackupGap: 1}
	for _, s := range []Subject{everything(), streaming, archived, inTree} {
		for name, r := range build(t, s) {
			assert.Empty(t, metrictest.Faults(r.Expr.StrVal), name)
		}
	}
}

// Where CloudNativePG's own sample rules have an alert, so do these, on the same metric: docs/src/samples/monitoring/prometheusrule.yaml in 1.30.0.
func TestSampleRulesAreCovered(t *testing.T) {
	var used []string
	for _, r := range build(t, everything()) {
		for metric := range metrictest.Parse(r.Expr.StrVal).Selectors {
			used = append(used, metric)
		}
	}
	for _, metric := range []string{
		"cnpg_backends_max_tx_duration_seconds", "cnpg_backends_waiting_total", "cnpg_pg_database_xid_age", "cnpg_pg_replication_lag",
		"cnpg_pg_stat_archiver_last_failed_time", "cnpg_pg_stat_database_deadlocks", "cnpg_pg_replication_is_wal_receiver_up",
	} {
		assert.True(t, slices.Contains(used, metric), metric)
	}
}
