package build

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// withPlugins is kustomize build --enable-alpha-plugins --enable-exec, with whatever else options say.
func withPlugins(dir string, o Options) (string, error) {
	o.EnableAlphaPlugins, o.EnableExec = true, true
	if openapi.GetSchemaVersion() != openapi.DefaultOpenAPI {
		openapi.ResetOpenAPI()
	}
	resources, err := krusty.MakeKustomizer(o.krusty()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return "", err
	}
	out, err := resources.AsYaml()
	return strings.ReplaceAll(string(out), "managed-by: kustomize-(devel)", "managed-by: kustomize-"+KustomizeVersion), err
}

// example is a tree of testdata/trees. Its comment says what it is about, and may hold directives, one in a line:
//
//	dir: DIR          what to build, by default .
//	flags: FLAG ...   flags of the build
//	error: TEXT       the build fails, and says TEXT; once for each text
//	warning: TEXT     the build warns, and says TEXT
//	runs: N           how often kustomize runs, by default once: more tells that it had to be asked
//	remainder         an app remains, and is expanded as by a transformer at the end
//	unlike: TEXT      the plugin run gives a result and the build does not, because TEXT
type example struct {
	archive                 *txtar.Archive
	dir                     string
	flags, errors, warnings []string
	runs                    string
	remainder               bool
	unlike                  string
}

func readExample(t *testing.T, path string) *example {
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	e := &example{archive: archive, dir: ".", runs: "1"}
	for _, line := range strings.Split(string(archive.Comment), "\n") {
		directive, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch directive {
		case "dir":
			e.dir = value
		case "flags":
			e.flags = strings.Fields(value)
		case "error":
			e.errors = append(e.errors, value)
		case "warning":
			e.warnings = append(e.warnings, value)
		case "runs":
			e.runs = value
		case "remainder":
			e.remainder = true
		case "unlike":
			e.unlike = value
		}
	}
	return e
}

func (e *example) options(t *testing.T) (o Options) {
	for _, flag := range e.flags {
		switch flag {
		case "--enable-alpha-plugins":
			o.EnableAlphaPlugins = true
		case "--enable-exec":
			o.EnableExec = true
		case "--load-restrictor=LoadRestrictionsNone":
			o.LoadRestrictor = types.LoadRestrictionsNone
		case "--reorder=none":
			o.Reorder = krusty.ReorderOptionNone
		case "--enable-managedby-label":
			o.EnableManagedByLabel = true
		default:
			require.Fail(t, "unknown flag "+flag)
		}
	}
	return o
}

// extract writes the files of an archive to a new directory.
func extract(t testing.TB, archive *txtar.Archive) string {
	root := t.TempDir()
	for _, file := range archive.Files {
		path := filepath.Join(root, file.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		data := strings.ReplaceAll(string(file.Data), "FUNCTION", `{config.kubernetes.io/function: "exec: {path: `+treetest.FunctionName+`}"}`)
		require.NoError(t, os.WriteFile(path, []byte(data), 0o644))
	}
	return root
}

// addLast gives a kustomization a last transformer that expands apps without defaults.
func addLast(t require.TestingT, dir string) {
	require.NoError(t, os.WriteFile(filepath.Join(dir, "last.yaml"), []byte(
		"apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata:\n  name: last\n  annotations:\n    config.kubernetes.io/function: 'exec: {path: "+
			treetest.FunctionName+"}'\n"), 0o644))
	path := filepath.Join(dir, "kustomization.yaml")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var k types.Kustomization
	require.NoError(t, k.Unmarshal(text))
	lines := strings.TrimSuffix(string(text), "\n") + "\n"
	if len(k.Transformers) == 0 {
		lines += "transformers:\n- last.yaml\n"
	} else {
		node, err := kyaml.Parse(lines)
		require.NoError(t, err)
		require.NoError(t, node.PipeE(kyaml.Lookup("transformers"), kyaml.Append(kyaml.NewStringRNode("last.yaml").YNode())))
		lines = node.MustString()
	}
	require.NoError(t, os.WriteFile(path, []byte(lines), 0o644))
}

// TestLaw holds the build to what kustomize gives with the function as a plugin, for each tree of testdata/trees.
func TestLaw(t *testing.T) {
	paths, err := filepath.Glob("testdata/trees/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			e := readExample(t, path)
			options := e.options(t)
			dir := filepath.Join(extract(t, e.archive), e.dir)

			runs := 0
			b := newBuilder(options, treetest.Expand)
			render := b.tree.Render
			b.tree.Render = func(fs filesys.FileSystem, dir string) (resmap.ResMap, error) {
				runs++
				return render(fs, dir)
			}
			got, findings, err := b.text(filesys.MakeFsOnDisk(), dir)
			said := findings.String()
			if err != nil {
				said += err.Error()
			}
			t.Log("said:", said)
			assert.NotContains(t, said, "postgresapp~", "a name of the rewritten tree")

			if e.remainder {
				plain, err := withPlugins(dir, options)
				require.NoError(t, err)
				require.Contains(t, "\n"+plain, "\nkind: PostgresApp\n", "nothing remains without the last transformer")
				addLast(t, dir)
			}
			want, wantErr := withPlugins(dir, options)
			if len(e.errors) > 0 {
				if e.unlike == "" {
					require.Error(t, wantErr, "kustomize builds the tree: %s", want)
				} else {
					require.NoError(t, wantErr)
				}
				assert.True(t, err != nil || findings.Failed())
				assert.Empty(t, got)
				for _, text := range e.errors {
					assert.Contains(t, said, text)
				}
				return
			}
			require.NoError(t, wantErr)
			require.NoError(t, err)
			require.False(t, findings.Failed(), said)
			assert.Equal(t, want, string(got))
			for _, kind := range v1alpha1.ExpandableKinds() {
				assert.NotContains(t, "\n"+want, "\nkind: "+kind+"\n", "the tree leaves one: say remainder")
			}
			assert.Equal(t, e.runs, strconv.Itoa(runs), "runs of kustomize")
			if len(e.warnings) == 0 {
				assert.Empty(t, said)
			}
			for _, text := range e.warnings {
				assert.Contains(t, said, text)
			}
		})
	}
}
