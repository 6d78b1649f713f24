// Package schema holds the schemas of custom resources in a compact form, and
// validates objects against them as the API server would at creation.
package schema

import (
	"encoding/json"
	"fmt"
)

// Document is the schema of one kind. Its first node is the whole object.
type Document struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	// Source is the module the schema comes from, with its version.
	Source string `json:"source"`
	Nodes  []Node `json:"nodes"`
}

// Type is the type of a value.
type Type string

// The types of values. IntOrString is x-kubernetes-int-or-string, Any is
// anything at all.
const (
	Any         Type = ""
	Object      Type = "object"
	Array       Type = "array"
	String      Type = "string"
	Integer     Type = "integer"
	Number      Type = "number"
	Boolean     Type = "boolean"
	IntOrString Type = "intOrString"
)

// Node is the schema of a value. Nodes refer to each other by their index in
// the document, so that equal ones are kept once. Index 0 is the object itself,
// which nothing refers to: it stands for "none".
type Node struct {
	Type Type `json:"t,omitempty"`
	// Properties are those of an object.
	Properties map[string]int `json:"p,omitempty"`
	// Values is the schema of the values of a map.
	Values int `json:"v,omitempty"`
	// Required names the properties that have to be there. Those with a
	// default are not among them.
	Required []string `json:"r,omitempty"`
	// Items is the schema of the elements of an array.
	Items int `json:"i,omitempty"`
	// Keys are the properties that tell the elements of an array apart, and
	// Set says that the elements themselves have to differ.
	Keys []string `json:"k,omitempty"`
	Set  bool     `json:"s,omitempty"`
	// KeyDefaults are the values that Keys have in elements that do not say
	// them.
	KeyDefaults map[string]any `json:"kd,omitempty"`
	// Enum lists the values of a string.
	Enum []string `json:"e,omitempty"`
	// Pattern is a regular expression for a string.
	Pattern string `json:"re,omitempty"`
	// Format is int32, int64, date-time or byte.
	Format string `json:"f,omitempty"`
	// Minimum and Maximum bound a number, the lengths a string, the items an
	// array.
	Minimum   *float64 `json:"min,omitempty"`
	Maximum   *float64 `json:"max,omitempty"`
	MinLength *int     `json:"minl,omitempty"`
	MaxLength *int     `json:"maxl,omitempty"`
	MinItems  *int     `json:"mini,omitempty"`
	MaxItems  *int     `json:"maxi,omitempty"`
	// MinProperties and MaxProperties bound how many properties an object has.
	MinProperties *int `json:"minp,omitempty"`
	MaxProperties *int `json:"maxp,omitempty"`
	// Rules are the CEL rules that apply at creation.
	Rules []string `json:"x,omitempty"`
}

// Decode reads a document as Encode writes it.
func Decode(data []byte) (*Document, error) {
	d := &Document{}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return d, nil
}
