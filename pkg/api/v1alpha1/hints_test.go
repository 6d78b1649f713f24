package v1alpha1

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// typeAt is the type of a field, given by its path as hints and shapes have it, or nil.
func typeAt(path string) reflect.Type {
	at := reflect.TypeFor[PostgresAppSpec]()
	if path == "" {
		return at
	}
	for name := range strings.SplitSeq(path, ".") {
		name, element := strings.CutSuffix(name, "[]")
		for at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
		if at.Kind() != reflect.Struct {
			return nil
		}
		field, known := jsontype.Of(at).Lookup(name)
		if !known {
			return nil
		}
		if at = field.Type; element {
			at = at.Elem()
		}
	}
	for at.Kind() == reflect.Pointer {
		at = at.Elem()
	}
	return at
}

// TestHints: a hint is for a field that does not exist, in a block that does, and what it proposes exists.
func TestHints(t *testing.T) {
	proposal := regexp.MustCompile(`did you mean "(\w+)"`)
	for path, text := range hints {
		block, name := "", path
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			block, name = path[:i], path[i+1:]
		}
		at := typeAt(block)
		if !assert.NotNil(t, at, "%s: there is no such block", path) {
			continue
		}
		if path != "defaults" { // which exists, but not within itself
			_, exists := jsontype.Of(at).Lookup(name)
			assert.False(t, exists, "%s exists and needs no hint", path)
		}
		if match := proposal.FindStringSubmatch(text); match != nil {
			_, exists := jsontype.Of(at).Lookup(match[1])
			assert.True(t, exists, "%s: %s does not exist there", path, match[1])
		}
	}
}

// TestShapes: a shape is for a field that exists.
func TestShapes(t *testing.T) {
	for path := range shapes {
		if path != "spec" && path != "metadata" {
			assert.NotNil(t, typeAt(path), path)
		}
	}
}

func TestSecret(t *testing.T) {
	for path, want := range map[string]bool{
		"spec.credentials.password":                      true,
		"spec.credentials":                               true, // text where an object must be
		"spec.roles[].credentials.password":              true,
		"spec.backup.credentials.accessKeyId":            true,
		"spec.backup.credentials.secretAccessKey":        true,
		"spec.defaults.backup.credentials":               true,
		"spec.replica.promotionToken":                    true,
		"spec.import.source.connectionParameters[]":      true,
		"spec.externalClusters[].connectionParameters[]": true,
		"spec.externalClusters[].password":               true,
		"spec.env[].value":                               true,
		"spec.init.sql":                                  true,
		"spec.initdb.postInitSQL[]":                      true,
		"spec.init.job.args[]":                           true,
		"spec.overrides[]":                               true,
		"spec.credentials.existingSecret.name":           false, // a name is no secret
		"spec.storage.size":                              false,
		"spec.superuser.secretName":                      false,
		"password":                                       true,
		"":                                               false,
	} {
		assert.Equal(t, want, Secret(path), path)
	}
}

func TestRootHint(t *testing.T) {
	assert.Equal(t, "indent it, so that it stands below spec", hint("storage"))
	assert.Equal(t, "remove it: a PostgresApp is read by the build alone and has no status", hint("status"))
	assert.Empty(t, hint("frobnicate"))
	assert.Equal(t, `did you mean "retention"?`, hint("spec.defaults.backup.retentionPolicy"), "defaults have the same fields")
}
