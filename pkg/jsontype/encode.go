package jsontype

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// Encode returns the value as JSON would decode it: maps, slices, strings, bools, int64 and float64. It follows the rules of
// encoding/json, but leaves out what would be null.
func Encode(value any) (any, error) {
	return encode(reflect.ValueOf(value))
}

func encode(v reflect.Value) (any, error) {
	if !v.IsValid() {
		return nil, nil
	}
	if Encodes(v.Type()) && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return encodeItself(v)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return encode(v.Elem())
	case reflect.Struct:
		return encodeStruct(v)
	case reflect.Map:
		if v.IsNil() {
			return nil, nil
		}
		object := make(map[string]any, v.Len())
		for iterator := v.MapRange(); iterator.Next(); {
			element, err := encode(iterator.Value())
			if err != nil {
				return nil, err
			}
			object[iterator.Key().String()] = element
		}
		return object, nil
	case reflect.Slice, reflect.Array:
		return encodeList(v)
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return float64(v.Uint()), nil // as Parse has it
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	}
	return nil, fmt.Errorf("a value of type %s has no JSON form here", v.Type())
}

// encodeStruct looks at a field's value before its tag: most fields of a Kubernetes type are nil, and to read the tags of all is what
// takes the time.
func encodeStruct(v reflect.Value) (any, error) {
	t := v.Type()
	object := make(map[string]any, 8)
	for i := range t.NumField() {
		member := v.Field(i)
		if null(member) {
			continue
		}
		declared := t.Field(i)
		if declared.Anonymous {
			return encodeShape(v)
		}
		field, ok := fieldOf(declared)
		if !ok {
			continue
		}
		if err := field.encode(member, object); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// encodeShape encodes a struct with embedded ones, whose fields may hide each other.
func encodeShape(v reflect.Value) (any, error) {
	shape := Of(v.Type())
	object := make(map[string]any, 8)
	for i := range shape.Fields {
		field := &shape.Fields[i]
		member, err := v.FieldByIndexErr(field.Index)
		if err != nil {
			continue // a nil embedded pointer
		}
		if err := field.encode(member, object); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// encode puts a field's value into its object, unless the field is left out.
func (f *Field) encode(member reflect.Value, object map[string]any) error {
	if f.OmitEmpty && empty(member) || f.OmitZero && zero(member) {
		return nil
	}
	element, err := encode(member)
	if element != nil {
		object[f.Name] = element
	}
	return err
}

// null tells whether a value is null in JSON, which leaves it out.
func null(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	case reflect.Map, reflect.Slice:
		return v.IsNil() && !Encodes(v.Type())
	}
	return false
}

func encodeList(v reflect.Value) (any, error) {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			return nil, nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return base64.StdEncoding.EncodeToString(v.Bytes()), nil
		}
	}
	list := make([]any, v.Len())
	for i := range list {
		element, err := encode(v.Index(i))
		if err != nil {
			return nil, err
		}
		list[i] = element
	}
	return list, nil
}

// encodeItself asks the value, such as a quantity or a time.
func encodeItself(v reflect.Value) (any, error) {
	text, err := v.Interface().(json.Marshaler).MarshalJSON()
	if err != nil {
		return nil, err
	}
	if len(text) > 1 && text[0] == '"' {
		if value, ok := unquote(text[1 : len(text)-1]); ok {
			return value, nil
		}
	}
	return Parse(text)
}

// unquote resolves the escapes that encoding/json writes for ASCII in what is between the quotes of a string, and is not ok with others.
// An alert's expression is a value that encodes itself and has a handful of them: a parser, which looks at every character with care,
// would take as long as all else that becomes of an app.
func unquote(text []byte) (string, bool) {
	var plain strings.Builder
	for {
		before, escape, escaped := bytes.Cut(text, []byte{'\\'})
		plain.Write(before)
		if !escaped {
			return plain.String(), true
		}
		if len(escape) == 0 {
			return "", false
		}
		switch c := escape[0]; c {
		case '"', '\\':
			plain.WriteByte(c)
		case 'n':
			plain.WriteByte('\n')
		case 't':
			plain.WriteByte('\t')
		case 'u': // encoding/json writes <, > and & so, and control characters
			if len(escape) < 5 {
				return "", false
			}
			code, err := strconv.ParseUint(string(escape[1:5]), 16, 16)
			if err != nil || code > unicode.MaxASCII {
				return "", false
			}
			plain.WriteByte(byte(code))
			escape = escape[4:]
		default:
			return "", false
		}
		text = escape[1:]
	}
}

// empty is what encoding/json's omitempty leaves out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// zero is what encoding/json's omitzero leaves out.
func zero(v reflect.Value) bool {
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return z.IsZero()
	}
	return v.IsZero()
}
