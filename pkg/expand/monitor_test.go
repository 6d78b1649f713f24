package expand_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watched is an app of which only the monitoring matters.
const watched = `
  storage: {size: 10Gi}
  backup: {enabled: false}
`

func TestMonitors(t *testing.T) {
	tests := map[string]struct {
		spec                                   string
		services, serviceMonitors, podMonitors string
	}{
		"by a Service": {
			spec: watched,
			services: `
metadata: {name: shop-postgres-metrics}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {cnpg.io/cluster: shop-postgres, cnpg.io/podRole: instance}
  ports: [{name: metrics, port: 9187, targetPort: metrics, protocol: TCP}]
`,
			serviceMonitors: `
metadata: {name: shop-postgres}
spec:
  selector: {matchLabels: {cnpg.io/cluster: shop-postgres, app.kubernetes.io/component: metrics}}
  endpoints: [{port: metrics, interval: 30s}]
`,
		},
		"by pods": {
			spec: watched + `
  monitoring:
    type: PodMonitor
    interval: 1m
    scrapeTimeout: 20s
    metricRelabelings: [{action: labeldrop, regex: pod}]
    relabelings: [{targetLabel: team, replacement: sales}]
`,
			podMonitors: `
metadata: {name: shop-postgres}
spec:
  selector: {matchLabels: {cnpg.io/cluster: shop-postgres, cnpg.io/podRole: instance}}
  podMetricsEndpoints:
  - port: metrics
    interval: 1m
    scrapeTimeout: 20s
    metricRelabelings: [{action: labeldrop, regex: pod}]
    relabelings: [{targetLabel: team, replacement: sales}]
`,
		},
		// The instances have the certificate of the primary's Service. Poolers have no TLS on their metrics, and no Service either.
		"by TLS, with a pooler": {
			spec: watched + `
  monitoring:
    tls: {enabled: true}
    metricRelabelings: [{action: labeldrop, regex: pod}]
    relabelings: [{targetLabel: team, replacement: sales}]
  poolers: [{}]
`,
			services: `
metadata: {name: shop-postgres-metrics}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {cnpg.io/cluster: shop-postgres, cnpg.io/podRole: instance}
  ports: [{name: metrics, port: 9187, targetPort: metrics, protocol: TCP}]
`,
			serviceMonitors: `
metadata: {name: shop-postgres}
spec:
  selector: {matchLabels: {cnpg.io/cluster: shop-postgres, app.kubernetes.io/component: metrics}}
  endpoints:
  - port: metrics
    interval: 30s
    scheme: https
    tlsConfig: {ca: {secret: {name: shop-postgres-ca, key: ca.crt}}, serverName: shop-postgres-rw}
    metricRelabelings: [{action: labeldrop, regex: pod}]
    relabelings: [{targetLabel: team, replacement: sales}]
`,
			podMonitors: `
metadata: {name: shop-postgres-pooler-rw}
spec:
  selector: {matchLabels: {cnpg.io/poolerName: shop-postgres-pooler-rw}}
  podMetricsEndpoints: [{port: metrics, interval: 30s}]
`,
		},
		"by TLS with a certificate authority of the user's": {
			spec: watched + `
  certificates: {serverCASecret: company-ca, serverTLSSecret: shop-tls}
  monitoring: {type: PodMonitor, tls: {enabled: true}}
`,
			podMonitors: `
metadata: {name: shop-postgres}
spec:
  selector: {matchLabels: {cnpg.io/cluster: shop-postgres, cnpg.io/podRole: instance}}
  podMetricsEndpoints:
  - port: metrics
    interval: 30s
    scheme: https
    tlsConfig: {ca: {secret: {name: company-ca, key: ca.crt}}, serverName: shop-postgres-rw}
`,
		},
		"not at all": {spec: watched + "  monitoring: {type: None}\n  poolers: [{}]\n"},
		"a guest is watched by its host": {
			spec: "  cluster: {name: postgres}\n  credentials: {existingSecret: {name: shop}}\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			app := appNamed("shop", test.spec)
			assert.Equal(t, documents(t, test.services), ofKind(t, app, "Service"))
			assert.Equal(t, documents(t, test.serviceMonitors), ofKind(t, app, "ServiceMonitor"))
			assert.Equal(t, documents(t, test.podMonitors), ofKind(t, app, "PodMonitor"))
		})
	}
}

// A ServiceMonitor finds the Service by its labels, and the Service the pods by theirs, which are the operator's.
func TestServiceMonitorFindsTheService(t *testing.T) {
	app := appNamed("shop", watched)
	labels, _ := metadataOf(t, app)
	monitor := ofKind(t, app, "ServiceMonitor")[0]["spec"].(fields)
	for key, value := range monitor["selector"].(fields)["matchLabels"].(fields) {
		assert.Equal(t, value, labels["Service shop-postgres-metrics"][key], key)
	}
	service := ofKind(t, app, "Service")[0]["spec"].(fields)
	assert.Equal(t, monitor["endpoints"].([]any)[0].(fields)["port"], service["ports"].([]any)[0].(fields)["name"])
}

func TestPrometheusRules(t *testing.T) {
	rules := ofKind(t, appNamed("shop", watched), "PrometheusRule")
	require.Len(t, rules, 1)
	assert.Equal(t, fields{"name": "shop-postgres"}, rules[0]["metadata"])
	assert.NotEmpty(t, rules[0]["spec"].(fields)["groups"])
	for name, spec := range map[string]string{
		"switched off":     watched + "  monitoring: {alerts: {enabled: false}}\n",
		"without a metric": watched + "  monitoring: {type: None}\n",
		"asleep":           watched + "  hibernate: true\n",
		"a guest":          "  cluster: {name: postgres}\n  credentials: {existingSecret: {name: shop}}\n",
	} {
		assert.Empty(t, ofKind(t, appNamed("shop", spec), "PrometheusRule"), name)
	}
}

func TestDashboards(t *testing.T) {
	for name, spec := range map[string]string{
		"by default": watched, "switched off": watched + "  monitoring: {dashboard: {enabled: false, namespace: monitoring}}\n",
	} {
		assert.Empty(t, ofKind(t, appNamed("shop", spec), "ConfigMap"), name)
	}
	const spec = watched + `
  monitoring:
    dashboard: {enabled: true, namespace: monitoring, labels: {dashboards: "yes"}, annotations: {grafana_folder: Databases}}
`
	app := appNamed("shop", spec)
	configMaps := ofKind(t, app, "ConfigMap")
	require.Len(t, configMaps, 1)
	assert.Equal(t, fields{"name": "shop-postgres-dashboard", "namespace": "monitoring"}, configMaps[0]["metadata"])
	assert.Contains(t, configMaps[0]["data"], "shop-postgres.json")
	labels, annotations := metadataOf(t, app)
	assert.Equal(t, "yes", labels["ConfigMap shop-postgres-dashboard"]["dashboards"])
	assert.Equal(t, "Databases", annotations["ConfigMap shop-postgres-dashboard"]["grafana_folder"])
}
