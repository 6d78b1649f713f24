package property

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/alert"
	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// platformRoot stands before the paths of a platform's fields where spec stands before those of an app's.
const platformRoot = "platform"

// PlatformPaths lists every field that a PostgresPlatform's spec may have, as Paths does an app's.
var PlatformPaths = sync.OnceValue(func() []string {
	var paths []string
	walkTypes(platformSpec, platformRoot, &paths)
	return paths
})

var platformSpec = reflect.TypeFor[v1alpha1.PostgresPlatformSpec]()

// DrawnPlatform are platforms as they are drawn, of which the product refuses some. The fields at the given paths, and of some more that are
// drawn, are there.
func DrawnPlatform(spotlight ...string) *rapid.Generator[Document] {
	return rapid.Custom(func(t *rapid.T) Document {
		d := &drawer{t: t, nasty: -1, spotlight: slices.Clone(spotlight)}
		for range d.index(4) {
			d.spotlight = append(d.spotlight, pick(d, PlatformPaths()))
		}
		metadata := map[string]any{"name": pick(d, []string{"postgres", "p", "a-platform"})}
		if d.rarely(2) {
			metadata["labels"] = map[string]any{"team": "data"}
		}
		return Document{"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresPlatform, "metadata": metadata,
			"spec": d.object(platformSpec, platformRoot)}
	})
}

// ValidPlatform are platforms that the product accepts, as Valid are apps.
func ValidPlatform(spotlight ...string) *rapid.Generator[App] {
	return rapid.Custom(func(t *rapid.T) App {
		document := DrawnPlatform(spotlight...).Draw(t, "platform")
		result, repaired := Repair(document)
		if !repaired {
			t.Skip("beyond repair")
		}
		return App{Document: document, Result: result}
	})
}

// MutatedPlatform are platforms with one or two mistakes, as Mutated are apps.
func MutatedPlatform() *rapid.Generator[App] {
	return rapid.Custom(func(t *rapid.T) App { return mutated(t, ValidPlatform()) })
}

// platformValues are typical of the fields of platforms, as values are of an app's.
var platformValues = map[string]func(*drawer) any{
	"platform.operatorVersion":                 among("1.30", "1.29", "1.28.0", "1.27.1", "1.30.0"),
	"platform.operatorNamespace":               among("cnpg-system", "database"),
	"platform.replicas":                        among(1, 2, 3),
	"platform.logLevel":                        among("info", "debug", "error"),
	"platform.interval":                        among("10m", "1h30m"),
	"platform.operatorConfig{key}":             among("INHERITED_LABELS", "INHERITED_ANNOTATIONS", "CLUSTERS_ROLLOUT_DELAY", "WATCH_NAMESPACE"),
	"platform.operatorConfig{}":                among("team", "10", "a, b", "costs $5", "${VAR}"),
	"platform.values":                          chartValues(operatorValues),
	"platform.barmanCloud.values":              chartValues(pluginValues),
	"platform.barmanCloud.version":             among("0.13.0", "0.13", "0.12.0", "0.9.0", "0.11"),
	"platform.source.url":                      among("https://charts.example.com", "oci://registry.example.com/a/charts", "http://charts.monitoring.svc:8080"),
	"platform.source.namespace":                among("monitoring", "database"),
	"platform.source.interval":                 among("1h", "12h"),
	"platform.monitoring.type":                 among("PodMonitor", "None"),
	"platform.monitoring.interval":             among("30s", "1m", "15s"),
	"platform.monitoring.scrapeTimeout":        among("10s", "5s"),
	"platform.monitoring.alerts.exclude[]":     func(d *drawer) any { return pick(d, alert.PlatformNames()) },
	"platform.network.prometheusNamespace":     among("monitoring"),
	"platform.monitoring.dashboards.namespace": among("monitoring", "database"),
	"HelmReleaseReference.name":                among("cert-manager", "certificates.example"),
	"HelmReleaseReference.namespace":           among("monitoring", "cert-manager"),
}

func init() { maps.Copy(values, platformValues) }

// operatorValues and pluginValues are values of the charts, each by itself.
var operatorValues = []map[string]any{
	{"image": map[string]any{"repository": "mirror.example.com/cnpg", "tag": "${VAR}", "pullPolicy": "Always"}},
	{"imagePullSecrets": []any{map[string]any{"name": "robot"}}},
	{"replicaCount": int64(2)},
	{"resources": nil},
	{"webhook": map[string]any{"port": int64(9555), "validating": map[string]any{"failurePolicy": "Ignore"}}},
	{"config": map[string]any{"clusterWide": false, "maxConcurrentReconciles": int64(20)}},
	{"tolerations": []any{map[string]any{"operator": "Exists"}}},
	{"podLabels": map[string]any{"a": "b"}, "podAnnotations": map[string]any{"note": "costs $5"}},
	{"additionalArgs": []any{"--pprof-server=true"}},
	{"additionalEnv": []any{map[string]any{"name": "PROXY", "value": "${PROXY}"}}},
	{"hostNetwork": true, "dnsPolicy": "ClusterFirstWithHostNet"},
	{"crds": map[string]any{"create": false}},
}

var pluginValues = []map[string]any{
	{"image": map[string]any{"registry": "mirror.example.com", "tag": "v0.15.0"}, "sidecarImage": map[string]any{"tag": "v0.15.0"}},
	{"imagePullSecrets": []any{map[string]any{"name": "robot"}}},
	{"certificate": map[string]any{"createServerCertificate": false, "createClientCertificate": false}},
	{"certificate": map[string]any{"duration": "720h", "renewBefore": "240h"}},
	{"containerSecurityContext": map[string]any{"runAsUser": nil}},
	{"nodeSelector": map[string]any{"disk": "fast"}, "priorityClassName": "high"},
	{"service": map[string]any{"ipFamilies": []any{"IPv6"}}},
}

// chartValues are some of them together.
func chartValues(all []map[string]any) func(*drawer) any {
	return func(d *drawer) any {
		chosen := map[string]any{}
		for range 1 + d.index(3) {
			maps.Copy(chosen, clone(pick(d, all)))
		}
		return chosen
	}
}

// platformPatches are overrides of each kind that keep the object right.
var platformPatches = map[string]map[string]any{
	"namespace":              {"metadata": map[string]any{"labels": map[string]any{"pod-security.kubernetes.io/warn": "restricted"}}},
	"helmRepository":         {"spec": map[string]any{"timeout": "2m"}},
	"ociRepository":          {"spec": map[string]any{"timeout": "2m"}},
	"helmRelease":            {"spec": map[string]any{"timeout": "15m", "install": map[string]any{"strategy": nil, "remediation": map[string]any{"retries": int64(3)}}}},
	"barmanCloudHelmRelease": {"spec": map[string]any{"suspend": true}},
	"podMonitor":             {"spec": map[string]any{"sampleLimit": int64(5000)}},
	"prometheusRule":         {"metadata": map[string]any{"labels": map[string]any{"release": "monitoring"}}},
	"networkPolicy":          {"metadata": map[string]any{"annotations": map[string]any{"note": "costs $5"}}},
	"configMap":              {"metadata": map[string]any{"labels": map[string]any{"team": "data"}}},
}

func platformOverrides(d *drawer, _ reflect.Type, _ string) any {
	chosen := map[string]any{}
	for range 1 + d.index(3) {
		key := pick(d, slices.Sorted(maps.Keys(platformPatches)))
		chosen[key] = clone(platformPatches[key])
	}
	return chosen
}

// place is where fields are added to a document of a kind.
func place(document map[string]any) (root string, spec reflect.Type, paths []string) {
	if document["kind"] == v1alpha1.KindPostgresPlatform {
		return platformRoot, platformSpec, PlatformPaths()
	}
	return "spec", reflect.TypeFor[v1alpha1.Settings](), Paths()
}

// top is the field of a spec that leads to a path.
func top(root, path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, root+"."), ".")
	return strings.TrimRight(name, "[]{}")
}
