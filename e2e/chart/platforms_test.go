//go:build e2e

package chart

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// platforms are those of the examples, one that sets every value that a platform can set by itself, and one that sets as few as can be.
func platforms(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{
		"everything": everything,
		"nothing": "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresPlatform\nmetadata: {name: postgres}\n" +
			"spec: {resources: {}, barmanCloud: {resources: {}, certManager: {installed: true}}}\n",
	}
	for _, path := range []string{"reference/platform.yaml", "reference/platform-mirror.yaml", "deployment-plan/clusters/um890/cnpg/platform.yaml"} {
		text, err := os.ReadFile("../../examples/" + path)
		require.NoError(t, err)
		all[path] = string(text)
	}
	return all
}

const everything = `
apiVersion: postgresapp.dev/v1alpha1
kind: PostgresPlatform
metadata: {name: postgres}
spec:
  replicas: 2
  resources: {requests: {cpu: 150m, memory: 300Mi}, limits: {memory: 600Mi}}
  operatorConfig: {INHERITED_LABELS: team}
  logLevel: debug
  inheritedMetadata: {labels: {team: data}, annotations: {note: ours}}
  values:
    image: {repository: mirror.example.com/cnpg, tag: "9.9.9"}
    imagePullSecrets: [{name: robot}]
    priorityClassName: system-cluster-critical
    nodeSelector: {disk: fast}
    webhook: {port: 9555}
    config: {maxConcurrentReconciles: 20}
  barmanCloud:
    certManager: {installed: true}
    resources: {requests: {memory: 70Mi}}
    values:
      image: {registry: mirror.example.com}
      sidecarImage: {registry: mirror.example.com}
      priorityClassName: system-cluster-critical
      nodeSelector: {disk: fast}
`

// releases are the HelmReleases that a platform becomes, by name.
func releases(t *testing.T, platform, operatorVersion, pluginVersion string) map[string]fields {
	t.Helper()
	var document fields
	require.NoError(t, yaml.Unmarshal([]byte(platform), &document))
	put(document, "spec.operatorVersion", operatorVersion)
	put(document, "spec.barmanCloud.version", pluginVersion)
	text, err := yaml.Marshal(document)
	require.NoError(t, err)
	result := render.Apps([]render.Document{{YAML: text}}, nil)
	require.False(t, result.Findings.Failed(), "%s", result.Findings)
	found := map[string]fields{}
	for _, object := range result.Expansions[0].Objects {
		if object.Kind == "HelmRelease" {
			found[object.Name] = object.Fields["spec"].(fields)
		}
	}
	require.Len(t, found, 2)
	return found
}

// chartVersions are the charts by what they install, as the tags of the clone have them.
var chartVersions = map[string]map[string]string{
	operator: {"1.27.0": "0.26.0", "1.27.1": "0.26.1", "1.28.0": "0.27.0", "1.28.1": "0.27.1", "1.29.0": "0.28.0", "1.29.1": "0.28.3", "1.30.0": "0.29.0"},
	plugin:   {"0.9.0": "0.3.1", "0.10.0": "0.4.0", "0.11.0": "0.5.0", "0.12.0": "0.6.0", "0.13.0": "0.7.0"},
}

// TestPlatforms renders the charts of every version with the values of every platform.
func TestPlatforms(t *testing.T) {
	c := open(t)
	for title, platform := range platforms(t) {
		t.Run(title, func(t *testing.T) {
			for installs, version := range chartVersions[operator] {
				values, _ := releases(t, platform, installs, "0.13.0")[operator]["values"].(fields)
				objects, err := c.render(t, operator, version, values)
				require.NoError(t, err, version)
				manager := deployment(t, objects, operator)
				assert.Equal(t, "metrics", manager.container["ports"].([]any)[0].(fields)["name"], "which the monitor asks for")
				assert.Equal(t, fields{"app.kubernetes.io/name": operator, "app.kubernetes.io/instance": operator}, manager.selector,
					"which monitor and policies select by")
				assert.Contains(t, objects, "Service cnpg-webhook-service")
				if title == "everything" {
					operatorHasEverything(t, objects, manager)
				}
			}
			for installs, version := range chartVersions[plugin] {
				values, _ := releases(t, platform, "1.30.0", installs)[plugin]["values"].(fields)
				objects, err := c.render(t, plugin, version, values)
				require.NoError(t, err, version)
				manager := deployment(t, objects, plugin)
				assert.Equal(t, fields{"app.kubernetes.io/name": plugin, "app.kubernetes.io/instance": plugin}, manager.selector)
				if title == "everything" {
					pluginHasEverything(t, objects, manager, "v"+installs)
				}
			}
		})
	}
}

// workload is a Deployment with one container.
type workload struct{ spec, template, pod, container, selector fields }

func deployment(t *testing.T, objects map[string]fields, name string) workload {
	t.Helper()
	require.Contains(t, objects, "Deployment "+name, "which alerts and procedures name")
	spec := objects["Deployment "+name]["spec"].(fields)
	template := spec["template"].(fields)
	pod := template["spec"].(fields)
	require.Len(t, pod["containers"], 1)
	return workload{spec, template["metadata"].(fields), pod, pod["containers"].([]any)[0].(fields), spec["selector"].(fields)["matchLabels"].(fields)}
}

func operatorHasEverything(t *testing.T, objects map[string]fields, w workload) {
	t.Helper()
	assert.EqualValues(t, 2, w.spec["replicas"])
	assert.Equal(t, fields{"requests": fields{"cpu": "150m", "memory": "300Mi"}, "limits": fields{"memory": "600Mi"}}, w.container["resources"])
	assert.Equal(t, "data", w.template["labels"].(fields)["team"])
	assert.Equal(t, "ours", w.template["annotations"].(fields)["note"])
	assert.Equal(t, "mirror.example.com/cnpg:9.9.9", w.container["image"])
	for _, arg := range []string{"--log-level=debug", "--webhook-port=9555", "--max-concurrent-reconciles=20", "--config-map-name=cnpg-controller-manager-config"} {
		assert.Contains(t, w.container["args"], arg)
	}
	assert.Equal(t, fields{"INHERITED_LABELS": "team"}, objects["ConfigMap cnpg-controller-manager-config"]["data"])
	assert.Equal(t, []any{fields{"name": "robot"}}, w.pod["imagePullSecrets"])
	assert.Equal(t, "system-cluster-critical", w.pod["priorityClassName"])
	assert.Equal(t, fields{"disk": "fast"}, w.pod["nodeSelector"])
}

func pluginHasEverything(t *testing.T, objects map[string]fields, w workload, version string) {
	t.Helper()
	assert.Equal(t, fields{"requests": fields{"memory": "70Mi"}}, w.container["resources"])
	assert.Equal(t, "data", w.template["labels"].(fields)["team"])
	assert.Equal(t, "mirror.example.com/cloudnative-pg/plugin-barman-cloud:"+version, w.container["image"])
	assert.Equal(t, "mirror.example.com/cloudnative-pg/plugin-barman-cloud-sidecar:"+version,
		objects["ConfigMap plugin-barman-cloud-config"]["data"].(fields)["SIDECAR_IMAGE"])
	assert.Equal(t, "system-cluster-critical", w.pod["priorityClassName"])
	assert.Equal(t, fields{"disk": "fast"}, w.pod["nodeSelector"])
	for _, name := range []string{"barman-cloud-server", "barman-cloud-client"} {
		assert.Contains(t, objects, "Certificate "+name, "about which an alert is")
	}
}
