package apidoc

import (
	"fmt"
	"path"
	"reflect"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// Markdown is the reference of all fields, one section for each type.
func (a *API) Markdown() []byte {
	var b strings.Builder
	b.WriteString(`<!-- Written by go generate ./pkg/schema from the types in pkg/api/v1alpha1. -->

# Reference

Every field, with its default. Complete files stand in [examples/reference](../../examples/reference); editors check and complete
a file that begins with

    # yaml-language-server: $schema=` + schemaURL + `

`)
	for _, t := range a.Types {
		fmt.Fprintf(&b, "- [%s](#%s)\n", t.Name, anchor(t.Name))
	}
	for _, t := range a.Types {
		a.section(&b, t)
	}
	return []byte(b.String())
}

func (a *API) section(b *strings.Builder, t Type) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", t.Name, escape(t.Doc))
	if paths := a.paths(t.Go); len(paths) > 0 {
		fmt.Fprintf(b, "\nIt stands at `%s`.\n", strings.Join(paths, "`, `"))
	}
	for _, embedded := range t.Embeds {
		fmt.Fprintf(b, "\nIt has all fields of [%s](#%s) too.\n", embedded.Name(), anchor(embedded.Name()))
	}
	if len(t.Fields) == 0 {
		return
	}
	b.WriteString("\n| field | type | default | meaning |\n|---|---|---|---|\n")
	for _, f := range t.Fields {
		value := escape(f.Default)
		if f.Required {
			value = "**required**"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, a.typeText(f.Go), value, escape(f.Doc))
	}
}

// paths are the places of the kinds where a type stands, those of a PostgresApp first, without those within defaults, which repeat the spec. A path
// that is not in a PostgresApp names its kind.
func (a *API) paths(t reflect.Type) []string {
	var found []string
	var walk func(at reflect.Type, path string)
	walk = func(at reflect.Type, path string) {
		described, ok := a.Lookup(at)
		if !ok {
			return
		}
		if at == t && path != "" {
			found = append(found, path)
		}
		for _, embedded := range described.Embeds {
			walk(embedded, path)
		}
		for _, field := range described.Fields {
			if field.Name == "defaults" {
				continue
			}
			inner := strings.TrimPrefix(path+"."+field.Name, ".")
			if lists(field.Go) {
				inner += "[]"
			}
			walk(element(field.Go), inner)
		}
	}
	walk(kinds[0], "")
	for _, kind := range kinds[1:] {
		if kind.Name() == v1alpha1.KindPostgresDefaults {
			continue // all of its fields are those of a PostgresApp
		}
		before := len(found)
		walk(kind, "")
		for i := before; i < len(found); i++ {
			found[i] = kind.Name() + "." + found[i]
		}
	}
	return found
}

// lists tells whether a type is a list.
func lists(t reflect.Type) bool {
	return t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer && lists(t.Elem())
}

// typeText says in words what a value is.
func (a *API) typeText(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return a.typeText(t.Elem())
	case reflect.Slice:
		return "list of " + a.typeText(t.Elem())
	case reflect.Map:
		return "map of " + a.typeText(t.Elem())
	}
	if own(t) {
		return "[" + t.Name() + "](#" + anchor(t.Name()) + ")"
	}
	if t == patch {
		return "merge patch"
	}
	if word, ok := scalars[t.PkgPath()+"."+t.Name()]; ok {
		return word.words
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "whole number"
	}
	return "[" + t.Name() + "](" + goDoc(t) + ")"
}

// goDoc is where the documentation of a type of another module is published.
func goDoc(t reflect.Type) string { return "https://pkg.go.dev/" + t.PkgPath() + "#" + t.Name() }

// anchor is the link to a heading, as GitHub makes it.
func anchor(name string) string { return strings.ToLower(name) }

// escape keeps Markdown from reading placeholders as HTML and bars as columns.
func escape(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "|", `\|`).Replace(text)
}

// schemaURL is where the schema is published.
const schemaURL = "https://raw.githubusercontent.com/homelab-foundations/postgresapp/main/pkg/schema/" + SchemaFile

// SchemaFile is the name of the schema's file, ReferenceFile that of the reference.
const (
	SchemaFile    = "postgresapp.schema.json"
	ReferenceFile = "README.md"
)

// definitionName is a short name for a type of another module, such as core.v1.Toleration.
func definitionName(t reflect.Type) string {
	directory, version := path.Split(t.PkgPath())
	return path.Base(directory) + "." + version + "." + t.Name()
}
