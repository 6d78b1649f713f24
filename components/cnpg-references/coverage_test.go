package cnpgreferences_test

import (
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// looksLikeName matches the JSON names of strings that may name an object, and
// looksLikeImage of those that may be an image. Both catch too much: what is
// none is in notCovered, with the reason.
var (
	looksLikeName  = regexp.MustCompile(`(?i)(name|class|secret|configMap|source|cluster|primary|self|ref|catalog|claim|account)$`)
	looksLikeImage = regexp.MustCompile(`(?i)(image|imageName|reference)$`)
)

// pluginParameters matches the maps in which a plugin may be given an ObjectStore.
var pluginParameters = regexp.MustCompile(`/plugin[A-Za-z]*/parameters$`)

// selectorKeys are the labels of a pod that say whose it is.
var selectorKeys = []string{`cnpg.io\/cluster`, `cnpg.io\/poolerName`}

// TestEveryReferenceIsCovered walks CloudNativePG's types. A field that a new
// version brings is either in the Component or here, on purpose.
func TestEveryReferenceIsCovered(t *testing.T) {
	covered := map[string]bool{}
	all := component(t)
	for _, target := range all.NameReference {
		for _, spec := range target.FieldSpecs {
			covered[spec.Kind+" "+spec.Path] = true
		}
	}
	for _, spec := range all.Images {
		covered[spec.Kind+" "+spec.Path] = true
	}
	// kustomize's own configuration, for all kinds: builtinpluginconsts/images.go
	for _, container := range []string{"containers", "initContainers"} {
		covered["Pooler spec/template/spec/"+container+"/image"] = true
	}
	covered["Pooler spec/template/spec/volumes/image/reference"] = true

	used := map[string]bool{}
	count := 0
	for name, kind := range kinds {
		if !kind.complete {
			continue
		}
		for _, candidate := range candidates(t, kind.goType) {
			count++
			pattern, excluded := exclusion(name, candidate)
			used[pattern] = true
			if covered[name+" "+candidate] {
				assert.False(t, excluded, "%s %s is covered and excluded by %q", name, candidate, pattern)
				continue
			}
			assert.True(t, excluded, "%s %s: add it to the Component, or to notCovered with the reason", name, candidate)
		}
	}
	assert.Greater(t, count, 400, "candidates, of which CloudNativePG 1.30 has 400 and more")
	for _, entry := range notCovered {
		for _, pattern := range entry.patterns {
			assert.True(t, used[pattern], "%q excludes nothing any more", pattern)
		}
	}
}

// exclusion returns the pattern that excludes a field.
func exclusion(kind, field string) (string, bool) {
	for _, entry := range notCovered {
		for _, pattern := range entry.patterns {
			if matches(pattern, kind+" "+field) {
				return pattern, true
			}
		}
	}
	return "", false
}

// matches compares segment by segment. A pattern without a kind is for all;
// ** in front is any number of segments, * a part of one.
func matches(pattern, field string) bool {
	kind, fieldPath, _ := strings.Cut(field, " ")
	patternKind, patternPath, found := strings.Cut(pattern, " ")
	if !found {
		patternKind, patternPath = "*", pattern
	}
	if ok, err := path.Match(patternKind, kind); err != nil || !ok {
		return false
	}
	want, got := splitPath(patternPath), splitPath(fieldPath)
	if want[0] == "**" {
		want = want[1:]
		if len(got) < len(want) {
			return false
		}
		got = got[len(got)-len(want):]
	}
	return slices.EqualFunc(want, got, func(want, got string) bool {
		ok, err := path.Match(want, got)
		return err == nil && ok
	})
}

// candidates lists the paths in a type's spec that may hold a name, an image or
// a label of a pod.
func candidates(t *testing.T, goType reflect.Type) []string {
	t.Helper()
	spec, ok := jsonField(goType, "spec")
	require.True(t, ok, "%s has no spec", goType)
	var found []string
	walk(spec, "spec", nil, func(path, name string, leaf reflect.Type) {
		switch {
		case leaf.Kind() == reflect.String && (looksLikeName.MatchString(name) || looksLikeImage.MatchString(name)):
			found = append(found, path)
		case leaf.Kind() == reflect.Map && (name == "matchLabels" || name == "selector"):
			for _, key := range selectorKeys {
				found = append(found, path+"/"+key)
			}
		case leaf.Kind() == reflect.Map && pluginParameters.MatchString(path):
			found = append(found, path+"/barmanObjectName")
		case leaf.Kind() == reflect.Map:
			found = append(found, mapCandidates(path, leaf)...)
		}
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// mapCandidates are the names in the values of a map, written with a star for
// the key. Quantities and plain texts are none, unless the map's name says so.
func mapCandidates(at string, mapType reflect.Type) []string {
	var found []string
	element := mapType.Elem()
	if element.Kind() == reflect.String && looksLikeName.MatchString(at) {
		return []string{at + "/*"}
	}
	for element.Kind() == reflect.Pointer || element.Kind() == reflect.Slice {
		element = element.Elem()
	}
	if element.Kind() != reflect.Struct {
		return nil
	}
	walk(element, at+"/*", nil, func(path, name string, leaf reflect.Type) {
		if leaf.Kind() == reflect.String && looksLikeName.MatchString(name) {
			found = append(found, path)
		}
	})
	return found
}

// walk visits all strings and maps of a type. within stops at types that hold
// themselves.
func walk(t reflect.Type, at string, within []reflect.Type, visit func(path, name string, leaf reflect.Type)) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.String || t.Kind() == reflect.Map:
		visit(at, path.Base(at), t)
	case t.Kind() == reflect.Struct && !slices.Contains(within, t) && !opaque[t]:
		for field := range fields(t) {
			walk(field.goType, at+"/"+field.name, append(within, t), visit)
		}
	}
}

// opaque are structs that JSON writes as something else.
var opaque = map[reflect.Type]bool{
	reflect.TypeFor[resource.Quantity](): true,
	reflect.TypeFor[metav1.Time]():       true,
}
