//go:build promtool

package alert

import "testing"

const (
	pod1 = "temporal-postgres-1"
	pod2 = "temporal-postgres-2"
	pod3 = "temporal-postgres-3"
	// The second pod of a scenario with two digits, so that the serial is not taken for one.
	pod12 = "temporal-postgres-12"
)

// running is an instance that works.
func running(pod string) []series { return status(pod, "1x600", "0x600") }

func status(pod, up, fenced string) []series {
	return []series{on(pod, "cnpg_collector_up", up, "cluster", "temporal-postgres"), on(pod, "cnpg_collector_fencing_on", fenced)}
}

func all(parts ...[]series) []series {
	var joined []series
	for _, p := range parts {
		joined = append(joined, p...)
	}
	return joined
}

func TestAvailability(t *testing.T) {
	offlineAlert := []labels{with("critical", "namespace", "db")}
	onPod := func(pod string) []labels { return []labels{with("warning", "namespace", "db", "pod", pod)} }
	for name, sc := range map[string]scenario{
		"offline: PostgreSQL is down everywhere": {
			alert: offline, at: "6m", fires: offlineAlert,
			series: all(status(pod1, "0x60", "0x60"), status(pod2, "0x60", "0x60")),
		},
		"offline: one of the two is up": {
			alert: offline, at: "60m",
			series: all(status(pod1, "0x60", "0x60"), running(pod2)),
		},
		// A fenced instance keeps saying up.
		"offline: all instances are fenced": {
			alert: offline, at: "6m", fires: offlineAlert,
			series: all(status(pod1, "1x60", "1x60"), status(pod12, "1x60", "1x60")),
		},
		"offline: the only one that is not fenced is down": {
			alert: offline, at: "6m", fires: offlineAlert,
			series: all(status(pod1, "1x60", "1x60"), status(pod2, "0x60", "0x60")),
		},
		"offline: one is fenced, one is up": {
			alert: offline, at: "60m",
			series: all(status(pod1, "1x60", "1x60"), running(pod2)),
		},
		// Before PostgreSQL was up for the first time, cnpg_collector_up does not exist.
		"offline: never was up": {
			alert: offline, at: "6m", fires: offlineAlert,
			series: []series{on(pod1, "cnpg_collector_fencing_on", "0x60")},
		},
		"offline: a restart of three minutes": {
			alert: offline, at: "8m",
			series: status(pod1, "1x4 0x2 1x60", "0x70"),
		},
		"offline: nothing is scraped, which is another alert": {
			alert: offline, at: "60m",
			series: status(pod1, "1x4 _x60", "0x4 _x60"),
		},
		"metrics absent: scraped": {
			alert: metricsAbsent, at: "9h", series: running(pod1),
		},
		"instance down: two of three": {
			alert: instanceDown, at: "11m", fires: []labels{with("warning", "namespace", "db")},
			series: all(running(pod1), running(pod2)),
		},
		"instance down: one is fenced": {
			alert: instanceDown, at: "11m", fires: []labels{with("warning", "namespace", "db")},
			series: all(running(pod1), running(pod2), status(pod3, "1x60", "1x60")),
		},
		"instance down: all there": {
			alert: instanceDown, at: "60m",
			series: all(running(pod1), running(pod2), running(pod12)),
		},
		"instance down: a restart of nine minutes": {
			alert: instanceDown, at: "21m",
			series: all(running(pod1), running(pod2), status(pod3, "1x9 0x8 1x60", "0x60")),
		},
		"fenced": {
			alert: instanceFenced, at: "11m", fires: onPod(pod2),
			series: all(running(pod1), status(pod2, "1x60", "1x60")),
		},
		"fenced: lifted in time": {
			alert: instanceFenced, at: "11m",
			series: status(pod1, "1x60", "1x5 0x60"),
		},
		"same node": {
			alert: instancesOnSameNode, at: "16m", fires: []labels{with("warning", "namespace", "db")},
			series: all(running(pod1), running(pod2), running(pod3), []series{on(pod1, "cnpg_collector_nodes_used", "1x60"), on(pod2, "cnpg_collector_nodes_used", "1x60")}),
		},
		"same node: two nodes": {
			alert: instancesOnSameNode, at: "60m",
			series: all(running(pod1), running(pod2), []series{on(pod1, "cnpg_collector_nodes_used", "2x60")}),
		},
		"same node: not known": {
			alert: instancesOnSameNode, at: "60m",
			series: all(running(pod1), running(pod2), []series{on(pod1, "cnpg_collector_nodes_used", "-1x60")}),
		},
		"same node: only one instance is left": {
			alert: instancesOnSameNode, at: "60m",
			series: all(running(pod1), []series{on(pod1, "cnpg_collector_nodes_used", "1x60")}),
		},
		"collection errors go on": {
			alert: collectionErrors, at: "30m", fires: []labels{with("warning", "namespace", "db", "pod", pod1, "collector", "Collect.PluginMetrics")},
			series: []series{on(pod1, "cnpg_collector_collection_errors_total", "1+2x60", "collector", "Collect.PluginMetrics")},
		},
		"collection errors stopped": {
			alert: collectionErrors, at: "30m",
			series: []series{on(pod1, "cnpg_collector_collection_errors_total", "1+2x10 21x60", "collector", "Collect.PGVersion")},
		},
	} {
		sc.subject = subject()
		t.Run(name, sc.verify)
	}
}

// TestAbsence is about alerts on series that are gone. They must not take a neighbour's for ours.
func TestAbsence(t *testing.T) {
	gone := scenario{alert: metricsAbsent, subject: subject(), series: status(pod1, "1x60 _x600", "0x60 _x600")}
	poolerGone := scenario{alert: poolerDown, subject: subject(), series: []series{on(poolerPod, "cnpg_pgbouncer_last_collection_error", "0x60 _x600")}}
	for name, c := range map[string]struct {
		sc scenario
		// while the series are remembered, and after that
		remembered, forgotten labels
	}{
		"instances": {gone, with("critical", "namespace", "db"), with("critical")},
		"pooler":    {poolerGone, with("critical", "namespace", "db", "cnpg_pooler", "temporal-rw"), with("critical", "cnpg_pooler", "temporal-rw")},
	} {
		t.Run(name, func(t *testing.T) {
			at := func(sc scenario, when string) scenario { sc.at = when; return sc }
			steady := func(sc scenario) scenario {
				sc.series = nil
				for _, s := range c.sc.series {
					sc.series = append(sc.series, series{s.metric, s.labels, s.values[:1] + "x600"})
				}
				return sc
			}(c.sc)
			tests := []testCase{
				// The last sample is at 60m and is not seen after 65m; the alert waits for 5 or 10 minutes more.
				at(c.sc, "66m").test("not yet", nil, podMonitor),
				at(c.sc, "80m").test("PodMonitor", []labels{c.remembered}, podMonitor),
				at(c.sc, "80m").test("ServiceMonitor", []labels{c.remembered}, serviceMonitor),
				at(c.sc, "80m").test("both monitors", []labels{c.remembered}, podMonitor, serviceMonitor),
				at(c.sc, "80m").test("two namespaces", []labels{c.remembered, withLabels(c.remembered, labels{"namespace": "db2"})}, podMonitor, otherNamespace),
				// After six hours they are forgotten: at 60m + 6h.
				at(c.sc, "450m").test("forgotten", []labels{c.forgotten}, podMonitor),
				at(steady, "450m").test("steady", nil, podMonitor),
			}
			for _, app := range neighbours {
				tests = append(tests, at(steady.of(app), "60m").test("only neighbour "+app, []labels{c.forgotten}, podMonitor))
			}
			for _, suffix := range []string{"x", "1"} {
				tests = append(tests, at(steady.suffixed(suffix), "60m").test("only neighbour with suffix "+suffix, []labels{c.forgotten}, podMonitor))
			}
			promtoolTest(t, c.sc.subject, c.sc.alert, tests)
		})
	}
}

func TestMetricsAbsentFromTheStart(t *testing.T) {
	sc := scenario{alert: metricsAbsent, at: "11m", series: []series{on("other-1", "cnpg_collector_fencing_on", "0x60")}}
	promtoolTest(t, subject(), sc.alert, []testCase{sc.test("nothing", []labels{with("critical")}, podMonitor)})
}
