package chart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/chart"
)

func check(t *testing.T, name, values string) (paths []string) {
	t.Helper()
	var decoded map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(values), &decoded))
	for _, err := range chart.Check(name, decoded, field.NewPath("values")) {
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
tolerations: [{key: a, operator: Exists}]
podAnnotations: {a: b}
priorityClassName: null
hostNetwork: ${HOST_NETWORK}
`))
	assert.Empty(t, check(t, chart.Plugin, `
sidecarImage: {registry: mirror.example.com, tag: v0.13.0}
certificate: {createServerCertificate: false, issuerName: ours}
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
		"monitoring: {podMonitorEnabled: true}"} {
		assert.Len(t, check(t, chart.Operator, taken), 1, taken)
	}
}
