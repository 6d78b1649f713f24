package change

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Field is one value that differs.
type Field struct {
	// Path is the place within the object, such as spec.storage.size. Elements of lists are named by their name, or by their position.
	Path string

	// Was and Is are nil where there is no value.
	Was, Is any
}

// hidden stands for a value that may be secret.
const hidden = "(not shown)"

// Shown are the two values as a person may see them: whole texts, or only that they differ where one may be secret.
func (f Field) Shown(kind string) (was, is string) {
	secret := Secret(kind, f.Path)
	show := func(value any) string {
		switch {
		case value == nil:
			return ""
		case secret:
			return hidden
		}
		return fmt.Sprint(value)
	}
	return show(f.Was), show(f.Is)
}

// Secret tells whether the value at a path of a kind may be a secret.
func Secret(kind, path string) bool {
	if kind == "Secret" && (strings.HasPrefix(path, "data") || strings.HasPrefix(path, "stringData")) {
		return true
	}
	path = strings.ToLower(path)
	for _, part := range []string{".connectionparameters.", ".env[", ".sidecarenv[", ".additionalenv[", "last-applied-configuration"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// differences are the values that two objects do not share.
func differences(was, is Fields) []Field {
	var fields []Field
	compare(&fields, "", was, is)
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return fields
}

// compare walks two values together.
func compare(into *[]Field, path string, was, is any) {
	before, after := elements(was), elements(is)
	if before == nil && after == nil || was != nil && is != nil && (before == nil || after == nil) {
		if !reflect.DeepEqual(was, is) {
			*into = append(*into, Field{path, was, is})
		}
		return
	}
	if len(before) == 0 && len(after) == 0 {
		if (was == nil) != (is == nil) {
			*into = append(*into, Field{path, was, is})
		}
		return
	}
	for _, key := range sortedUnion(before, after) {
		from, to := before[key], after[key]
		if (from == nil) != (to == nil) && (isAlert(from) || isAlert(to)) {
			// The rest of a rule says nothing that its name does not.
			*into = append(*into, Field{path + key, jsontype.At(asFields(from), "alert"), jsontype.At(asFields(to), "alert")})
			continue
		}
		inner := path + key
		if path == "" {
			inner = strings.TrimPrefix(key, ".")
		}
		compare(into, inner, from, to)
	}
}

// elements are what a value holds, by the text that a path goes on with. Elements of lists go by their name, or that of their alert,
// where all have one and no two the same, and by their position elsewhere. It is nil for a value that holds no others.
func elements(value any) Fields {
	switch value := value.(type) {
	case Fields:
		found := Fields{}
		for key, element := range value {
			found["."+key] = element
		}
		return found
	case []any:
		for _, by := range []string{"name", "alert"} {
			if found := named(value, by); len(found) == len(value) {
				return found
			}
		}
		found := Fields{}
		for i, element := range value {
			found[fmt.Sprintf("[%d]", i)] = element
		}
		return found
	}
	return nil
}

// named are the elements of a list by a text in each.
func named(list []any, by string) Fields {
	found := Fields{}
	for _, element := range list {
		if name := text(asFields(element), by); name != "" {
			found["["+name+"]"] = element
		}
	}
	return found
}

func isAlert(value any) bool { return jsontype.At(asFields(value), "alert") != nil }

func asFields(value any) Fields {
	fields, _ := value.(Fields)
	return fields
}

// Leaves are all values of an object that hold no others, by their paths.
func Leaves(object Fields) Fields {
	leaves := Fields{}
	for _, field := range differences(nil, object) {
		leaves[field.Path] = field.Is
	}
	return leaves
}

// text returns the text at a path, or "".
func text(object Fields, path ...string) string {
	value, _ := jsontype.At(object, path...).(string)
	return value
}

// dotted returns the value at a path that is written with dots, or nil.
func dotted(object Fields, path string) any { return jsontype.At(object, strings.Split(path, ".")...) }

// differs tells whether an object says something else at a path.
func differs(o Object, path string) bool {
	return !reflect.DeepEqual(dotted(o.Was, path), dotted(o.Is, path))
}
