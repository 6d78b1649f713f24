// Package apidoc reads what the Go types of the API say about themselves, and writes it down for people and for editors: as a reference
// in Markdown, and as a JSON Schema. The types are the one source of both.
package apidoc

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// API is the kinds of the API group with all types of its package that they are made of.
type API struct {
	// Types in the order in which they are first met, the kinds first.
	Types []Type

	byType map[reflect.Type]int
}

// Type is a struct of the API's package.
type Type struct {
	// Go is the type.
	Go reflect.Type

	// Name is the Go name, Doc the comment as text of one line.
	Name, Doc string

	// Fields in the order of their declaration, without those of embedded types that have a section of their own.
	Fields []Field

	// Embeds are the types of the package whose fields are this type's too.
	Embeds []reflect.Type
}

// Field is one field of an object.
type Field struct {
	// Name is the JSON name.
	Name string

	// Go is the type of the value.
	Go reflect.Type

	// Doc is the comment as text of one line, without the default. Default is what the comment says about it, or "".
	Doc, Default string

	// Required fields must be given.
	Required bool
}

// kinds are the roots.
var kinds = []reflect.Type{reflect.TypeFor[v1alpha1.PostgresApp](), reflect.TypeFor[v1alpha1.PostgresDefaults](), reflect.TypeFor[v1alpha1.PostgresPlatform]()}

// Read reads the comments of the package in dir, which must be the source of the API's types. The error names the field that has none.
func Read(dir string) (*API, error) {
	comments, err := readComments(dir)
	if err != nil {
		return nil, err
	}
	api := &API{byType: map[reflect.Type]int{}}
	for _, kind := range kinds {
		if err := api.add(kind, comments); err != nil {
			return nil, err
		}
	}
	return api, nil
}

// own tells whether a type is a struct of the API's package that is written field by field.
func own(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == kinds[0].PkgPath() && t != patch
}

var patch = reflect.TypeFor[v1alpha1.Patch]()

// element is what a pointer, a list or a map leads to.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

// add reads a type and all that can be reached from it.
func (a *API) add(t reflect.Type, comments comments) error {
	if _, known := a.byType[t]; known || !own(t) {
		return nil
	}
	described, ok := comments[t.Name()]
	if !ok || described.text == "" {
		return fmt.Errorf("type %s has no comment", t.Name())
	}
	at := len(a.Types)
	a.byType[t] = at
	a.Types = append(a.Types, Type{Go: t, Name: t.Name(), Doc: described.text})
	var next []reflect.Type
	for i := range t.NumField() {
		member := t.Field(i)
		name, options, _ := strings.Cut(member.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" && strings.Contains(options, "inline") {
			if own(member.Type) {
				a.Types[at].Embeds = append(a.Types[at].Embeds, member.Type)
				next = append(next, member.Type)
			}
			continue
		}
		comment, ok := described.fields[member.Name]
		if !ok || comment == "" {
			return fmt.Errorf("field %s.%s has no comment", t.Name(), name)
		}
		field := Field{Name: name, Go: member.Type, Required: described.required[member.Name]}
		field.Doc, field.Default = splitDefault(name, comment)
		a.Types[at].Fields = append(a.Types[at].Fields, field)
		next = append(next, element(member.Type))
	}
	for _, one := range next {
		if err := a.add(one, comments); err != nil {
			return err
		}
	}
	return nil
}

// Lookup finds a type of the API.
func (a *API) Lookup(t reflect.Type) (Type, bool) {
	i, ok := a.byType[t]
	if !ok {
		return Type{}, false
	}
	return a.Types[i], true
}

// comments are what the source says about types, by their Go names.
type comments map[string]*comment

type comment struct {
	text     string
	fields   map[string]string
	required map[string]bool
}

func readComments(dir string) (comments, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no Go source in %s", dir)
	}
	all := comments{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.TYPE {
				continue
			}
			for _, spec := range general.Specs {
				named := spec.(*ast.TypeSpec)
				if structure, ok := named.Type.(*ast.StructType); ok {
					all[named.Name.Name] = read(general.Doc, structure)
				}
			}
		}
	}
	return all, nil
}

func read(doc *ast.CommentGroup, structure *ast.StructType) *comment {
	c := &comment{fields: map[string]string{}, required: map[string]bool{}}
	c.text, _ = text(doc)
	for _, field := range structure.Fields.List {
		for _, name := range names(field) {
			c.fields[name], c.required[name] = text(field.Doc)
		}
	}
	return c
}

// names are the Go names of a field. An embedded one has that of its type.
func names(field *ast.Field) []string {
	var all []string
	for _, name := range field.Names {
		all = append(all, name.Name)
	}
	if len(all) == 0 {
		switch embedded := field.Type.(type) {
		case *ast.Ident:
			all = append(all, embedded.Name)
		case *ast.SelectorExpr:
			all = append(all, embedded.Sel.Name)
		}
	}
	return all
}

// text joins the lines of a comment, and tells whether one of its markers says that the field is required.
func text(group *ast.CommentGroup) (joined string, required bool) {
	var words []string
	for line := range strings.Lines(group.Text()) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "+") {
			required = required || line == "+required"
			continue
		}
		words = append(words, strings.Fields(line)...)
	}
	return strings.Join(words, " "), required
}

// sentence ends with a full stop before a blank, or with the text.
var sentence = regexp.MustCompile(`.+?(?:\. |$)`)

// splitDefault takes the sentence about the default out of a comment.
func splitDefault(name, comment string) (doc, value string) {
	var kept []string
	for _, one := range sentence.FindAllString(comment, -1) {
		one = strings.TrimSpace(one)
		rest, ok := strings.CutPrefix(one, "Defaults to ")
		if !ok {
			rest, ok = strings.CutPrefix(one, name+" defaults to ")
		}
		if ok && value == "" {
			value = strings.TrimSuffix(rest, ".")
			continue
		}
		kept = append(kept, one)
	}
	return withoutName(name, strings.Join(kept, " ")), value
}

// withoutName takes the name of the field, which stands beside it, from the beginning of a comment: "size is the size" becomes "The size",
// "size says how much" becomes "Says how much". Where the name is part of the sentence, as in "size of the volume", it stays.
func withoutName(name, doc string) string {
	rest, ok := strings.CutPrefix(doc, name+" ")
	if !ok {
		return doc
	}
	word, after, _ := strings.Cut(rest, " ")
	switch {
	case word == "is", word == "are":
		rest = after
	case !strings.HasSuffix(word, "s") || word == "as":
		return strings.ToUpper(doc[:1]) + doc[1:]
	}
	return strings.ToUpper(rest[:1]) + rest[1:]
}
