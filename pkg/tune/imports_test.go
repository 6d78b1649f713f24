package tune_test

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The package is arithmetic: it needs nothing outside these parts of the
// standard library, none of which read a clock, a file or the environment.
func TestImports(t *testing.T) {
	allowed := []string{"errors", "fmt", "maps", "math", "math/bits", "slices", "strconv", "strings"}
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	checked := 0
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			assert.Contains(t, allowed, path, file.Name())
		}
		checked++
	}
	assert.Positive(t, checked)
}
