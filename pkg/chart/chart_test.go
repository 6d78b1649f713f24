package chart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/chart"
)

// newest are the versions that the values are checked for unless a test says so.
var newest = map[string]string{chart.Operator: "0.29.0", chart.Plugin: "0.7.0"}

func check(t *testing.T, name, values string) []string { return checkAt(t, name, newest[name], values) }

func checkAt(t *testing.T, name, version, values string) (paths []string) {
	t.Helper()
	var decoded map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(values), &decoded))
	for _, err := range chart.Check(name, version, decoded, field.NewPath("values")) {
		paths = append(paths, err.Field)
	}
	return paths
}

func TestCheckAccepts(t *testing.T) {
	assert.Empty(t, check(t, chart.Operator, `
replicaCount: 2
image: {repository: mirror.example.com/cloudnative-pg, tag: 1.30.0}
imagePullSecrets: [{name: mirror}]
resources: {limits: {memory: 512Mi}}
containerSecurityContext: {runAsUser: 1000, anything: goes}
podSecurityContext: {fsGroup: 2000}
config: {clusterWide: false, maxConcurrentReconciles: 20}
webhook: {port: 9444, validating: {failurePolicy: Ignore}}
affinity: {podAntiAffinity: null}
podAnnotations: {a: b}
tolerations: null
nodeSelector: null
updateStrategy: {rollingUpdate: null}
hostNetwork: ${HOST_NETWORK}
rbac: {annotations: {a: b}}
`))
	assert.Empty(t, check(t, chart.Plugin, `
sidecarImage: {registry: mirror.example.com, tag: v0.13.0}
certificate: {createServerCertificate: false}
imagePullSecrets: [{name: mirror}]
containerSecurityContext: {runAsUser: null}
crds: {create: false}
`))
}

func TestCheckRefuses(t *testing.T) {
	assert.Equal(t, []string{"values.image.tga", "values.replicaCount", "values.webhook", "values.webhooks"}, check(t, chart.Operator, `
image: {tga: 1.30.0}
replicaCount: {}
webhook: [a]
webhooks: {}
`))
	assert.Equal(t, []string{"values.config"}, check(t, chart.Plugin, `config: {data: {}}`), "which the operator's chart has")
	for _, taken := range []string{"nameOverride: a", "fullnameOverride: a", "namespaceOverride: a", "service: {name: a}", "config: {data: {}}",
		"monitoring: {podMonitorEnabled: true}", "monitoring: {podMonitorAdditionalLabels: {a: b}}", "monitoring: {podMonitorRelabelings: []}",
		"monitoring: {podMonitorMetricRelabelings: []}", "monitoring: {grafanaDashboard: {create: true}}"} {
		assert.Len(t, check(t, chart.Operator, taken), 1, taken)
	}
}

func TestCheckRefusesWhatNoTemplateReads(t *testing.T) {
	assert.Equal(t, []string{"values.certificate.issuerName", "values.dnsPolicy", "values.hostNetwork", "values.image.pullPolicy", "values.podAnnotations", "values.updateStrategy"},
		check(t, chart.Plugin, `
certificate: {issuerName: ours}
dnsPolicy: Default
hostNetwork: true
image: {pullPolicy: Always}
podAnnotations: {a: b}
updateStrategy: {type: Recreate}
`))
	assert.Equal(t, []string{"values.imagePullSecrets"}, checkAt(t, chart.Plugin, "0.4.0", "imagePullSecrets: [{name: mirror}]"), "it came with 0.5.0")
	assert.Empty(t, checkAt(t, chart.Plugin, "0.5.0", "imagePullSecrets: [{name: mirror}]"))
	assert.Empty(t, checkAt(t, chart.Plugin, "", "imagePullSecrets: [{name: mirror}]"), "the version is another error's")
}

func TestCheckRefusesNull(t *testing.T) {
	assert.Equal(t, []string{"values.image", "values.replicaCount", "values.webhook.mutating", "values.webhook.port"},
		check(t, chart.Operator, "{image: null, replicaCount: null, webhook: {port: null, mutating: null}}"))
	context := "{containerSecurityContext: {runAsUser: null}, podSecurityContext: null, resources: null}"
	assert.Equal(t, []string{"values.containerSecurityContext", "values.podSecurityContext"}, checkAt(t, chart.Plugin, "0.6.0", context))
	assert.Empty(t, check(t, chart.Plugin, context))
}

func TestCheckRefusesFractions(t *testing.T) {
	assert.Equal(t, []string{"values.replicaCount"}, check(t, chart.Operator, "replicaCount: 1.5"))
}
