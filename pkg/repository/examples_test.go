package repository_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/build"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// reference shows every field in files of their own, which are no repository: two of them describe one platform.
var reference = []string{"examples/reference"}

// TestExamples expands the repository of examples: stock kustomize gives for each kustomization what the build gives for the original.
func TestExamples(t *testing.T) {
	original, expanded := filepath.Join(t.TempDir(), "original"), filepath.Join(t.TempDir(), "expanded")
	for _, dir := range []string{"examples", "components"} {
		require.NoError(t, os.CopyFS(filepath.Join(original, dir), os.DirFS(filepath.Join("../..", dir))))
	}
	result, findings, err := repository.Expand(original, repository.Options{Exclude: reference})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	require.NoError(t, result.WriteTo(expanded))
	built := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(original, "examples"), func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		example, ok := expected(path)
		if !ok {
			return nil
		}
		built++
		t.Run(filepath.Base(path), func(t *testing.T) {
			relative, err := filepath.Rel(original, path)
			require.NoError(t, err)
			got, err := build.Renderer(build.Options{})(filesys.MakeFsOnDisk(), filepath.Join(expanded, relative))
			require.NoError(t, err)
			text, err := got.AsYaml()
			require.NoError(t, err)
			assert.Equal(t, example, string(text))
		})
		return nil
	}))
	assert.Greater(t, built, 10)
}

// expected is what the example in a directory gives, if it is one that a kustomization builds.
func expected(dir string) (string, bool) {
	text, err := os.ReadFile(filepath.Join(dir, "expected.yaml"))
	if err != nil {
		return "", false
	}
	if _, err := os.Stat(filepath.Join(dir, "kustomization.yaml")); err != nil {
		return "", false
	}
	return string(text), true
}

// TestInPlace expands the examples where they are: a second run changes nothing, and the build gives the same as before.
func TestInPlace(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"examples", "components"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("../..", name))))
	}
	first, findings, err := repository.Expand(dir, repository.Options{InPlace: true, Exclude: reference})
	require.NoError(t, err)
	require.NotNil(t, first, findings.String())
	require.True(t, first.Changed())
	require.NoError(t, first.Apply())

	second, _, err := repository.Expand(dir, repository.Options{InPlace: true, Exclude: reference})
	require.NoError(t, err)
	difference, err := second.Diff()
	require.NoError(t, err)
	assert.Empty(t, string(difference))

	for _, example := range []string{"shared-defaults", "many-apps", "overlays/production"} {
		want, ok := expected(filepath.Join(dir, "examples", example))
		require.True(t, ok)
		got, findings, err := build.Build(filesys.MakeFsOnDisk(), filepath.Join(dir, "examples", example), build.Options{}, render.Apps)
		require.NoError(t, err)
		assert.Empty(t, findings)
		assert.Equal(t, want, string(got))
	}
}
