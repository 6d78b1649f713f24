//go:build e2e

package engines

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// confined begins a call of a container that may do nothing but compute.
var confined = []string{"docker", "run", "--rm", "--interactive", "--pull", "never", "--network", "none", "--read-only", "--cap-drop", "ALL",
	"--security-opt=no-new-privileges"}

// TestContainer holds the function in the container, as the user that kustomize names, against the same program outside: the same bytes,
// the same messages, the same exit code.
func TestContainer(t *testing.T) {
	const header = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	cases := map[string]struct {
		input string
		code  int
		// What must be in the output and in the messages, so that the two do not agree on nothing.
		stdout, stderr string
	}{
		"a generator": {
			input: header + `items: []
functionConfig:
  apiVersion: postgresapp.dev/v1alpha1
  kind: PostgresApp
  metadata: {name: orders, namespace: shop}
  spec: {storage: {size: 10Gi}, backup: {enabled: false}}
`,
			stdout: "kind: Cluster",
		},
		"a transformer": {
			input: header + `items:
- apiVersion: postgresapp.dev/v1alpha1
  kind: PostgresApp
  metadata: {name: orders}
  spec: {}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: bystander}
functionConfig:
  apiVersion: postgresapp.dev/v1alpha1
  kind: PostgresDefaults
  metadata: {name: databases}
  spec: {storage: {size: 10Gi}, backup: {enabled: false}}
`,
			stdout: "name: bystander",
		},
		"a warning": {
			input: header + `items: []
functionConfig:
  apiVersion: postgresapp.dev/v1alpha1
  kind: PostgresApp
  metadata: {name: orders}
  spec: {storage: {size: 10Gi}}
`,
			stdout: "kind: Cluster", stderr: "warning: PostgresApp orders: ",
		},
		"an error": {
			input: header + `items: []
functionConfig:
  apiVersion: postgresapp.dev/v1alpha1
  kind: PostgresApp
  metadata: {name: orders}
  spec: {storage: {size: large}}
`,
			code: 1, stdout: "severity: error", stderr: "error: PostgresApp orders: spec.storage.size: ",
		},
		"nothing": {code: 1, stderr: "error: standard input is empty"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inside := call{stdin: c.input, args: append(confined[:len(confined):len(confined)], "--user", "nobody", image)}.run(t)
			assert.Equal(t, c.code, inside.code)
			assert.Contains(t, inside.stdout, c.stdout)
			assert.Contains(t, inside.stderr, c.stderr)
			outside := call{stdin: c.input, args: []string{"postgresapp"}}.run(t)
			assert.Equal(t, outside, inside)
		})
	}
}

// TestInstallFromContainer does what an init container does for a container that has no postgresapp: it installs the program into a volume
// that both share. There is no shell to copy it with.
func TestInstallFromContainer(t *testing.T) {
	program, err := os.ReadFile(filepath.Join(programs, "postgresapp"))
	require.NoError(t, err)
	for name, user := range map[string]string{"as the image's user": "", "as Argo CD's user": "999:999"} {
		t.Run(name, func(t *testing.T) {
			volume := t.TempDir()
			require.NoError(t, os.Chmod(volume, 0o777)) // as an emptyDir is
			args := append(confined[:len(confined):len(confined)], "--volume", volume+":/custom-tools")
			if user != "" {
				args = append(args, "--user", user)
			}
			call{args: append(args, image, "install", "/custom-tools")}.output(t)

			entries, err := os.ReadDir(volume)
			require.NoError(t, err)
			require.Len(t, entries, 1, "nothing is left beside it")
			installed := filepath.Join(volume, "postgresapp")
			info, err := os.Stat(installed)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o755), info.Mode())
			content, err := os.ReadFile(installed)
			require.NoError(t, err)
			assert.True(t, string(program) == string(content), "it is a copy of the program")
			assert.Contains(t, call{args: []string{installed, "version"}}.output(t), "postgresapp ")
		})
	}
}
