//go:build e2e

package engines

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestImageConfiguration compares what the image says of itself with what Kubernetes and kustomize ask for: a user that is not root, in
// figures, so that runAsNonRoot can be checked without looking into the image; the program as its entry point; nothing else.
func TestImageConfiguration(t *testing.T) {
	var images []struct {
		Architecture, Os string
		Size             int64
		Config           struct {
			User         string
			Entrypoint   []string
			Cmd          []string
			Env          []string
			Volumes      map[string]any
			ExposedPorts map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(call{args: []string{"docker", "image", "inspect", image}}.output(t)), &images))
	require.Len(t, images, 1)
	got := images[0]
	assert.Equal(t, runtime.GOARCH, got.Architecture)
	assert.Equal(t, "linux", got.Os)
	assert.Equal(t, "65534:65534", got.Config.User)
	assert.Equal(t, []string{"/usr/local/bin/postgresapp"}, got.Config.Entrypoint)
	assert.Empty(t, got.Config.Cmd)
	assert.Equal(t, []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, got.Config.Env, "docker's default alone")
	assert.Empty(t, got.Config.Volumes)
	assert.Empty(t, got.Config.ExposedPorts)

	program, err := os.Stat(filepath.Join(programs, "postgresapp"))
	require.NoError(t, err)
	assert.Less(t, float64(got.Size)/float64(program.Size()), 1.01, "the image is hardly larger than the program")
	t.Logf("image: %.1f MB, program: %.1f MB", float64(got.Size)/1e6, float64(program.Size())/1e6)
}

// TestImageContents lists every file of the image: the program, which everybody may run and nobody may change, and the names of one user.
func TestImageContents(t *testing.T) {
	program, err := os.ReadFile(filepath.Join(programs, "postgresapp"))
	require.NoError(t, err)
	want := []string{
		"drwxr-xr-x 0:0 etc",
		"-rw-r--r-- 0:0 etc/group",
		"-rw-r--r-- 0:0 etc/passwd",
		"drwxr-xr-x 0:0 usr",
		"drwxr-xr-x 0:0 usr/local",
		"drwxr-xr-x 0:0 usr/local/bin",
		"-rwxr-xr-x 0:0 usr/local/bin/postgresapp",
	}
	listing, contents := imageFiles(t)
	assert.ElementsMatch(t, want, listing)
	assert.Equal(t, "nobody:x:65534:65534:nobody:/nonexistent:/nonexistent\n", contents["etc/passwd"])
	assert.Equal(t, "nobody:x:65534:\n", contents["etc/group"])
	assert.True(t, contents["usr/local/bin/postgresapp"] == string(program), "the program is the one that make image has built")
}

// TestImageOfPrivateFiles builds the image as somebody whose files, by their umask, are not for others to read. Whoever runs the container
// is one of the others.
func TestImageOfPrivateFiles(t *testing.T) {
	tag, sources := image+"-umask", t.TempDir()
	t.Cleanup(func() { assert.NoError(t, removeImage(tag)) })
	build := `umask 027 && cp -r fn pkg image go.mod go.sum Makefile Dockerfile .dockerignore "$1" && make -C "$1" image IMAGE="$2" ARCH="$3"`
	call{dir: repository, env: []string{"MAKEFLAGS="}, args: []string{"sh", "-c", build, "sh", sources, tag, runtime.GOARCH}}.output(t)
	got := call{args: []string{"docker", "run", "--rm", "--network", "none", "--user", "nobody", tag, "version"}}.run(t)
	assert.Zero(t, got.code, got.stderr)
}

// imageFiles unpacks the layers of the image. listing has the mode, the owner and the name of everything in them.
func imageFiles(t *testing.T) (listing []string, contents map[string]string) {
	t.Helper()
	archive := readTar(t, call{args: []string{"docker", "save", image}}.output(t))
	var manifest []struct{ Layers []string }
	require.NoError(t, json.Unmarshal([]byte(archive["manifest.json"].content), &manifest))
	require.Len(t, manifest, 1)
	contents = map[string]string{}
	seen := map[string]bool{}
	for _, layer := range manifest[0].Layers {
		for name, file := range readTar(t, archive[layer].content) {
			line := fmt.Sprintf("%s %d:%d %s", file.header.FileInfo().Mode(), file.header.Uid, file.header.Gid, name)
			if !seen[line] {
				seen[line], listing = true, append(listing, line)
			}
			contents[name] = file.content
		}
	}
	return listing, contents
}

type tarFile struct {
	header  *tar.Header
	content string
}

// readTar reads an archive. Directories lose the slash at their end.
func readTar(t *testing.T, archive string) map[string]tarFile {
	t.Helper()
	require.NotEmpty(t, archive)
	found := map[string]tarFile{}
	for reader := tar.NewReader(strings.NewReader(archive)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		var content bytes.Buffer
		_, err = io.Copy(&content, reader)
		require.NoError(t, err)
		found[strings.TrimSuffix(header.Name, "/")] = tarFile{header, content.String()}
	}
}
