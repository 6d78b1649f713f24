//go:build e2e

package extension

import (
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// gitServer serves the repositories in a directory over smart HTTP, by Git's own backend.
type gitServer struct {
	root   string
	server *http.Server
	url    string
}

func serveGit(root string) (*gitServer, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	programs, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		return nil, fmt.Errorf("find Git's programs: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(programs)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1"},
	}}
	go func() { _ = server.Serve(listener) }()
	return &gitServer{root: root, server: server, url: "http://" + listener.Addr().String()}, nil
}

func (g *gitServer) close() error {
	if g == nil {
		return nil
	}
	return g.server.Close()
}

// repository is a repository that the server serves, with a working copy.
type repository struct {
	url  string
	copy string
}

// newRepository makes a repository of the given name that holds the files of a directory.
func newRepository(t *testing.T, name, from string) *repository {
	t.Helper()
	bare := filepath.Join(git.root, name+".git")
	command(t, "", "git", "init", "-q", "--bare", "--initial-branch=main", bare)
	r := &repository{url: git.url + "/" + name + ".git", copy: t.TempDir()}
	command(t, "", "git", "clone", "-q", bare, r.copy)
	require.NoError(t, os.CopyFS(r.copy, os.DirFS(from)))
	r.commit(t, "Begin")
	return r
}

// commit commits everything in the working copy, pushes it, and gives the revision as Flux writes it.
func (r *repository) commit(t *testing.T, message string) (revision string) {
	t.Helper()
	command(t, r.copy, "git", "add", "-A")
	command(t, r.copy, "git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-q", "--allow-empty", "-m", message)
	command(t, r.copy, "git", "push", "-q", "origin", "HEAD:main")
	return "main@sha1:" + strings.TrimSpace(command(t, r.copy, "git", "rev-parse", "HEAD"))
}

// edit replaces a text in a file that must hold it.
func (r *repository) edit(t *testing.T, name, before, after string) {
	t.Helper()
	path := filepath.Join(r.copy, name)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), before)
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(content), before, after)), 0o644))
}

// files are the contents of all files of the working copy.
func (r *repository) files(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := os.DirFS(r.copy)
	require.NoError(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == ".git" {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			content, err := fs.ReadFile(root, path)
			if err != nil {
				return err
			}
			files[path] = string(content)
		}
		return nil
	}))
	return files
}

func command(t *testing.T, dir, name string, arguments ...string) string {
	t.Helper()
	c := exec.Command(name, arguments...)
	c.Dir = dir
	// Nobody's settings but these.
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + git.root, "GIT_CONFIG_NOSYSTEM=1"}
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, arguments, out)
	return string(out)
}
