package expand_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

type fields = map[string]any

// appNamed is a PostgresApp with the given spec, which is indented by two blanks.
func appNamed(name, spec string) string {
	return "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata:\n  name: " + name + "\nspec:\n" + spec
}

// dedicated is the shortest spec of an app with a Cluster of its own, without backup and monitoring.
const dedicated = `
  storage: {size: 10Gi}
  backup: {enabled: false}
  monitoring: {type: None}
`

// expand returns the objects of an app, each of which must satisfy the definition of its kind.
func expand(t *testing.T, app string) []manifest.Object {
	t.Helper()
	result := render.Apps([]render.Document{{YAML: []byte(app)}}, nil)
	require.False(t, result.Findings.Failed(), "%s", result.Findings)
	require.Len(t, result.Expansions, 1)
	for _, object := range result.Expansions[0].Objects {
		for _, err := range cnpg.Validate(object.APIVersion, object.Kind, object.Fields, nil) {
			assert.Fail(t, "the API server would refuse the object", "%s %s: %s", object.Kind, object.Name, err)
		}
	}
	return result.Expansions[0].Objects
}

// ofKind returns the objects of a kind without what all objects have: apiVersion, kind, labels and annotations.
func ofKind(t *testing.T, app, kind string) []fields {
	t.Helper()
	var found []fields
	for _, object := range expand(t, app) {
		if object.Kind != kind {
			continue
		}
		fields := object.Fields
		delete(fields, "apiVersion")
		delete(fields, "kind")
		metadata := fields["metadata"].(map[string]any)
		delete(metadata, "labels")
		delete(metadata, "annotations")
		found = append(found, fields)
	}
	return found
}

// documents parses the documents that a test expects. An empty text is none.
func documents(t *testing.T, text string) []fields {
	t.Helper()
	var all []fields
	for document := range strings.SplitSeq(text, "\n---\n") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		asJSON, err := yaml.YAMLToJSONStrict([]byte(document))
		require.NoError(t, err, document)
		value, err := jsontype.Parse(asJSON)
		require.NoError(t, err, document)
		all = append(all, value.(fields))
	}
	return all
}

// expansion is a case: the spec of app shop, and the objects of one kind that it becomes.
type expansion struct {
	spec string
	want string
}

func (e expansion) test(t *testing.T, kind string) {
	t.Helper()
	assert.Equal(t, documents(t, e.want), ofKind(t, appNamed("shop", e.spec), kind))
}

// everything asks for every kind of object.
const everything = `
  storage: {size: 10Gi}
  instances: 3
  credentials: {password: "${SHOP_PASSWORD}"}
  extensions: [vector]
  roles:
  - {name: reader, credentials: {externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: shop/reader}}}}
  backup: {bucket: backups, credentials: {inheritFromIAMRole: true}}
  poolers: [{}]
  monitoring: {dashboard: {enabled: true}}
  network: {}
  init: {job: {image: "registry.example.org/migrate:1"}}
`

func TestKindsInOrder(t *testing.T) {
	tests := map[string]struct {
		spec string
		want []string
	}{
		"the least": {
			spec: "  storage: {size: 1Gi}\n",
			want: []string{"Cluster", "Service", "ServiceMonitor", "PrometheusRule"},
		},
		"nothing but the cluster": {
			spec: dedicated,
			want: []string{"Cluster"},
		},
		"everything": {
			spec: everything,
			want: []string{"Cluster", "Database", "DatabaseRole", "Secret", "Secret", "ExternalSecret", "ObjectStore", "ScheduledBackup", "Pooler",
				"Service", "ServiceMonitor", "PodMonitor", "PrometheusRule", "ConfigMap", "NetworkPolicy", "NetworkPolicy", "NetworkPolicy", "Job"},
		},
		"everything by scraping pods": {
			spec: strings.Replace(everything, "monitoring: {", "monitoring: {type: PodMonitor, ", 1),
			want: []string{"Cluster", "Database", "DatabaseRole", "Secret", "Secret", "ExternalSecret", "ObjectStore", "ScheduledBackup", "Pooler",
				"PodMonitor", "PodMonitor", "PrometheusRule", "ConfigMap", "NetworkPolicy", "NetworkPolicy", "NetworkPolicy", "Job"},
		},
		"a guest of a shared cluster": {
			spec: "  cluster: {name: postgres}\n  credentials: {password: \"${SHOP_PASSWORD}\"}\n",
			want: []string{"Database", "DatabaseRole", "Secret"},
		},
		"a guest of a shared cluster elsewhere": {
			spec: "  cluster: {name: postgres, namespace: database}\n  credentials: {password: \"${SHOP_PASSWORD}\"}\n",
			want: []string{"Database", "DatabaseRole", "Secret", "Secret"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var kinds []string
			for _, object := range expand(t, appNamed("shop", test.spec)) {
				kinds = append(kinds, object.Kind)
			}
			assert.Equal(t, test.want, kinds)
		})
	}
}

// specs are the specs of the other tests' cases that hold for every object of every app.
func specs() map[string]string {
	return map[string]string{
		"the least": "  storage: {size: 1Gi}\n", "only the cluster": dedicated, "everything": everything,
		"by scraping pods": strings.Replace(everything, "monitoring: {", "monitoring: {type: PodMonitor, ", 1),
		"a guest":          "  cluster: {name: postgres, namespace: database}\n  credentials: {password: \"${SHOP_PASSWORD}\"}\n",
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for name, spec := range specs() {
		t.Run(name, func(t *testing.T) {
			first := text(t, expand(t, appNamed("shop", spec)))
			for range 20 {
				require.Equal(t, first, text(t, expand(t, appNamed("shop", spec))))
			}
		})
	}
}

func text(t *testing.T, objects []manifest.Object) string {
	t.Helper()
	var all strings.Builder
	for _, object := range objects {
		document, err := object.YAML()
		require.NoError(t, err)
		all.Write(document)
	}
	return all.String()
}

// Maps that mean something while they are empty.
var meaningful = []string{
	"NetworkPolicy spec.ingress.[].from.[].podSelector",       // every pod of the namespace
	"NetworkPolicy spec.ingress.[].from.[].namespaceSelector", // every namespace
}

func TestNothingIsWrittenThatSaysNothing(t *testing.T) {
	for name, spec := range specs() {
		t.Run(name, func(t *testing.T) {
			for _, object := range expand(t, appNamed("shop", spec)) {
				assert.NotContains(t, object.Fields, "status", object.Kind)
				assert.NotContains(t, object.Fields["metadata"], "creationTimestamp", object.Kind)
				visit(object.Fields, "", func(path string, value any) {
					assert.NotNil(t, value, "%s %s", object.Kind, path)
					switch value := value.(type) {
					case fields:
						if len(value) == 0 {
							assert.Contains(t, meaningful, object.Kind+" "+path)
						}
					case []any:
						assert.NotEmpty(t, value, "%s %s", object.Kind, path)
					case string:
						assert.NotEmpty(t, value, "%s %s", object.Kind, path)
					}
				})
			}
		})
	}
}

// visit calls a function for every value below another.
func visit(value any, path string, see func(string, any)) {
	if path != "" {
		see(path, value)
	}
	switch value := value.(type) {
	case fields:
		for key, element := range value {
			visit(element, strings.TrimPrefix(path+"."+key, "."), see)
		}
	case []any:
		for _, element := range value {
			visit(element, path+".[]", see)
		}
	}
}

// TestEveryBuilderIsShown holds the files of this package, one for each kind, against what the cases above become.
func TestEveryBuilderIsShown(t *testing.T) {
	shown := map[string]bool{}
	for _, spec := range specs() {
		for _, object := range expand(t, appNamed("shop", spec)) {
			shown[strings.ToLower(object.Kind)] = true
		}
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	parts := []string{"archive", "expand", "metadata", "monitor", "passthrough"} // files that build no kind of their own
	for _, file := range files {
		kind := strings.TrimSuffix(file, ".go")
		if strings.HasSuffix(kind, "_test") || slices.Contains(parts, kind) {
			continue
		}
		assert.True(t, shown[kind], "no case shows what %s builds", file)
	}
}
