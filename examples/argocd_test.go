package examples_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// TestArgoCD runs the documented plugin as Argo CD's plugin server does: the program of the init container from the volume that it fills,
// the command of plugin.yaml in the Application's directory, with nothing of the environment but the PATH of the sidecar. On its standard
// output there is nothing but objects.
func TestArgoCD(t *testing.T) {
	var blocks []string
	for i, part := range strings.Split(read(t, "../docs/argo-cd.md"), "```") {
		if text, ok := strings.CutPrefix(part, "yaml\n"); ok && i%2 == 1 {
			blocks = append(blocks, text)
		}
	}
	require.GreaterOrEqual(t, len(blocks), 2)
	var config struct{ Data map[string]string }
	require.NoError(t, yaml.Unmarshal([]byte(blocks[0]), &config))
	var plugin struct {
		APIVersion, Kind string
		Metadata         struct{ Name string }
		Spec             struct {
			Generate struct{ Command, Args []string }
		}
	}
	require.NoError(t, yaml.UnmarshalStrict([]byte(config.Data["plugin.yaml"]), &plugin), "Argo CD knows more fields; these are all that are used")
	assert.Equal(t, []string{"argoproj.io/v1alpha1", "ConfigManagementPlugin", "postgresapp"}, []string{plugin.APIVersion, plugin.Kind, plugin.Metadata.Name})

	var deployment struct {
		Spec struct {
			Template struct {
				Spec struct{ InitContainers []struct{ Args []string } }
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(blocks[1]), &deployment))
	require.Len(t, deployment.Spec.Template.Spec.InitContainers, 1)
	args := deployment.Spec.Template.Spec.InitContainers[0].Args
	require.Equal(t, []string{"install", "/tools"}, args)
	tools := t.TempDir()
	run(t, "postgresapp", args[0], tools)

	command := append(plugin.Spec.Generate.Command, plugin.Spec.Generate.Args...)
	for _, example := range []string{"quickstart", "shared-defaults"} {
		dir := filepath.Join(t.TempDir(), "examples", example)
		require.NoError(t, os.CopyFS(filepath.Dir(dir), os.DirFS(".")))
		require.NoError(t, os.CopyFS(filepath.Join(dir, "../../components"), os.DirFS("../components")))
		generate := exec.Command(filepath.Join(tools, command[0]), command[1:]...)
		generate.Dir, generate.Env = dir, []string{"PATH=" + tools + ":/usr/bin:/bin", "ARGOCD_APP_NAME=databases"}
		var stdout, stderr bytes.Buffer
		generate.Stdout, generate.Stderr = &stdout, &stderr
		require.NoError(t, generate.Run(), stderr.String())
		compare(t, filepath.Join(example, "expected.yaml"), stdout.String())
	}
}
