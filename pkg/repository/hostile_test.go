package repository

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"
)

const (
	app      = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: orders}\nspec: {instances: 1}\n"
	defaults = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: shared}\n"
)

// lay writes the files of an archive to a new directory. APP and DEFAULTS in it stand for documents.
func lay(t testing.TB, archive string) string {
	dir := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, os.Mkdir(dir, 0o755))
	for _, file := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, file.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		text := strings.ReplaceAll(strings.ReplaceAll(string(file.Data), "APP\n", app), "DEFAULTS\n", defaults)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

// TestRefused has a tree a case that cannot be expanded: what is said names the file and the remedy.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ archive, want string }{
		"cycle": {
			"-- a/kustomization.yaml --\nresources: [../b, postgres.yaml]\n-- a/postgres.yaml --\nAPP\n-- b/kustomization.yaml --\nresources: [../a]\n",
			"a/kustomization.yaml: it contains itself: TREE/a refers to TREE/b refers to TREE/a",
		},
		"broken kustomization":      {"-- a/kustomization.yaml --\nresources: [\n", "a: "},
		"unknown field":             {"-- a/kustomization.yaml --\nresorces: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\n", `unknown field "resorces"`},
		"two kustomizations":        {"-- a/kustomization.yaml --\nresources: []\n-- a/kustomization.yml --\nresources: []\n", "keep one of them"},
		"missing file":              {"-- a/kustomization.yaml --\nresources: [postgres.yaml]\n", `resources[0]: "postgres.yaml" is not in TREE: correct it, or expand the directory that holds both`},
		"outside":                   {"-- a/kustomization.yaml --\nresources: [postgres.yaml]\ncomponents: [../../postgres]\n-- a/postgres.yaml --\nAPP\n", `components[0]: "../../postgres" is not in TREE`},
		"broken app":                {"-- a/postgres.yaml --\nkind: PostgresApp\n  name: x\n", "a/postgres.yaml: "},
		"encrypted":                 {"-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\nsops: {mac: \"ENC[AES256_GCM,data:a]\"}\n", "a/postgres.yaml): sops: it is encrypted, and no key is used here"},
		"encrypted and bare":        {"-- a/postgres.yaml --\nAPP\nsops: {mac: \"ENC[AES256_GCM,data:a]\"}\n", "it is encrypted, and no key is used here"},
		"mixed generators":          {"-- a/kustomization.yaml --\ngenerators: [all.yaml]\n-- a/all.yaml --\nAPP\n---\napiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: x}\n", "all.yaml holds configurations of this project beside others: give them files of their own"},
		"functions of others":       {"-- a/kustomization.yaml --\nresources: [postgres.yaml]\ntransformers: [foreign.yaml, defaults.yaml]\n-- a/postgres.yaml --\nAPP\n-- a/defaults.yaml --\nDEFAULTS\n-- a/foreign.yaml --\napiVersion: acme.com/v1\nkind: Change\nmetadata: {name: x}\n", "functions of others"},
		"defaults as a resource":    {"-- a/kustomization.yaml --\nresources: [defaults.yaml]\n-- a/defaults.yaml --\nDEFAULTS\n", "list the file under transformers alone"},
		"patch of apps and others":  {"-- a/kustomization.yaml --\nresources: [postgres.yaml, cm.yaml]\npatches: [{path: patch.yaml}]\n-- a/postgres.yaml --\nAPP\n-- a/cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n-- a/patch.yaml --\napiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: orders}\nspec: {instances: 2}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b}\n", "give each a patch of its own"},
		"replacement from an app":   {"-- a/kustomization.yaml --\nresources: [postgres.yaml]\nreplacements: [{source: {kind: PostgresApp, name: orders, fieldPath: spec.instances}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]}]\n-- a/postgres.yaml --\nAPP\n", "replacements[0].source: a value of a PostgresApp is copied"},
		"somebody's expansion":      {"-- a/kustomization.yaml --\nresources: [postgres.yaml, postgres.expanded.yaml]\n-- a/postgres.yaml --\nAPP\n-- a/postgres.expanded.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n", "a/postgres.expanded.yaml: it is where the expansion of TREE/a/postgres.yaml belongs, and was not written by this program"},
		"a wrong transformer":       {"-- a/kustomization.yaml --\nresources: [cm.yaml]\ntransformers: [postgres.yaml]\n-- a/cm.yaml --\n-- a/postgres.yaml --\nAPP\n", "a PostgresApp is no transformer"},
		"a configuration of errors": {"-- a/kustomization.yaml --\ngenerators: [../b]\n-- b/kustomization.yaml --\nresources: [postgres.yaml]\npatches: [{path: missing.yaml}]\n-- b/postgres.yaml --\nAPP\n", "missing.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := lay(t, c.archive)
			for _, inPlace := range []bool{false, true} {
				result, findings, err := Expand(dir, Options{Core: treetest.Expand, InPlace: inPlace})
				assert.Nil(t, result)
				said := findings.String() + fmt.Sprint(err)
				assert.True(t, findings.Failed() || err != nil)
				assert.Contains(t, said, strings.ReplaceAll(c.want, "TREE", dir))
				assert.NotContains(t, said, "postgresapp~", "a name of the rewritten tree")
			}
		})
	}
}

// TestLinks follows links in the tree, and none out of it.
func TestLinks(t *testing.T) {
	dir := lay(t, "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- b/postgres.yaml --\nAPP\n-- b/kustomization.yaml --\nresources: []\n")
	secret := filepath.Join(t.TempDir(), "secret.yaml")
	require.NoError(t, os.WriteFile(secret, []byte(app), 0o600))
	link := filepath.Join(dir, "a/postgres.yaml")

	require.NoError(t, os.Symlink("../b/postgres.yaml", link))
	result, findings, err := Expand(dir, Options{Core: treetest.Expand})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	assert.Equal(t, 1, result.Apps)

	for _, target := range []string{secret, "../../../../../../../../" + secret, "../a/postgres.yaml"} {
		require.NoError(t, os.Remove(link))
		require.NoError(t, os.Symlink(target, link))
		result, findings, _ = Expand(dir, Options{Core: treetest.Expand})
		assert.Nil(t, result)
		assert.True(t, findings.Failed(), target)
	}

	// A link that nothing needs stays what it is.
	require.NoError(t, os.Remove(link))
	require.NoError(t, os.WriteFile(link, []byte(app), 0o644))
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "elsewhere")))
	result, findings, err = Expand(dir, Options{Core: treetest.Expand})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	out := filepath.Join(t.TempDir(), "out")
	require.NoError(t, result.WriteTo(out))
	target, err := os.Readlink(filepath.Join(out, "elsewhere"))
	require.NoError(t, err)
	assert.Equal(t, secret, target)
}

// TestWritingFollowsNoLinks changes nothing outside of the tree, whatever has become of it meanwhile.
func TestWritingFollowsNoLinks(t *testing.T) {
	dir := lay(t, "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\n")
	result, _, err := Expand(dir, Options{Core: treetest.Expand, InPlace: true})
	require.NoError(t, err)
	outside := t.TempDir()
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "a")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "a")))
	assert.Error(t, result.Apply())
	entries, err := os.ReadDir(outside)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// TestLimits has trees that are too much in one way.
func TestLimits(t *testing.T) {
	tree := "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\n-- a/large.yaml --\n" + strings.Repeat("# nothing\n", 1000)
	for name, c := range map[string]struct {
		limits Limits
		want   string
	}{
		"files":      {Limits{Files: 2}, "has more than 2 files"},
		"bytes":      {Limits{Bytes: 1000}, "have more than 1000 bytes together"},
		"file bytes": {Limits{FileBytes: 20}, "it has more than 20 bytes"},
		"read bytes": {Limits{ReadBytes: 50}, "have more than 50 bytes together"},
		"objects":    {Limits{Objects: 2}, "the apps become more than 2 objects"},
	} {
		t.Run(name, func(t *testing.T) {
			result, findings, err := Expand(lay(t, tree), Options{Core: treetest.Expand, Limits: c.limits})
			assert.Nil(t, result)
			assert.Contains(t, findings.String()+fmt.Sprint(err), c.want)
		})
	}
	// What is large and nobody's app is not read.
	result, findings, err := Expand(lay(t, tree), Options{Core: treetest.Expand, Limits: Limits{FileBytes: 1000}})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
}

func TestStrangeFiles(t *testing.T) {
	dir := lay(t, "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\n")
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o644))
	result, _, err := Expand(dir, Options{Core: treetest.Expand})
	assert.Nil(t, result)
	assert.ErrorContains(t, err, "pipe.yaml: it is neither a file, nor a directory, nor a link")
}

// TestChangedMeanwhile has a tree that changes after it has been read: what was read is written as it was then, and what has become
// something else than a file is refused, instead of waiting for what never comes.
func TestChangedMeanwhile(t *testing.T) {
	dir := lay(t, "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\n-- a/notes.txt --\nbefore\n"+
		"-- b/kustomization.yaml --\nnamespace: before\nresources: [cm.yaml]\n-- b/cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n")
	result, findings, err := Expand(dir, Options{Core: treetest.Expand})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	for _, name := range []string{"a/kustomization.yaml", "b/kustomization.yaml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("resources: []\n"), 0o644))
	}
	out := filepath.Join(t.TempDir(), "out")
	require.NoError(t, result.WriteTo(out))
	for name, want := range map[string]string{
		"a/kustomization.yaml": "resources:\n- postgres.expanded.yaml\n", "b/kustomization.yaml": "namespace: before\nresources: [cm.yaml]\n",
	} {
		text, err := os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}

	require.NoError(t, os.Remove(filepath.Join(dir, "a/notes.txt")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "a/notes.txt"), 0o644))
	untouched := filepath.Join(t.TempDir(), "out")
	assert.EqualError(t, result.WriteTo(untouched), filepath.Join(dir, "a/notes.txt")+": it has become something else than a file while the tree was read: run it again")
	assert.NoDirExists(t, untouched)
	left, err := os.ReadDir(filepath.Dir(untouched))
	require.NoError(t, err)
	assert.Empty(t, left)

	listed, err := look(dir, Options{Exclude: []string{"a/notes.txt"}})
	require.NoError(t, err)
	defer listed.close()
	require.NoError(t, os.Remove(filepath.Join(dir, "a/postgres.yaml")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "a/postgres.yaml"), 0o644))
	_, err = listed.ReadFile("/a/postgres.yaml")
	assert.ErrorIs(t, err, errChanged)
	_, err = listed.mentions("/a/postgres.yaml")
	assert.ErrorIs(t, err, errChanged)
}

// TestGoneMeanwhile says which file cannot be copied any more, and leaves nothing behind.
func TestGoneMeanwhile(t *testing.T) {
	dir := lay(t, "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\n-- a/notes.txt --\nbefore\n")
	result, findings, err := Expand(dir, Options{Core: treetest.Expand})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	require.NoError(t, os.Remove(filepath.Join(dir, "a/notes.txt")))
	out := filepath.Join(t.TempDir(), "out")
	assert.EqualError(t, result.WriteTo(out), filepath.Join(dir, "a/notes.txt")+": no such file or directory")
	entries, err := os.ReadDir(filepath.Dir(out))
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// TestKilledInPlace finds what a run has left that was killed between writing a file and giving it its name.
func TestKilledInPlace(t *testing.T) {
	dir := lay(t, "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\nAPP\n-- a/.postgresapp-kustomization.yaml --\nhalf\n")
	result, findings, err := Expand(dir, Options{Core: treetest.Expand, InPlace: true})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	require.NoError(t, result.Apply())
	assert.NoFileExists(t, filepath.Join(dir, "a/.postgresapp-kustomization.yaml"))
	text, err := os.ReadFile(filepath.Join(dir, "a/kustomization.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "postgres.expanded.yaml")
}

// TestAliases does not let a small file become a large one.
func TestAliases(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	for name, archive := range map[string]string{
		"bare":          "-- a/postgres.yaml --\n" + bomb + "kind: PostgresApp\n",
		"listed":        "-- a/kustomization.yaml --\nresources: [postgres.yaml]\n-- a/postgres.yaml --\n" + bomb + "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: x}\n",
		"kustomization": "-- a/kustomization.yaml --\n" + bomb,
	} {
		t.Run(name, func(t *testing.T) {
			result, findings, err := Expand(lay(t, archive), Options{Core: treetest.Expand})
			assert.Nil(t, result)
			assert.True(t, err != nil || findings.Failed())
		})
	}
}
