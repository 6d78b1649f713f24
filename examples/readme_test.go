package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadme runs every command of the README, each with what it must print. A command that is not listed here fails the test.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	repository := t.TempDir()
	for _, dir := range []string{"examples", "components"} {
		require.NoError(t, os.CopyFS(filepath.Join(repository, dir), os.DirFS(filepath.Join("..", dir))))
	}
	quickstart, err := os.ReadFile("quickstart/expected.yaml")
	require.NoError(t, err)
	checks := map[string]func(t *testing.T, command string){
		"go run ./fn build examples/quickstart": func(t *testing.T, command string) {
			assert.Equal(t, string(quickstart), shell(t, "..", command))
		},
		// This is what runs this test, and what CI calls.
		"make test": func(t *testing.T, _ string) {
			assert.Contains(t, read(t, "../.ci/run"), "\nmake test\n")
		},
		`make build && export PATH="$PWD/bin:$PATH"`: func(t *testing.T, _ string) {
			assert.Regexp(t, regexp.MustCompile(`(?m)^build: .*\n\t.*-o bin/postgresapp ./fn$`), read(t, "../Makefile"))
		},
		"kustomize build --enable-alpha-plugins --enable-exec examples/quickstart": func(t *testing.T, command string) {
			assert.Equal(t, string(quickstart), shell(t, repository, command))
		},
		"postgresapp build examples/quickstart": func(t *testing.T, command string) {
			assert.Equal(t, string(quickstart), shell(t, repository, command))
		},
		"postgresapp expand examples/shared-defaults -o expanded": func(t *testing.T, command string) {
			assert.Empty(t, shell(t, repository, command))
			assert.Equal(t, read(t, "shared-defaults/expected.yaml"), shell(t, repository, "kustomize build expanded"))
		},
		"postgresapp expand examples/shared-defaults --in-place": func(t *testing.T, command string) {
			assert.Empty(t, shell(t, repository, command))
			assert.Equal(t, read(t, "shared-defaults/expected.yaml"), shell(t, repository, "kustomize build examples/shared-defaults"))
		},
		// After --in-place: nothing is stale.
		"postgresapp expand examples/shared-defaults --check": func(t *testing.T, command string) {
			assert.Empty(t, shell(t, repository, command))
		},
		// The same is done without kpt by TestKpt; the end-to-end tests run kpt itself.
		"kpt fn eval examples/kpt --exec postgresapp": func(t *testing.T, command string) {
			if _, err := exec.LookPath("kpt"); err != nil {
				t.Skip("NOT RUN: kpt is not installed")
			}
			shell(t, repository, command)
			assert.FileExists(t, filepath.Join(repository, "examples/kpt/temporal/cluster_temporal-postgres.yaml"))
		},
	}
	seen := map[string]bool{}
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		for command := range strings.Lines(block[1]) {
			command = strings.TrimSpace(command)
			t.Run(command, func(t *testing.T) {
				check, ok := checks[command]
				require.True(t, ok, "no test runs this command of the README")
				check(t, command)
			})
			seen[command] = true
		}
	}
	for command := range checks {
		assert.True(t, seen[command], "the README does not have %q any more", command)
	}
}

// TestReadmeShowsTheQuickstart holds the README's first screen against the example.
func TestReadmeShowsTheQuickstart(t *testing.T) {
	shown := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindStringSubmatch(read(t, "../README.md"))
	require.NotNil(t, shown)
	annotation := regexp.MustCompile(`(?m)^  annotations:\n(    .*\n)+`)
	assert.Equal(t, annotation.ReplaceAllString(read(t, "quickstart/postgres.yaml"), ""), shown[1],
		"but for the annotation, which belongs to the doors")
}

// TestLinks follows the links between the documents of the repository.
func TestLinks(t *testing.T) {
	documents, err := filepath.Glob("../*.md")
	require.NoError(t, err)
	for _, pattern := range []string{"../docs/*.md", "../docs/*/*.md", "*.md", "*/*.md", "*/*/*.md", "../components/*/*.md", "../e2e/*.md"} {
		more, err := filepath.Glob(pattern)
		require.NoError(t, err)
		documents = append(documents, more...)
	}
	require.Greater(t, len(documents), 10)
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, document := range documents {
		for _, match := range link.FindAllStringSubmatch(read(t, document), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(document), match[1]))
			assert.NoError(t, err, "%s links to %s", document, match[1])
		}
	}
}

func shell(t *testing.T, dir, command string) string {
	t.Helper()
	c := exec.Command("bash", "-euc", command)
	c.Dir = dir
	var stderr strings.Builder
	c.Stderr = &stderr
	output, err := c.Output()
	require.NoError(t, err, stderr.String())
	return string(output)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
