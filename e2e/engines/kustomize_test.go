//go:build e2e

package engines

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// How an example names the function, and how it names the container instead.
const execFunction = "      exec:\n        path: postgresapp\n"

var containerFunction = "      container:\n        image: " + image + "\n"

// The same on one line, as the deployment plan's example has it.
const execFunctionInline = `"exec: {path: postgresapp}"`

var containerFunctionInline = `"container: {image: ` + image + `}"`

// functionAnnotation is all of it, with the key above.
const functionAnnotation = "  annotations:\n    config.kubernetes.io/function: |\n" + execFunction

// TestKustomizations builds every example that is a kustomization by the three doors, which must give the same bytes: the function as a
// program, the function as a container, and the program's own command.
func TestKustomizations(t *testing.T) {
	withExec, withContainer := copySources(t), copySources(t)
	require.NotZero(t, rewrite(t, withContainer, "*.yaml", execFunction, containerFunction))
	require.NotZero(t, rewrite(t, withContainer, "*.yaml", execFunctionInline, containerFunctionInline))
	for path, content := range files(t, withContainer) {
		require.False(t, strings.HasSuffix(path, ".yaml") && strings.Contains(content, "exec:"), "%s names the function in a form unknown to this test", path)
	}
	for _, example := range kustomizations(t) {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(withExec, examples, example)
			want := call{args: []string{"kustomize", "build", "--enable-alpha-plugins", "--enable-exec", dir}}.run(t)
			require.Zero(t, want.code, want.stderr)
			require.NotEmpty(t, want.stdout)

			container := filepath.Join(withContainer, examples, example)
			assert.Equal(t, want, call{args: []string{"kustomize", "build", "--enable-alpha-plugins", container}}.run(t), "as a container")
			for _, dir := range []string{dir, container} {
				assert.Equal(t, want, call{args: []string{"postgresapp", "build", dir}}.run(t), "postgresapp build %s", dir)
			}
		})
	}
}

// TestKustomizeMisused documents what people see who leave out a flag or a part. What kustomize does then is not ours to change, and the
// README warns of the case in which it says nothing.
func TestKustomizeMisused(t *testing.T) {
	withExec, withContainer := copySources(t), copySources(t)
	rewrite(t, withContainer, "*.yaml", execFunction, "      container:\n        image: ghcr.io/homelab-foundations/postgresapp:absent\n")
	nothing := t.TempDir()

	cases := map[string]struct {
		root, example string
		flags         []string
		path          string // the PATH, if not the usual one
		code          int
		stderr        string // must be in the messages; "" for none at all
		stdout        func(t *testing.T, stdout string)
	}{
		"no flag, generator": {
			root: withExec, example: "quickstart",
			code: 1, stderr: "external plugins disabled; unable to load external plugin 'PostgresApp'", stdout: empty,
		},
		"no flag, transformer": {
			root: withExec, example: "many-apps",
			code: 1, stderr: "external plugins disabled; unable to load external plugin 'PostgresDefaults'", stdout: empty,
		},
		"only --enable-exec": {
			root: withExec, example: "quickstart", flags: []string{"--enable-exec"},
			code: 1, stderr: "external plugins disabled; unable to load external plugin 'PostgresApp'", stdout: empty,
		},
		// kustomize says nothing, and the database is not there: a prune would delete it.
		"without --enable-exec, generator": {
			root: withExec, example: "quickstart", flags: []string{"--enable-alpha-plugins"}, stdout: empty,
		},
		// kustomize says nothing, and passes the PostgresApps on as they are, for the API server to refuse.
		"without --enable-exec, transformer": {
			root: withExec, example: "many-apps", flags: []string{"--enable-alpha-plugins"}, stdout: unexpanded,
		},
		"without --enable-exec, component": {
			root: withExec, example: "shared-defaults", flags: []string{"--enable-alpha-plugins"}, stdout: unexpanded,
		},
		"postgresapp is not on the PATH": {
			root: withExec, example: "quickstart", flags: []string{"--enable-alpha-plugins", "--enable-exec"}, path: nothing,
			code: 1, stderr: `exec: "postgresapp": executable file not found in $PATH`, stdout: empty,
		},
		"docker is not on the PATH": {
			root: withContainer, example: "quickstart", flags: []string{"--enable-alpha-plugins"}, path: nothing,
			code: 1, stderr: `exec: "docker": executable file not found in $PATH`, stdout: empty,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var env []string
			if c.path != "" {
				env = []string{"PATH=" + c.path}
			}
			args := append([]string{filepath.Join(programs, "kustomize"), "build", filepath.Join(c.root, examples, c.example)}, c.flags...)
			got := call{env: env, args: args}.run(t)
			assert.Equal(t, c.code, got.code)
			c.stdout(t, got.stdout)
			if c.stderr == "" {
				assert.Empty(t, got.stderr)
			}
			assert.Contains(t, got.stderr, c.stderr)
		})
	}
}

func empty(t *testing.T, stdout string) {
	t.Helper()
	assert.Empty(t, stdout)
}

func unexpanded(t *testing.T, stdout string) {
	t.Helper()
	assert.Contains(t, stdout, "kind: PostgresApp\n")
	assert.NotContains(t, stdout, "kind: Cluster\n")
}

// kustomizations are the examples that a kustomization builds, which are those with an expected.yaml.
func kustomizations(t *testing.T) (found []string) {
	t.Helper()
	root := filepath.Join(repository, examples)
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "expected.yaml" {
			return err
		}
		name, err := filepath.Rel(root, filepath.Dir(path))
		found = append(found, name)
		return err
	}))
	require.NotEmpty(t, found, "no directory of the examples has an expected.yaml")
	return found
}
