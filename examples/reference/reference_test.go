// Package reference_test proves that the files beside it show every field, and that every document is right.
package reference_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

type fields = map[string]any

// documents are all documents of all files, by file.
func documents(t *testing.T) map[string][][]byte {
	t.Helper()
	files, err := filepath.Glob("*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string][][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all[file] = bytes.Split(text, []byte("\n---\n"))
	}
	return all
}

func TestEveryDocumentExpands(t *testing.T) {
	all := documents(t)
	defaults := render.Document{YAML: all["defaults.yaml"][0], Source: "defaults.yaml"}
	for file, texts := range all {
		if file == "defaults.yaml" {
			continue
		}
		var apps []render.Document
		for _, text := range texts {
			apps = append(apps, render.Document{YAML: text, Source: file})
		}
		result := render.Apps(apps, nil)
		require.False(t, result.Findings.Failed(), "%s: %s", file, result.Findings)
		assert.Len(t, result.Expansions, len(texts))
		for _, expansion := range result.Expansions {
			for _, object := range expansion.Objects {
				for _, err := range cnpg.Validate(object.APIVersion, object.Kind, object.Fields, nil) {
					assert.Fail(t, "the API server would refuse an object", "%s: %s %s: %s", file, object.Kind, object.Name, err)
				}
			}
		}
	}
	app := []byte("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: any}\nspec: {storage: {size: 1Gi}}\n")
	result := render.Apps([]render.Document{{YAML: app}}, &defaults)
	require.False(t, result.Findings.Failed(), "%s", result.Findings)
}

// blocks of CloudNativePG that people write field by field, and that are shown in whole as well.
var blocks = []reflect.Type{
	reflect.TypeFor[cnpgv1.PostgresConfiguration](), reflect.TypeFor[cnpgv1.StorageConfiguration](), reflect.TypeFor[cnpgv1.AffinityConfiguration](),
}

func TestEveryFieldIsShown(t *testing.T) {
	shown := map[string]bool{}
	for file, texts := range documents(t) {
		for _, text := range texts {
			document, err := strict.Fields(text)
			require.NoError(t, err, file)
			root := reflect.TypeFor[v1alpha1.PostgresApp]()
			switch document["kind"] {
			case v1alpha1.KindPostgresDefaults:
				root = reflect.TypeFor[v1alpha1.PostgresDefaults]()
			case v1alpha1.KindPostgresPlatform:
				root = reflect.TypeFor[v1alpha1.PostgresPlatform]()
			}
			mark(shown, root, document)
		}
	}
	seen := map[reflect.Type]bool{}
	each(reflect.TypeFor[v1alpha1.PostgresApp](), seen, func(name string) {
		assert.True(t, shown[name], "no file shows %s", name)
	})
	for _, root := range []reflect.Type{reflect.TypeFor[v1alpha1.PostgresDefaults](), reflect.TypeFor[v1alpha1.PostgresPlatform]()} {
		each(root, seen, func(name string) { assert.True(t, shown[name], "no file shows %s", name) })
	}
	assert.Greater(t, len(seen), 30, "the types were not found")
}

// ours tells whether a type's fields are to be shown one by one.
func ours(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && (t.PkgPath() == reflect.TypeFor[v1alpha1.PostgresApp]().PkgPath() && t != reflect.TypeFor[v1alpha1.Patch]() ||
		slices.Contains(blocks, t))
}

// element is the type that a pointer, a list or a map leads to.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

// member is a field of a struct, or of one embedded in it.
type member struct {
	name string // Type.field, with the type that declares it
	of   reflect.Type
}

// members are the fields of a struct by their JSON names, those of embedded structs among them.
func members(t reflect.Type) map[string]member {
	all := map[string]member{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" || name == "metadata":
		case name != "":
			all[name] = member{name: t.Name() + "." + name, of: field.Type}
		case strings.Contains(options, "inline") && ours(field.Type):
			for inner, innerMember := range members(field.Type) {
				all[inner] = innerMember
			}
		}
	}
	return all
}

// each calls a function with every field of every type of ours that can be reached.
func each(t reflect.Type, seen map[reflect.Type]bool, call func(string)) {
	t = element(t)
	if !ours(t) || seen[t] {
		return
	}
	seen[t] = true
	for _, member := range members(t) {
		call(member.name)
		each(member.of, seen, call)
	}
}

// mark notes the fields that a value sets, in the way of each.
func mark(shown map[string]bool, t reflect.Type, value any) {
	t = element(t)
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			mark(shown, t, one)
		}
	case fields:
		if !ours(t) {
			return
		}
		known := members(t)
		for name, inner := range value {
			if member, ok := known[name]; ok {
				shown[member.name] = true
				mark(shown, member.of, inner)
			}
		}
	}
}
