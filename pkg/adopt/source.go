package adopt

import "github.com/homelab-foundations/postgresapp/pkg/jsontype"

// source is one manifest that is taken apart. What was taken is gone from it; what is left was not understood.
type source struct {
	fields Fields
}

func newSource(object Fields) *source { return &source{fields: clone(object)} }

func (s *source) kind() string {
	kind, _ := s.fields["kind"].(string)
	return kind
}

func (s *source) name() string {
	name, _ := jsontype.At(s.fields, "metadata", "name").(string)
	return name
}

// take removes the value at path and returns it, or nil. Objects that become empty by it go too.
func (s *source) take(path ...string) any { return takeFrom(s.fields, path...) }

// takeText takes a text.
func (s *source) takeText(path ...string) string {
	text, ok := jsontype.At(s.fields, path...).(string)
	if ok {
		s.take(path...)
	}
	return text
}

// takeIf removes the value at path when it is the given one.
func (s *source) takeIf(value any, path ...string) {
	if jsontype.At(s.fields, path...) == value {
		s.take(path...)
	}
}

// rest is what was not taken, without what says which object it is.
func (s *source) rest() Fields {
	rest := clone(s.fields)
	delete(rest, "apiVersion")
	delete(rest, "kind")
	delete(rest, "status")
	takeFrom(rest, "metadata", "name")
	takeFrom(rest, "metadata", "namespace")
	takeFrom(rest, "metadata", "creationTimestamp")
	return rest
}

// put writes a value at path.
func put(fields Fields, value any, path ...string) {
	for _, step := range path[:len(path)-1] {
		inner, ok := fields[step].(Fields)
		if !ok {
			inner = Fields{}
			fields[step] = inner
		}
		fields = inner
	}
	fields[path[len(path)-1]] = value
}

func takeFrom(fields Fields, path ...string) any {
	if len(path) == 1 {
		value := fields[path[0]]
		delete(fields, path[0])
		return value
	}
	inner, ok := fields[path[0]].(Fields)
	if !ok {
		if value, there := fields[path[0]]; there && value == nil {
			delete(fields, path[0])
		}
		return nil
	}
	value := takeFrom(inner, path[1:]...)
	if len(inner) == 0 {
		delete(fields, path[0])
	}
	return value
}
