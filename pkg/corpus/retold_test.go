package corpus

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/adopt"
)

// TestRetold compares manifests of the corpus with what a person who knows PostgresApp would write instead. Every difference that is not
// an improvement of every app stands in the case's differs.txt, with its reason.
func TestRetold(t *testing.T) {
	cases, err := filepath.Glob(filepath.Join("testdata", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	t.Run("expand", func(t *testing.T) {
		for _, dir := range cases {
			t.Run(filepath.Base(dir), func(t *testing.T) { assert.NotEmpty(t, expand(t, read(t, dir, "app.yaml"))) })
		}
	})
	all := samples(t)
	for _, dir := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			original := sampleOf(t, all, filepath.Base(dir))
			differences, err := adopt.Compare(append([]fields{original.cluster}, original.around...), expand(t, read(t, dir, "app.yaml")))
			require.NoError(t, err)
			expected := differs(t, string(read(t, dir, "differs.txt")))
			var found []string
			for _, d := range adopt.Unexplained(differences) {
				found = append(found, d.Field)
				assert.Contains(t, expected, d.Field, "%s", d)
			}
			for _, field := range expected {
				assert.Contains(t, found, field, "differs.txt lists a field that does not differ")
			}
		})
	}
}

// sampleOf finds the Cluster that a case's directory is named after: owner+repo-number.
func sampleOf(t *testing.T, all []sample, name string) sample {
	t.Helper()
	cut := strings.LastIndexByte(name, '-')
	prefix := name[:cut] + "/" + name[cut+1:] + "-Cluster-"
	i := slices.IndexFunc(all, func(s sample) bool { return strings.HasPrefix(s.name, prefix) })
	require.GreaterOrEqual(t, i, 0, "the corpus has no %s", prefix)
	return all[i]
}

// differs reads the fields of lines of the form "field: reason".
func differs(t *testing.T, text string) []string {
	t.Helper()
	var listed []string
	for line := range strings.Lines(text) {
		field, reason, ok := strings.Cut(strings.TrimSpace(line), ": ")
		require.True(t, ok && reason != "", "%q has no reason", line)
		listed = append(listed, field)
	}
	return listed
}

func read(t *testing.T, elements ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elements...))
	require.NoError(t, err)
	return text
}
