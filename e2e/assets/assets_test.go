//go:build e2e

package assets

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDirFollowsEnvironment(t *testing.T) {
	cache := t.TempDir()
	t.Setenv(CacheEnv, cache)
	dir, err := Dir(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cache, filepath.Dir(dir))
	assert.Len(t, filepath.Base(dir), 16, "the name is a hash")

	t.Setenv(CacheEnv, "")
	t.Setenv("XDG_CACHE_HOME", cache)
	dir, err = Dir(t.Context())
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(cache, "postgresapp", "e2e"), filepath.Dir(dir))
}

func TestEnsureKeepsWhatIsThere(t *testing.T) {
	set, err := Ensure(t.Context(), os.Stderr, Etcd)
	require.NoError(t, err)
	before, err := os.Stat(set.Program(Etcd))
	require.NoError(t, err)
	assert.NotZero(t, before.Mode()&0o100, "it can be run")
	crds, err := os.ReadDir(set.CRDs())
	require.NoError(t, err)
	assert.NotEmpty(t, crds)

	var progress bytes.Buffer
	again, err := Ensure(t.Context(), &progress, Etcd)
	require.NoError(t, err)
	assert.Equal(t, set, again)
	assert.Empty(t, progress.String(), "nothing is built")
	after, err := os.Stat(again.Program(Etcd))
	require.NoError(t, err)
	assert.Equal(t, before.ModTime(), after.ModTime())
}

func TestModuleWithAnotherChecksumIsRefused(t *testing.T) {
	b, err := newBuilder(t.Context(), io.Discard)
	require.NoError(t, err)
	source := manifests[0] // a module that is downloaded already, for its program
	source.sum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	_, err = b.moduleDir(t.Context(), source)
	assert.ErrorContains(t, err, "not the pinned h1:AAAA")
}
