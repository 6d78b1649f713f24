//go:build e2e

package engines

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// foreignTree is a kustomization with a PostgresApp between a generator and a transformer of others, which are containers. IMAGE and
// NETWORK stand for what the cases put there.
var foreignTree = map[string]string{
	"kustomization.yaml": "generators: [generator.yaml, app.yaml]\ntransformers: [transformer.yaml]\nnamePrefix: eu-\n",
	"app.yaml": `apiVersion: postgresapp.dev/v1alpha1
kind: PostgresApp
metadata:
  name: orders
` + functionAnnotation + `spec: {storage: {size: 1Gi}, backup: {enabled: false}}
`,
	"generator.yaml": `apiVersion: example.com/v1
kind: ForeignGenerator
metadata:
  name: foreign
  annotations:
    config.kubernetes.io/function: |
      container:
        image: IMAGE
        network: NETWORK
        mounts: [{type: bind, src: ./declared, dst: /declared}]
`,
	"transformer.yaml": `apiVersion: example.com/v1
kind: ForeignTransformer
metadata:
  name: foreign
  annotations:
    config.kubernetes.io/function: |
      container: {image: IMAGE}
`,
	"declared/file": "what the configuration mounts\n",
}

// TestForeignContainers runs containers of others beside the PostgresApps of a kustomization, by the real kustomize and by the build, with
// everything that their flags let them have: both give the same bytes, and the containers see the same.
func TestForeignContainers(t *testing.T) {
	foreign := image + "-foreign"
	sources := t.TempDir()
	require.NoError(t, command(t.Context(), "", "env", "CGO_ENABLED=0", "go", "build", "-o", filepath.Join(sources, "foreign"), "./foreign"))
	write(t, filepath.Join(sources, "Dockerfile"), "FROM "+image+"\nCOPY foreign /usr/local/bin/foreign\nENTRYPOINT [\"/usr/local/bin/foreign\"]\n")
	t.Cleanup(func() { assert.NoError(t, removeImage(foreign)) })
	require.NoError(t, command(t.Context(), sources, "docker", "build", "--network", "none", "--tag", foreign, "."))

	host, err := os.Hostname()
	require.NoError(t, err)
	mounted := t.TempDir()
	require.NoError(t, os.Chmod(mounted, 0o755))
	write(t, filepath.Join(mounted, "file"), "what the flag mounts\n")
	current := "0"
	if os.Getuid() != 0 {
		current = call{args: []string{"id", "-u"}}.output(t)
	}

	cases := map[string]struct {
		network string
		flags   []string
		code    int
		want    []string // in the output, or among the messages where the build fails
	}{
		"nothing": {
			network: "false",
			want: []string{"user: \"65534\"", "given: \"\"", "exported: \"\"", "mounted: not there", "declared: what the configuration mounts",
				"network: its own", "generateName: user-65534-"},
		},
		"environment": {
			network: "false", flags: []string{"-e", "GIVEN=a=b c", "--env", "EXPORTED", "-e", "ABSENT"},
			want: []string{"given: a=b c", "exported: from the environment"},
		},
		"mount": {
			network: "false", flags: []string{"--mount", "type=bind,source=" + mounted + ",target=/mounted"},
			want: []string{"mounted: what the flag mounts"},
		},
		"user": {
			network: "false", flags: []string{"--as-current-user"},
			want: []string{"user: \"" + current + "\"", "generateName: user-" + current + "-"},
		},
		"network that is not asked for": {
			network: "false", flags: []string{"--network", "-e", "HOST=" + host},
			want: []string{"network: its own"},
		},
		"network": {
			network: "true", flags: []string{"--network", "-e", "HOST=" + host},
			want: []string{"network: the host's"},
		},
		"network by name": {
			network: "true", flags: []string{"--network", "--network-name", "bridge", "-e", "HOST=" + host},
			want: []string{"network: the host's"}, // kustomize does not heed the name
		},
		"network without leave": {
			network: "true", code: 1,
			want: []string{"network required but not enabled with --network"},
		},
		"all": {
			network: "true",
			flags: []string{"--network", "--as-current-user", "-e", "GIVEN=1", "-e", "HOST=" + host,
				"--mount", "type=bind,source=" + mounted + ",target=/mounted", "--reorder", "none"},
			want: []string{"user: \"" + current + "\"", "given: \"1\"", "mounted: what the flag mounts", "network: the host's"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for path, content := range foreignTree {
				write(t, filepath.Join(dir, path), content)
			}
			rewrite(t, dir, "*.yaml", "IMAGE", foreign)
			rewrite(t, dir, "*.yaml", "NETWORK", c.network)
			environment := []string{"EXPORTED=from the environment"}
			args := append([]string{"build", dir, "--enable-alpha-plugins"}, c.flags...)
			theirs := call{env: environment, args: append(append([]string{"kustomize"}, args...), "--enable-exec")}.run(t)
			ours := call{env: environment, args: append([]string{"postgresapp"}, args...)}.run(t)
			assert.Equal(t, c.code, theirs.code, theirs.stderr)
			assert.Equal(t, c.code, ours.code, ours.stderr)
			assert.Equal(t, theirs.stdout, ours.stdout)
			said := ours.stdout
			if c.code != 0 {
				assert.Empty(t, ours.stdout)
				said = ours.stderr
			} else {
				assert.Contains(t, said, "kind: Cluster\n")
			}
			for _, text := range c.want {
				assert.Contains(t, said, text)
			}
		})
	}
}
