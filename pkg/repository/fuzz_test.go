package repository

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"
)

// FuzzExpand expands any tree, an archive of its files, in place: it never panics, never writes outside of the tree, and has nothing left
// to do when it has been run.
func FuzzExpand(f *testing.F) {
	f.Add("-- a/kustomization.yaml --\nresources: [postgres.yaml]\ntransformers:\n- defaults.yaml\n-- a/postgres.yaml --\n" + app + "-- a/defaults.yaml --\n" + defaults)
	f.Add("-- a/kustomization.yaml --\nnamePrefix: x-\nresources:\n- ../b\n-- b/kustomization.yaml --\nresources:\n- all.yaml # mine\n-- b/all.yaml --\n" + app + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n")
	f.Add("-- a/postgres.yaml --\n" + app)
	f.Fuzz(func(t *testing.T, archive string) {
		outside := t.TempDir()
		dir := filepath.Join(outside, "tree")
		require.NoError(t, os.Mkdir(dir, 0o755))
		root, err := os.OpenRoot(dir)
		require.NoError(t, err)
		defer root.Close()
		for _, file := range txtar.Parse([]byte(archive)).Files {
			if root.MkdirAll(filepath.Dir(file.Name), 0o755) == nil {
				_ = root.WriteFile(file.Name, file.Data, 0o644)
			}
		}
		result, _, err := Expand(dir, Options{Core: treetest.Expand, InPlace: true})
		if result == nil || err != nil {
			return
		}
		require.NoError(t, result.Apply())
		entries, err := os.ReadDir(outside)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		again, findings, err := Expand(dir, Options{Core: treetest.Expand, InPlace: true})
		require.NoError(t, err)
		require.NotNil(t, again, findings.String())
		difference, err := again.Diff()
		require.NoError(t, err)
		require.Empty(t, strings.TrimSpace(string(difference)))
	})
}
