package strict

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// decoder walks a decoded document and a Go value together.
type decoder struct {
	options Options
	errs    field.ErrorList
}

// value decodes anything.
func (d *decoder) value(value any, into reflect.Value, path *field.Path) {
	if value == nil {
		return
	}
	t := into.Type()
	if t.Kind() == reflect.Pointer {
		target := reflect.New(t.Elem())
		d.value(value, target.Elem(), path)
		into.Set(target)
		return
	}
	if jsontype.Decodes(t) {
		d.leaf(value, into, path)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		if fields, ok := value.(map[string]any); ok {
			d.object(fields, into, path)
			return
		}
		d.wrong(value, path, "must be an object with fields such as "+someFields(t))
	case reflect.Map:
		d.mapping(value, into, path)
	case reflect.Slice:
		d.list(value, into, path)
	case reflect.String:
		if text, ok := value.(string); ok {
			into.SetString(text)
			return
		}
		d.wrong(value, path, textRemedy(value))
	case reflect.Bool:
		if truth, ok := value.(bool); ok {
			into.SetBool(truth)
			return
		}
		d.wrong(value, path, "must be true or false, without quotes"+substitution(value))
	case reflect.Int, reflect.Int32, reflect.Int64:
		number, ok := value.(int64)
		switch {
		case !ok:
			d.wrong(value, path, "must be a whole number, without quotes"+substitution(value))
		case into.OverflowInt(number):
			d.wrong(value, path, "must be a whole number of at most 2147483647")
		default:
			into.SetInt(number)
		}
	default:
		d.errs = append(d.errs, field.InternalError(path, fmt.Errorf("no rule for type %s", t)))
	}
}

// object decodes a struct: every key must be one of its names, written the same way.
func (d *decoder) object(fields map[string]any, into reflect.Value, path *field.Path) {
	shape := jsontype.Of(into.Type())
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		child := field.NewPath(key)
		if path != nil {
			child = path.Child(key)
		}
		member, known := shape.Lookup(key)
		if !known {
			d.errs = append(d.errs, field.Forbidden(child, d.unknown(child, key, shape.Names)))
			continue
		}
		d.value(fields[key], into.FieldByIndex(member.Index), child)
	}
}

// mapping decodes a map, whose keys are the user's.
func (d *decoder) mapping(value any, into reflect.Value, path *field.Path) {
	fields, ok := value.(map[string]any)
	if !ok {
		d.wrong(value, path, "must be an object")
		return
	}
	t := into.Type()
	result := reflect.MakeMapWithSize(t, len(fields))
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if fields[key] == nil {
			d.wrong(nil, path.Key(key), "must have a value")
			continue
		}
		element := reflect.New(t.Elem()).Elem()
		d.value(fields[key], element, path.Key(key))
		result.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), element)
	}
	into.Set(result)
}

// list decodes a list.
func (d *decoder) list(value any, into reflect.Value, path *field.Path) {
	elements, ok := value.([]any)
	if !ok {
		d.wrong(value, path, "must be a list: write each element on a line of its own after \"- \"")
		return
	}
	result := reflect.MakeSlice(into.Type(), len(elements), len(elements))
	for i, element := range elements {
		if element == nil {
			d.wrong(nil, path.Index(i), "must have a value")
			continue
		}
		d.value(element, result.Index(i), path.Index(i))
	}
	into.Set(result)
}

// leaf decodes a type that decodes itself, such as a quantity.
func (d *decoder) leaf(value any, into reflect.Value, path *field.Path) {
	text, err := json.Marshal(value)
	if err == nil {
		err = into.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(text)
	}
	if err == nil {
		return
	}
	switch into.Type().Name() {
	case "Quantity":
		d.wrong(value, path, "must be a quantity such as 512Mi, 10Gi, 250m or 2"+substitution(value))
	case "IntOrString":
		d.wrong(value, path, "must be a whole number or a string")
	case "Time":
		d.wrong(value, path, "must be a time with its zone such as 2026-11-20T08:00:00Z"+substitution(value))
	case "Duration":
		d.wrong(value, path, "must be a duration such as 30s or 5m"+substitution(value))
	default:
		d.wrong(value, path, "must be an object")
	}
}

func (d *decoder) wrong(value any, path *field.Path, remedy string) {
	if value == nil {
		d.errs = append(d.errs, field.Required(path, remedy))
		return
	}
	if d.options.Secret != nil && d.options.Secret(pattern(path)) {
		// The remedy may repeat the value.
		d.errs = append(d.errs, field.Invalid(path, "(hidden)", "must be text, in quotes where it is a number"))
		return
	}
	if kind := describe(value); kind == "an object" || kind == "a list" {
		d.errs = append(d.errs, field.Invalid(path, kind, remedy))
		return
	}
	d.errs = append(d.errs, field.Invalid(path, value, remedy))
}

// unknown words the error for a key that the type does not have.
func (d *decoder) unknown(path *field.Path, key string, names []string) string {
	if d.options.Hint != nil {
		if hint := d.options.Hint(pattern(path)); hint != "" {
			return "unknown field: " + hint
		}
	}
	if neighbour := Closest(key, names); neighbour != "" {
		return fmt.Sprintf("unknown field: did you mean %q?", neighbour)
	}
	return "unknown field: known here are " + strings.Join(names, ", ")
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
func pattern(path *field.Path) string {
	var b strings.Builder
	inside := false
	for _, r := range path.String() {
		switch {
		case r == '[':
			inside = true
			b.WriteString("[]")
		case r == ']':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return b.String()
}

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

func someFields(t reflect.Type) string {
	known := jsontype.Of(t).Names
	return strings.Join(known[:min(3, len(known))], ", ")
}
