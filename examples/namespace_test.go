package examples_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// TestNamespaceLaw proves that setting the namespace after the expansion, as kustomize's `namespace:` and Flux's targetNamespace do,
// gives what setting it on the PostgresApp gives. Objects that by their nature live in another namespace are the exception: those tools
// move every object.
func TestNamespaceLaw(t *testing.T) {
	apps := exampleApps(t)
	require.Greater(t, len(apps), 10, "there are examples")
	for _, app := range apps {
		t.Run(app.name, func(t *testing.T) {
			require.NoError(t, app.node.PipeE(yaml.LookupCreate(yaml.MappingNode, "metadata"), yaml.Clear("namespace")))
			without := setNamespace(t, expand(t, app), "elsewhere")
			require.NoError(t, app.node.PipeE(yaml.LookupCreate(yaml.MappingNode, "metadata"), yaml.SetField("namespace", yaml.NewStringRNode("elsewhere"))))
			with := setNamespace(t, expand(t, app), "")
			assert.Equal(t, with, without)
		})
	}
}

// elsewhere are apps of which some object has a namespace of its own by nature.
var elsewhere = []string{"cluster.namespace", "monitoring.dashboard.namespace"}

type exampleApp struct {
	name string
	node *yaml.RNode
}

// exampleApps are all PostgresApps of all examples that stand for themselves.
func exampleApps(t *testing.T) (apps []exampleApp) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" || strings.Contains(path, "expected") {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			node, err := yaml.Parse(string(document))
			if err != nil || node.GetKind() != "PostgresApp" {
				continue
			}
			require.NoError(t, err)
			apps = append(apps, exampleApp{path + " " + node.GetName(), node})
		}
		return nil
	}))
	return apps
}

// expand gives the app what others of its repository give it, a volume at least, and expands it.
func expand(t *testing.T, app exampleApp) string {
	t.Helper()
	for _, path := range elsewhere {
		value, err := app.node.Pipe(yaml.Lookup(append([]string{"spec"}, strings.Split(path, ".")...)...))
		require.NoError(t, err)
		if value != nil {
			t.Skipf("spec.%s puts an object into another namespace, where `namespace:` would not leave it", path)
		}
	}
	defaults := &render.Document{YAML: []byte("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: test}\n" +
		"spec: {storage: {size: 10Gi}}\n")}
	if shared, _ := app.node.Pipe(yaml.Lookup("spec", "cluster")); shared != nil {
		defaults = nil
	}
	result := render.Apps([]render.Document{{YAML: []byte(app.node.MustString())}}, defaults)
	if result.Findings.Failed() && strings.HasPrefix(app.name, "overlays/") {
		t.Skip("a patch, which is no app by itself")
	}
	require.False(t, result.Findings.Failed(), result.Findings.String())
	var text strings.Builder
	for _, object := range result.Expansions[0].Objects {
		document, err := object.YAML()
		require.NoError(t, err)
		text.WriteString("---\n" + string(document))
	}
	return text.String()
}

// setNamespace runs kustomize over objects.
func setNamespace(t *testing.T, objects, namespace string) string {
	t.Helper()
	files := filesys.MakeFsInMemory()
	require.NoError(t, files.WriteFile("objects.yaml", []byte(objects)))
	kustomization := "resources: [objects.yaml]\n"
	if namespace != "" {
		kustomization += "namespace: " + namespace + "\n"
	}
	require.NoError(t, files.WriteFile("kustomization.yaml", []byte(kustomization)))
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, ".")
	require.NoError(t, err)
	text, err := built.AsYaml()
	require.NoError(t, err)
	return string(text)
}
