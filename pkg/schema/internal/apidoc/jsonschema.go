package apidoc

import (
	"reflect"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// scalars are types of other modules that are written as one value.
var scalars = map[string]struct {
	words string
	types []any
}{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":   {"quantity", []any{"string", "number"}},
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString": {"text or whole number", []any{"string", "integer"}},
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":       {"time", []any{"string"}},
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":  {"time", []any{"string"}},
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":   {"duration", []any{"string"}},
}

// JSONSchema is a schema (draft 7, which editors know best) of the kinds. Unknown fields are errors. null is allowed wherever a field may
// be left out: it refuses what would be inherited.
//
// A field is required only within lists, which are taken as a whole. Elsewhere defaults may hold what the file does not; the build knows.
func (a *API) JSONSchema() map[string]any {
	s := &schemer{api: a, definitions: map[string]any{}}
	for _, kind := range kinds {
		s.kind(kind)
	}
	byKind := reference(kinds[0].Name())
	for _, kind := range kinds[1:] {
		byKind = map[string]any{
			"if":   map[string]any{"properties": map[string]any{"kind": map[string]any{"const": kind.Name()}}, "required": []any{"kind"}},
			"then": reference(kind.Name()), "else": byKind,
		}
	}
	return map[string]any{
		"$schema":     "http://json-schema.org/draft-07/schema#",
		"$id":         schemaURL,
		"title":       v1alpha1.KnownKinds() + " of " + v1alpha1.APIVersion,
		"type":        "object",
		"if":          byKind["if"],
		"then":        byKind["then"],
		"else":        byKind["else"],
		"definitions": s.definitions,
	}
}

type schemer struct {
	api         *API
	definitions map[string]any
}

func reference(name string) map[string]any { return map[string]any{"$ref": "#/definitions/" + name} }

// nameDocs and namespaceDocs say what the metadata of each kind means.
var (
	nameDocs = map[string]string{
		v1alpha1.KindPostgresApp:      "The name of the application, from which every object's name derives.",
		v1alpha1.KindPostgresDefaults: "The name of the defaults, for messages.",
		v1alpha1.KindPostgresPlatform: "The name of the platform, which stands in the labels of every object.",
	}
	namespaceDocs = map[string]string{
		v1alpha1.KindPostgresApp:      "Optional: most repositories set it later.",
		v1alpha1.KindPostgresDefaults: "Without meaning.",
		v1alpha1.KindPostgresPlatform: "Leave it out: the objects go to spec.operatorNamespace.",
	}
)

// kind defines a whole document.
func (s *schemer) kind(t reflect.Type) {
	described, _ := s.api.Lookup(t)
	required := []any{"apiVersion", "kind", "metadata"}
	text := map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}}
	properties := map[string]any{
		"apiVersion": map[string]any{"const": v1alpha1.APIVersion},
		"kind":       map[string]any{"const": t.Name()},
		"metadata": map[string]any{
			"type": "object", "additionalProperties": false, "required": []any{"name"},
			"properties": map[string]any{
				"name":      map[string]any{"type": "string", "description": nameDocs[t.Name()]},
				"namespace": map[string]any{"type": "string", "description": namespaceDocs[t.Name()]},
				"labels":    text, "annotations": text,
			},
		},
	}
	for _, field := range described.Fields {
		switch field.Name {
		case "metadata":
			properties["metadata"].(map[string]any)["description"] = describe(field)
		case "spec":
			properties["spec"] = withDescription(s.value(field.Go, false, ""), describe(field))
			if field.Required {
				required = append(required, "spec")
			}
		}
	}
	s.definitions[t.Name()] = map[string]any{
		"type": "object", "description": described.Doc, "additionalProperties": false, "required": required, "properties": properties,
	}
}

// describe is a field's comment with its default.
func describe(field Field) string {
	if field.Default == "" {
		return field.Doc
	}
	return strings.TrimSpace(field.Doc + " Defaults to " + field.Default + ".")
}

// withDescription adds a description to a schema. Beside a reference draft 7 allows nothing.
func withDescription(schema map[string]any, description string) map[string]any {
	if description == "" {
		return schema
	}
	if _, ok := schema["$ref"]; ok {
		return map[string]any{"description": description, "allOf": []any{schema}}
	}
	schema["description"] = description
	return schema
}

// value is the schema of a field's value. Within a list, nothing is merged in from elsewhere.
func (s *schemer) value(t reflect.Type, listed bool, field string) map[string]any {
	if t.Kind() == reflect.Pointer {
		return s.value(t.Elem(), listed, field)
	}
	if scalar, ok := scalars[t.PkgPath()+"."+t.Name()]; ok {
		return map[string]any{"type": append(slices.Clone(scalar.types), "null")}
	}
	if t == patch {
		return map[string]any{"type": []any{"object", "null"}}
	}
	switch t.Kind() {
	case reflect.Struct:
		if jsontype.Decodes(t) {
			return map[string]any{} // decodes itself, and only it knows how
		}
		return reference(s.define(t, listed))
	case reflect.Slice:
		return map[string]any{"type": []any{"array", "null"}, "items": s.present(t.Elem(), true)}
	case reflect.Map:
		return map[string]any{"type": []any{"object", "null"}, "additionalProperties": s.present(t.Elem(), listed)}
	case reflect.String:
		schema := map[string]any{"type": []any{"string", "null"}}
		if values := enumOf(field); values != nil {
			schema["enum"] = append(values, nil)
		}
		return schema
	case reflect.Bool:
		return map[string]any{"type": []any{"boolean", "null"}}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint16, reflect.Uint32:
		return map[string]any{"type": []any{"integer", "null"}}
	}
	return map[string]any{}
}

// present is the schema of an element, which cannot be null.
func (s *schemer) present(t reflect.Type, listed bool) map[string]any {
	schema := s.value(t, listed, "")
	if types, ok := schema["type"].([]any); ok {
		types = slices.DeleteFunc(slices.Clone(types), func(one any) bool { return one == "null" })
		schema["type"] = types
		if len(types) == 1 {
			schema["type"] = types[0]
		}
		return schema
	}
	if _, ok := schema["$ref"]; ok {
		return map[string]any{"allOf": []any{schema, map[string]any{"type": "object"}}}
	}
	return schema
}

// define defines an object once, and returns its name. Within a list its required fields are required.
func (s *schemer) define(t reflect.Type, listed bool) string {
	listed = listed && s.hasRequired(t, map[reflect.Type]bool{})
	name := t.Name()
	if !own(t) {
		name = definitionName(t)
	} else if listed {
		name += ".listed"
	}
	if _, known := s.definitions[name]; known {
		return name
	}
	definition := map[string]any{"type": []any{"object", "null"}, "additionalProperties": false}
	s.definitions[name] = definition // before its fields, which may lead back to it
	properties, required := map[string]any{}, []any{}
	s.fields(t, listed, properties, &required)
	definition["properties"] = properties
	if len(required) > 0 {
		definition["required"] = required
	}
	if described, ok := s.api.Lookup(t); ok {
		definition["description"] = described.Doc
	} else {
		definition["description"] = goDoc(t)
	}
	return name
}

// fields adds the fields of a struct, those of embedded ones among them.
func (s *schemer) fields(t reflect.Type, listed bool, properties map[string]any, required *[]any) {
	described, ok := s.api.Lookup(t)
	if !ok {
		for _, field := range jsontype.Of(t).Fields {
			properties[field.Name] = s.value(field.Type, listed, "")
		}
		return
	}
	for _, embedded := range described.Embeds {
		s.fields(embedded, listed, properties, required)
	}
	for _, field := range described.Fields {
		properties[field.Name] = withDescription(s.value(field.Go, listed, t.Name()+"."+field.Name), describe(field))
		if field.Required && listed {
			*required = append(*required, field.Name)
		}
	}
}

// hasRequired tells whether a type of ours, or one within it, has a required field.
func (s *schemer) hasRequired(t reflect.Type, seen map[reflect.Type]bool) bool {
	described, ok := s.api.Lookup(t)
	if !ok || seen[t] {
		return false
	}
	seen[t] = true
	for _, embedded := range described.Embeds {
		if s.hasRequired(embedded, seen) {
			return true
		}
	}
	for _, field := range described.Fields {
		if field.Required || s.hasRequired(element(field.Go), seen) {
			return true
		}
	}
	return false
}
