package alert

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/alert/metrictest"
)

// wholePlatform is a platform with all rules.
func wholePlatform() Platform {
	return Platform{Namespace: "cnpg-system", Plugin: true, Certificates: true}
}

func platformGroups(t *testing.T, p Platform) []monitoringv1.RuleGroup {
	t.Helper()
	groups, err := PlatformGroups(p)
	require.NoError(t, err)
	return groups
}

// alertsOf are the names of the alerts of a platform.
func alertsOf(t *testing.T, p Platform) (names []string) {
	for _, group := range platformGroups(t, p) {
		for _, r := range group.Rules {
			names = append(names, r.Alert)
		}
	}
	return names
}

func TestPlatformAlerts(t *testing.T) {
	operator := []string{
		"PostgresPlatformOperatorAbsent", "PostgresPlatformOperatorLeaderless", "PostgresPlatformOperatorRestarting",
		"PostgresPlatformReconcileErrors", "PostgresPlatformReconcileStuck", "PostgresPlatformWebhookErrors",
	}
	assert.Equal(t, PlatformNames(), alertsOf(t, wholePlatform()))
	assert.Equal(t, operator, alertsOf(t, Platform{Namespace: "cnpg-system"}))
	assert.Equal(t, append(operator, "PostgresPlatformPluginDown"), alertsOf(t, Platform{Namespace: "cnpg-system", Plugin: true}))
	assert.Equal(t, operator[:5], alertsOf(t, Platform{Namespace: "a", Exclude: []string{"PostgresPlatformWebhookErrors"}}))
}

func TestPlatformAlertsCarryLabels(t *testing.T) {
	p := wholePlatform()
	p.Labels, p.RunbookBaseURL = map[string]string{"team": "data"}, "https://example.com/books/"
	for _, group := range platformGroups(t, p) {
		for _, r := range group.Rules {
			assert.Equal(t, "data", r.Labels["team"])
			assert.Contains(t, []string{"warning", "critical"}, r.Labels["severity"])
			assert.Equal(t, "https://example.com/books/"+r.Alert+".md", r.Annotations["runbook_url"])
		}
	}
}

func TestPlatformErrors(t *testing.T) {
	_, err := PlatformGroups(Platform{Namespace: "No", Labels: map[string]string{"severity": "a", "pod": "b", "team": "c"}, Exclude: []string{"PostgresAppOffline"}})
	for _, text := range []string{`namespace: "No" is not`, "labels.severity: ", "labels.pod: ", `exclude[0]: there is no alert "PostgresAppOffline"`} {
		assert.ErrorContains(t, err, text)
	}
	assert.NotContains(t, err.Error(), "team")
}

// TestPlatformReadsMetricsThatExist holds the expressions against what the exporters have.
func TestPlatformReadsMetricsThatExist(t *testing.T) {
	known := metrictest.Metrics()
	for _, group := range platformGroups(t, wholePlatform()) {
		for _, r := range group.Rules {
			for metric, labels := range metrictest.Parse(r.Expr.StrVal).Selectors {
				require.Contains(t, known, metric, r.Alert)
				assert.Subset(t, known[metric], labels, "%s: %s", r.Alert, metric)
			}
		}
	}
}
