package krm

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// outcome is everything that a run leaves behind.
type outcome struct {
	stdout, stderr string
	exitCode       int
}

func evaluate(args []string, stdin string) outcome {
	var stdout, stderr bytes.Buffer
	exitCode := Run(args, strings.NewReader(stdin), &stdout, &stderr, expandSimply)
	return outcome{stdout.String(), stderr.String(), exitCode}
}

// TestFunction runs the function on what kustomize 5.8.2 and kpt 1.0.0-beta.56 send. A case is a directory with input.yaml,
// output.yaml and stderr.txt; it is about an error when stderr.txt holds one.
func TestFunction(t *testing.T) {
	for name, directory := range cases(t, "function") {
		t.Run(name, func(t *testing.T) {
			input := read(t, directory, "input.yaml")
			got := evaluate(nil, input)
			compare(t, directory, got)

			for range 5 {
				require.Equal(t, got, evaluate(nil, input), "another run on the same input")
			}
			if got.exitCode != 0 {
				assert.Equal(t, items(t, input), items(t, got.stdout), "items after an error")
				return
			}
			again := evaluate(nil, got.stdout)
			assert.Empty(t, cmp.Diff(got.stdout, again.stdout), "standard output of a run on its own output")
			assert.Zero(t, again.exitCode)
		})
	}
}

// TestPlugin runs the exec plugin on what kustomize 5.8.2 sends. A case is a directory with config.yaml, stdin.yaml, output.yaml and
// stderr.txt.
func TestPlugin(t *testing.T) {
	t.Setenv(pluginRootEnv, "/repo")
	for name, directory := range cases(t, "plugin") {
		t.Run(name, func(t *testing.T) {
			compare(t, directory, evaluate([]string{filepath.Join(directory, "config.yaml")}, read(t, directory, "stdin.yaml")))
		})
	}
}

// cases returns the directories below testdata/kind by name.
func cases(t *testing.T, kind string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("testdata", kind))
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	directories := make(map[string]string, len(entries))
	for _, entry := range entries {
		directories[entry.Name()] = filepath.Join("testdata", kind, entry.Name())
	}
	return directories
}

// read returns a file's content, and "" for a missing file.
func read(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	return string(content)
}

// compare checks an outcome against output.yaml and stderr.txt. Missing files stand for nothing on that stream.
func compare(t *testing.T, directory string, got outcome) {
	t.Helper()
	if *update {
		require.Empty(t, os.Getenv("CI"), "golden files are not for CI to write")
		write := func(file, content string) {
			path := filepath.Join(directory, file)
			if content == "" {
				require.NoError(t, os.RemoveAll(path))
				return
			}
			require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
		}
		write("output.yaml", got.stdout)
		write("stderr.txt", got.stderr)
	}
	stderr := read(t, directory, "stderr.txt")
	assert.Empty(t, cmp.Diff(read(t, directory, "output.yaml"), got.stdout), "standard output (-want +got); go test ./pkg/krm -update writes it")
	assert.Empty(t, cmp.Diff(stderr, got.stderr), "standard error (-want +got); go test ./pkg/krm -update writes it")
	exitCode := 0
	if strings.HasPrefix(stderr, "error: ") || strings.Contains(stderr, "\nerror: ") {
		exitCode = 1
	}
	assert.Equal(t, exitCode, got.exitCode, "exit code")
}

// items returns the items of a ResourceList as sorted documents.
func items(t *testing.T, list string) (documents []string) {
	t.Helper()
	parsed, err := fn.ParseResourceList([]byte(list))
	require.NoError(t, err)
	for _, item := range parsed.Items {
		documents = append(documents, item.String())
	}
	sort.Strings(documents)
	return documents
}
