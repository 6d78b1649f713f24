package strict

import (
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Meant is the document as its author probably meant it: a key that the type does not have is taken for its closest neighbour, unless
// that is there too, and left out where there is none. It serves to look for further mistakes behind such a key.
//
// Doubtful are the paths of the objects that a key was left out of: what is missing there may have been written under that key. fields
// is not changed; out is a pointer to a value of the type that the document is decoded into.
func Meant(fields map[string]any, out any, path *field.Path, options Options) (meant map[string]any, doubtful []string) {
	m := mender{options: options}
	return m.object(fields, reflect.TypeOf(out).Elem(), path), m.doubtful
}

type mender struct {
	options  Options
	doubtful []string
}

func (m *mender) value(value any, t reflect.Type, path *field.Path) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if jsontype.Decodes(t) {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		switch t.Kind() {
		case reflect.Struct:
			return m.object(value, t, path)
		case reflect.Map:
			mended := make(map[string]any, len(value))
			for _, key := range slices.Sorted(maps.Keys(value)) {
				mended[key] = m.value(value[key], t.Elem(), path.Key(plainKey(key)))
			}
			return mended
		}
	case []any:
		if t.Kind() == reflect.Slice {
			mended := make([]any, len(value))
			for i, element := range value {
				mended[i] = m.value(element, t.Elem(), path.Index(i))
			}
			return mended
		}
	}
	return value
}

func (m *mender) object(fields map[string]any, t reflect.Type, path *field.Path) map[string]any {
	shape := jsontype.Of(t)
	mended := make(map[string]any, len(fields))
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		child, value := childOf(path, key), fields[key]
		member, known := shape.Lookup(key)
		if !known {
			neighbour := ""
			if m.options.Hint == nil || m.options.Hint(pattern(child)) == "" {
				neighbour = Closest(key, shape.Names)
			}
			_, written := fields[neighbour]
			_, taken := mended[neighbour]
			if neighbour == "" || written || taken {
				m.doubtful = append(m.doubtful, textOf(path))
				continue
			}
			key, child = neighbour, childOf(path, neighbour)
			member, _ = shape.Lookup(neighbour)
		}
		mended[key] = m.value(value, member.Type, child)
	}
	return mended
}

// textOf is the path of an object, "" for the document itself.
func textOf(path *field.Path) string {
	if path == nil {
		return ""
	}
	return path.String()
}
