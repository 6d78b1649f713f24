//go:build e2e

package guide

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadBlocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(path, []byte("# Page\n\n```sh server\nls\n```\n1. item\n   ```yaml\n   # a.yaml\n   b: 1\n   ```\n```yaml\n# in a.yaml\n```\n"), 0o644))
	blocks, err := ReadBlocks(path)
	require.NoError(t, err)
	assert.Equal(t, []Block{
		{Place: path + ":3", Language: "sh", Note: "server", Text: "ls\n"},
		{Place: path + ":7", Language: "yaml", Text: "# a.yaml\nb: 1\n"},
		{Place: path + ":11", Language: "yaml", Text: "# in a.yaml\n"},
	}, blocks)
	name, merge := blocks[1].file()
	assert.Equal(t, "a.yaml", name)
	assert.False(t, merge)
	name, merge = blocks[2].file()
	assert.Equal(t, "a.yaml", name)
	assert.True(t, merge)

	require.NoError(t, os.WriteFile(path, []byte("```sh\nls\n"), 0o644))
	_, err = ReadBlocks(path)
	assert.ErrorContains(t, err, "page.md:1: the block is not closed")
}

func TestShows(t *testing.T) {
	tests := map[string]struct {
		output, want string
		shows        bool
	}{
		"the same":               {"a\n", "a\n", true},
		"columns":                {"NAME   AGE\npg     5s\n", "NAME AGE\npg ...\n", true},
		"an empty last column":   {"pg   \n", "pg ...\n", true},
		"no part of a word":      {"pgx\n", "pg ...\n", false},
		"between other lines":    {"x\na\ny\nb\n", "a\nb\n", true},
		"another order":          {"b\na\n", "a\nb\n", false},
		"one line for two":       {"a\n", "a\na\n", false},
		"part of a line":         {"a b\n", "a\n", false},
		"anything in the middle": {"uri://me:secret@host/db\n", "uri://me:...@host/db\n", true},
		"a dot is a dot":         {"axb\n", "a.b\n", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.shows, Shows(test.output, test.want)) })
	}
}
