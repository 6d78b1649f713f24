package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// documents are all Markdown files of the repository that people read.
func documents(t *testing.T) (paths []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && entry.Name() != "..") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			paths = append(paths, path)
		}
		return nil
	}))
	require.Greater(t, len(paths), 60)
	return paths
}

// code are the lines of a document's code: those of fenced blocks, and indented ones.
func code(text string) (lines []string) {
	fenced := false
	for line := range strings.Lines(text) {
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(trimmed, "```"):
			fenced = !fenced
		case fenced, strings.HasPrefix(line, "    "):
			lines = append(lines, trimmed)
		}
	}
	return lines
}

// TestDocumentedCommands finds commands of this program in all documents, and holds subcommand and flags against its own help. What needs
// a cluster is run by the end-to-end tests.
func TestDocumentedCommands(t *testing.T) {
	call := regexp.MustCompile(`(?:^|[|&;(] *|if )postgresapp ([a-z][^|&;<>#)]*)`)
	flag := regexp.MustCompile(`^(--?[a-z][a-z-]*)`)
	inFull := regexp.MustCompile(`kubectl (-n \S+ )?(get|describe|delete|annotate|wait|patch) clusters?\b[^.]`)
	checked := 0
	for _, document := range documents(t) {
		for _, line := range code(read(t, document)) {
			assert.NotRegexp(t, inFull, line+" ", "%s: other projects have clusters too: clusters.postgresql.cnpg.io", document)
			for _, match := range call.FindAllStringSubmatch(line, -1) {
				words := strings.Fields(match[1])
				help, _ := run(t, "postgresapp", words[0], "--help")
				if !assert.Contains(t, help, "\n  postgresapp "+words[0], "%s: there is no postgresapp %s", document, words[0]) {
					continue
				}
				for _, word := range words[1:] {
					if name := flag.FindString(word); name != "" {
						assert.Regexp(t, `[ ,]`+name+`[ ,=]`, help, "%s: postgresapp %s has no %s", document, words[0], name)
					}
				}
				checked++
			}
		}
	}
	assert.Greater(t, checked, 30)
}

// TestDeploymentPlan holds the table of the plan's mistakes against the tests that it names: there is a row for each of them, and each row is
// proven by something that exists. Links are followed by TestLinks.
func TestDeploymentPlan(t *testing.T) {
	tests := testNames(t)
	cases := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^	"(\d+)": func`).FindAllStringSubmatch(read(t, "../e2e/guide/plan_test.go"), -1) {
		cases[match[1]] = true
	}
	require.Greater(t, len(cases), 20)
	row := regexp.MustCompile(`(?m)^\| (\d+) \|.*\| ([^|]+) \|$`)
	name := regexp.MustCompile("`(Test[A-Za-z]+)(?:/([0-9]+))?`")
	plan := read(t, "../docs/deployment-plan.md")
	rows := row.FindAllStringSubmatch(plan, -1)
	require.Len(t, rows, 35)
	for i, match := range rows {
		number, proof := match[1], match[2]
		assert.Equal(t, strconv.Itoa(i+1), number)
		assert.Regexp(t, "`Test|\\]\\(", proof, "mistake %s is proven by nothing", number)
		if cases[number] {
			assert.Contains(t, proof, "`TestPlan/"+number+"`")
		}
	}
	for _, match := range name.FindAllStringSubmatch(plan, -1) {
		assert.True(t, tests[match[1]], "there is no %s", match[1])
		if match[1] == "TestPlan" && match[2] != "" {
			assert.True(t, cases[match[2]], "there is no TestPlan/%s", match[2])
		}
	}
}

// testNames are the names of all tests of the repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func (Test[A-Za-z]+)\(t \*testing\.T\)`)
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range declaration.FindAllStringSubmatch(string(text), -1) {
			names[match[1]] = true
		}
		return err
	}))
	return names
}
