//go:build promtool

// Prometheus' own parser reads all queries here, and its engine evaluates those whose result is not plain to see:
//
//	PROMTOOL=/path/to/promtool go test -tags promtool ./pkg/dashboard/

package dashboard

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/alert/metrictest"
)

// filled are the variables' values, as Grafana would put them in.
var filled = strings.NewReplacer("$namespace", "db", "$cluster", "temporal-postgres", "$__rate_interval", "5m")

func write(t *testing.T, path string, content any) {
	t.Helper()
	text, err := yaml.Marshal(content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

func TestQueriesAreValid(t *testing.T) {
	promtool := metrictest.Promtool(t)
	for name, d := range dashboards() {
		t.Run(name, func(t *testing.T) {
			var rules []map[string]any
			for where, expr := range queries(t, d) {
				rules = append(rules, map[string]any{"record": "q", "expr": filled.Replace(expr), "labels": map[string]string{"where": where}})
			}
			path := filepath.Join(t.TempDir(), "rules.yaml")
			write(t, path, map[string]any{"groups": []any{map[string]any{"name": name, "rules": rules}}})
			out, err := exec.Command(promtool, "check", "rules", path).CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}

// exprOf finds the query of a panel.
func exprOf(t *testing.T, d Dashboard, title string, i int) string {
	t.Helper()
	for _, p := range flat(d) {
		if p.Title == title && p.Type != "row" {
			return filled.Replace(p.Targets[i].Expr)
		}
	}
	require.Fail(t, "no panel "+title)
	return ""
}

func TestValues(t *testing.T) {
	const in = `namespace="db",pod="temporal-postgres-`
	plugin := func(event, pod, value string) [2]string {
		return [2]string{"barman_cloud_cloudnative_pg_io_" + event + "{" + in + pod + `"}`, value}
	}
	inTree := func(event, pod, value string) [2]string {
		return [2]string{"cnpg_collector_" + event + "{" + in + pod + `"}`, value}
	}
	other := [2]string{`cnpg_collector_last_available_backup_timestamp{namespace="db",pod="temporal-postgres-x-1"}`, "1x60"}
	for name, c := range map[string]struct {
		dashboard Dashboard
		panel     string
		series    [][2]string
		labels    string
		want      float64 // at 30m, which is 1800 s
	}{
		"backup by the plugin": {
			Overview(""), "Last backup", [][2]string{plugin(lastAvailable, "1", "600x60"), inTree(lastAvailable, "1", "0x60"), other}, "{}", 1200,
		},
		"backup by CloudNativePG, on the primary alone": {
			Overview(""), "Last backup", [][2]string{inTree(lastAvailable, "1", "0x60"), inTree(lastAvailable, "2", "900x60"), other}, "{}", 900,
		},
		"failure that the plugin does not know of": {
			Backups(), "Latest backup failed",
			[][2]string{plugin(lastAvailable, "1", "600x60"), plugin(lastFailed, "1", "60x60"), inTree(lastFailed, "1", "700x60")}, "{}", 1,
		},
		"first backup failed": {
			Backups(), "Latest backup failed", [][2]string{plugin(lastAvailable, "1", "0x60"), plugin(lastFailed, "1", "60x60")}, "{}", 1,
		},
		"clusters without a backup": {
			Backups(), "Clusters without a backup",
			[][2]string{
				{"cnpg_collector_fencing_on{" + in + `1"}`, "0x60"}, {"cnpg_collector_fencing_on{" + in + `2"}`, "0x60"},
				plugin(lastAvailable, "1", "0x60"), inTree(lastAvailable, "1", "0x60"),
			}, "{}", 1,
		},
		"row of a cluster": {
			Backups(), "Clusters", [][2]string{plugin(lastAvailable, "1", "600x60"), plugin(lastAvailable, "2", "600x60")},
			`{namespace="db", app="temporal-postgres"}`, 1200,
		},
		"instances that serve": {
			Overview(""), "Instances up", [][2]string{
				{"cnpg_collector_up{" + in + `1"}`, "1x60"}, {"cnpg_collector_up{" + in + `2"}`, "1x60"}, {"cnpg_collector_up{" + in + `3"}`, "0x60"},
				{"cnpg_collector_fencing_on{" + in + `1"}`, "0x60"}, {"cnpg_collector_fencing_on{" + in + `2"}`, "1x60"},
			}, "{}", 1,
		},
		"primary": {
			Overview(""), "Primary", [][2]string{
				{"cnpg_pg_replication_in_recovery{" + in + `1"}`, "1x60"}, {"cnpg_pg_replication_in_recovery{" + in + `2"}`, "0x60"},
			}, `{pod="temporal-postgres-2"}`, 0,
		},
		// 30 of 100 are used on the one, 50 of 100 on the other.
		"connections of the fullest instance, scraped twice": {
			Overview(""), "Connections", [][2]string{
				{"cnpg_backends_total{" + in + `1",usename="app",state="idle"}`, "30x60"},
				{"cnpg_backends_total{" + in + `2",usename="app",state="idle",job="a"}`, "50x60"},
				{"cnpg_backends_total{" + in + `2",usename="app",state="idle",job="b"}`, "50x60"},
				{"cnpg_pg_settings_setting{" + in + `1",name="max_connections"}`, "100x60"},
				{"cnpg_pg_settings_setting{" + in + `2",name="max_connections"}`, "100x60"},
			}, "{}", 0.5,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var input []map[string]string
			for _, s := range c.series {
				input = append(input, map[string]string{"series": s[0], "values": s[1]})
			}
			path := filepath.Join(t.TempDir(), "test.yaml")
			write(t, path, map[string]any{"tests": []any{map[string]any{
				"interval": "1m", "input_series": input,
				"promql_expr_test": []any{map[string]any{
					"expr": exprOf(t, c.dashboard, c.panel, 0), "eval_time": "30m",
					"exp_samples": []any{map[string]any{"labels": c.labels, "value": c.want}},
				}},
			}}})
			out, err := exec.Command(metrictest.Promtool(t), "test", "rules", path).CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}
