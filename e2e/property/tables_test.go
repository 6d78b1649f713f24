package property

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// TestTablesNameWhatExists: an entry for a field that was renamed would be passed over in silence.
func TestTablesNameWhatExists(t *testing.T) {
	known := map[string]bool{}
	types := map[string]bool{}
	var walk func(t reflect.Type, path, owner string)
	walk = func(t reflect.Type, path, owner string) {
		known[path], known[owner] = true, true
		t = target(t)
		known[t.Name()], types[t.Name()] = true, true
		if decodesItself(t) {
			return
		}
		switch t.Kind() {
		case reflect.Struct:
			for _, field := range jsontype.Of(t).Fields {
				walk(field.Type, path+"."+field.Name, t.Name()+"."+field.Name)
			}
		case reflect.Slice:
			walk(t.Elem(), path+"[]", owner+"[]")
		case reflect.Map:
			known[path+"{key}"], known[owner+"{key}"] = true, true
			walk(t.Elem(), path+"{}", owner+"{}")
		}
	}
	walk(reflect.TypeFor[v1alpha1.Settings](), "spec", "")
	walk(platformSpec, platformRoot, "")

	for name := range maps.Keys(values) {
		assert.True(t, known[name], "values has %s", name)
	}
	for name := range maps.Keys(scenes) {
		assert.True(t, known[name], "scenes has %s", name)
	}
	for name, fields := range usual {
		for _, field := range fields {
			assert.True(t, known[name+"."+field], "usual has %s.%s", name, field)
		}
	}
	for name, sets := range alternatives {
		for _, field := range slices.Concat(slices.Concat(sets...)...) {
			assert.True(t, known[name+"."+field], "alternatives has %s.%s", name, field)
		}
	}
	for _, u := range unreachable {
		assert.True(t, slices.ContainsFunc(Paths(), func(path string) bool {
			return strings.HasPrefix(path, u.prefix) && strings.HasSuffix(path, u.suffix)
		}), "unreachable has %s...%s", u.prefix, u.suffix)
	}
	for _, key := range overrideKeys {
		assert.Contains(t, overridePatches, key)
	}
	for _, key := range plan.PlatformOverrideKeys {
		assert.Contains(t, platformPatches, key)
	}
}
