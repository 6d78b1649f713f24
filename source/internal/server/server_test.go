package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServer(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "externalartifact", "ns"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "externalartifact", "ns", "a.tar.gz"), []byte("an archive"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "outside"), []byte("no artifact"), 0o600))
	require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "link")))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())

	server := &Server{Dir: dir, Address: address}
	assert.True(t, server.NeedLeaderElection())
	assert.ErrorContains(t, server.Ready(nil), "not the leader")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Start(ctx) }()
	require.Eventually(t, func() bool { return server.Ready(nil) == nil }, time.Minute, time.Millisecond)

	for path, want := range map[string]struct {
		method string
		status int
		body   string
	}{
		"/externalartifact/ns/a.tar.gz":  {http.MethodGet, http.StatusOK, "an archive"},
		"/externalartifact/ns/b.tar.gz":  {http.MethodGet, http.StatusNotFound, "404 page not found\n"},
		"/externalartifact/ns/":          {http.MethodGet, http.StatusNotFound, "404 page not found\n"},
		"/externalartifact/ns/a.tar.gz?": {http.MethodPost, http.StatusMethodNotAllowed, "only GET and HEAD\n"},
		"/":                              {http.MethodGet, http.StatusNotFound, "404 page not found\n"},
		"/link/":                         {http.MethodGet, http.StatusNotFound, "404 page not found\n"},
		"/%2e%2e/outside":                {http.MethodGet, http.StatusNotFound, "404 page not found\n"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), want.method, "http://"+address+path, nil)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err, path)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err, path)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, want.status, response.StatusCode, path)
		assert.Equal(t, want.body, string(body), path)
	}

	cancel()
	require.NoError(t, <-ended)
	assert.Error(t, server.Ready(nil))
}
