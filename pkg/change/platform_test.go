package change

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// release is a HelmRelease of a chart at a version, with values.
func release(chart, version, values string) string {
	return releaseIn("cnpg-system", chart, version, values)
}

func releaseIn(namespace, chart, version, values string) string {
	return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: " + chart + ", namespace: " + namespace + "}\n" +
		"spec: {chart: {spec: {chart: " + chart + ", version: " + version + "}}, values: {" + values + "}}"
}

// fromRegistry is the same by an OCIRepository.
func fromRegistry(chart, version string) string {
	return with("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: "+chart+", namespace: cnpg-system}\nspec: {chartRef: {kind: OCIRepository, name: charts}}",
		"apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: charts, namespace: cnpg-system}\nspec: {url: 'oci://registry.example.com/charts/"+chart+"', ref: {tag: "+version+"}}")
}

// owned is an object of a platform.
func owned(apiVersion, kind, name string) string {
	return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: cnpg-system, annotations: {postgresapp.dev/owner: PostgresPlatform/postgres}}"
}

func TestConsequencesOfPlatforms(t *testing.T) {
	const operator, plugin = "cloudnative-pg", "plugin-barman-cloud"
	const onOperator, onPlugin = " HelmRelease cnpg-system/cloudnative-pg ", " HelmRelease cnpg-system/plugin-barman-cloud "
	monitor, rules := owned("monitoring.coreos.com/v1", "PodMonitor", "a"), owned("monitoring.coreos.com/v1", "PrometheusRule", "a")
	policy := owned("networking.k8s.io/v1", "NetworkPolicy", "a")
	something := owned("v1", "ConfigMap", "a")
	for name, test := range map[string]change{
		"a newer operator":                     {release(operator, "0.28.3", ""), release(operator, "0.29.0", ""), []string{"restart" + onOperator + "spec"}},
		"an older operator":                    {release(operator, "0.29.0", ""), release(operator, "0.28.3", ""), []string{"danger" + onOperator + "spec"}},
		"an operator of unknown version":       {release(operator, "0.29.0", ""), release(operator, "'>=0.29'", ""), []string{"restart" + onOperator + "spec"}},
		"a newer operator from a registry":     {fromRegistry(operator, "0.28.3"), fromRegistry(operator, "0.29.0"), []string{"restart" + onOperator + "spec"}},
		"the same operator from a registry":    {release(operator, "0.29.0", ""), fromRegistry(operator, "0.29.0"), nil},
		"a newer plugin":                       {release(plugin, "0.6.0", ""), release(plugin, "0.7.0", ""), []string{"restart" + onPlugin + "spec"}},
		"an older plugin":                      {release(plugin, "0.7.0", ""), release(plugin, "0.6.0", ""), []string{"danger" + onPlugin + "spec"}},
		"another sidecar":                      {release(plugin, "0.7.0", ""), release(plugin, "0.7.0", "sidecarImage: {tag: v0.15.0}"), []string{"restart" + onPlugin + "spec.values"}},
		"the plugin's memory":                  {release(plugin, "0.7.0", ""), release(plugin, "0.7.0", "resources: {limits: {memory: 1Gi}}"), nil},
		"another image of the operator":        {release(operator, "0.29.0", ""), release(operator, "0.29.0", "image: {tag: 1.30.1}"), []string{"restart" + onOperator + "spec.values.image"}},
		"the operator's memory":                {release(operator, "0.29.0", ""), release(operator, "0.29.0", "resources: {limits: {memory: 1Gi}}"), []string{"note" + onOperator + "spec.values"}},
		"the operator's settings":              {release(operator, "0.29.0", ""), release(operator, "0.29.0", "config: {data: {INHERITED_LABELS: a}}"), []string{"note" + onOperator + "spec.values"}},
		"more operators":                       {release(operator, "0.29.0", "replicaCount: 1"), release(operator, "0.29.0", "replicaCount: 2"), nil},
		"the operator looks at one namespace":  {release(operator, "0.29.0", ""), release(operator, "0.29.0", "config: {clusterWide: false}"), []string{"danger" + onOperator + "spec.values.config", "note" + onOperator + "spec.values"}},
		"the operator looks at some":           {release(operator, "0.29.0", ""), release(operator, "0.29.0", "config: {data: {WATCH_NAMESPACE: a}}"), []string{"danger" + onOperator + "spec.values.config", "note" + onOperator + "spec.values"}},
		"the operator looks at everything":     {release(operator, "0.29.0", "config: {clusterWide: false}"), release(operator, "0.29.0", ""), []string{"note" + onOperator + "spec.values"}},
		"the release is suspended":             {release(operator, "0.29.0", ""), strings.Replace(release(operator, "0.29.0", ""), "spec: {", "spec: {suspend: true, ", 1), []string{"note" + onOperator + "spec.suspend"}},
		"the operator moves":                   {release(operator, "0.29.0", ""), releaseIn("databases", operator, "0.29.0", ""), []string{"danger HelmRelease databases/cloudnative-pg metadata"}},
		"the plugin moves":                     {release(plugin, "0.7.0", ""), releaseIn("databases", plugin, "0.7.0", ""), []string{"danger HelmRelease databases/plugin-barman-cloud metadata"}},
		"the operator is installed":            {something, with(something, release(operator, "0.29.0", "")), nil},
		"the operator is uninstalled":          {release(operator, "0.29.0", ""), "", []string{"danger" + onOperator}},
		"the plugin is uninstalled":            {with(release(operator, "0.29.0", ""), release(plugin, "0.7.0", "")), release(operator, "0.29.0", ""), []string{"danger" + onPlugin}},
		"another chart":                        {release("redis", "1.0.0", ""), release("redis", "2.0.0", "a: b"), nil},
		"the monitor goes, and the rules stay": {with(monitor, rules), rules, []string{"note PodMonitor cnpg-system/a "}},
		"monitor and rules go":                 {with(something, monitor, rules), something, []string{"note PodMonitor cnpg-system/a ", "note PrometheusRule cnpg-system/a "}},
		"monitor and all go":                   {with(something, monitor), "", nil},
		"the policy goes":                      {with(something, policy), something, []string{"note NetworkPolicy cnpg-system/a "}},
		"the policy goes with all":             {policy, "", nil},
		"a first policy":                       {something, with(something, policy), []string{"note NetworkPolicy cnpg-system/a "}},
		"everything is new":                    {"", with(something, policy, monitor), nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := Compare(parse(t, test.was), parse(t, test.is))
			var got []string
			for _, c := range found.Consequences {
				got = append(got, string(c.Effect)+" "+c.Object+" "+c.Field)
			}
			assert.Equal(t, test.want, got, "%v", found.Consequences)
		})
	}
}

func TestMessagesOfPlatforms(t *testing.T) {
	say := func(was, is string) string {
		found := Compare(parse(t, was), parse(t, is)).Consequences
		require.NotEmpty(t, found)
		return found[0].Message
	}
	assert.Contains(t, say(release("cloudnative-pg", "0.27.1", ""), release("cloudnative-pg", "0.29.0", "")), "skips minor versions")
	assert.NotContains(t, say(release("cloudnative-pg", "0.28.3", ""), release("cloudnative-pg", "0.29.0", "")), "skips minor versions")
	moved := say(release("cloudnative-pg", "0.29.0", ""), releaseIn("databases", "cloudnative-pg", "0.29.0", ""))
	assert.Contains(t, moved, "kubectl delete helmreleases.helm.toolkit.fluxcd.io cloudnative-pg -n cnpg-system")
	monitor, rules := owned("monitoring.coreos.com/v1", "PodMonitor", "a"), owned("monitoring.coreos.com/v1", "PrometheusRule", "b")
	assert.Contains(t, say(with(monitor, rules), rules), "PrometheusRule cnpg-system/b that stays has nothing to go by")
	assert.True(t, Secret("HelmRelease", "spec.values.additionalEnv[PROXY].value"))
}
