package render_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryWarningIsDocumented looks for the beginning of every warning of the plan in docs/warnings.md.
func TestEveryWarningIsDocumented(t *testing.T) {
	document, err := os.ReadFile("../../docs/warnings.md")
	require.NoError(t, err)
	sources, err := filepath.Glob("../plan/*.go")
	require.NoError(t, err)
	call := regexp.MustCompile(`m\.warn\(.*`)
	literal := regexp.MustCompile(`"([^"]*)"`)
	found := 0
	for _, source := range sources {
		text, err := os.ReadFile(source)
		require.NoError(t, err)
		for _, line := range call.FindAllString(string(text), -1) {
			literals := literal.FindAllStringSubmatch(line, -1)
			if len(literals) == 0 {
				continue // the message goes on in the next line
			}
			match := literals[len(literals)-1]
			// What stands before and after a %s is the same in every such warning.
			for _, part := range regexp.MustCompile(`%[a-z]`).Split(match[1], -1) {
				if words := strings.Fields(part); len(words) >= 4 {
					part = strings.Join(words[:4], " ")
					found++
					assert.Contains(t, string(document), part, "%s warns: %s", source, match[1])
				}
			}
		}
	}
	assert.GreaterOrEqual(t, found, 15, "the warnings are found")
}
