package render_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// everyDepth is how deep TestEveryField goes below spec: to the fields of a pod's containers and volumes it need not.
const everyDepth = 3

// TestEveryField gives every field of a spec every sort of value, right or wrong: there must be objects or errors, and errors must be about
// fields.
func TestEveryField(t *testing.T) {
	if testing.Short() {
		t.Skip("expands some twenty thousand apps")
	}
	bases := map[string]string{
		"small":  `{"storage": {"size": "10Gi"}}`,
		"shared": `{"cluster": {"name": "postgres"}, "credentials": {"password": "${P}"}}`,
		"large": `{"storage": {"size": "10Gi"}, "instances": 2, "lineage": 2, "poolers": [{}], "extensions": ["vector"],
			"backup": {"bucket": "b", "credentials": {"existingSecret": {"name": "keys"}}},
			"databases": [{"name": "a"}], "roles": [{"name": "r", "credentials": {"password": "${P}"}}], "network": {}, "postgresql": {"parameters": {"jit": "off"}}}`,
	}
	values := []any{nil, map[string]any{}, []any{map[string]any{}}, "", "${VARIABLE}", "1", 0, -1, true}
	paths := map[string][]any{}
	fieldPaths(reflect.TypeFor[v1alpha1.PostgresAppSpec](), nil, paths)
	require.Greater(t, len(paths), 500, "a spec has many fields")
	for name, text := range bases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for path, steps := range paths {
				for _, value := range values {
					var spec map[string]any
					require.NoError(t, json.Unmarshal([]byte(text), &spec))
					document, err := json.Marshal(map[string]any{
						"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresApp, "metadata": map[string]any{"name": "shop"},
						"spec": put(spec, steps, value),
					})
					require.NoError(t, err)
					assert.NotPanics(t, func() { assertAnswer(t, document) }, "%s: %v", path, value)
				}
			}
		})
	}
}

// assertAnswer expands a document to objects or to errors about fields.
func assertAnswer(t *testing.T, document []byte) {
	t.Helper()
	result := render.Apps([]render.Document{{YAML: document}}, nil)
	if result.Findings.Failed() != (result.Expansions == nil) {
		t.Errorf("%s:\n%s", document, result.Findings)
	}
	for _, finding := range result.Findings.Errors() {
		if finding.Field == "" || jargon.MatchString(finding.Message) {
			t.Errorf("%s:\n%s", document, finding)
		}
	}
}

// fieldPaths finds the paths of all fields of a type.
func fieldPaths(of reflect.Type, steps []any, paths map[string][]any) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if len(steps) > 0 {
		paths[fmt.Sprint(steps...)] = steps
	}
	depth := 0
	for _, step := range steps {
		if _, name := step.(string); name {
			depth++
		}
	}
	if depth == everyDepth || jsontype.Decodes(of) {
		return
	}
	below := func(step any) []any { return append(append([]any{}, steps...), step) }
	switch of.Kind() {
	case reflect.Struct:
		for _, field := range jsontype.Of(of).Fields {
			if depth == 0 && field.Name == "defaults" {
				continue // the same fields again
			}
			fieldPaths(field.Type, below(field.Name), paths)
		}
	case reflect.Slice:
		fieldPaths(of.Elem(), below(0), paths)
	case reflect.Map:
		fieldPaths(of.Elem(), below("x"), paths)
	}
}

// put returns container with value at the end of steps, which are names of fields and indices of lists.
func put(container any, steps []any, value any) any {
	if len(steps) == 0 {
		return value
	}
	if name, ok := steps[0].(string); ok {
		object, ok := container.(map[string]any)
		if !ok {
			object = map[string]any{}
		}
		object[name] = put(object[name], steps[1:], value)
		return object
	}
	list, ok := container.([]any)
	if !ok || len(list) == 0 {
		list = []any{nil}
	}
	list[0] = put(list[0], steps[1:], value)
	return list
}

// TestPut keeps the tool of TestEveryField honest.
func TestPut(t *testing.T) {
	got := put(map[string]any{"a": "x"}, []any{"b", 0, "c"}, 1)
	assert.Equal(t, map[string]any{"a": "x", "b": []any{map[string]any{"c": 1}}}, got)
	paths := map[string][]any{}
	fieldPaths(reflect.TypeFor[v1alpha1.PostgresAppSpec](), nil, paths)
	for _, steps := range [][]any{{"storage", "size"}, {"poolers", 0, "parameters", "x"}, {"roles", 0, "credentials", "password"}, {"env", 0, "valueFrom"}} {
		assert.Equal(t, steps, paths[fmt.Sprint(steps...)])
	}
}
