package tree

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func testOverlay(t *testing.T) *Overlay {
	below := filesys.MakeFsInMemory()
	for path, text := range map[string]string{
		"/a/kustomization.yaml": "original", "/a/file": "file", "/a/sub/file": "sub", "/b/kustomization.yaml": "b", "/outside": "outside",
	} {
		require.NoError(t, below.WriteFile(path, []byte(text)))
	}
	o := newOverlay(below)
	o.put("/a/added", text("added"))
	o.put("/a/kustomization.yaml", text("replaced"))
	o.directories["/a/dir"] = true
	o.put("/a/dir/file", text("in dir"))
	o.mirrors["/mirror"] = "/a"
	o.put("/mirror/kustomization.yaml", text("mirror's own"))
	o.mirrors["/bare"] = "/b"
	o.redirects["/b"] = "/bare"
	o.redirects["/alias"] = "/b"
	return o
}

func TestOverlayReads(t *testing.T) {
	o := testOverlay(t)
	for path, want := range map[string]string{
		"/a/file":                    "file",
		"/a/added":                   "added",
		"/a/kustomization.yaml":      "replaced",
		"/a/dir/file":                "in dir",
		"/outside":                   "outside",
		"/mirror/file":               "file",
		"/mirror/added":              "added",
		"/mirror/sub/file":           "sub",
		"/mirror/dir/file":           "in dir",
		"/mirror/kustomization.yaml": "mirror's own",
		"/mirror/../mirror/./file":   "file",
		"/b/kustomization.yaml":      "b",
	} {
		got, err := o.ReadFile(path)
		require.NoError(t, err, path)
		assert.Equal(t, want, string(got), path)
		assert.True(t, o.Exists(path), path)
		assert.False(t, o.IsDir(path), path)
	}
	for _, path := range []string{"/missing", "/mirror/missing", "/bare/kustomization.yaml"} {
		_, err := o.ReadFile(path)
		assert.Error(t, err, path)
		assert.False(t, o.Exists(path), path)
	}
	for _, path := range []string{"/a", "/a/dir", "/mirror", "/mirror/sub", "/mirror/dir", "/b", "/alias"} {
		assert.True(t, o.IsDir(path), path)
	}
}

// TestOverlayPlaces tells where kustomize finds itself: what it takes a path for decides which files it may load.
func TestOverlayPlaces(t *testing.T) {
	o := testOverlay(t)
	for path, want := range map[string][2]string{
		"/a":                    {"/a", ""},
		"/a/file":               {"/a", "file"},
		"/a/added":              {"/a", "added"},
		"/a/dir":                {"/a/dir", ""},
		"/mirror":               {"/mirror", ""},
		"/mirror/file":          {"/mirror", "file"},
		"/mirror/added":         {"/mirror", "added"},
		"/mirror/sub/file":      {"/mirror/sub", "file"},
		"/mirror/sub":           {"/a/sub", ""},
		"/mirror/dir":           {"/a/dir", ""},
		"/mirror/../a/sub/file": {"/a/sub", "file"},
		"/b":                    {"/bare", ""},
		"/alias":                {"/b", ""},
	} {
		dir, file, err := o.CleanedAbs(path)
		require.NoError(t, err, path)
		assert.Equal(t, want, [2]string{dir.String(), file}, path)
	}
	for _, path := range []string{"/mirror/missing", "/nowhere"} {
		_, _, err := o.CleanedAbs(path)
		assert.Error(t, err, path)
	}
}

func TestOverlayListsWhatIsBelow(t *testing.T) {
	o := testOverlay(t)
	names, err := o.ReadDir("/mirror/sub")
	require.NoError(t, err)
	assert.Equal(t, []string{"file"}, names)
	file, err := o.Open("/mirror/sub/file")
	require.NoError(t, err)
	require.NoError(t, file.Close())
	matches, err := o.Glob("/a/sub/*")
	require.NoError(t, err)
	assert.Equal(t, []string{"/a/sub/file"}, matches)
	walked := 0
	require.NoError(t, o.Walk("/a/sub", func(string, os.FileInfo, error) error { walked++; return nil }))
	assert.Equal(t, 2, walked) // the directory and its file
	assert.Equal(t, []string{"/a/added", "/a/dir/file", "/a/kustomization.yaml", "/mirror/kustomization.yaml"}, o.Files())
}

func TestOverlayIsReadOnly(t *testing.T) {
	o := testOverlay(t)
	_, err := o.Create("/a/new")
	assert.ErrorContains(t, err, "read-only")
	assert.ErrorContains(t, o.WriteFile("/a/file", nil), "read-only")
	assert.ErrorContains(t, o.Mkdir("/c"), "read-only")
	assert.ErrorContains(t, o.MkdirAll("/c/d"), "read-only")
	assert.ErrorContains(t, o.RemoveAll("/a"), "read-only")

	// What kustomize has cloned it removes itself.
	require.NoError(t, o.below.WriteFile("/kustomize-1/file", nil))
	require.NoError(t, o.RemoveAll("/kustomize-1"))
	assert.False(t, o.below.Exists("/kustomize-1/file"))
}

func TestOverlayOnOverlay(t *testing.T) {
	top := newOverlay(testOverlay(t))
	top.put("/a/kustomization.yaml", text("on top"))
	top.mirrors["/second"] = "/a"
	for path, want := range map[string]string{"/a/kustomization.yaml": "on top", "/second/added": "added", "/mirror/file": "file"} {
		got, err := top.ReadFile(path)
		require.NoError(t, err, path)
		assert.Equal(t, want, string(got), path)
	}
	dir, file, err := top.CleanedAbs("/second/added")
	require.NoError(t, err)
	assert.Equal(t, "/second/added", dir.Join(file))
}
