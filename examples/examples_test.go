// Package examples_test builds every example by every door that needs Go alone, and compares the bytes.
package examples_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write expected.yaml from the real kustomize; the test fails all the same in CI")

// kustomizations are the examples that a kustomization builds, each with the warnings that it is about.
var kustomizations = []struct{ dir, warnings string }{
	{dir: "quickstart"},
	{dir: "temporal-and-iceberg"},
	{dir: "deployment-plan"},
	{dir: "shared-defaults"},
	{dir: "generator-defaults"},
	{dir: "overlays/staging"},
	{dir: "overlays/production"},
	{dir: "many-apps"},
	{dir: "point-in-time-restore"},
	{dir: "references"},
	{dir: "high-availability"},
	{dir: "shared-cluster"},
	{dir: "extensions"},
	{dir: "init-job"},
	{dir: "import"},
	{dir: "replica-cluster"},
	{dir: "volume-snapshots"},
	{dir: "database-app"},
	{dir: "credentials/generated"},
	{dir: "credentials/external-secret"},
	{dir: "credentials/sops"},
	{dir: "team-namespace"},
}

// programs are the function on kustomize's PATH, and the real kustomize at the version of tools/go.mod.
var programs string

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := func() (int, error) {
		dir, err := os.MkdirTemp("", "postgresapp-examples-")
		if err != nil {
			return 1, err
		}
		defer os.RemoveAll(dir)
		for _, program := range []struct{ dir, source, name string }{
			{"..", "./fn", "postgresapp"}, {"../tools", "sigs.k8s.io/kustomize/kustomize/v5", "kustomize"},
		} {
			build := exec.Command("go", "build", "-o", filepath.Join(dir, program.name), program.source)
			build.Dir = program.dir
			if output, err := build.CombinedOutput(); err != nil {
				return 1, fmt.Errorf("go build %s: %w\n%s", program.source, err, output)
			}
		}
		programs = dir
		if err := os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
			return 1, err
		}
		return m.Run(), nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// TestKustomize builds every example by the real kustomize with the function as an exec generator or transformer.
func TestKustomize(t *testing.T) {
	for _, example := range kustomizations {
		t.Run(example.dir, func(t *testing.T) {
			got, warnings := run(t, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", example.dir)
			assert.Equal(t, example.warnings, warnings)
			if *update {
				write(t, filepath.Join(example.dir, "expected.yaml"), got)
			}
			compare(t, filepath.Join(example.dir, "expected.yaml"), got)
		})
	}
}

// TestBuild builds every example by the program's own command, which runs no function: the bytes must be the same.
func TestBuild(t *testing.T) {
	for _, example := range kustomizations {
		t.Run(example.dir, func(t *testing.T) {
			got, warnings := run(t, "postgresapp", "build", example.dir)
			assert.Equal(t, example.warnings, warnings)
			compare(t, filepath.Join(example.dir, "expected.yaml"), got)
		})
	}
}

// TestEveryExampleIsTested finds directories that the lists above forget.
func TestEveryExampleIsTested(t *testing.T) {
	tested := map[string]bool{"kpt": true, "reference": true}
	for _, example := range kustomizations {
		root, _, _ := strings.Cut(example.dir, "/")
		tested[root] = true
	}
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.IsDir() {
			assert.True(t, tested[entry.Name()], "example %s is not tested", entry.Name())
			assert.Contains(t, string(readme), "("+entry.Name()+")", "examples/README.md does not mention %s", entry.Name())
		}
	}
}

// run returns what a program writes to standard output and to standard error.
func run(t *testing.T, name string, args ...string) (output, warnings string) {
	t.Helper()
	command := exec.Command(filepath.Join(programs, name), args...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	require.NoError(t, command.Run(), stderr.String())
	return stdout.String(), stderr.String()
}

// compare holds an output against the file that shows it.
func compare(t *testing.T, file, got string) {
	t.Helper()
	want, err := os.ReadFile(file)
	require.NoError(t, err, "write it with: make update")
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if the change is meant, run: make update\n%s", file, diff)
	}
}

// write updates an expected file, but not where that would make any output the expected one.
func write(t *testing.T, file, text string) {
	t.Helper()
	require.Empty(t, os.Getenv("CI"), "-update is for people who look at the difference")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}
