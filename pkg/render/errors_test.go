package render_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

var update = flag.Bool("update", false, "write what is found to the error.txt of each case, to be read and judged")

const (
	errorCases = "../../testdata/errors"

	// leastCases catches a runner that looks for the cases in the wrong place, or past most of them.
	leastCases = 120

	// secret stands in every value of a case that must never be shown.
	secret = "s3cr3t"
)

// jargon is what a parser or a library says to programmers, not to whoever corrects a file.
var jargon = regexp.MustCompile(`map\[|interface \{\}|\bjson:|unmarshal|strconv|<nil>|%!|\*v1|0x[0-9a-f]{6}|goroutine|regexp:|go struct|Internal error`)

// TestErrors expands documents that hold mistakes. Every case is a directory named after its mistake: app.yaml, and defaults.yaml where
// there are shared defaults. error.txt is what people read: every mistake once, with the field, what was found and what would be right.
func TestErrors(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update is for a person who reads what it writes")
	}
	entries, err := os.ReadDir(errorCases)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(entries), leastCases)
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, entry.Name())
			directory := filepath.Join(errorCases, entry.Name())
			apps, defaults := errorCase(t, directory)
			result := render.Apps(apps, defaults)
			found := result.Findings.String()

			assert.True(t, result.Findings.Failed(), "a mistake must be an error")
			assert.Zero(t, len(result.Expansions), "there is no output beside an error")
			assert.NotContains(t, found, secret)
			assert.NotRegexp(t, jargon, found)
			for range 5 {
				assert.Equal(t, found, render.Apps(apps, defaults).Findings.String(), "the findings must always be the same")
			}
			if *update {
				require.NoError(t, os.WriteFile(filepath.Join(directory, "error.txt"), []byte(found), 0o644))
			}
			want, err := os.ReadFile(filepath.Join(directory, "error.txt"))
			require.NoError(t, err)
			assert.Equal(t, string(want), found)
		})
	}
}

// errorCase reads the documents of a case. An app.yaml without a separator is one document, whatever it holds.
func errorCase(t *testing.T, directory string) (apps []render.Document, defaults *render.Document) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(directory, "app.yaml"))
	require.NoError(t, err)
	for document := range bytes.SplitSeq(text, []byte("\n---\n")) {
		apps = append(apps, render.Document{YAML: document, Source: "app.yaml"})
	}
	text, err = os.ReadFile(filepath.Join(directory, "defaults.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return apps, nil
	}
	require.NoError(t, err)
	return apps, &render.Document{YAML: text, Source: "defaults.yaml"}
}

// TestErrorCasesAreDifferent keeps two cases from making one mistake.
func TestErrorCasesAreDifferent(t *testing.T) {
	entries, err := os.ReadDir(errorCases)
	require.NoError(t, err)
	cases := map[string]string{}
	for _, entry := range entries {
		var all strings.Builder
		for _, name := range []string{"app.yaml", "defaults.yaml"} {
			text, err := os.ReadFile(filepath.Join(errorCases, entry.Name(), name))
			if !errors.Is(err, fs.ErrNotExist) {
				require.NoError(t, err)
			}
			all.Write(text)
			all.WriteByte(0)
		}
		assert.NotContains(t, cases, all.String(), "%s is the same as %s", entry.Name(), cases[all.String()])
		cases[all.String()] = entry.Name()
	}
}
