// Package manifest turns typed Kubernetes objects into the YAML that a person would have written: no status, no nulls, no empty
// blocks that say nothing, keys in a stable order.
package manifest

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// Object is one Kubernetes object, ready to be written.
type Object struct {
	APIVersion, Kind, Namespace, Name string

	// Fields is the object as JSON decodes it, integers as int64. It holds nothing that is empty without a meaning.
	Fields map[string]any
}

// Node is the object as a YAML mapping with sorted keys.
func (o Object) Node() *yaml.Node { return node(o.Fields) }

// YAML is the object as one YAML document, keys sorted, lists not indented, as kustomize writes them.
func (o Object) YAML() ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(o.Node()); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}
