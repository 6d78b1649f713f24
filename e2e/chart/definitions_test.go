//go:build e2e

package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
)

// TestDefinitions holds the definitions that the newest charts install against those that the product and the rig check by: the operator's at
// 1.30.0, and that of the plugin at 0.15.0, which the chart of 0.13.0 has as well.
func TestDefinitions(t *testing.T) {
	c := open(t)
	set, err := assets.Ensure(t.Context(), os.Stderr)
	require.NoError(t, err)
	for chart, want := range map[string]struct {
		version string
		number  int
	}{operator: {"0.29.0", 11}, plugin: {"0.7.0", 1}} {
		objects, err := c.render(t, chart, want.version, nil)
		require.NoError(t, err)
		found := 0
		for name, object := range objects {
			if !strings.HasPrefix(name, "CustomResourceDefinition ") {
				continue
			}
			found++
			spec := object["spec"].(fields)
			names := spec["names"].(fields)
			text, err := os.ReadFile(filepath.Join(set.CRDs(), spec["group"].(string)+"_"+names["plural"].(string)+".yaml"))
			require.NoError(t, err)
			var definition fields
			require.NoError(t, yaml.Unmarshal(text, &definition))
			assert.Equal(t, withoutProse(definition["spec"]), withoutProse(spec), name)
		}
		assert.Equal(t, want.number, found, chart)
	}
}

// withoutProse is a part of a definition without what it says to people.
func withoutProse(value any) any {
	switch value := value.(type) {
	case fields:
		if _, prose := value["description"].(string); prose {
			delete(value, "description")
		}
		for key, inner := range value {
			value[key] = withoutProse(inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = withoutProse(inner)
		}
	}
	return value
}
