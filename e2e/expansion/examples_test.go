//go:build e2e

package expansion

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// reference shows every field in files of their own, which are no repository: two of them describe one platform.
var reference = []string{"examples/reference"}

// variable is one of postBuild's. Shell variables of scripts have a $ before, or no braces.
var variable = regexp.MustCompile(`\$\{([A-Z_]+)\}`)

// TestExamples expands the repository of examples: Flux's own build gives for each kustomization what kustomize gives with the program
// as a plugin; and with the variables of postBuild, what it makes of the plugin's output with the same variables.
func TestExamples(t *testing.T) {
	original, expanded := filepath.Join(t.TempDir(), "original"), filepath.Join(t.TempDir(), "expanded")
	for _, dir := range []string{"examples", "components"} {
		require.NoError(t, os.CopyFS(filepath.Join(original, dir), os.DirFS(filepath.Join("../..", dir))))
	}
	result, findings, err := repository.Expand(original, repository.Options{Exclude: reference})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	require.NoError(t, result.WriteTo(expanded))

	var requests []request
	var outputs []string
	variables := map[string]string{}
	rendered := t.TempDir()
	require.NoError(t, filepath.WalkDir(filepath.Join(original, "examples"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		for _, name := range []string{"expected.yaml", "kustomization.yaml"} {
			if _, err := os.Stat(filepath.Join(path, name)); err != nil {
				return nil
			}
		}
		name, err := filepath.Rel(original, path)
		require.NoError(t, err)
		output, err := kustomize(path, true)
		require.NoError(t, err)
		requests, outputs = append(requests, request{Root: expanded, Path: name}), append(outputs, output)
		write(t, rendered, map[string]string{filepath.Join(name, "objects.yaml"): output})
		for _, found := range variable.FindAllStringSubmatch(output, -1) {
			variables[found[1]] = "value-of-" + found[1]
		}
		return nil
	}))
	require.Greater(t, len(requests), 20)
	require.Greater(t, len(variables), 3)
	for i, got := range flux(t, requests...) {
		t.Run(requests[i].Path, func(t *testing.T) {
			require.Empty(t, got.Error)
			assert.Equal(t, documents(outputs[i]), documents(got.YAML))
		})
	}

	var after, before []request
	for _, r := range requests {
		after = append(after, request{Root: expanded, Path: r.Path, Substitute: variables})
		before = append(before, request{Root: rendered, Path: r.Path, Substitute: variables})
	}
	want, substituted := flux(t, before...), 0
	for i, got := range flux(t, after...) {
		t.Run(requests[i].Path+" with variables", func(t *testing.T) {
			require.Empty(t, want[i].Error)
			require.Empty(t, got.Error)
			assert.Equal(t, documents(want[i].YAML), documents(got.YAML))
			if got.YAML != outputs[i] {
				substituted++
			}
		})
	}
	assert.Greater(t, substituted, 3)
}
