package build

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

	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"
)

// TestLawHoldsForAnyTree builds random trees in both ways: the build gives what kustomize gives with the function as a plugin, and
// fails where that does. Where apps remain in what kustomize gives, the tree gets a last transformer that expands them.
func TestLawHoldsForAnyTree(t *testing.T) {
	// The same trees in every run; for others: go test ./pkg/build -args -rapid.seed=N
	if given := flag.Lookup("rapid.seed"); given.Value.String() == given.DefValue {
		require.NoError(t, flag.Set("rapid.seed", "1"))
	}
	base := t.TempDir()
	trees := 0
	rapid.Check(t, func(rt *rapid.T) {
		trees++
		g := treetest.Grow(rt, false)
		root := filepath.Join(base, fmt.Sprint(trees))
		defer os.RemoveAll(root)
		require.NoError(rt, g.Write(root))
		dir := filepath.Join(root, "k0")

		got, findings, err := Build(filesys.MakeFsOnDisk(), dir, Options{}, treetest.Expand)
		want, wantErr := withPlugins(dir, Options{})
		if wantErr == nil && strings.Contains("\n"+want, "\nkind: PostgresApp\n") {
			if g.Local || g.Noted {
				// A last transformer would expand apps that are local configuration, too, and leave notes of itself.
				require.NotContains(rt, "\n"+string(got), "\nkind: PostgresApp\n")
				return
			}
			addLast(rt, dir)
			want, wantErr = withPlugins(dir, Options{})
		}
		if wantErr != nil && strings.Contains(wantErr.Error(), "merging from generator") {
			return // kustomize refuses generated objects that others had been before they were renamed; of resources it does not
		}
		if wantErr != nil {
			require.True(rt, err != nil || findings.Failed(), "kustomize fails: %v", wantErr)
			return
		}
		require.NoError(rt, err)
		require.Empty(rt, findings)
		require.Equal(rt, want, string(got))
	})
}
