//go:build e2e

package engines

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// builders build a kustomization with nothing but plugins allowed. kubectl has its own, older kustomize, which knows no functions that are
// programs.
var builders = map[string]struct{ program, verb string }{
	"kustomize": {"kustomize", "build"},
	"kubectl":   {"kubectl", "kustomize"},
}

// TestPlugin builds examples without the function's annotation, by the plugin that the program installs. The bytes are those of the
// function.
func TestPlugin(t *testing.T) {
	withFunction, withPlugin, home := copySources(t), copySources(t), t.TempDir()
	call{args: []string{"postgresapp", "install", "--plugin", home}}.output(t)
	require.NotZero(t, rewrite(t, withPlugin, "*.yaml", functionAnnotation, ""))
	for builder, b := range builders {
		for kind, example := range map[string]string{"PostgresApp": "quickstart", "PostgresDefaults": "many-apps"} {
			t.Run(builder+" "+kind, func(t *testing.T) {
				need(t, b.program)
				want := kustomize(t, filepath.Join(withFunction, examples, example), "--enable-alpha-plugins", "--enable-exec")
				got := call{
					env:  []string{"KUSTOMIZE_PLUGIN_HOME=" + home},
					args: []string{b.program, b.verb, "--enable-alpha-plugins", filepath.Join(withPlugin, examples, example)},
				}.output(t)
				assert.Equal(t, want, got)
			})
		}
	}
}

// TestPluginMisused documents what people see when the plugin cannot do its work.
func TestPluginMisused(t *testing.T) {
	withFunction, withPlugin, home := copySources(t), copySources(t), t.TempDir()
	call{args: []string{"postgresapp", "install", "--plugin", home}}.output(t)
	rewrite(t, withPlugin, "*.yaml", functionAnnotation, "")
	broken := copySources(t)
	rewrite(t, broken, "*.yaml", functionAnnotation, "")
	edit(t, filepath.Join(broken, examples, "quickstart", "postgres.yaml"), "size: 10Gi", "size: large")

	cases := map[string]struct {
		root, home string
		flags      []string
		code       int
		stderr     string // must be in the messages; "" for none at all
	}{
		"a mistake in the app": {
			root: broken, home: home, flags: []string{"--enable-alpha-plugins"},
			code: 1, stderr: "error: PostgresApp temporal: spec.storage.size: ",
		},
		"no flag": {
			root: withPlugin, home: home,
			code: 1, stderr: "external plugins disabled; unable to load external plugin 'PostgresApp'",
		},
		// kustomize looks for its other kind of plugin last, and complains of that alone.
		"not installed": {
			root: withPlugin, home: t.TempDir(), flags: []string{"--enable-alpha-plugins"},
			code: 1, stderr: "expected file with Go object code at: ",
		},
		// As kustomize without --enable-exec, a flag that kubectl does not have: the objects are missing, and nothing is said.
		"with the annotation of a function": {
			root: withFunction, home: home, flags: []string{"--enable-alpha-plugins"},
		},
	}
	for builder, b := range builders {
		for name, c := range cases {
			t.Run(builder+" "+name, func(t *testing.T) {
				need(t, b.program)
				args := append([]string{b.program, b.verb, filepath.Join(c.root, examples, "quickstart")}, c.flags...)
				got := call{env: []string{"KUSTOMIZE_PLUGIN_HOME=" + c.home}, args: args}.run(t)
				assert.Equal(t, c.code, got.code)
				assert.Empty(t, got.stdout)
				if c.stderr == "" {
					assert.Empty(t, got.stderr)
				}
				assert.Contains(t, got.stderr, c.stderr)
			})
		}
	}
}
