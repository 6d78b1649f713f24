package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// FuzzApps expands any document, once as an app and once with itself as the shared defaults. Whatever it holds, there is an answer: objects,
// or errors and nothing else, each on one line, and the same the next time.
func FuzzApps(f *testing.F) {
	for _, pattern := range []string{errorCases + "/*/*.yaml", "../../examples/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		require.NotEmpty(f, files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, defaults := range []*render.Document{nil, {YAML: document}} {
			result := render.Apps([]render.Document{{YAML: document}}, defaults)
			switch {
			case result.Findings.Failed() && result.Expansions != nil:
				t.Fatalf("objects beside errors:\n%s", result.Findings)
			case !result.Findings.Failed() && (len(result.Expansions) != 1 || len(result.Expansions[0].Objects) == 0):
				t.Fatalf("neither objects nor errors:\n%s", result.Findings)
			}
			found := result.Findings.String()
			if lines := strings.Count(found, "\n"); lines != len(result.Findings) {
				t.Fatalf("%d findings on %d lines:\n%s", len(result.Findings), lines, found)
			}
			if again := render.Apps([]render.Document{{YAML: document}}, defaults).Findings.String(); again != found {
				t.Fatalf("first:\n%s\nthen:\n%s", found, again)
			}
		}
	})
}
