package jsontype_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

func TestAt(t *testing.T) {
	object := map[string]any{"spec": map[string]any{"size": "1Gi", "list": []any{"a"}, "none": nil}}
	assert.Equal(t, "1Gi", jsontype.At(object, "spec", "size"))
	assert.Equal(t, []any{"a"}, jsontype.At(object, "spec", "list"))
	assert.Equal(t, object, jsontype.At(object), "the object itself")
	for _, path := range [][]string{{"metadata"}, {"spec", "none"}, {"spec", "size", "unit"}, {"spec", "list", "0"}, {"metadata", "name"}} {
		assert.Nil(t, jsontype.At(object, path...), path)
	}
	assert.Nil(t, jsontype.At(nil, "spec"))
}
