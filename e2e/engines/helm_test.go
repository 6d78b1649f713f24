//go:build e2e

package engines

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
)

// TestHelm builds a kustomization with a chart beside an app, and with another app in the chart, by the real kustomize and by the build, which
// both run the real Helm.
func TestHelm(t *testing.T) {
	helm, err := assets.EnsureHelm(t.Context(), os.Stderr)
	require.NoError(t, err)
	tree := func(t *testing.T) string {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/helm")))
		return dir
	}

	cases := map[string]struct {
		flags []string
		path  string // the PATH's first directory
		code  int
		want  []string // in the output, or among the messages where the build fails
	}{
		"on the PATH": {
			flags: []string{"--enable-helm"}, path: filepath.Dir(helm),
			want: []string{"name: shop-web\n", "replicas: 3\n", "value: orders-postgres-rw\n", "name: orders-postgres\n", "name: shop-sessions-postgres\n",
				"size: 2Gi\n", "built-by: kustomize\n"},
		},
		"by name": {
			flags: []string{"--enable-helm", "--helm-command", helm},
			want:  []string{"name: shop-web\n"},
		},
		"for a cluster": {
			flags: []string{"--enable-helm", "--helm-command", helm, "--helm-kube-version", "v1.31.4", "--helm-api-versions", "monitoring.coreos.com/v1",
				"--helm-api-versions", "example.com/v1"},
			want: []string{"kind: PodMonitor\n", "kubernetes: v1.31.4\n"},
		},
		"in the order of the input": {
			flags: []string{"--enable-helm", "--helm-command", helm, "--reorder", "none"},
			want:  []string{"name: shop-web\n", "name: shop-sessions-postgres\n"},
		},
		"debug": {
			flags: []string{"--enable-helm", "--helm-command", helm, "--helm-debug"},
			want:  []string{"name: shop-web\n"},
		},
		"without leave":     {code: 1, want: []string{"--enable-helm"}},
		"without Helm":      {flags: []string{"--enable-helm", "--helm-command", "no-such-helm"}, code: 1, want: []string{"no-such-helm"}},
		"a chart's refusal": {flags: []string{"--enable-helm", "--helm-command", helm}, code: 1, want: []string{"which database"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t)
			if name == "a chart's refusal" {
				write(t, filepath.Join(dir, "values.yaml"), "database: \"\"\n")
			}
			environment := []string{"PATH=" + c.path + string(os.PathListSeparator) + os.Getenv("PATH")}
			theirFlags := append([]string{"--enable-alpha-plugins", "--enable-exec"}, c.flags...)
			ours := call{env: environment, args: append([]string{"postgresapp", "build", dir}, c.flags...)}.run(t)
			assert.Equal(t, c.code, ours.code, ours.stderr)
			said := ours.stdout
			if c.code != 0 {
				assert.Empty(t, ours.stdout)
				said = ours.stderr
			}
			for _, text := range c.want {
				assert.Contains(t, said, text)
			}
			if name == "without leave" {
				return // kustomize has it with the leave to run functions
			}
			theirs := call{env: environment, args: append([]string{"kustomize", "build", dir}, theirFlags...)}.run(t)
			assert.Equal(t, c.code, theirs.code, theirs.stderr)
			assert.Equal(t, theirs.stdout, ours.stdout)
		})
	}
}
