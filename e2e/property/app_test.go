//go:build e2e

package property

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLongKeysAreRefused: a key of more than 1024 characters needs a "?" before it in YAML.
func TestLongKeysAreRefused(t *testing.T) {
	document := Document{
		"apiVersion": "postgresapp.dev/v1alpha1", "kind": "PostgresApp",
		"metadata": map[string]any{"name": "shop", "annotations": map[string]any{"a" + strings.Repeat("b", 1500): "c"}},
		"spec":     map[string]any{"storage": map[string]any{"size": "1Gi"}, "inheritedMetadata": map[string]any{"labels": map[string]any{strings.Repeat("b", 1500): "c"}}},
	}
	findings := document.Render().Findings
	assert.True(t, findings.Failed())
	assert.Contains(t, findings.String(), "inheritedMetadata")
}
