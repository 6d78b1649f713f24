package schema

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Validate returns everything about an object that the API server would refuse
// at creation, in the order of the fields' names.
func (d *Document) Validate(object map[string]any, path *field.Path) field.ErrorList {
	v := validator{nodes: d.Nodes}
	v.value(object, 0, path)
	return v.errs
}

type validator struct {
	nodes []Node
	errs  field.ErrorList
}

func (v *validator) add(err *field.Error) {
	v.errs = append(v.errs, err)
}

// value checks a value against a node, and everything below it.
func (v *validator) value(value any, node int, path *field.Path) {
	n := &v.nodes[node]
	if n.Type == Any {
		return
	}
	if value == nil {
		v.wrong(path, value, "must have a value")
		return
	}
	fits := true
	switch n.Type {
	case Object:
		fits = v.object(value, n, path)
	case Array:
		fits = v.array(value, n, path)
	case String:
		fits = v.text(value, n, path)
	case Integer, Number:
		fits = v.number(value, n, path)
	case Boolean:
		if _, fits = value.(bool); !fits {
			v.wrong(path, value, "must be true or false, without quotes")
		}
	case IntOrString:
		if _, isText := value.(string); isText {
			fits = v.text(value, n, path)
		} else if fits = isInteger(value); !fits {
			v.wrong(path, value, "must be a whole number or a string")
		}
	}
	if !fits {
		return
	}
	for _, rule := range n.Rules {
		if message, _ := breach(rule, value); message != "" {
			v.add(field.Invalid(path, shown(path, value), message))
		}
	}
}

func (v *validator) object(value any, n *Node, path *field.Path) bool {
	object, ok := value.(map[string]any)
	if !ok {
		v.wrong(path, value, "must be an object")
		return false
	}
	for _, key := range sortedKeys(object) {
		if object[key] == nil && (n.Values != 0 || n.Properties[key] != 0) {
			continue // the API server drops it, as no definition allows null
		}
		if property, known := n.Properties[key]; known {
			v.value(object[key], property, child(path, key))
		} else if n.Values != 0 {
			v.value(object[key], n.Values, path.Key(key))
		} else {
			v.add(field.Forbidden(child(path, key), unknown(key, n)))
		}
	}
	switch {
	case n.MinProperties != nil && len(object) < *n.MinProperties:
		v.wrong(path, value, fmt.Sprintf("must have at least %d fields", *n.MinProperties))
	case n.MaxProperties != nil && len(object) > *n.MaxProperties:
		v.wrong(path, value, fmt.Sprintf("must have at most %d fields", *n.MaxProperties))
	}
	for _, key := range n.Required {
		if object[key] == nil {
			v.add(field.Required(child(path, key), "the field is needed here"))
		}
	}
	return true
}

// child is path.Child for a path that may be nil, the root.
func child(path *field.Path, name string) *field.Path {
	if path == nil {
		return field.NewPath(name)
	}
	return path.Child(name)
}

func (v *validator) array(value any, n *Node, path *field.Path) bool {
	list, ok := value.([]any)
	if !ok {
		v.wrong(path, value, "must be a list")
		return false
	}
	if n.MinItems != nil && len(list) < *n.MinItems {
		v.wrong(path, value, fmt.Sprintf("must have at least %d elements", *n.MinItems))
	}
	if n.MaxItems != nil && len(list) > *n.MaxItems {
		v.wrong(path, value, fmt.Sprintf("must have at most %d elements", *n.MaxItems))
	}
	seen := make(map[string]bool, len(list))
	for i, element := range list {
		if n.Items != 0 {
			v.value(element, n.Items, path.Index(i))
		}
		if key, told := identity(element, n); told {
			if seen[key] {
				v.add(field.Duplicate(path.Index(i), shown(path, identityValue(element, n))))
			}
			seen[key] = true
		}
	}
	return true
}

// identity returns what tells an element of a list apart, if anything does.
func identity(element any, n *Node) (string, bool) {
	if !n.Set && len(n.Keys) == 0 {
		return "", false
	}
	return canonical(identityValue(element, n)), true
}

func identityValue(element any, n *Node) any {
	object, ok := element.(map[string]any)
	if !ok || len(n.Keys) == 0 {
		return element
	}
	values := make([]any, len(n.Keys))
	for i, key := range n.Keys {
		if values[i] = object[key]; values[i] == nil {
			values[i] = n.KeyDefaults[key]
		}
	}
	if len(values) == 1 {
		return values[0]
	}
	return values
}

func (v *validator) text(value any, n *Node, path *field.Path) bool {
	text, ok := value.(string)
	if !ok {
		v.wrong(path, value, "must be a string, in quotes")
		return false
	}
	length := utf8.RuneCountInString(text)
	switch {
	case n.MinLength != nil && length < *n.MinLength:
		v.wrong(path, value, fmt.Sprintf("must have at least %d characters", *n.MinLength))
	case n.MaxLength != nil && length > *n.MaxLength:
		v.wrong(path, value, fmt.Sprintf("must have at most %d characters", *n.MaxLength))
	case len(n.Enum) > 0 && !slices.Contains(n.Enum, text):
		v.add(field.NotSupported(path, shown(path, value), n.Enum))
	case n.Pattern != "" && !matches(n.Pattern, text):
		v.wrong(path, value, "must match "+n.Pattern)
	case n.Format == "date-time" && !isTime(text):
		v.wrong(path, value, "must be a time with its zone such as 2026-11-20T08:00:00Z")
	case n.Format == "byte" && !isBase64(text):
		v.wrong(path, value, "must be base64")
	}
	return true
}

func (v *validator) number(value any, n *Node, path *field.Path) bool {
	number, ok := number(value)
	if !ok || n.Type == Integer && !isInteger(value) {
		remedy := "must be a number, without quotes"
		if n.Type == Integer {
			remedy = "must be a whole number, without quotes"
		}
		v.wrong(path, value, remedy)
		return false
	}
	switch {
	case n.Minimum != nil && number < *n.Minimum:
		v.wrong(path, value, fmt.Sprintf("must be at least %v", *n.Minimum))
	case n.Maximum != nil && number > *n.Maximum:
		v.wrong(path, value, fmt.Sprintf("must be at most %v", *n.Maximum))
	case n.Format == "int32" && (number > math.MaxInt32 || number < math.MinInt32):
		v.wrong(path, value, "must be a whole number of 32 bits, at most 2147483647")
	}
	return true
}

func (v *validator) wrong(path *field.Path, value any, remedy string) {
	v.add(field.Invalid(path, shown(path, value), remedy))
}

// shown is the value as it may appear in a message: objects and lists are too
// long, and that of an environment variable may be secret.
func shown(path *field.Path, value any) any {
	switch value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	if strings.HasSuffix(path.String(), ".value") {
		return "(hidden)"
	}
	return value
}

// unknown words the error for a field that the schema does not have.
func unknown(key string, n *Node) string {
	names := sortedKeys(n.Properties)
	if len(names) == 0 {
		return "unknown field: nothing is known here"
	}
	if neighbour := strict.Closest(key, names); neighbour != "" {
		return fmt.Sprintf("unknown field: did you mean %q?", neighbour)
	}
	return "unknown field: known here are " + strings.Join(names, ", ")
}

// patterns caches compiled regular expressions: a schema repeats few.
var patterns sync.Map

func matches(pattern, text string) bool {
	compiled, ok := patterns.Load(pattern)
	if !ok {
		// The generator has compiled every pattern once, so this cannot fail.
		compiled, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return compiled.(*regexp.Regexp).MatchString(text)
}

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

func isBase64(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil
}

// number returns a number as any of the decoders in use gives it.
func number(value any) (float64, bool) {
	switch n := value.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int32:
		return float64(n), true
	case uint64:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	}
	return 0, false
}

func isInteger(value any) bool {
	n, ok := number(value)
	return ok && n == math.Trunc(n) && !math.IsInf(n, 0)
}

// canonical writes a value so that equal ones are written alike.
func canonical(value any) string {
	if n, ok := number(value); ok {
		value = n
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
