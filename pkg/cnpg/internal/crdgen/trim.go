package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg/internal/schema"
)

// trimmer turns an OpenAPI schema into nodes, equal ones into one.
type trimmer struct {
	nodes []schema.Node
	index map[string]int
}

// trim makes a document of a definition: without descriptions and defaults,
// with the metadata of every object and anything at all for status.
func trim(d definition) (*schema.Document, error) {
	t := &trimmer{nodes: make([]schema.Node, 1), index: map[string]int{}}
	root := node{"type": "object", "properties": node{}, "required": d.schema["required"]}
	for name, property := range properties(d.schema) {
		switch name {
		case "metadata":
			root["properties"].(node)[name] = objectMeta
		case "status":
			root["properties"].(node)[name] = node{}
		default:
			root["properties"].(node)[name] = property
		}
	}
	n, err := t.node(root, d.kind)
	if err != nil {
		return nil, err
	}
	t.nodes[0] = n
	return &schema.Document{Kind: d.kind, APIVersion: d.apiVersion, Source: d.source, Nodes: t.nodes}, nil
}

// objectMeta is what the API server knows of metadata, which a definition does
// not spell out (ObjectMeta of k8s.io/apimachinery/pkg/apis/meta/v1).
var objectMeta = node{"type": "object", "properties": node{
	"name": text, "generateName": text, "namespace": text, "selfLink": text, "uid": text, "resourceVersion": text,
	"generation":                 node{"type": "integer", "format": "int64"},
	"creationTimestamp":          node{}, // null in objects that were written by older tools
	"deletionTimestamp":          node{"type": "string", "format": "date-time"},
	"deletionGracePeriodSeconds": node{"type": "integer", "format": "int64"},
	"labels":                     node{"type": "object", "additionalProperties": text},
	"annotations":                node{"type": "object", "additionalProperties": text},
	"finalizers":                 node{"type": "array", "items": text},
	"managedFields":              node{"type": "array", "items": node{}},
	"ownerReferences": node{"type": "array", "items": node{
		"type": "object",
		"properties": node{
			"apiVersion": text, "kind": text, "name": text, "uid": text,
			"controller": node{"type": "boolean"}, "blockOwnerDeletion": node{"type": "boolean"},
		},
		"required": []any{"apiVersion", "kind", "name", "uid"},
	}},
}}

var text = node{"type": "string"}

// add returns the index of a schema's node.
func (t *trimmer) add(s node, path string) (int, error) {
	n, err := t.node(s, path)
	if err != nil {
		return 0, err
	}
	key, err := json.Marshal(n)
	if err != nil {
		return 0, err
	}
	at, known := t.index[string(key)]
	if !known {
		at = len(t.nodes)
		t.nodes = append(t.nodes, n)
		t.index[string(key)] = at
	}
	return at, nil
}

func (t *trimmer) node(s node, path string) (schema.Node, error) {
	n := schema.Node{}
	if err := readKeywords(s, &n); err != nil {
		return n, fmt.Errorf("%s: %w", path, err)
	}
	var err error
	for _, name := range sorted(properties(s)) {
		child, _ := properties(s)[name].(node)
		if n.Properties == nil {
			n.Properties = map[string]int{}
		}
		if n.Properties[name], err = t.add(child, path+"."+name); err != nil {
			return n, err
		}
		if _, hasDefault := child["default"]; !hasDefault && slices.Contains(list(s["required"]), name) {
			n.Required = append(n.Required, name)
		}
	}
	if values, ok := s["additionalProperties"].(node); ok {
		if n.Values, err = t.add(values, path+".*"); err != nil {
			return n, err
		}
	}
	if items, ok := s["items"].(node); ok {
		if n.Items, err = t.add(items, path+"[]"); err != nil {
			return n, err
		}
		n.KeyDefaults = keyDefaults(n.Keys, items)
	}
	return n, nil
}

// keyDefaults are the defaults of those properties that tell elements apart.
func keyDefaults(keys []string, element node) map[string]any {
	var defaults map[string]any
	for _, key := range keys {
		property, _ := properties(element)[key].(node)
		if value, has := property["default"]; has {
			if defaults == nil {
				defaults = map[string]any{}
			}
			defaults[key] = value
		}
	}
	return defaults
}

// readKeywords reads what a schema says of a value itself. A keyword that it
// does not know is an error: the validator would miss what it demands.
func readKeywords(s node, n *schema.Node) error {
	var err error
	for _, keyword := range sorted(s) {
		value := s[keyword]
		switch keyword {
		case "description", "default", "properties", "additionalProperties", "items", "required", "title",
			"x-kubernetes-map-type":
		case "type":
			n.Type = schema.Type(value.(string))
		case "x-kubernetes-int-or-string":
			n.Type = schema.IntOrString
		case "anyOf":
			if s["x-kubernetes-int-or-string"] != true {
				err = errors.New("anyOf beyond int-or-string")
			}
		case "x-kubernetes-preserve-unknown-fields":
			if s["type"] != nil {
				err = errors.New("unknown fields beside known ones")
			}
		case "enum":
			if n.Enum = list(value); len(n.Enum) != len(value.([]any)) {
				err = errors.New("an enumeration of something else than strings")
			}
		case "pattern":
			n.Pattern = value.(string)
			_, err = regexp.Compile(n.Pattern)
		case "format":
			n.Format = value.(string)
			if !slices.Contains([]string{"int32", "int64", "date-time", "byte"}, n.Format) {
				err = fmt.Errorf("unknown format %s", n.Format)
			}
		case "minimum":
			n.Minimum = pointer(value.(float64))
		case "maximum":
			n.Maximum = pointer(value.(float64))
		case "minLength":
			n.MinLength = pointer(int(value.(float64)))
		case "maxLength":
			n.MaxLength = pointer(int(value.(float64)))
		case "minItems":
			n.MinItems = pointer(int(value.(float64)))
		case "maxItems":
			n.MaxItems = pointer(int(value.(float64)))
		case "minProperties":
			n.MinProperties = pointer(int(value.(float64)))
		case "maxProperties":
			n.MaxProperties = pointer(int(value.(float64)))
		case "x-kubernetes-list-type":
			n.Set = value == "set"
		case "x-kubernetes-list-map-keys":
			n.Keys = list(value)
		case "x-kubernetes-validations":
			n.Rules, err = creationRules(value.([]any))
		default:
			err = fmt.Errorf("unknown keyword %s", keyword)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// creationRules returns the CEL rules that apply when an object is created:
// those that compare with the old object do not.
func creationRules(validations []any) ([]string, error) {
	var rules []string
	for _, v := range validations {
		rule := v.(node)["rule"].(string)
		switch {
		case strings.Contains(rule, "oldSelf"):
		case !schema.KnownRule(rule):
			return nil, fmt.Errorf("rule without counterpart in package schema: %s", rule)
		default:
			rules = append(rules, rule)
		}
	}
	return rules, nil
}

// encode writes a document with one node a line, so that versions compare.
func encode(d *schema.Document) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"kind\":%q,\"apiVersion\":%q,\"source\":%q,\"nodes\":[\n", d.Kind, d.APIVersion, d.Source)
	for i, n := range d.Nodes {
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false)
		if err := e.Encode(n); err != nil {
			panic(err) // a Node has nothing that cannot be written
		}
		b.Write(bytes.TrimRight(line.Bytes(), "\n"))
		if i < len(d.Nodes)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return b.Bytes()
}

func properties(s node) node {
	p, _ := s["properties"].(node)
	return p
}

// list returns the strings of a list.
func list(value any) []string {
	elements, _ := value.([]any)
	var texts []string
	for _, e := range elements {
		if s, ok := e.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

func sorted(m node) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func pointer[T any](value T) *T { return &value }
