package strict

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

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
		d.wrong(value, path, "must be an object", " with fields such as "+someFields(t))
	case reflect.Map:
		d.mapping(value, into, path)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			d.bytes(value, into, path)
			return
		}
		d.list(value, into, path)
	case reflect.String:
		if text, ok := value.(string); ok {
			into.SetString(text)
			return
		}
		d.wrong(value, path, "must be text", quotes(value))
	case reflect.Bool:
		if truth, ok := value.(bool); ok {
			into.SetBool(truth)
			return
		}
		d.wrong(value, path, "must be true or false"+withoutQuotes(value, "true", "false")+substitution(value), "")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32,
		reflect.Uint64:
		d.number(value, into, path)
	default:
		d.errs = append(d.errs, field.InternalError(path, fmt.Errorf("no rule for type %s", t)))
	}
}

// number decodes a whole number.
func (d *decoder) number(value any, into reflect.Value, path *field.Path) {
	number, ok := value.(int64)
	signed := into.CanInt()
	switch {
	case !ok:
		d.wrong(value, path, wholeNumber(value)+substitution(value), "")
	case signed && into.OverflowInt(number):
		limit := int64(1)<<(into.Type().Bits()-1) - 1
		if number < 0 {
			limit = -limit - 1
		}
		d.wrong(value, path, fmt.Sprintf("is out of range, which ends at %d", limit), "")
	case !signed && (number < 0 || into.OverflowUint(uint64(number))):
		d.wrong(value, path, "must be a whole number that is not negative", "")
	case signed:
		into.SetInt(number)
	default:
		into.SetUint(uint64(number))
	}
}

// object decodes a struct: every key must be one of its names, written the same way.
func (d *decoder) object(fields map[string]any, into reflect.Value, path *field.Path) {
	shape := jsontype.Of(into.Type())
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		child := childOf(path, key)
		member, known := shape.Lookup(key)
		if !known {
			d.errs = append(d.errs, field.Forbidden(child, d.unknown(child, key, shape.Names)))
			continue
		}
		d.value(fields[key], memberOf(into, member.Index), child)
	}
}

// childOf is the path of a field. What no field is called stands in quotes and is cut, so that a path is always one short line.
func childOf(path *field.Path, key string) *field.Path {
	if len(key) > maxShown || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		key = strconv.Quote(shorten(key))
	}
	if path == nil {
		return field.NewPath(key)
	}
	return path.Child(key)
}

// plainKey is a map's key as it stands in a path: on one line, and without the brackets that end it.
func plainKey(key string) string {
	return strings.NewReplacer("[", "(", "]", ")").Replace(shorten(key))
}

// memberOf is the field at index, with the embedded pointers on the way to it set.
func memberOf(v reflect.Value, index []int) reflect.Value {
	for i, at := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(at)
	}
	return v
}

// mapping decodes a map, whose keys are the user's.
func (d *decoder) mapping(value any, into reflect.Value, path *field.Path) {
	fields, ok := value.(map[string]any)
	if !ok {
		d.wrong(value, path, "must be an object", "")
		return
	}
	t := into.Type()
	result := reflect.MakeMapWithSize(t, len(fields))
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		at := path.Key(plainKey(key))
		if fields[key] == nil {
			d.wrong(nil, at, "must have a value", "")
			continue
		}
		element := reflect.New(t.Elem()).Elem()
		d.value(fields[key], element, at)
		result.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), element)
	}
	into.Set(result)
}

// bytes decodes data, which stands in documents as base64.
func (d *decoder) bytes(value any, into reflect.Value, path *field.Path) {
	text, ok := value.(string)
	data, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		d.wrong(value, path, "must be base64", "")
		return
	}
	into.SetBytes(data)
}

// list decodes a list.
func (d *decoder) list(value any, into reflect.Value, path *field.Path) {
	elements, ok := value.([]any)
	if !ok {
		d.wrong(value, path, "must be a list", ": each element on a line of its own after \"- \"")
		return
	}
	result := reflect.MakeSlice(into.Type(), len(elements), len(elements))
	for i, element := range elements {
		if element == nil {
			d.wrong(nil, path.Index(i), "must have a value", "")
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
		d.wrong(value, path, "must be a quantity such as 512Mi, 10Gi, 250m or 2"+didYouMeanSize(value)+substitution(value), "")
	case "IntOrString":
		d.wrong(value, path, "must be a whole number or a text", "")
	case "Time", "MicroTime":
		d.wrong(value, path, "must be a time with its zone such as 2026-11-20T08:00:00Z"+substitution(value), "")
	case "Duration":
		d.wrong(value, path, "must be a duration such as 30s or 5m"+substitution(value), "")
	default:
		d.wrong(value, path, "must be an object", "")
	}
}

// wrong reports a value of another type. The remedy does not repeat the value, which may be secret; detail stands behind it where the
// options know no shape.
func (d *decoder) wrong(value any, path *field.Path, remedy, detail string) {
	if d.options.Shape != nil && value != nil {
		if shape := d.options.Shape(pattern(path)); shape != "" {
			detail = ": write " + shape
		}
	}
	remedy += detail
	kind := describe(value)
	switch {
	case value == nil:
		d.errs = append(d.errs, field.Required(path, remedy))
	case kind == "an object" || kind == "a list":
		d.errs = append(d.errs, field.Invalid(path, kind, remedy))
	case d.options.Secret != nil && d.options.Secret(pattern(path)):
		d.errs = append(d.errs, field.Invalid(path, "(hidden)", remedy))
	default:
		if text, ok := value.(string); ok {
			value = shorten(text)
		}
		d.errs = append(d.errs, field.Invalid(path, value, remedy))
	}
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
	if len(names) > maxListed {
		return "unknown field: remove it, as no field here has a similar name"
	}
	return "unknown field: known here are " + strings.Join(names, ", ")
}
