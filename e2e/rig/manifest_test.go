package rig

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestParse(t *testing.T) {
	objects, err := Parse([]byte("# a comment alone\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\n" +
		"---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 5432}]}\n"))
	require.NoError(t, err)
	require.Len(t, objects, 2)
	assert.Equal(t, "Secret", objects[0].GetKind())
	ports, _, err := unstructured.NestedSlice(objects[1].Object, "spec", "ports")
	require.NoError(t, err)
	assert.Equal(t, []any{map[string]any{"port": int64(5432)}}, ports, "a whole number is no float")
}

func TestParseRefuses(t *testing.T) {
	for name, manifest := range map[string]string{
		"a key given twice": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nmetadata: {name: b}\n",
		"no kind":           "apiVersion: v1\nmetadata: {name: a}\n",
		"a list":            "- a\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(manifest))
			assert.ErrorContains(t, err, "document 1")
		})
	}
}

func TestSubstitute(t *testing.T) {
	tests := map[string]struct {
		value string // of the field password
		want  any
		err   string
	}{
		"a variable":                 {value: "${PASSWORD}", want: "secret"},
		"a variable within text":     {value: "x-${PASSWORD}-y", want: "x-secret-y"},
		"an unused default":          {value: "${PASSWORD:=other}", want: "secret"},
		"a used default":             {value: "${MISSING:=other}", want: "other"},
		"a number loses its quotes":  {value: "${NUMBER}", want: int64(12345)},
		"a doubled dollar":           {value: "$${podselector:app}", want: "${podselector:app}"},
		"a variable nobody provides": {value: "${MISSING}", err: "Secret a: substitute variables"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Substitute(secret(test.value, nil), map[string]string{"PASSWORD": "secret", "NUMBER": "12345"})
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got.Object["stringData"].(map[string]any)["password"])
		})
	}
}

func TestSubstituteLeavesObjectsThatOptOut(t *testing.T) {
	object := secret("${PASSWORD}", map[string]any{"kustomize.toolkit.fluxcd.io/substitute": "disabled"})
	want := object.DeepCopy()
	got, err := Substitute(object, nil)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	names, err := Variables(object)
	require.NoError(t, err)
	assert.Empty(t, names)
}

func TestVariables(t *testing.T) {
	names, err := Variables(secret("${A} $${B} ${C:=c} ${D}${_e1}", nil))
	require.NoError(t, err)
	assert.Equal(t, []string{"A", "D", "_e1"}, names)
}

// secret returns a Secret with a password and annotations.
func secret(password string, annotations map[string]any) *unstructured.Unstructured {
	metadata := map[string]any{"name": "a"}
	if annotations != nil {
		metadata["annotations"] = annotations
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": metadata,
		"stringData": map[string]any{"password": password},
	}}
}
