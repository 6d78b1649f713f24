//go:build e2e

package engines

import (
	"encoding/json"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestExtensionImage builds the image of the source extension, from nothing but what is here, and runs it as its Deployment does: as
// nobody, without capabilities, with nothing to write to, and here without a network.
func TestExtensionImage(t *testing.T) {
	tag := image + "-source"
	t.Cleanup(func() { assert.NoError(t, removeImage(tag)) })
	absolute, err := filepath.Abs(repository)
	require.NoError(t, err)
	call{dir: absolute, env: []string{"MAKEFLAGS="}, args: []string{"make", "image-source", "IMAGE=" + tag, "ARCH=" + runtime.GOARCH}}.output(t)

	var images []struct {
		Architecture string
		Config       struct {
			User       string
			Entrypoint []string
			Cmd        []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(call{args: []string{"docker", "image", "inspect", tag}}.output(t)), &images))
	require.Len(t, images, 1)
	assert.Equal(t, runtime.GOARCH, images[0].Architecture)
	assert.Equal(t, "65534:65534", images[0].Config.User)
	assert.Equal(t, []string{"/usr/local/bin/postgresapp-source"}, images[0].Config.Entrypoint)
	assert.Empty(t, images[0].Config.Cmd)

	confined := []string{"docker", "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp", tag}
	usage := call{args: append(confined, "--help")}.run(t)
	assert.Zero(t, usage.code, usage.stderr)
	assert.Contains(t, usage.stdout+usage.stderr, "--no-cross-namespace-refs")

	// Without a cluster and its volume it says what is missing.
	lost := call{args: append(confined, "--storage-path=/data")}.run(t)
	assert.Equal(t, 1, lost.code)
	assert.Contains(t, lost.stdout+lost.stderr, "--storage-path")
}
