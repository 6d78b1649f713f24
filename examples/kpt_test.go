package examples_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/homelab-foundations/postgresapp/pkg/krm"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// TestKpt renders the kpt package in place, with the library by which kpt reads and writes packages, and once more: the second run
// changes nothing.
func TestKpt(t *testing.T) {
	pkg := t.TempDir()
	require.NoError(t, os.CopyFS(pkg, os.DirFS("kpt")))
	require.NoError(t, os.RemoveAll(filepath.Join(pkg, "expected")))
	for _, name := range []string{"README.md", ".krmignore"} {
		require.NoError(t, os.Remove(filepath.Join(pkg, name)))
	}
	renderInPlace(t, pkg)
	once := files(t, pkg)
	if *update {
		require.NoError(t, os.RemoveAll("kpt/expected"))
		require.NoError(t, os.CopyFS("kpt/expected", os.DirFS(pkg)))
		// With its Kptfile the directory would be a package within the package.
		require.NoError(t, os.Remove("kpt/expected/Kptfile"))
	}
	expected := files(t, "kpt/expected")
	expected["Kptfile"] = read(t, "kpt/Kptfile")
	assert.Empty(t, cmp.Diff(expected, once), "-want +got; if the change is meant, run: make update")
	renderInPlace(t, pkg)
	assert.Empty(t, cmp.Diff(once, files(t, pkg)), "-first +second")
}

// renderInPlace does to a package what `kpt fn eval` does.
func renderInPlace(t *testing.T, dir string) {
	t.Helper()
	var input, output, stderr bytes.Buffer
	files := kio.LocalPackageReadWriter{PackagePath: dir, PreserveSeqIndent: true, MatchFilesGlob: append(kio.DefaultMatch, "Kptfile")}
	nodes, err := files.Read()
	require.NoError(t, err)
	require.NoError(t, kio.ByteWriter{Writer: &input, KeepReaderAnnotations: true, WrappingAPIVersion: kio.ResourceListAPIVersion,
		WrappingKind: kio.ResourceListKind}.Write(nodes))
	require.Zero(t, krm.Run(nil, &input, &output, &stderr, render.Apps), stderr.String())
	assert.Empty(t, stderr.String())
	nodes, err = (&kio.ByteReader{Reader: &output, OmitReaderAnnotations: true}).Read()
	require.NoError(t, err)
	require.NoError(t, files.Write(nodes))
}

// files are the contents of a directory by their paths.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	contents := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		contents[name] = string(text)
		return err
	}))
	return contents
}
