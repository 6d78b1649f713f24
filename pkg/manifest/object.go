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
func (o Object) YAML() ([]byte, error) { return o.AppendYAML(nil, 0) }

// AppendYAML appends the lines of the object's YAML to text. The first line begins where the text ends, the others are indented by so
// many spaces: 2 make the object an element of a list after "- ".
func (o Object) AppendYAML(text []byte, indentation int) ([]byte, error) {
	e := emitter{text: text}
	e.mapping(o.Fields, indentation)
	if !e.rare {
		return e.text, nil
	}
	document, err := o.encode()
	if err != nil {
		return nil, err
	}
	for i, line := range bytes.SplitAfter(document, []byte("\n")) {
		if i > 0 && len(bytes.TrimSuffix(line, []byte("\n"))) > 0 {
			text = append(text, bytes.Repeat([]byte(" "), indentation)...)
		}
		text = append(text, line...)
	}
	return text, nil
}

// encode writes any object with the encoder of the YAML library.
func (o Object) encode() ([]byte, error) {
	var document bytes.Buffer
	encoder := yaml.NewEncoder(&document)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	err := encoder.Encode(o.Node())
	return document.Bytes(), err
}
