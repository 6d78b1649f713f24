package repository

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/build"
	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"
	"github.com/homelab-foundations/postgresapp/pkg/krm"
)

// TestMain makes the test program the function, too, that kustomize runs.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == treetest.FunctionName {
		os.Exit(krm.Run(nil, os.Stdin, os.Stdout, os.Stderr, treetest.Expand))
	}
	os.Exit(withFunction(m.Run))
}

func withFunction(run func() int) int {
	program, err := os.Executable()
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "functions")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Symlink(program, filepath.Join(dir, treetest.FunctionName)); err != nil {
		panic(err)
	}
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return run()
}

// kustomize is kustomize build with the options.
func kustomize(dir string, o build.Options) (string, error) {
	resources, err := build.Renderer(o)(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return "", err
	}
	text, err := resources.AsYaml()
	return strings.ReplaceAll(string(text), "managed-by: kustomize-(devel)", "managed-by: kustomize-"+build.KustomizeVersion), err
}

func stock(dir string) (string, error) { return kustomize(dir, build.Options{}) }

func withPlugins(dir string) (string, error) {
	return kustomize(dir, build.Options{EnableAlphaPlugins: true, EnableExec: true})
}

// TestLawHoldsForAnyTree expands random trees: what stock kustomize makes of each kustomization is what the build makes of the original,
// which is what kustomize makes of it with the function as a plugin. A kustomization of which the apps are expanded where it is used
// gives what kustomize gives without them.
func TestLawHoldsForAnyTree(t *testing.T) {
	// The same trees in every run; for others: go test ./pkg/repository -args -rapid.seed=N
	if given := flag.Lookup("rapid.seed"); given.Value.String() == given.DefValue {
		require.NoError(t, flag.Set("rapid.seed", "1"))
	}
	if given := flag.Lookup("rapid.checks"); given.Value.String() == given.DefValue {
		n := "60"
		if testing.Short() {
			n = "10"
		}
		require.NoError(t, flag.Set("rapid.checks", n))
		defer func() { require.NoError(t, flag.Set("rapid.checks", given.DefValue)) }()
	}
	base := t.TempDir()
	trees, wrong, refused, held, bases := 0, 0, 0, 0, 0
	reasons := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		trees++
		g := forest{treetest.Grow(rt, true)}
		original, expanded := filepath.Join(base, fmt.Sprint(trees), "original"), filepath.Join(base, fmt.Sprint(trees), "expanded")
		defer os.RemoveAll(filepath.Dir(original))
		require.NoError(rt, g.Write(original))
		result, findings, err := Expand(original, Options{Core: treetest.Expand})
		if said := fmt.Sprint(findings, err); result == nil {
			assert.NotContains(rt, said, "postgresapp~", "a name of the rewritten tree")
			if !g.builds(original) {
				wrong++
				return
			}
			require.True(rt, findings.Failed(), said)
			for _, f := range findings.Errors() {
				reasons[f.Field+": "+f.Message]++
			}
			refused++
			return
		}
		require.NoError(rt, err)
		require.NoError(rt, result.WriteTo(expanded))
		for i, name := range g.kustomizations() {
			want, findings, err := build.Build(filesys.MakeFsOnDisk(), filepath.Join(original, name), build.Options{}, treetest.Expand)
			got, gotErr := stock(filepath.Join(expanded, name))
			if err != nil || findings.Failed() {
				require.Error(rt, gotErr, "the build of %s fails: %v %v", name, err, findings)
				continue
			}
			if gotErr == nil && got == string(want) {
				held++
				continue
			}
			if i > 0 {
				plain, err := withPlugins(filepath.Join(original, name))
				require.NoError(rt, err)
				if rest := withoutApps(plain); rest != plain && gotErr == nil && rest == got {
					bases++
					continue
				}
			}
			require.NoError(rt, gotErr, name)
			require.Equal(rt, string(want), got, name)
		}
		if trees%3 == 0 {
			g.inPlace(rt, original, expanded)
		}
	})
	t.Logf("%d trees, of which kustomize refuses %d and the expansion %d; %d kustomizations give the same, %d do without apps that are expanded where they are used",
		trees, wrong, refused, held, bases)
	for reason, n := range reasons {
		t.Logf("refused %d times: %s", n, reason)
	}
}

type forest struct{ *treetest.Forest }

func (g forest) kustomizations() (names []string) {
	for i := 0; g.Files[fmt.Sprintf("k%d/kustomization.yaml", i)] != ""; i++ {
		names = append(names, fmt.Sprintf("k%d", i))
	}
	return names
}

// inPlace expands a tree where it is: the result gives the same as the tree in expanded, a second run changes nothing, and expanding it
// to another directory gives the same tree.
func (g forest) inPlace(rt *rapid.T, dir, expanded string) {
	first, _, err := Expand(dir, Options{Core: treetest.Expand, InPlace: true})
	require.NoError(rt, err)
	require.NoError(rt, first.Apply())
	second, _, err := Expand(dir, Options{Core: treetest.Expand, InPlace: true})
	require.NoError(rt, err)
	difference, err := second.Diff()
	require.NoError(rt, err)
	require.Empty(rt, string(difference))
	for _, name := range g.kustomizations() {
		want, wantErr := stock(filepath.Join(expanded, name))
		got, gotErr := stock(filepath.Join(dir, name))
		require.Equal(rt, wantErr == nil, gotErr == nil, "%v %v", wantErr, gotErr)
		require.Equal(rt, want, got)
	}
	again, _, err := Expand(dir, Options{Core: treetest.Expand})
	require.NoError(rt, err)
	out := expanded + "-again"
	require.NoError(rt, again.WriteTo(out))
	difference, _ = exec.Command("diff", "-r", expanded, out).CombinedOutput()
	require.Empty(rt, string(difference))
}

// builds tells whether all kustomizations of a tree can be built.
func (g forest) builds(root string) bool {
	for _, name := range g.kustomizations() {
		_, findings, err := build.Build(filesys.MakeFsOnDisk(), filepath.Join(root, name), build.Options{}, treetest.Expand)
		if err != nil || findings.Failed() {
			return false
		}
	}
	return true
}

// withoutApps is an output of kustomize without the apps that nothing has expanded.
func withoutApps(text string) string {
	var kept []string
	for document := range strings.SplitSeq(text, "\n---\n") {
		if !strings.Contains("\n"+document, "\nkind: PostgresApp\n") {
			kept = append(kept, strings.TrimSuffix(document, "\n"))
		}
	}
	return strings.Join(kept, "\n---\n") + "\n"
}
