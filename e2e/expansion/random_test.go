//go:build e2e

package expansion

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/build"
	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"
	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// TestAnyTree expands random trees of bases, Components, generators, transformers, prefixes, namespaces and patches. For each
// kustomization of one, three programs agree: kustomize with the function, on the original; kustomize with plugins disabled, and Flux's
// own build, on the expanded tree. A kustomization of which the apps are expanded where it is used gives what is left without them.
func TestAnyTree(t *testing.T) {
	// The same trees in every run; for others: go test -tags e2e ./expansion -run TestAnyTree -rapid.seed=N -rapid.checks=N
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.checks": "60"} {
		if given := flag.Lookup(name); given.Value.String() == given.DefValue {
			require.NoError(t, flag.Set(name, value))
		}
	}
	base := t.TempDir()
	trees, refused, failing, held, leftover, without := 0, 0, 0, 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		trees++
		forest := treetest.Grow(rt, true)
		dir := filepath.Join(base, fmt.Sprint(trees))
		defer os.RemoveAll(dir)
		original, expanded := filepath.Join(dir, "original"), filepath.Join(dir, "expanded")
		require.NoError(rt, forest.Write(original))
		result, _, err := repository.Expand(original, repository.Options{Core: treetest.Expand})
		if result == nil {
			refused++ // with a reason: a test beside the package looks at it
			return
		}
		require.NoError(rt, err)
		require.NoError(rt, result.WriteTo(expanded))
		untouched(rt, original, expanded)

		var requests []request
		for i := 0; forest.Files[fmt.Sprintf("k%d/kustomization.yaml", i)] != ""; i++ {
			requests = append(requests, request{Root: expanded, Path: fmt.Sprintf("k%d", i)})
		}
		for i, byFlux := range flux(rt, requests...) {
			name := requests[i].Path
			want, wantErr := kustomize(filepath.Join(original, name), true)
			stock, stockErr := kustomize(filepath.Join(expanded, name), false)
			require.Equal(rt, stockErr == nil, byFlux.Error == "", "%s: kustomize says %v, Flux says %s", name, stockErr, byFlux.Error)
			if wantErr != nil {
				require.Error(rt, stockErr, "%s: with the function, kustomize says %v", name, wantErr)
				failing++
				continue
			}
			require.NoError(rt, stockErr, name)
			require.Equal(rt, documents(stock), documents(byFlux.YAML), name)
			if rest := withoutApps(want); rest != want {
				// No transformer meets these apps: the function never sees them, the command expands them all the same.
				if i > 0 && rest == stock {
					without++
					continue
				}
				whole, findings, err := build.Build(filesys.MakeFsOnDisk(), filepath.Join(original, name), build.Options{}, treetest.Expand)
				require.NoError(rt, err, name)
				require.False(rt, findings.Failed(), "%s: %s", name, findings)
				require.Equal(rt, version.ReplaceAllString(string(whole), "managed-by: kustomize"), stock, name)
				leftover++
				continue
			}
			require.Equal(rt, want, stock, name)
			held++
		}
	})
	t.Logf("%d trees, %d refused; %d kustomizations give what the plugin gives, %d what postgresapp build gives of apps that no transformer meets, "+
		"%d fail on every side, %d are without apps that are expanded where they are used", trees, refused, held, leftover, failing, without)
	require.Greater(t, held, trees/3)
}

// untouched holds that nothing of others has changed in a tree: everything but kustomizations and files with apps and defaults.
func untouched(t require.TestingT, original, expanded string) {
	after := contents(t, expanded)
	for name, text := range contents(t, original) {
		if filepath.Base(name) != "kustomization.yaml" && !strings.Contains(text, "postgresapp.dev/") {
			require.Equal(t, text, after[name], name)
		}
	}
}

// withoutApps is an output without the apps that nothing has expanded.
func withoutApps(text string) string {
	var kept []string
	for document := range strings.SplitSeq(text, "\n---\n") {
		if !strings.Contains("\n"+document, "\nkind: PostgresApp\n") {
			kept = append(kept, strings.TrimSuffix(document, "\n"))
		}
	}
	return strings.Join(kept, "\n---\n") + "\n"
}
