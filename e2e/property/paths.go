package property

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Paths lists every field that a PostgresApp's spec may have, down to the leaves of the types it takes over from Kubernetes. [] stands
// for the elements of a list, {} for the values of a map.
var Paths = sync.OnceValue(func() []string {
	var paths []string
	walkTypes(reflect.TypeFor[v1alpha1.Settings](), "spec", &paths)
	return paths
})

func walkTypes(t reflect.Type, path string, paths *[]string) {
	if strings.Contains(path, ".") { // the root is no field
		*paths = append(*paths, path)
	}
	t = target(t)
	if decodesItself(t) {
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		for _, field := range jsontype.Of(t).Fields {
			walkTypes(field.Type, path+"."+field.Name, paths)
		}
	case reflect.Slice:
		walkTypes(t.Elem(), path+"[]", paths)
	case reflect.Map:
		walkTypes(t.Elem(), path+"{}", paths)
	}
}

// target is what a pointer of any depth points at.
func target(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// decodesItself tells whether a type has a JSON form of its own, such as a quantity.
func decodesItself(t reflect.Type) bool { return jsontype.Decodes(t) }

// Reached adds to seen the paths of all fields that the JSON form of a spec has, in the form of Paths.
func Reached(spec map[string]any, seen map[string]bool) {
	reached(spec, reflect.TypeFor[v1alpha1.Settings](), "spec", seen)
}

func reached(value any, t reflect.Type, path string, seen map[string]bool) {
	seen[path] = true
	t = target(t)
	if decodesItself(t) {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		if t.Kind() == reflect.Map {
			for _, element := range value {
				reached(element, t.Elem(), path+"{}", seen)
			}
			return
		}
		for name, element := range value {
			if field, known := jsontype.Of(t).Lookup(name); known {
				reached(element, field.Type, path+"."+name, seen)
			}
		}
	case []any:
		for _, element := range value {
			reached(element, t.Elem(), path+"[]", seen)
		}
	}
}

// leadsTo tells whether the field at path must be there for the spotlighted one to be.
func leadsTo(path, spotlighted string) bool {
	rest, found := strings.CutPrefix(spotlighted, path)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[' || rest[0] == '{')
}

// clone copies a document, so that it can be changed.
func clone(document map[string]any) map[string]any {
	text, err := json.Marshal(document)
	if err != nil {
		panic(err) // drawn values always marshal
	}
	value, err := jsontype.Parse(text)
	if err != nil {
		panic(err)
	}
	return value.(map[string]any)
}
