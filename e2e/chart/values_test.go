//go:build e2e

package chart

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/chart"
)

// elsewhere are values that a chart reads and that the product refuses, because the platform has a field for it or depends on the chart's own.
var elsewhere = map[string][]string{
	operator: {"nameOverride", "fullnameOverride", "namespaceOverride", "service.name", "monitoring.podMonitorEnabled", "monitoring.podMonitorAdditionalLabels",
		"monitoring.podMonitorMetricRelabelings", "monitoring.podMonitorRelabelings", "config.data", "config.create", "config.name"},
	plugin: {"nameOverride", "fullnameOverride", "namespaceOverride", "service.name"},
}

// TestValues tries every value of every chart by itself: the product takes it if and only if Helm takes it and something comes of it.
func TestValues(t *testing.T) {
	c := open(t)
	for name, first := range map[string]string{operator: "0.26.0", plugin: "0.3.1"} {
		versions := c.versions(t, name)
		for _, version := range versions[slices.Index(versions, first):] {
			t.Run(name+" "+version, func(t *testing.T) {
				t.Parallel()
				defaults := c.file(t, name, version, "values.yaml")
				if name == operator {
					defaults["rbac"].(fields)["annotations"] = fields{} // the templates read it, and the file does not have it
				}
				// The definitions are most of the text, and nothing but crds.create has to do with them.
				base, err := c.render(t, name, version, fields{"crds": fields{"create": false}})
				require.NoError(t, err)
				tried := 0
				for path, standard := range leaves("", defaults) {
					tried++
					values := fields{}
					put(values, path, another(path, standard))
					taken := len(chart.Check(name, version, values, field.NewPath("values"))) == 0
					if strings.HasPrefix(path, "monitoring.grafanaDashboard.") || slices.Contains(elsewhere[name], path) {
						assert.False(t, taken, path)
						continue
					}
					put(values, "crds.create", path == "crds.create")
					rendered, err := c.render(t, name, version, values)
					assert.Equal(t, err == nil && !assert.ObjectsAreEqual(base, rendered), taken, "%s: %v", path, err)
					c.withoutValue(t, name, version, path)
				}
				assert.Greater(t, tried, 40)
			})
		}
	}
}

// withoutValue takes a value away: what the product lets go, Helm does without.
func (c *charts) withoutValue(t *testing.T, name, version, path string) {
	t.Helper()
	values := fields{}
	put(values, path, nil)
	if len(chart.Check(name, version, values, field.NewPath("values"))) > 0 {
		return
	}
	put(values, "crds.create", false)
	_, err := c.render(t, name, version, values)
	assert.NoError(t, err, "%s: null", path)
}

// leaves are the values below a path that hold no others, and the two security contexts.
func leaves(path string, value any) map[string]any {
	object, isObject := value.(fields)
	if !isObject || len(object) == 0 || strings.HasSuffix(path, "SecurityContext") {
		return map[string]any{path: value}
	}
	found := map[string]any{}
	for key, inner := range object {
		maps.Copy(found, leaves(strings.TrimPrefix(path+"."+key, "."), inner))
	}
	return found
}

// put sets a value at a path.
func put(into fields, path string, value any) {
	first, rest, below := strings.Cut(path, ".")
	if !below {
		into[first] = value
		return
	}
	if into[first] == nil {
		into[first] = fields{}
	}
	put(into[first].(fields), rest, value)
}

// another is a value of the same type.
func another(path string, standard any) any {
	if path == "service.ipFamilies" { // of which schemas say what may be in it
		return []any{"IPv6"}
	}
	switch standard := standard.(type) {
	case bool:
		return !standard
	case float64: // as the YAML library reads numbers
		return int64(standard) + 1
	case string:
		return "another"
	case []any:
		return []any{fields{"name": "another"}}
	}
	return fields{"another": "value"}
}
