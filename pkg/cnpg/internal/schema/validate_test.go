package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg/internal/schema"
)

// Every keyword, each in a field of its own.
const keywords = `{"kind":"Thing","apiVersion":"v1","source":"hand","nodes":[
{"t":"object","p":{"text":1,"time":2,"bytes":3,"whole":4,"real":5,"flag":6,"either":7,"list":8,"set":9,"map":11,"any":12,"objects":14,"two":15,"ports":17,"few":18},"r":["flag"]},
{"t":"string","minl":2,"maxl":4,"re":"^[a-zü]+$"},
{"t":"string","f":"date-time"},
{"t":"string","f":"byte"},
{"t":"integer","f":"int32","min":1,"max":9},
{"t":"number","min":0.5},
{"t":"boolean"},
{"t":"intOrString","re":"^[0-9]+%$"},
{"t":"array","mini":1,"maxi":2,"i":1},
{"t":"array","s":true,"i":10},
{"t":"string"},
{"t":"object","v":4},
{},
{"t":"object","p":{"a":10,"b":10}},
{"t":"array","k":["a"],"i":13},
{"t":"array","k":["a","b"],"i":13},
{"t":"object","p":{"port":4,"protocol":10}},
{"t":"array","k":["port","protocol"],"kd":{"protocol":"TCP"},"i":16},
{"t":"object","p":{"a":10,"b":10,"c":10},"minp":1,"maxp":2}
]}`

func TestValidateKeywords(t *testing.T) {
	document, err := schema.Decode([]byte(keywords))
	require.NoError(t, err)
	tests := map[string]struct {
		errorType field.ErrorType
		path      string
	}{
		`{text: ab}`:                     {},
		`{text: üüüü}`:                   {}, // characters count, not bytes
		`{text: a}`:                      {field.ErrorTypeInvalid, "text"},
		`{text: abcde}`:                  {field.ErrorTypeInvalid, "text"},
		`{text: AB}`:                     {field.ErrorTypeInvalid, "text"},
		`{time: "2026-11-20T08:00:00Z"}`: {},
		`{time: "2026-11-20"}`:           {field.ErrorTypeInvalid, "time"},
		`{bytes: aGk=}`:                  {},
		`{bytes: a}`:                     {field.ErrorTypeInvalid, "bytes"},
		`{whole: 9}`:                     {},
		`{whole: 9.0}`:                   {},
		`{whole: 10}`:                    {field.ErrorTypeInvalid, "whole"},
		`{whole: 0}`:                     {field.ErrorTypeInvalid, "whole"},
		`{whole: 1.5}`:                   {field.ErrorTypeInvalid, "whole"},
		`{real: 0.5}`:                    {},
		`{real: 1}`:                      {},
		`{real: 0.25}`:                   {field.ErrorTypeInvalid, "real"},
		`{real: a}`:                      {field.ErrorTypeInvalid, "real"},
		`{flag: false}`:                  {},
		`{flag: "true"}`:                 {field.ErrorTypeInvalid, "flag"},
		`{flag: null}`:                   {field.ErrorTypeRequired, "flag"},
		`{either: 25%}`:                  {},
		`{either: 25}`:                   {},
		`{either: 1.5}`:                  {field.ErrorTypeInvalid, "either"},
		`{either: a}`:                    {field.ErrorTypeInvalid, "either"},
		`{either: []}`:                   {field.ErrorTypeInvalid, "either"},
		`{list: [ab, cd]}`:               {},
		`{list: []}`:                     {field.ErrorTypeInvalid, "list"},
		`{list: [ab, cd, ef]}`:           {field.ErrorTypeInvalid, "list"},
		`{list: [a]}`:                    {field.ErrorTypeInvalid, "list[0]"},
		`{set: [a, b]}`:                  {},
		`{set: [a, b, a]}`:               {field.ErrorTypeDuplicate, "set[2]"},
		`{map: {x: 1}}`:                  {},
		`{map: {x: 0}}`:                  {field.ErrorTypeInvalid, "map[x]"},
		`{map: {x: null}}`:               {},
		`{any: {x: [1]}}`:                {},
		`{objects: [{a: x}, {a: z}]}`:    {},
		`{objects: [{a: x}, {a: x}]}`:    {field.ErrorTypeDuplicate, "objects[1]"},
		`{two: [{a: x, b: x}, {a: x}]}`:  {},
		`{two: [{a: x}, {a: x}]}`:        {field.ErrorTypeDuplicate, "two[1]"},
		// a missing protocol is TCP
		`{ports: [{port: 1, protocol: UDP}, {port: 1}]}`: {},
		`{ports: [{port: 1, protocol: TCP}, {port: 1}]}`: {field.ErrorTypeDuplicate, "ports[1]"},
		`{few: {a: x, b: x}}`:                            {},
		`{few: {}}`:                                      {field.ErrorTypeInvalid, "few"},
		`{few: {a: x, b: x, c: x}}`:                      {field.ErrorTypeInvalid, "few"},
		`{unheard: 1}`:                                   {field.ErrorTypeForbidden, "unheard"},
	}
	for text, want := range tests {
		var object map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &object))
		if _, given := object["flag"]; !given {
			object["flag"] = true
		}
		errs := document.Validate(object, nil)
		if want.path == "" {
			assert.Empty(t, errs, text)
		} else if assert.Len(t, errs, 1, text) {
			assert.Equal(t, want.errorType, errs[0].Type, text)
			assert.Equal(t, want.path, errs[0].Field, text)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	_, err := schema.Decode([]byte("no JSON"))
	assert.ErrorContains(t, err, "read schema")
}

func TestKnownRule(t *testing.T) {
	assert.True(t, schema.KnownRule("self != 'postgres'"))
	assert.False(t, schema.KnownRule("self != 'mysql'"))
	assert.False(t, schema.KnownRule(""))
}
