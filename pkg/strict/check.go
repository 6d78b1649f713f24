package strict

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"sync"

	"github.com/agext/levenshtein"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Check compares fields with the type of out, a pointer to a struct, and returns everything that does not fit.
func Check(fields map[string]any, out any, path *field.Path, options Options) field.ErrorList {
	c := checker{options: options}
	c.object(fields, reflect.TypeOf(out).Elem(), path)
	return c.errs
}

type checker struct {
	options Options
	errs    field.ErrorList
}

var (
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	index       = regexp.MustCompile(`\[[^\]]*\]`)
)

// value checks anything against a type.
func (c *checker) value(value any, t reflect.Type, path *field.Path) {
	if value == nil {
		return
	}
	if t.Kind() == reflect.Pointer {
		c.value(value, t.Elem(), path)
		return
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		c.leaf(value, t, path)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		if fields, ok := value.(map[string]any); ok {
			c.object(fields, t, path)
			return
		}
		c.wrong(value, path, "must be an object with fields such as "+someFields(t))
	case reflect.Map:
		fields, ok := value.(map[string]any)
		if !ok {
			c.wrong(value, path, "must be an object")
			return
		}
		for _, key := range sortedKeys(fields) {
			if fields[key] == nil {
				c.wrong(nil, path.Key(key), "must have a value")
				continue
			}
			c.value(fields[key], t.Elem(), path.Key(key))
		}
	case reflect.Slice:
		elements, ok := value.([]any)
		if !ok {
			c.wrong(value, path, "must be a list: write each element on a line of its own after \"- \"")
			return
		}
		for i, element := range elements {
			if element == nil {
				c.wrong(nil, path.Index(i), "must have a value")
				continue
			}
			c.value(element, t.Elem(), path.Index(i))
		}
	case reflect.String:
		if _, ok := value.(string); !ok {
			c.wrong(value, path, textRemedy(value))
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			c.wrong(value, path, "must be true or false, without quotes"+substitution(value))
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		number, ok := value.(int64)
		switch {
		case !ok:
			c.wrong(value, path, "must be a whole number, without quotes"+substitution(value))
		case t.Kind() == reflect.Int32 && (number > math.MaxInt32 || number < math.MinInt32):
			c.wrong(value, path, "must be a whole number of at most 2147483647")
		}
	case reflect.Interface:
	default:
		c.errs = append(c.errs, field.InternalError(path, fmt.Errorf("no rule for type %s", t)))
	}
}

// object checks the fields of a struct: every key must be one of its names, written the same way.
func (c *checker) object(fields map[string]any, t reflect.Type, path *field.Path) {
	names := namesOf(t)
	for _, key := range sortedKeys(fields) {
		child := path.Child(key)
		if path == nil {
			child = field.NewPath(key)
		}
		member, known := names.types[key]
		if !known {
			c.errs = append(c.errs, field.Forbidden(child, c.unknown(child, key, names)))
			continue
		}
		c.value(fields[key], member, child)
	}
}

// leaf checks a type that decodes itself, such as a quantity.
func (c *checker) leaf(value any, t reflect.Type, path *field.Path) {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, reflect.New(t).Interface())
	}
	if err == nil {
		return
	}
	switch t.Name() {
	case "Quantity":
		c.wrong(value, path, "must be a quantity such as 512Mi, 10Gi, 250m or 2"+substitution(value))
	case "IntOrString":
		c.wrong(value, path, "must be a whole number or a string")
	case "Time":
		c.wrong(value, path, "must be a time with its zone such as 2026-11-20T08:00:00Z"+substitution(value))
	case "Duration":
		c.wrong(value, path, "must be a duration such as 30s or 5m"+substitution(value))
	default:
		c.wrong(value, path, "must be an object")
	}
}

func (c *checker) wrong(value any, path *field.Path, remedy string) {
	if value == nil {
		c.errs = append(c.errs, field.Required(path, remedy))
		return
	}
	if c.options.Secret != nil && c.options.Secret(pattern(path)) {
		// The remedy may repeat the value.
		c.errs = append(c.errs, field.Invalid(path, "(hidden)", "must be text, in quotes where it is a number"))
		return
	}
	if kind := describe(value); kind == "an object" || kind == "a list" {
		c.errs = append(c.errs, field.Invalid(path, kind, remedy))
		return
	}
	c.errs = append(c.errs, field.Invalid(path, value, remedy))
}

// unknown words the error for a key that the type does not have.
func (c *checker) unknown(path *field.Path, key string, names *names) string {
	if c.options.Hint != nil {
		if hint := c.options.Hint(pattern(path)); hint != "" {
			return "unknown field: " + hint
		}
	}
	if neighbour := Closest(key, names.sorted); neighbour != "" {
		return fmt.Sprintf("unknown field: did you mean %q?", neighbour)
	}
	return "unknown field: known here are " + strings.Join(names.sorted, ", ")
}

// Closest returns the candidate that word was probably meant to be, or "". A candidate counts when it differs by letter case or
// separators alone, or by at most a third of the word's letters.
func Closest(word string, candidates []string) string {
	best, bestDistance := "", len(word)/3+1
	folded := fold(word)
	for _, candidate := range candidates {
		if fold(candidate) == folded {
			return candidate
		}
		if distance := levenshtein.Distance(folded, fold(candidate), nil); distance < bestDistance {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

func fold(word string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(word))
}

// pattern writes a path without its indices and keys.
func pattern(path *field.Path) string { return index.ReplaceAllString(path.String(), "[]") }

func describe(value any) string {
	switch value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "text"
	case bool:
		return "true or false"
	case nil:
		return "nothing"
	}
	return "a number"
}

// textRemedy says how to write a value as text. YAML reads on, off, yes and no as booleans, which is why the original word is not
// known any more.
func textRemedy(value any) string {
	switch value := value.(type) {
	case bool:
		if value {
			return `must be text: put it in quotes, such as "on" or "true"`
		}
		return `must be text: put it in quotes, such as "off" or "false"`
	case int64, float64:
		return fmt.Sprintf(`must be text: put it in quotes, "%v"`, value)
	}
	return "must be text"
}

// substitution explains why a ${VARIABLE} cannot stand where a value is computed with.
func substitution(value any) string {
	if text, ok := value.(string); ok && strings.Contains(text, "${") {
		return "; a ${VARIABLE} cannot stand here, because Flux substitutes it only after this value was computed with"
	}
	return ""
}

// names are the JSON names of a struct's fields.
type names struct {
	types  map[string]reflect.Type
	sorted []string
}

var cache sync.Map

func namesOf(t reflect.Type) *names {
	if known, ok := cache.Load(t); ok {
		return known.(*names)
	}
	n := &names{types: make(map[string]reflect.Type, t.NumField())}
	n.add(t)
	for name := range n.types {
		n.sorted = append(n.sorted, name)
	}
	sort.Strings(n.sorted)
	cache.Store(t, n)
	return n
}

func (n *names) add(t reflect.Type) {
	for i := range t.NumField() {
		member := t.Field(i)
		name, options, _ := strings.Cut(member.Tag.Get("json"), ",")
		switch {
		case name == "-" || !member.IsExported():
		case member.Anonymous && (name == "" || options == "inline"):
			embedded := member.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			n.add(embedded)
		case name != "":
			n.types[name] = member.Type
		default:
			n.types[member.Name] = member.Type
		}
	}
}

func someFields(t reflect.Type) string {
	known := namesOf(t).sorted
	return strings.Join(known[:min(3, len(known))], ", ")
}

func sortedKeys(fields map[string]any) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
