package tree

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// FuzzRewrite walks any tree of files, from the kustomization in its first one's directory. Whatever the files hold, there is an answer:
// a tree, findings of one line each, or an error; and the same the next time.
func FuzzRewrite(f *testing.F) {
	archives, err := filepath.Glob("../build/testdata/trees/*.txtar")
	require.NoError(f, err)
	require.NotEmpty(f, archives)
	for _, archive := range archives {
		text, err := os.ReadFile(archive)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte("-- kustomization.yaml --\nresources: [.]\n"))
	f.Add([]byte("-- a/kustomization.yaml --\nresources: [../b]\n-- b/kustomization.yaml --\nresources: [../a]\n"))
	f.Add([]byte("-- kustomization.yaml --\ngenerators:\n- |-\n  apiVersion: postgresapp.dev/v1alpha1\n  kind: PostgresApp\n"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		files := txtar.Parse(archive).Files
		if len(files) == 0 {
			return
		}
		answer := func() string {
			fs := filesys.MakeFsInMemory()
			root := ""
			for _, file := range files {
				name := path.Clean("/" + file.Name)
				if err := fs.WriteFile(name, file.Data); err != nil {
					return "" // a file where a directory is, and the like
				}
				if root == "" {
					root = path.Dir(name)
				}
			}
			tree, findings, err := Rewrite(fs, root, Options{
				Expand: render.Apps, Assume: true,
				Render: func(filesys.FileSystem, string) (resmap.ResMap, error) { return nil, errors.New("kustomize was asked") },
			})
			text := findings.String()
			if lines := strings.Count(text, "\n"); lines != len(findings) {
				t.Fatalf("%d findings on %d lines:\n%s", len(findings), lines, text)
			}
			if err != nil {
				return text + "error: " + err.Error()
			}
			if tree == nil && !findings.Failed() {
				t.Fatalf("neither a tree nor a reason:\n%s", text)
			}
			return text
		}
		if first, again := answer(), answer(); first != again {
			t.Fatalf("first:\n%s\nthen:\n%s", first, again)
		}
	})
}
