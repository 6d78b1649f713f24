package render_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// verdict is the first line of a case: what must become of it, and for a refused one which field the error names.
var verdict = regexp.MustCompile(`^# (accepted|refused: (\S+)|warned: (\S+))\n`)

// TestRandom expands what random tests against a real API server found: apps that were accepted although the server refuses what they
// become, and apps that became something which it refuses. They are as small as the tests could make them; the comment at their
// top says what the server said. The end-to-end tests apply the accepted ones.
func TestRandom(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/random/*/app.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, path := range cases {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			expected := verdict.FindSubmatch(text)
			require.NotNil(t, expected, "the first line is # accepted, # refused: <field> or # warned: <field>")
			findings := render.Apps([]render.Document{{YAML: text}}, nil).Findings
			refused, warned := string(expected[2]), string(expected[3])
			assert.Equal(t, refused != "", findings.Failed(), "%s", findings)
			about := findings.Errors()
			if refused == "" {
				about = findings.Warnings()
			}
			var fields []string
			for _, finding := range about {
				fields = append(fields, finding.Field)
			}
			if field := refused + warned; field != "" {
				assert.Contains(t, fields, field, "%s", findings)
			}
		})
	}
}
