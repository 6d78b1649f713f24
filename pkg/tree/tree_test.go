package tree

import (
	"errors"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// recorder is a core that remembers its calls. An app becomes a ConfigMap of its name.
type recorder struct {
	// calls are the names and sources of the apps of each call, behind the name of the defaults.
	calls []string

	// together are findings that only a call of several apps has.
	together diag.Findings
}

func (r *recorder) expand(apps []render.Document, defaults *render.Document) (result render.Result) {
	call := "none:"
	if defaults != nil {
		call = name(defaults) + ":"
	}
	for _, app := range apps {
		call += " " + name(&app) + "=" + app.Source
		result.Expansions = append(result.Expansions, render.Expansion{Name: name(&app), Objects: []manifest.Object{{
			APIVersion: "v1", Kind: "ConfigMap", Name: name(&app),
			Fields: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name(&app)}},
		}}})
	}
	r.calls = append(r.calls, call)
	if len(apps) > 1 {
		result.Findings = r.together
	}
	return result
}

func name(d *render.Document) string {
	var fields struct {
		Metadata struct{ Name string }
	}
	if err := yaml.Unmarshal(d.YAML, &fields); err != nil {
		panic(err)
	}
	return fields.Metadata.Name
}

// rewrite rewrites the tree in /app of an archive. kustomize must not be asked.
func rewrite(t *testing.T, archive string, r *recorder) (*Tree, diag.Findings) {
	t.Helper()
	fs := filesys.MakeFsInMemory()
	for _, file := range txtar.Parse([]byte(archive)).Files {
		require.NoError(t, fs.WriteFile("/"+file.Name, file.Data))
	}
	rewritten, findings, err := Rewrite(fs, "/app", Options{
		Expand: r.expand, RootOnly: true, Assume: true,
		Render: func(filesys.FileSystem, string) (resmap.ResMap, error) { return nil, errors.New("kustomize was asked") },
	})
	require.NoError(t, err)
	return rewritten, findings
}

func anApp(name string) string {
	return "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: " + name + "}\n"
}

const (
	someDefaults    = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: shared}\n"
	sharedComponent = "-- postgres/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [defaults.yaml]\n" +
		"-- postgres/defaults.yaml --\n" + someDefaults
)

// TestRewriteKeepsTheUsersText reads the rewritten files as a person would: what need not change has not, comments included.
func TestRewriteKeepsTheUsersText(t *testing.T) {
	tree, findings := rewrite(t, `-- app/kustomization.yaml --
# What this is about.
resources:
- web.yaml # the site
- both.yaml
- postgres.yaml
components:
- ../postgres # the database
- ../other # something else
namespace: shop # not the apps'
-- app/both.yaml --
# A comment of the first.
apiVersion: v1
kind: ConfigMap
metadata: {name: first} # and one more
---
`+anApp("b")+`-- app/postgres.yaml --
`+anApp("a")+`-- app/web.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
-- other/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
namePrefix: x-
`+sharedComponent, &recorder{})
	require.Empty(t, findings)
	require.Len(t, tree.Objects, 2)

	kustomization, err := tree.FS.ReadFile("/app/kustomization.yaml")
	require.NoError(t, err)
	var rest string
	for _, path := range tree.FS.Files() {
		if text, _ := tree.FS.ReadFile(path); strings.Contains(string(text), "A comment of the first") {
			rest = strings.TrimPrefix(path, "/app/")
		}
	}
	file := func(o *Objects) string { return strings.TrimPrefix(o.Path, "/app/") }
	assert.Equal(t, `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop # not the apps'
resources:
  - web.yaml # the site
  - `+rest+`
  - `+file(tree.Objects[0])+`
  - `+file(tree.Objects[1])+`
components:
  - ../other # something else
`, string(kustomization))

	text, err := tree.FS.ReadFile("/app/" + rest)
	require.NoError(t, err)
	assert.Equal(t, "# A comment of the first.\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: first} # and one more\n", string(text))
	text, err = tree.FS.ReadFile(tree.Objects[0].Path)
	require.NoError(t, err)
	assert.Equal(t, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"b\"}}\n", string(text))
	assert.Equal(t, []string{"/app/both.yaml"}, tree.Objects[0].Apps)
}

// TestRewriteLeavesOthersAlone has nothing of ours.
func TestRewriteLeavesOthersAlone(t *testing.T) {
	r := &recorder{}
	tree, findings := rewrite(t, `-- app/kustomization.yaml --
resources: [web.yaml, https://example.com/base]
namePrefix: x-
-- app/web.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: web, annotations: {about: PostgresApp}}
`, r)
	assert.Empty(t, findings)
	assert.Empty(t, tree.FS.Files())
	assert.Empty(t, r.calls)
	assert.True(t, tree.Assumed, "the URL may hold apps")
}

func TestRewriteExpandsInFewCalls(t *testing.T) {
	directories := `-- app/kustomization.yaml --
resources: [../one, ../two, ../three]
generators: [g.yaml]
transformers:
- |-
  ` + strings.ReplaceAll(strings.Replace(someDefaults, "shared", "own", 1), "\n", "\n  ") + `
-- app/g.yaml --
` + anApp("g") + `-- one/kustomization.yaml --
resources: [a.yaml]
components: [../postgres]
-- one/a.yaml --
` + anApp("a") + `-- two/kustomization.yaml --
resources: [b.yaml, ../base]
components: [../postgres]
-- two/b.yaml --
` + anApp("b") + `-- three/kustomization.yaml --
resources: [c.yaml, ../base]
components: [../postgres]
-- three/c.yaml --
` + anApp("c") + `-- base/kustomization.yaml --
resources: [d.yaml]
-- base/d.yaml --
` + anApp("d") + sharedComponent

	t.Run("one for all apps that share defaults, and an app that two meet is given once", func(t *testing.T) {
		r := &recorder{}
		_, findings := rewrite(t, directories, r)
		assert.Empty(t, findings)
		assert.ElementsMatch(t, []string{
			"shared: a=/one/a.yaml b=/two/b.yaml d=/base/d.yaml c=/three/c.yaml",
			"none: g=/app/g.yaml",
		}, r.calls)
	})
	t.Run("and if they are at odds, one for those that meet", func(t *testing.T) {
		r := &recorder{together: diag.Findings{
			{Severity: diag.Error, Kind: "PostgresApp", Name: "b", Field: "spec.backup", Message: "the archive is another's too"},
			{Severity: diag.Error, Kind: "PostgresApp", Name: "b", Message: "makes what another makes too"},
		}}
		tree, findings := rewrite(t, strings.ReplaceAll(directories, ", ../base", ""), r)
		assert.Equal(t, diag.Findings{{Severity: diag.Warning, Kind: "PostgresApp", Name: "b", Field: "spec.backup", Message: "the archive is another's too"}}, findings,
			"names may still come to differ, what lies outside of the tree does not")
		assert.Subset(t, r.calls, []string{"shared: a=/one/a.yaml", "shared: b=/two/b.yaml", "shared: c=/three/c.yaml"})
		assert.Len(t, tree.Objects, 4)
	})
	t.Run("what meets must not be at odds", func(t *testing.T) {
		r := &recorder{together: diag.Findings{{Severity: diag.Error, Name: "b", Message: "makes what another makes too"}}}
		tree, findings := rewrite(t, directories, r)
		assert.Nil(t, tree)
		assert.Contains(t, findings, r.together[0])
	})
	t.Run("different apps of one name are never in one call", func(t *testing.T) {
		r := &recorder{}
		_, findings := rewrite(t, strings.Replace(directories, anApp("c"), anApp("a")+"spec: {}\n", 1), r)
		assert.Empty(t, findings)
		assert.Contains(t, r.calls, "shared: a=/three/c.yaml")
	})
}

func TestFileWithout(t *testing.T) {
	cm := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
	for name, test := range map[string]struct{ text, want string }{
		"first":           {anApp("a") + "---\n" + cm, cm},
		"last":            {cm + "---\n" + anApp("a"), cm},
		"between":         {cm + "# tail\n--- # next\n" + anApp("a") + "---\n# head\n" + strings.Replace(cm, "c}", "d}", 1), cm + "# tail\n---\n# head\n" + strings.Replace(cm, "c}", "d}", 1)},
		"a leading line":  {"---\n" + anApp("a") + "---\n" + cm, cm},
		"comments alone":  {"# about\n---\n" + anApp("a") + "---\n" + cm, "# about\n---\n" + cm},
		"carriage return": {strings.ReplaceAll(anApp("a")+"---\n"+cm, "\n", "\r\n"), cm},
		"in a list": {"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: postgresapp.dev/v1alpha1, kind: PostgresApp, metadata: {name: a}}\n" +
			"- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			documents, err := parse([]byte(test.text), "file")
			require.NoError(t, err)
			gone := map[*document]bool{}
			for _, d := range documents {
				if d.kind == "PostgresApp" {
					gone[d] = true
				}
			}
			require.Len(t, gone, 1)
			got, err := (&file{raw: []byte(test.text)}).without(gone)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
		})
	}
}
