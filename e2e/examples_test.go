//go:build e2e

package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// examples is the directory of the product's examples. Each has its expected output beside it.
const examples = "../examples"

// TestExamplesAreAdmitted applies what every example expands to. Nothing may be rejected; the only warnings are
// those that the example's warnings.txt names; and what the operator makes of it agrees with what the objects
// refer to.
func TestExamplesAreAdmitted(t *testing.T) {
	var expected []string
	require.NoError(t, filepath.WalkDir(examples, func(path string, entry fs.DirEntry, err error) error {
		if entry.Name() == "expected.yaml" || entry.Name() == "expected" {
			expected = append(expected, path)
		}
		return err
	}))
	require.NotEmpty(t, expected, "no directory in %s has an expected.yaml", examples)
	for _, path := range expected {
		dir := filepath.Dir(path)
		name, err := filepath.Rel(examples, dir)
		require.NoError(t, err)
		t.Run(strings.ReplaceAll(name, string(filepath.Separator), "-"), func(t *testing.T) {
			t.Parallel()
			manifests := readManifests(t, path)
			objects := substitute(t, parse(t, manifests))
			namespaces := place(t, cluster, objects)
			warnings, err := cluster.Apply(t.Context(), namespaces[0], objects...)
			require.NoError(t, err)
			assertWarnings(t, allowedWarnings(t, dir), warnings)
			installCharts(t, objects)
			settle(t, cluster, objects, namespaces)
		})
	}
}

// readManifests reads the expected output of a kustomization, or the files beside an app in the expected directory of a package, where
// the app and its package are for tools alone.
func readManifests(t *testing.T, path string) string {
	t.Helper()
	if filepath.Ext(path) == ".yaml" {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(text)
	}
	files, err := filepath.Glob(filepath.Join(path, "*", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var documents []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		documents = append(documents, string(text))
	}
	return strings.Join(documents, "---\n")
}

// substitute gives every variable without a default a value, as a Flux Kustomization does in postBuild.
func substitute(t *testing.T, objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	t.Helper()
	values := map[string]string{}
	for _, object := range objects {
		names, err := rig.Variables(object)
		require.NoError(t, err)
		for _, name := range names {
			values[name] = "e2e-" + notInNames.ReplaceAllString(strings.ToLower(name), "-")
		}
	}
	var substituted []*unstructured.Unstructured
	for _, object := range objects {
		object, err := rig.Substitute(object, values)
		require.NoError(t, err)
		substituted = append(substituted, object)
	}
	return substituted
}

// place moves objects from the namespaces they name to others that no other test uses, so that two examples of the
// same app do not meet, makes those and returns them. Objects without a namespace go to the first. Nothing else in an
// object is changed: none of it may depend on the namespace.
func place(t *testing.T, on *rig.Rig, objects []*unstructured.Unstructured) []string {
	t.Helper()
	own := newNamespaceOn(t, on)
	namespaces := []string{own}
	move := func(name string) string {
		moved := own + "-" + name
		if !slices.Contains(namespaces, moved) {
			namespaces = append(namespaces, moved)
		}
		return moved
	}
	for _, object := range objects {
		namespaced, err := on.Client.IsObjectNamespaced(object)
		require.NoError(t, err)
		switch {
		case object.GetKind() == "Namespace":
			object.SetName(move(object.GetName()))
		case !namespaced:
		case object.GetNamespace() == "":
			object.SetNamespace(own)
		default:
			object.SetNamespace(move(object.GetNamespace()))
		}
	}
	for _, namespace := range namespaces[1:] {
		require.NoError(t, on.EnsureNamespace(t.Context(), namespace))
	}
	retire(t, on, namespaces[1:]...)
	return namespaces
}

// allowedWarnings returns the lines of an example's warnings.txt, without comments. Most examples have none.
func allowedWarnings(t *testing.T, dir string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "warnings.txt"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	var allowed []string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			allowed = append(allowed, line)
		}
	}
	return allowed
}

// assertWarnings fails for a warning that is not allowed, and for an allowed one that the server no longer gives.
func assertWarnings(t *testing.T, allowed []string, warnings []rig.Warning) {
	t.Helper()
	given := map[string]bool{}
	for _, warning := range warnings {
		given[warning.Text] = true
		assert.Contains(t, allowed, warning.Text, "%s", warning)
	}
	for _, text := range allowed {
		assert.True(t, given[text], "warnings.txt allows what the server does not say: %s", text)
	}
}
