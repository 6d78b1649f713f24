//go:build promtool

package alert

import (
	"os/exec"
	"path/filepath"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/alert/metrictest"
)

// operatorPod is a series of one of the operator's metrics, as scraped by its PodMonitor.
func operatorPod(pod, metric, values string, own ...string) series {
	s := series{metric, labels{"namespace": "cnpg-system", "pod": pod, "container": "manager", "endpoint": "metrics", "job": "cnpg-system/cloudnative-pg",
		"instance": "10.0.0.9:8080"}, values}
	for i := 0; i+1 < len(own); i += 2 {
		s.labels[own[i]] = own[i+1]
	}
	return s
}

const (
	pod    = "cloudnative-pg-5d4f9c7b8f-x2k4q"
	leader = "db9c8771.cnpg.io"
	hook   = "/mutate-postgresql-cnpg-io-v1-cluster"
)

func available(values string) series {
	return series{"kube_deployment_status_replicas_available", labels{"namespace": "cnpg-system", "deployment": "plugin-barman-cloud", "job": "kube-state-metrics"}, values}
}

// certificate is a series of cert-manager's, whose label namespace Prometheus has given to the target.
func certificate(name, values string) series {
	return series{"certmanager_certificate_expiration_timestamp_seconds", labels{"name": name, "namespace": "cert-manager", "exported_namespace": "cnpg-system"}, values}
}

// TestPlatformScenarios lets each alert fire, and not fire.
func TestPlatformScenarios(t *testing.T) {
	of := func(severity string, more ...string) labels {
		l := labels{"severity": severity}
		for i := 0; i+1 < len(more); i += 2 {
			l[more[i]] = more[i+1]
		}
		return l
	}
	here := []string{"namespace", "cnpg-system"}
	for name, sc := range map[string]scenario{
		"operator there":       {alert: operatorAbsent, series: []series{operatorPod(pod, "controller_runtime_webhook_requests_total", "0x60", "webhook", hook, "code", "200")}, at: "30m"},
		"operator gone":        {alert: operatorAbsent, series: []series{operatorPod(pod, "controller_runtime_webhook_requests_total", "0x10", "webhook", hook, "code", "200")}, at: "30m", fires: []labels{of("critical", here...)}},
		"operator never there": {alert: operatorAbsent, series: []series{available("1x60")}, at: "30m", fires: []labels{of("critical", here...)}},
		"another operator": {alert: operatorAbsent, series: []series{operatorPod(pod, "controller_runtime_webhook_requests_total", "0x60", "webhook", "/mutate-other", "code", "200")},
			at: "30m", fires: []labels{of("critical", here...)}},

		"one leads": {alert: operatorLeaderless, series: []series{
			operatorPod(pod, "leader_election_master_status", "1x60", "name", leader), operatorPod(pod+"b", "leader_election_master_status", "0x60", "name", leader)}, at: "30m"},
		"none leads": {alert: operatorLeaderless, series: []series{
			operatorPod(pod, "leader_election_master_status", "0x60", "name", leader), operatorPod(pod+"b", "leader_election_master_status", "0x60", "name", leader)},
			at: "30m", fires: []labels{of("critical", here...)}},

		"no restart":          {alert: operatorRestarting, series: []series{operatorPod(pod, "process_start_time_seconds", "100x120")}, at: "2h"},
		"two restarts":        {alert: operatorRestarting, series: []series{operatorPod(pod, "process_start_time_seconds", "100x70 200x10 300x40")}, at: "2h"},
		"three restarts":      {alert: operatorRestarting, series: []series{operatorPod(pod, "process_start_time_seconds", "100x70 200x10 300x10 400x30")}, at: "2h", fires: []labels{of("warning", append(here, "pod", pod)...)}},
		"the plugin restarts": {alert: operatorRestarting, series: []series{operatorPod("plugin-barman-cloud-5d4f9c7b8f-x2k4q", "process_start_time_seconds", "100x70 200x10 300x10 400x30")}, at: "2h"},

		"some errors": {alert: reconcileErrors, series: []series{
			operatorPod(pod, "controller_runtime_reconcile_errors_total", "0+1x60", "controller", "cluster"),
			operatorPod(pod, "controller_runtime_reconcile_total", "0+1x60", "controller", "cluster", "result", "error"),
			operatorPod(pod, "controller_runtime_reconcile_total", "0+5x60", "controller", "cluster", "result", "success")}, at: "50m"},
		"mostly errors": {alert: reconcileErrors, series: []series{
			operatorPod(pod, "controller_runtime_reconcile_errors_total", "0+5x60", "controller", "cluster"),
			operatorPod(pod, "controller_runtime_reconcile_total", "0+5x60", "controller", "cluster", "result", "error"),
			operatorPod(pod, "controller_runtime_reconcile_total", "0+1x60", "controller", "cluster", "result", "success"),
			operatorPod(pod, "controller_runtime_reconcile_errors_total", "0x60", "controller", "pooler"),
			operatorPod(pod, "controller_runtime_reconcile_total", "0+1x60", "controller", "pooler", "result", "success")},
			at: "50m", fires: []labels{of("warning", append(here, "controller", "cluster")...)}},

		"quick": {alert: reconcileStuck, series: []series{operatorPod(pod, "workqueue_longest_running_processor_seconds", "30x60", "name", "cluster", "controller", "cluster")}, at: "30m"},
		"stuck": {alert: reconcileStuck, series: []series{operatorPod(pod, "workqueue_longest_running_processor_seconds", "0+60x60", "name", "cluster", "controller", "cluster")},
			at: "30m", fires: []labels{of("warning", append(here, "controller", "cluster")...)}},

		"objects are refused": {alert: webhookErrors, series: []series{operatorPod(pod, "controller_runtime_webhook_requests_total", "0+1x60", "webhook", hook, "code", "200"),
			operatorPod(pod, "controller_runtime_webhook_requests_total", "3x60", "webhook", hook, "code", "500")}, at: "30m"},
		"webhook fails": {alert: webhookErrors, series: []series{operatorPod(pod, "controller_runtime_webhook_requests_total", "0+1x60", "webhook", hook, "code", "500")},
			at: "30m", fires: []labels{of("warning", append(here, "webhook", hook)...)}},

		"plugin runs":   {alert: pluginDown, series: []series{available("1x60")}, at: "30m"},
		"plugin starts": {alert: pluginDown, series: []series{available("1x20 0x5 1x30")}, at: "26m"},
		"plugin down":   {alert: pluginDown, series: []series{available("0x60")}, at: "30m", fires: []labels{of("critical", append(here, "deployment", "plugin-barman-cloud")...)}},

		// 1000000 s are 11 days, 500000 s are less than 6.
		"renewed":     {alert: pluginCertificate, series: []series{certificate("barman-cloud-server", "1000000x200")}, at: "2h"},
		"not renewed": {alert: pluginCertificate, series: []series{certificate("barman-cloud-server", "500000x200"), certificate("barman-cloud-client", "1000000x200"), certificate("web", "1x200")}, at: "2h", fires: []labels{of("warning", "name", "barman-cloud-server")}},
	} {
		t.Run(name, func(t *testing.T) {
			only := monitoringv1.RuleGroup{Name: "tested"}
			for _, group := range platformGroups(t, wholePlatform()) {
				for _, r := range group.Rules {
					if r.Alert == sc.alert {
						r.Annotations = nil
						only.Rules = append(only.Rules, r)
					}
				}
			}
			require.Len(t, only.Rules, 1)
			promtoolRun(t, []monitoringv1.RuleGroup{only}, []testCase{sc.test(name, sc.fires, func(l labels) labels { return l })})
		})
	}
}

func TestPlatformRulesAreValid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.yaml")
	write(t, path, ruleFile{platformGroups(t, wholePlatform())})
	out, err := exec.Command(metrictest.Promtool(t), "check", "rules", path).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
