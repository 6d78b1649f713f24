// Package chart holds what the Helm charts of CloudNativePG take: their names and the keys of their values. Helm itself takes any key, and
// drops the ones that no template reads.
package chart

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// Names of the charts. The releases are called the same, and so are the Deployments that they make.
const (
	Operator = "cloudnative-pg"
	Plugin   = "plugin-barman-cloud"
)

// Check returns everything in values that a chart does not have at a version, that it does not read, or that has another type. The version is
// "" where it is not known.
func Check(chart, version string, values map[string]any, path *field.Path) field.ErrorList {
	root := operator()
	if chart == Plugin {
		root = plugin()
	}
	c := checker{chart: chart, version: version}
	c.object(root, values, path, "")
	return c.errs
}

type checker struct {
	chart, version string
	errs           field.ErrorList
}

func (c *checker) object(known *node, values map[string]any, path *field.Path, above string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		at, name := path.Child(key), above+key
		inner, ok := known.inner[key]
		switch {
		case !ok:
			c.errs = append(c.errs, field.Forbidden(at, fmt.Sprintf("the chart %s has no such value: %s", c.chart, c.remedy(known, name, key))))
		case refused[name] != "":
			c.errs = append(c.errs, field.Forbidden(at, refused[name]))
		case inner.read != "" && !c.since(inner.read):
			c.errs = append(c.errs, field.Forbidden(at, c.unread(name, inner.read)))
		case values[key] == nil && inner.of != object && inner.of != list:
			c.errs = append(c.errs, field.Required(at, "null takes the chart's own value away, without which its templates fail: leave the line out, or write a value"))
		case c.requires(name) && removes(values[key]):
			c.errs = append(c.errs, field.Forbidden(at, fmt.Sprintf("the schema of the chart %s %s requires all of it, so that nothing may be null: "+
				"write a newer version of the plugin, whose chart is %s or newer",
				c.chart, c.version, optional)))
		case values[key] == nil: // removes what is set otherwise
		case inner.of != "":
			c.value(inner.of, values[key], at)
		default:
			fields, isObject := values[key].(map[string]any)
			if !isObject {
				c.errs = append(c.errs, field.Invalid(at, field.OmitValueType{}, "must be an object with "+strings.Join(slices.Sorted(maps.Keys(inner.inner)), ", ")))
				continue
			}
			c.object(inner, fields, at, name+".")
		}
	}
}

// remedy is what was probably meant by a key.
func (c *checker) remedy(known *node, name, key string) string {
	if hint := hints[name]; hint != "" {
		return hint
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(known.inner)), func(name string) bool { return known.inner[name].read == unread })
	if neighbour := strict.Closest(key, names); neighbour != "" {
		return fmt.Sprintf("did you mean %q?", neighbour)
	}
	return "known here are " + strings.Join(names, ", ")
}

// since tells whether the chart is of a version, or newer. One of an unknown version is.
func (c *checker) since(first string) bool {
	if first == unread {
		return false
	}
	return c.version == "" || !version.MustParseSemantic(c.version).LessThan(version.MustParseSemantic(first))
}

// unread says of a value that nothing comes of it.
func (c *checker) unread(name, read string) string {
	if read != unread {
		return fmt.Sprintf("the chart %s reads it from %s on, and %s is what gets installed: write a newer version of the plugin", c.chart, read, c.version)
	}
	remedy := otherwise[name]
	if remedy == "" {
		remedy = patched
	}
	return fmt.Sprintf("the chart %s has the value, and reads it nowhere: %s", c.chart, remedy)
}

// optional is the version of the plugin's chart since which its schema does not require the settings of the security contexts any more.
const optional = "0.7.0"

// requires tells whether the chart's schema requires everything in a value. Helm takes what is null away before it asks the schema.
func (c *checker) requires(name string) bool {
	return c.chart == Plugin && !c.since(optional) && (name == "containerSecurityContext" || name == "podSecurityContext")
}

// removes tells whether a value is null, or something in it.
func removes(value any) bool {
	fields, _ := value.(map[string]any)
	for _, inner := range fields {
		if removes(inner) {
			return true
		}
	}
	return value == nil
}

// value checks the type of a value. A ${VARIABLE} becomes what it stands for before anybody reads the type.
func (c *checker) value(of string, value any, path *field.Path) {
	right := false
	switch value := value.(type) {
	case string:
		right = of == text || substitution.HasVariable(value) && (of == integer || of == boolean)
	case bool:
		right = of == boolean
	case int64:
		right = of == integer
	case float64:
		right = of == integer && value == math.Trunc(value)
	case []any:
		right = of == list
	case map[string]any:
		right = of == object
	}
	if !right {
		c.errs = append(c.errs, field.Invalid(path, field.OmitValueType{}, "must be "+articles[of]))
	}
}

var articles = map[string]string{object: "an object", list: "a list", text: "text", integer: "a whole number", boolean: "true or false"}
