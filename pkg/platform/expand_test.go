package platform_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

type fields = map[string]any

// expand expands a platform with these lines below spec, by "kind name".
func expand(t *testing.T, spec string) map[string]manifest.Object {
	t.Helper()
	text := "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresPlatform\nmetadata: {name: postgres, labels: {team: data}}\nspec:\n" + spec
	result := render.Apps([]render.Document{{YAML: []byte(text)}}, nil)
	require.Empty(t, result.Findings.String())
	objects := map[string]manifest.Object{}
	for _, object := range result.Expansions[0].Objects {
		key := object.Kind + " " + object.Name
		require.NotContains(t, objects, key)
		objects[key] = object
	}
	return objects
}

// at follows names and indices into an object.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			value = value.(fields)[step]
		case int:
			value = value.([]any)[step]
		}
	}
	return value
}

const stated = "  barmanCloud: {certManager: {installed: true}}\n"

func TestNothingButAPlatform(t *testing.T) {
	objects := expand(t, stated)
	var names []string
	for name, object := range objects {
		names = append(names, name)
		if object.Kind != "Namespace" {
			assert.Equal(t, "cnpg-system", object.Namespace, name)
		}
		assert.Equal(t, "PostgresPlatform/postgres", at(t, object.Fields, "metadata", "annotations", "postgresapp.dev/owner"), name)
		assert.Equal(t, "data", at(t, object.Fields, "metadata", "labels", "team"), name)
	}
	assert.ElementsMatch(t, []string{
		"Namespace cnpg-system", "HelmRepository cloudnative-pg", "HelmRelease cloudnative-pg", "HelmRelease plugin-barman-cloud",
		"PodMonitor cloudnative-pg", "PrometheusRule cloudnative-pg", "ConfigMap cloudnative-pg-operator-dashboard",
		"ConfigMap postgresql-overview-dashboard", "ConfigMap postgresql-backups-dashboard",
	}, names)
	release := objects["HelmRelease cloudnative-pg"].Fields
	assert.Equal(t, fields{"chart": "cloudnative-pg", "version": "0.29.0", "sourceRef": fields{"kind": "HelmRepository", "name": "cloudnative-pg"}},
		at(t, release, "spec", "chart", "spec"))
	assert.Equal(t, fields{
		"replicaCount": int64(1),
		"resources":    fields{"requests": fields{"cpu": "100m", "memory": "256Mi"}, "limits": fields{"cpu": "200m", "memory": "256Mi"}},
	}, at(t, release, "spec", "values"))
	assert.Equal(t, "restricted", at(t, objects["Namespace cnpg-system"].Fields, "metadata", "labels", "pod-security.kubernetes.io/enforce"))
	assert.Equal(t, []any{fields{"name": "cloudnative-pg"}}, at(t, objects["HelmRelease plugin-barman-cloud"].Fields, "spec", "dependsOn"))
}

func TestCertManagerUnstated(t *testing.T) {
	text := []byte("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresPlatform\nmetadata: {name: postgres}\n")
	findings := render.Apps([]render.Document{{YAML: text}}, nil).Findings
	assert.Len(t, findings.Warnings(), 1)
	assert.Contains(t, findings.String(), "spec.barmanCloud.certManager: the plugin's chart makes Certificates of cert-manager")

	expand(t, "  barmanCloud: {enabled: false}\n") // nobody needs it then

	objects := expand(t, "  barmanCloud: {certManager: {installed: true}, values: {certificate: {createServerCertificate: false, createClientCertificate: false}}}\n")
	text, err := objects["PrometheusRule cloudnative-pg"].YAML()
	require.NoError(t, err)
	assert.NotContains(t, string(text), "PostgresPlatformPluginCertificateExpiring", "somebody else's certificates have other names")
}

func TestSettingsBecomeValues(t *testing.T) {
	objects := expand(t, `
  operatorVersion: "1.29"
  replicas: 2
  logLevel: debug
  operatorConfig: {INHERITED_LABELS: team, CLUSTERS_ROLLOUT_DELAY: "10"}
  inheritedMetadata: {labels: {team: data}, annotations: {a: b}}
  resources: {limits: {memory: 1Gi}}
  values: {replicaCount: 3, podLabels: {tier: one}, resources: null, webhook: {port: 9555}}
  barmanCloud:
    version: "0.12"
    certManager: {helmRelease: {name: cert-manager, namespace: cert-manager}}
    resources: {requests: {memory: 64Mi}}
    values: {priorityClassName: high}
  network: {}
`)
	release := objects["HelmRelease cloudnative-pg"].Fields
	assert.Equal(t, "0.28.3", at(t, release, "spec", "chart", "spec", "version"))
	assert.Equal(t, fields{
		"replicaCount": int64(3), "additionalArgs": []any{"--log-level=debug"},
		"config":    fields{"data": fields{"INHERITED_LABELS": "team", "CLUSTERS_ROLLOUT_DELAY": "10"}},
		"podLabels": fields{"team": "data", "tier": "one"}, "podAnnotations": fields{"a": "b"}, "webhook": fields{"port": int64(9555)},
	}, at(t, release, "spec", "values"))
	plugin := objects["HelmRelease plugin-barman-cloud"].Fields
	assert.Equal(t, "0.6.0", at(t, plugin, "spec", "chart", "spec", "version"))
	assert.Equal(t, fields{"resources": fields{"requests": fields{"memory": "64Mi"}}, "podLabels": fields{"team": "data"}, "priorityClassName": "high"},
		at(t, plugin, "spec", "values"))
	assert.Equal(t, []any{fields{"name": "cloudnative-pg"}, fields{"name": "cert-manager", "namespace": "cert-manager"}}, at(t, plugin, "spec", "dependsOn"))
	assert.Equal(t, int64(9555), at(t, objects["NetworkPolicy cloudnative-pg"].Fields, "spec", "ingress", 0, "ports", 0, "port"), "the port moves with the webhook")
}

func TestSources(t *testing.T) {
	objects := expand(t, stated+"  source: {url: https://charts.example.com, namespace: flux-system, interval: 6h, secretRef: {name: robot}}\n")
	source := objects["HelmRepository cloudnative-pg"]
	assert.Equal(t, "flux-system", source.Namespace)
	assert.Equal(t, fields{"url": "https://charts.example.com", "interval": "6h", "secretRef": fields{"name": "robot"}}, source.Fields["spec"])
	for _, name := range []string{"cloudnative-pg", "plugin-barman-cloud"} {
		assert.Equal(t, fields{"kind": "HelmRepository", "name": "cloudnative-pg", "namespace": "flux-system"},
			at(t, objects["HelmRelease "+name].Fields, "spec", "chart", "spec", "sourceRef"))
	}

	objects = expand(t, stated+"  source: {url: oci://ghcr.io/cloudnative-pg/charts}\n")
	assert.NotContains(t, objects, "HelmRepository cloudnative-pg")
	for name, version := range map[string]string{"cloudnative-pg": "0.29.0", "plugin-barman-cloud": "0.7.0"} {
		assert.Equal(t, fields{
			"url": "oci://ghcr.io/cloudnative-pg/charts/" + name, "interval": "1h", "ref": fields{"tag": version},
			"layerSelector": fields{"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "operation": "copy"},
		}, objects["OCIRepository "+name].Fields["spec"])
		release := objects["HelmRelease "+name].Fields
		assert.Equal(t, fields{"kind": "OCIRepository", "name": name}, at(t, release, "spec", "chartRef"))
		assert.NotContains(t, at(t, release, "spec"), "chart")
	}
}

func TestMonitoring(t *testing.T) {
	objects := expand(t, stated+"  monitoring: {labels: {prometheus: main}, interval: 1m, dashboards: {namespace: monitoring, annotations: {folder: db}}}\n")
	monitor := objects["PodMonitor cloudnative-pg"].Fields
	assert.Equal(t, "main", at(t, monitor, "metadata", "labels", "prometheus"))
	assert.Equal(t, fields{
		"selector":            fields{"matchLabels": fields{"app.kubernetes.io/name": "cloudnative-pg"}},
		"podMetricsEndpoints": []any{fields{"port": "metrics", "interval": "1m"}},
	}, monitor["spec"])
	assert.Equal(t, "main", at(t, objects["PrometheusRule cloudnative-pg"].Fields, "metadata", "labels", "prometheus"))
	for _, name := range []string{"cloudnative-pg-operator", "postgresql-overview", "postgresql-backups"} {
		configMap := objects["ConfigMap "+name+"-dashboard"]
		assert.Equal(t, "monitoring", configMap.Namespace)
		assert.Equal(t, "1", at(t, configMap.Fields, "metadata", "labels", "grafana_dashboard"))
		assert.Equal(t, "db", at(t, configMap.Fields, "metadata", "annotations", "folder"))
		assert.Contains(t, at(t, configMap.Fields, "data", name+".json"), `"schemaVersion"`)
	}

	objects = expand(t, stated+"  monitoring: {type: None, dashboards: {enabled: false}}\n")
	for name := range objects {
		assert.NotContains(t, []string{"PodMonitor", "PrometheusRule", "ConfigMap"}, strings.Fields(name)[0])
	}
	objects = expand(t, "  barmanCloud: {enabled: false}\n")
	assert.NotContains(t, objects, "HelmRelease plugin-barman-cloud")
	assert.Len(t, at(t, objects["PrometheusRule cloudnative-pg"].Fields, "spec", "groups"), 1, "no alerts about a plugin that is not there")
}

func TestNetwork(t *testing.T) {
	assert.NotContains(t, expand(t, stated), "NetworkPolicy cloudnative-pg", "policies are asked for, as an app's are")
	objects := expand(t, stated+"  network: {prometheusNamespace: monitoring, allowTo: [{ports: [{port: 3128}]}]}\n")
	ports := func(rule any) (numbers []int64) {
		for _, port := range rule.(fields)["ports"].([]any) {
			numbers = append(numbers, port.(fields)["port"].(int64))
		}
		return numbers
	}
	operator := objects["NetworkPolicy cloudnative-pg"].Fields
	ingress := at(t, operator, "spec", "ingress").([]any)
	require.Len(t, ingress, 2)
	assert.Equal(t, []int64{9443}, ports(ingress[0]))
	assert.NotContains(t, ingress[0], "from", "the API server has no label")
	assert.Equal(t, []int64{8080}, ports(ingress[1]))
	assert.Equal(t, "monitoring", at(t, ingress[1], "from", 0, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"))
	var egress [][]int64
	for _, rule := range at(t, operator, "spec", "egress").([]any) {
		egress = append(egress, ports(rule))
	}
	assert.Equal(t, [][]int64{{53, 53}, {443, 6443}, {8000, 5432}, {9090}, {3128}}, egress)
	assert.Equal(t, fields{"namespaceSelector": fields{}, "podSelector": fields{"matchLabels": fields{"cnpg.io/podRole": "instance"}}},
		at(t, operator, "spec", "egress", 2, "to", 0), "instances are in every namespace")
	plugin := objects["NetworkPolicy plugin-barman-cloud"].Fields
	assert.Equal(t, []int64{9090}, ports(at(t, plugin, "spec", "ingress", 0)))
	assert.Equal(t, "cloudnative-pg", at(t, plugin, "spec", "ingress", 0, "from", 0, "podSelector", "matchLabels", "app.kubernetes.io/name"))

	alone := expand(t, "  barmanCloud: {enabled: false}\n  network: {}\n")
	assert.NotContains(t, alone, "NetworkPolicy plugin-barman-cloud")
	assert.Len(t, at(t, alone["NetworkPolicy cloudnative-pg"].Fields, "spec", "egress"), 3)
}

func TestOverrides(t *testing.T) {
	objects := expand(t, stated+`
  overrides:
    helmRelease: {spec: {timeout: 15m, install: null}}
    barmanCloudHelmRelease: {spec: {suspend: true}}
    namespace: {metadata: {labels: {pod-security.kubernetes.io/warn: restricted}}}
`)
	operator, plugin := objects["HelmRelease cloudnative-pg"].Fields, objects["HelmRelease plugin-barman-cloud"].Fields
	assert.Equal(t, "15m", at(t, operator, "spec", "timeout"))
	assert.NotContains(t, operator["spec"], "install")
	assert.NotContains(t, plugin["spec"], "timeout")
	assert.Equal(t, true, at(t, plugin, "spec", "suspend"))
	assert.Equal(t, "restricted", at(t, objects["Namespace cnpg-system"].Fields, "metadata", "labels", "pod-security.kubernetes.io/warn"))
}

// variants are platforms that between them set every value that a platform can set by itself.
var variants = []string{
	stated,
	"  barmanCloud: {enabled: false}\n",
	stated + "  operatorVersion: \"1.27.0\"\n  replicas: 3\n  resources: {}\n",
	stated + "  logLevel: trace\n  operatorConfig: {INHERITED_ANNOTATIONS: a}\n  inheritedMetadata: {labels: {a: b}, annotations: {c: d}}\n",
	"  barmanCloud: {version: 0.9.0, certManager: {installed: true}, resources: {limits: {cpu: 1}}}\n  inheritedMetadata: {labels: {a: b}}\n",
}

// TestEveryValueExists holds the values of all variants against the lists of keys in pkg/chart, which it reads by itself.
func TestEveryValueExists(t *testing.T) {
	known := map[string]map[string]string{}
	for _, chart := range []string{"cloudnative-pg", "plugin-barman-cloud"} {
		text, err := os.ReadFile("../chart/" + chart + ".txt")
		require.NoError(t, err)
		known[chart] = map[string]string{}
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(line); words[0] != "#" && !slices.Contains(words, "unread") {
				known[chart][words[0]] = words[1]
			}
		}
		require.Greater(t, len(known[chart]), 30)
	}
	used := map[string]bool{}
	var walk func(chart, path string, value any)
	walk = func(chart, path string, value any) {
		if of, ok := known[chart][path]; ok {
			used[chart+" "+path] = true
			switch value.(type) {
			case fields:
				assert.Equal(t, "object", of, path)
			case []any:
				assert.Equal(t, "list", of, path)
			case int64:
				assert.Equal(t, "integer", of, path)
			default:
				assert.Fail(t, "a value of a type that no variant has", "%s %s: %T", chart, path, value)
			}
			return
		}
		object, ok := value.(fields)
		require.True(t, ok && len(object) > 0, "%s has no value %s", chart, path)
		for key, inner := range object {
			walk(chart, strings.TrimPrefix(path+"."+key, "."), inner)
		}
	}
	for _, spec := range variants {
		for name, object := range expand(t, spec) {
			if object.Kind == "HelmRelease" {
				assert.Empty(t, cnpg.Validate(object.APIVersion, object.Kind, object.Fields, nil), name)
				if values, ok := at(t, object.Fields, "spec").(fields)["values"].(fields); ok {
					walk(object.Name, "", values)
				}
			}
		}
	}
	assert.Len(t, used, 8, "the values that a platform sets: %v", used)
}

// TestDefinitions holds every object of every variant against the definition of its kind.
func TestDefinitions(t *testing.T) {
	more := append([]string{
		stated + "  source: {url: oci://ghcr.io/cloudnative-pg/charts, namespace: flux-system, secretRef: {name: a}}\n  network: {}\n",
		stated + "  monitoring: {relabelings: [{action: labeldrop, regex: pod_ip}], scrapeTimeout: 10s}\n",
	}, variants...)
	checked := map[string]bool{}
	for _, spec := range more {
		for name, object := range expand(t, spec) {
			if cnpg.HasSchema(object.APIVersion, object.Kind) {
				checked[object.Kind] = true
				assert.Empty(t, cnpg.Validate(object.APIVersion, object.Kind, object.Fields, nil), name)
			}
		}
	}
	assert.Len(t, checked, 5, "HelmRelease, HelmRepository, OCIRepository, PodMonitor, PrometheusRule: %v", checked)
}
