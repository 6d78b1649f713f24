//go:build e2e

package engines

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// call is a program to be run.
type call struct {
	dir   string
	env   []string
	stdin string
	args  []string
}

// outcome is what a program has done.
type outcome struct {
	stdout, stderr string
	code           int
}

// run runs a program to its end, whatever its exit code.
func (c call) run(t *testing.T) outcome {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdin = strings.NewReader(c.stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		require.NoError(t, err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// output runs a program that must succeed, and returns its standard output.
func (c call) output(t *testing.T) string {
	t.Helper()
	got := c.run(t)
	require.Zero(t, got.code, "%s:\n%s%s", strings.Join(c.args, " "), got.stdout, got.stderr)
	return got.stdout
}

// kustomize builds a kustomization, with further flags.
func kustomize(t *testing.T, dir string, flags ...string) string {
	t.Helper()
	return call{args: append([]string{"kustomize", "build", dir}, flags...)}.output(t)
}

// copySources copies the examples, the components that they refer to, and the README, as a clone would have them.
func copySources(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, dir := range []string{examples, "components"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join(repository, dir))))
	}
	readme, err := os.ReadFile(filepath.Join(repository, "README.md"))
	require.NoError(t, err)
	write(t, filepath.Join(root, "README.md"), string(readme))
	return root
}

// rewrite replaces text in all files below a directory that are named so, and returns in how many of them it was.
func rewrite(t *testing.T, dir, pattern, old, new string) (changed int) {
	t.Helper()
	for path, content := range files(t, dir) {
		if matches, err := filepath.Match(pattern, filepath.Base(path)); err != nil || !matches {
			require.NoError(t, err)
			continue
		}
		if replaced := strings.ReplaceAll(content, old, new); replaced != content {
			write(t, filepath.Join(dir, path), replaced)
			changed++
		}
	}
	return changed
}

// edit replaces text that must be in a file.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), old)
	write(t, path, strings.Replace(string(content), old, new, 1))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
}

// files are the contents of a directory by their paths.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	contents := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		contents[name] = string(content)
		return err
	}))
	return contents
}
