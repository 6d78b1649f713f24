// Package jsontype is the JSON shape of Go types, learned by reflection as far as it is needed.
//
// encoding/json and the converters of apimachinery prepare every type that can be reached from a value's type before they look at the
// value. For a CloudNativePG Cluster, which reaches the whole of a pod's specification, that takes 20 ms, ten times as long as all other
// work on one app together, and a KRM function is a process that does it once. This package looks at what is there.
package jsontype

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Struct is the JSON shape of a struct.
type Struct struct {
	// Fields in the order of their declaration, embedded ones in place.
	Fields []Field

	// Names of the fields, sorted.
	Names []string
}

// Field is one field of an object.
type Field struct {
	// Name is the JSON name.
	Name string

	// Index leads to the field, through embedded structs.
	Index []int

	// Type is the field's type.
	Type reflect.Type

	// OmitEmpty and OmitZero leave the field out, as encoding/json has it.
	OmitEmpty, OmitZero bool
}

// Lookup returns the field of that very name.
func (s *Struct) Lookup(name string) (Field, bool) {
	if field := s.field(name); field != nil {
		return *field, true
	}
	return Field{}, false
}

func (s *Struct) field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

var cache sync.Map // of reflect.Type to *Struct

// Of returns the shape of a struct type. A name that stands at several depths is the shallowest one's.
func Of(t reflect.Type) *Struct {
	if known, ok := cache.Load(t); ok {
		return known.(*Struct)
	}
	s := &Struct{}
	s.add(t, nil)
	s.Names = make([]string, 0, len(s.Fields))
	for _, f := range s.Fields {
		s.Names = append(s.Names, f.Name)
	}
	slices.Sort(s.Names)
	cache.Store(t, s)
	return s
}

func (s *Struct) add(t reflect.Type, index []int) {
	s.Fields = slices.Grow(s.Fields, t.NumField())
	for i := range t.NumField() {
		member := t.Field(i)
		if len(index) > 0 {
			member.Index = append(slices.Clone(index), i)
		}
		if embedded, ok := embedded(member); ok {
			s.add(embedded, member.Index)
			continue
		}
		field, ok := fieldOf(member)
		if !ok {
			continue
		}
		switch earlier := s.field(field.Name); {
		case earlier == nil:
			s.Fields = append(s.Fields, field)
		case len(earlier.Index) > len(field.Index):
			*earlier = field
		}
	}
}

// embedded returns the struct whose fields stand among those of the struct that it is embedded in.
func embedded(member reflect.StructField) (reflect.Type, bool) {
	if !member.Anonymous || !strings.HasPrefix(tag(member)+",", ",") {
		return nil, false
	}
	t := member.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t, t.Kind() == reflect.Struct
}

// tag is what a field's tag says of JSON. reflect would find it anywhere in the tag and take its quotes off with care, which is a
// quarter of the work on a type; nearly every tag begins with it, and has nothing to take care of.
func tag(member reflect.StructField) string {
	if rest, first := strings.CutPrefix(string(member.Tag), `json:"`); first {
		if value, _, closed := strings.Cut(rest, `"`); closed && !strings.Contains(value, `\`) {
			return value
		}
	}
	return member.Tag.Get("json")
}

// fieldOf reads a field's tag. Fields that JSON does not have are not ok.
func fieldOf(member reflect.StructField) (field Field, ok bool) {
	name, options, _ := strings.Cut(tag(member), ",")
	if name == "-" || !member.IsExported() {
		return Field{}, false
	}
	if name == "" {
		name = member.Name
	}
	field = Field{Name: name, Index: member.Index, Type: member.Type}
	for option := range strings.SplitSeq(options, ",") {
		field.OmitEmpty = field.OmitEmpty || option == "omitempty"
		field.OmitZero = field.OmitZero || option == "omitzero"
	}
	return field, true
}

// Decodes tells whether values of a type decode themselves from JSON.
func Decodes(t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

// Encodes tells whether values of a type encode themselves to JSON.
func Encodes(t reflect.Type) bool { return t.Implements(reflect.TypeFor[json.Marshaler]()) }
