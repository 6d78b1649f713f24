//go:build generated

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is committed is what the definitions say. The test downloads modules and
// builds controller-gen, hence its tag: go test -tags generated ./...
func TestGeneratedFilesAreCurrent(t *testing.T) {
	dir := filepath.Join("..", "..")
	files, err := generate(dir)
	require.NoError(t, err)
	committed, err := filepath.Glob(filepath.Join(dir, schemaFolder, "*"))
	require.NoError(t, err)
	assert.Len(t, committed, len(files)-1, "the timeline is the other file")
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if assert.NoError(t, err) {
			assert.Equal(t, string(want), string(got), "%s: run go generate ./pkg/cnpg", name)
		}
	}
}
