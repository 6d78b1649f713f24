package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg/internal/schema"
)

func parse(t *testing.T, text string) node {
	t.Helper()
	var n node
	require.NoError(t, yaml.Unmarshal([]byte(text), &n))
	return n
}

func TestTrim(t *testing.T) {
	d := definition{kind: "Thing", apiVersion: "example.com/v1", source: "example.com/thing@v1.0.0", schema: parse(t, `
type: object
required: [metadata, spec]
properties:
  metadata: {type: object}
  spec:
    description: gone
    type: object
    required: [name, mode]
    x-kubernetes-validations:
      - {rule: "self.name == oldSelf.name", message: "at a change only"}
      - {rule: "self.name != 'postgres'", message: "kept"}
    properties:
      name: {type: string, minLength: 1}
      mode: {type: string, default: a, enum: [a, b]}
      size: {anyOf: [{type: integer}, {type: string}], x-kubernetes-int-or-string: true, pattern: "^x$"}
      limits: {type: object, additionalProperties: {type: string, minLength: 1}}
      ports:
        type: array
        x-kubernetes-list-type: map
        x-kubernetes-list-map-keys: [port, protocol]
        items: {type: object, properties: {port: {type: integer, format: int32, minimum: 1}, protocol: {type: string, default: TCP}}}
      source: {type: object, minProperties: 1, maxProperties: 1}
  status: {type: object, properties: {much: {type: string}}}
`)}
	document, err := trim(d)
	require.NoError(t, err)
	assert.Equal(t, "Thing", document.Kind)
	assert.Equal(t, "example.com/v1", document.APIVersion)

	root := document.Nodes[0]
	assert.Equal(t, []string{"metadata", "spec"}, root.Required)
	assert.Equal(t, schema.Any, document.Nodes[root.Properties["status"]].Type, "whatever is in status")
	spec := document.Nodes[root.Properties["spec"]]
	assert.Equal(t, []string{"name"}, spec.Required, "mode has a default")
	assert.Equal(t, []string{"self.name != 'postgres'"}, spec.Rules)
	assert.Equal(t, []string{"a", "b"}, document.Nodes[spec.Properties["mode"]].Enum)
	assert.Equal(t, schema.IntOrString, document.Nodes[spec.Properties["size"]].Type)
	assert.Equal(t, spec.Properties["name"], document.Nodes[spec.Properties["limits"]].Values, "equal nodes are kept once")
	ports := document.Nodes[spec.Properties["ports"]]
	assert.Equal(t, []string{"port", "protocol"}, ports.Keys)
	assert.Equal(t, map[string]any{"protocol": "TCP"}, ports.KeyDefaults)
	source := document.Nodes[spec.Properties["source"]]
	assert.Equal(t, 1, *source.MinProperties)
	assert.Equal(t, 1, *source.MaxProperties)
	port := document.Nodes[document.Nodes[ports.Items].Properties["port"]]
	assert.Equal(t, 1.0, *port.Minimum)
	assert.Equal(t, "int32", port.Format)

	read, err := schema.Decode(encode(document))
	require.NoError(t, err)
	assert.Equal(t, document, read, "what is written can be read")
}

// The validator would miss what these demand.
func TestTrimRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"keyword":        `{type: object, properties: {spec: {type: integer, multipleOf: 2}}}`,
		"anyOf":          `{type: object, properties: {spec: {anyOf: [{type: string}]}}}`,
		"number to pick": `{type: object, properties: {spec: {type: integer, enum: [1, 2]}}}`,
		"format":         `{type: object, properties: {spec: {type: string, format: ipv4}}}`,
		"pattern":        `{type: object, properties: {spec: {type: string, pattern: "("}}}`,
		"rule":           `{type: object, properties: {spec: {type: object, x-kubernetes-validations: [{rule: "self.new > 1"}]}}}`,
	} {
		_, err := trim(definition{kind: "Thing", schema: parse(t, text)})
		assert.ErrorContains(t, err, "Thing.spec", name)
	}
}

func TestCompare(t *testing.T) {
	fields := func(text string) map[string][]string {
		found := map[string][]string{}
		collect(parse(t, text), "spec", found)
		return found
	}
	before := map[string]map[string][]string{
		"Thing": fields(`{properties: {kept: {enum: [a]}, gone: {properties: {below: {}}}, list: {items: {properties: {p: {}}}}}}`),
	}
	now := map[string]map[string][]string{
		"Thing": fields(`{properties: {kept: {enum: [a, b]}, fresh: {properties: {below: {}}}, list: {items: {properties: {p: {}, q: {items: {properties: {r: {}}}}}}}}}`),
		"Other": fields(`{properties: {a: {}}}`),
	}
	assert.ElementsMatch(t, []change{
		{kind: "Other", tag: "v2"},
		{kind: "Thing", path: "spec.fresh", tag: "v2"},
		{kind: "Thing", path: "spec.gone", tag: "v2", gone: true},
		{kind: "Thing", path: "spec.kept", value: "b", tag: "v2"},
		{kind: "Thing", path: "spec.list[].q", tag: "v2"},
	}, compare(before, now, "v2"))
}

func TestSource(t *testing.T) {
	text, err := source([]change{
		{kind: "Thing", path: "spec.a", tag: "v1.29.0"},
		{kind: "Thing", path: "spec.b", value: "x", tag: "v1.30.0"},
		{kind: "Thing", path: "spec.c", tag: "v1.30.0", gone: true},
	})
	require.NoError(t, err)
	assert.Contains(t, string(text), `{kind: "Thing", path: "spec.a", since: Version{1, 29}},`)
	assert.Contains(t, string(text), `{kind: "Thing", path: "spec.b", value: "x", since: Version{1, 30}},`)
	assert.Contains(t, string(text), `{kind: "Thing", path: "spec.c", until: Version{1, 30}},`)
}
