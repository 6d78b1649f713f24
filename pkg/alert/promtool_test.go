//go:build promtool

// The rules run in Prometheus' own engine here, on series as CloudNativePG's exporters give them:
//
//	PROMTOOL=/path/to/promtool go test -tags promtool ./pkg/alert/

package alert

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/alert/metrictest"
)

// labels of a series or of an alert.
type labels map[string]string

// series is one time series, as an exporter exposes it: with the labels that make out its source (pod or persistentvolumeclaim) and
// its own, without those that scraping adds. Values are in promtool's notation, one a minute.
type series struct {
	metric string
	labels labels
	values string
}

// on is a series of one of a pod's metrics. The rest are its own labels, as key, value.
func on(pod, metric, values string, own ...string) series {
	s := series{metric, labels{"pod": pod}, values}
	for i := 0; i+1 < len(own); i += 2 {
		s.labels[own[i]] = own[i+1]
	}
	return s
}

// volume is a series of one of the kubelet's metrics.
func volume(claim, metric, values string) series {
	return series{metric, labels{"persistentvolumeclaim": claim}, values}
}

// monitor adds the labels of scraping.
type monitor func(labels) labels

func withLabels(l labels, more labels) labels {
	all := maps.Clone(l)
	maps.Copy(all, more)
	return all
}

func scraped(l labels, namespace string, byMonitor labels) labels {
	if _, ok := l["pod"]; !ok {
		return withLabels(l, labels{"namespace": namespace, "job": "kubelet", "service": "kubelet", "metrics_path": "/metrics", "node": "a"})
	}
	return withLabels(l, withLabels(labels{
		"namespace": namespace, "container": "postgres", "endpoint": "metrics", "instance": "10.0.0.1:9187",
	}, byMonitor))
}

// The labels differ with the monitor as prometheus-operator 0.92 configures Prometheus: a PodMonitor's job is its own name, a
// ServiceMonitor's the name of the Service, which is in a label of its own as well.
func podMonitor(l labels) labels {
	return scraped(l, "db", labels{"job": "db/temporal-postgres"})
}

func serviceMonitor(l labels) labels {
	return scraped(l, "db", labels{"job": "temporal-postgres-metrics", "service": "temporal-postgres-metrics"})
}

func otherNamespace(l labels) labels {
	return scraped(l, "db2", labels{"job": "db2/temporal-postgres"})
}

// scenario is what the exporters say, and which alerts follow at some time.
type scenario struct {
	subject Subject
	alert   string
	series  []series
	at      string // promtool's notation
	fires   []labels
}

// promtool's files.
type (
	ruleFile struct {
		Groups []monitoringv1.RuleGroup `json:"groups"`
	}
	testFile struct {
		RuleFiles          []string   `json:"rule_files"`
		EvaluationInterval string     `json:"evaluation_interval"`
		Tests              []testCase `json:"tests"`
	}
	testCase struct {
		Name        string        `json:"name"`
		Interval    string        `json:"interval"`
		InputSeries []inputSeries `json:"input_series"`
		AlertTests  []alertTest   `json:"alert_rule_test"`
	}
	inputSeries struct {
		Series string `json:"series"`
		Values string `json:"values"`
	}
	alertTest struct {
		EvalTime string          `json:"eval_time"`
		Alert    string          `json:"alertname"`
		Expected []expectedAlert `json:"exp_alerts"`
	}
	expectedAlert struct {
		Labels      labels            `json:"exp_labels"`
		Annotations map[string]string `json:"exp_annotations,omitempty"`
	}
)

func (s series) input(m monitor) inputSeries {
	all := s.labels
	if m != nil {
		all = m(all)
	}
	var matchers []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		matchers = append(matchers, fmt.Sprintf("%s=%q", key, all[key]))
	}
	return inputSeries{s.metric + "{" + strings.Join(matchers, ",") + "}", s.values}
}

// test is a scenario under some monitors. Under one of the same namespace, the alerts are those of the scenario however
// many there are.
func (sc scenario) test(name string, expected []labels, monitors ...monitor) testCase {
	tc := testCase{Name: name, Interval: "1m"}
	for _, m := range monitors {
		for _, s := range sc.series {
			if input := s.input(m); !slices.Contains(tc.InputSeries, input) {
				tc.InputSeries = append(tc.InputSeries, input)
			}
		}
	}
	at := alertTest{EvalTime: sc.at, Alert: sc.alert, Expected: []expectedAlert{}}
	for _, l := range expected {
		at.Expected = append(at.Expected, expectedAlert{Labels: l})
	}
	tc.AlertTests = []alertTest{at}
	return tc
}

// neighbours are names of other clusters and poolers whose pods' names are like ours.
var neighbours = []string{"x-temporal", "temporal-x", "temporal-1"}

// of moves a scenario's series to another app: temporal-postgres and temporal-rw become <app>-postgres and <app>-rw.
func (sc scenario) of(app string) scenario {
	moved := sc
	moved.series = nil
	for _, s := range sc.series {
		own := labels{}
		for key, value := range s.labels {
			own[key] = strings.Replace(value, "temporal-", app+"-", 1)
		}
		moved.series = append(moved.series, series{s.metric, own, s.values})
	}
	return moved
}

// suffixed are clusters that are called like ours and more: temporal-postgres-x, temporal-postgres-1.
func (sc scenario) suffixed(suffix string) scenario {
	moved := sc
	moved.series = nil
	for _, s := range sc.series {
		own := labels{}
		for key, value := range s.labels {
			value = strings.Replace(value, "temporal-postgres", "temporal-postgres-"+suffix, 1)
			own[key] = strings.Replace(value, "temporal-rw", "temporal-rw-"+suffix, 1)
		}
		moved.series = append(moved.series, series{s.metric, own, s.values})
	}
	return moved
}

// verify runs a scenario: as scraped by a PodMonitor, a ServiceMonitor, by both at once, in two namespaces, and on neighbours.
func (sc scenario) verify(t *testing.T) {
	t.Parallel()
	tests := []testCase{
		sc.test("PodMonitor", sc.fires, podMonitor),
		sc.test("ServiceMonitor", sc.fires, serviceMonitor),
		sc.test("both monitors", sc.fires, podMonitor, serviceMonitor),
	}
	inBoth := slices.Clone(sc.fires)
	for _, l := range sc.fires {
		if _, ok := l["namespace"]; ok {
			inBoth = append(inBoth, withLabels(l, labels{"namespace": "db2"}))
		}
	}
	tests = append(tests, sc.test("two namespaces", inBoth, podMonitor, otherNamespace))

	// An alert about missing series fires where there are only neighbours' too; TestAbsence has these.
	if !slices.Contains([]string{metricsAbsent, poolerDown}, sc.alert) {
		for _, app := range neighbours {
			tests = append(tests, sc.of(app).test("neighbour "+app, nil, podMonitor))
		}
		for _, suffix := range []string{"x", "1"} {
			tests = append(tests, sc.suffixed(suffix).test("neighbour with suffix "+suffix, nil, serviceMonitor))
		}
	}
	promtoolTest(t, sc.subject, sc.alert, tests)
}

// promtoolTest runs tests of one of a subject's alerts.
func promtoolTest(t *testing.T, s Subject, alert string, tests []testCase) {
	t.Helper()
	groups, err := Groups(s)
	require.NoError(t, err)
	// Without the annotations, which promtool would compare too, and which TestDescriptions is about. Without the other alerts, whose
	// evaluation takes time.
	only := monitoringv1.RuleGroup{Name: "tested"}
	for _, group := range groups {
		for _, r := range group.Rules {
			if r.Alert == alert {
				r.Annotations = nil
				only.Rules = append(only.Rules, r)
			}
		}
	}
	require.NotEmpty(t, only.Rules, "%s is not among the rules", alert)
	promtoolRun(t, []monitoringv1.RuleGroup{only}, tests)
}

func promtoolRun(t *testing.T, groups []monitoringv1.RuleGroup, tests []testCase) {
	t.Helper()
	promtool, dir := metrictest.Promtool(t), t.TempDir()
	write(t, filepath.Join(dir, "rules.yaml"), ruleFile{groups})
	write(t, filepath.Join(dir, "test.yaml"), testFile{[]string{"rules.yaml"}, "1m", tests})
	out, err := exec.Command(promtool, "test", "rules", filepath.Join(dir, "test.yaml")).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func write(t *testing.T, path string, content any) {
	t.Helper()
	text, err := yaml.Marshal(content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

// with adds the labels that every alert of the cluster has.
func with(severity string, more ...string) labels {
	l := labels{"severity": severity, "cnpg_cluster": "temporal-postgres"}
	for i := 0; i+1 < len(more); i += 2 {
		l[more[i]] = more[i+1]
	}
	return l
}

// subject is the cluster of the scenarios, changed where a scenario says so.
func subject(changes ...func(*Subject)) Subject {
	s := everything()
	for _, change := range changes {
		change(&s)
	}
	return s
}

func TestRulesAreValid(t *testing.T) {
	promtool := metrictest.Promtool(t)
	replica := Subject{Cluster: "pg", Instances: 2, Replica: true, StreamsFromSource: true, Backup: Plugin, MaxBackupGap: 1, ArchivesWAL: true}
	archived := Subject{Cluster: "pg", Instances: 2, Replica: true}
	inTree := Subject{Cluster: "pg", Instances: 1, Backup: BarmanStore, MaxBackupGap: 1, Namespace: "db", Labels: map[string]string{"team": "a"}}
	for name, s := range map[string]Subject{"everything": everything(), "replica": replica, "archived": archived, "in-tree": inTree} {
		t.Run(name, func(t *testing.T) {
			groups, err := Groups(s)
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "rules.yaml")
			write(t, path, ruleFile{groups})
			out, err := exec.Command(promtool, "check", "rules", path).CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}
