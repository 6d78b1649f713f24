package krm

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"go.yaml.in/yaml/v3"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// readList parses a ResourceList. It stands in for the SDK's parser, which panics on some documents that are valid YAML and does not
// say which item of the others is wrong; the list and its objects are the SDK's own.
func readList(input []byte) (*fn.ResourceList, error) {
	documents, err := readDocuments(input, 2)
	switch {
	case err != nil:
		return nil, fmt.Errorf("standard input is %w", err)
	case len(documents) == 0:
		return nil, errors.New("standard input is empty where kustomize and kpt send a ResourceList; to expand a file, run: postgresapp build FILE")
	}
	root := documents[0]
	if value(root, "kind") != "ResourceList" {
		return nil, fmt.Errorf("standard input holds %s where kustomize and kpt send a ResourceList; to expand a file, run: postgresapp build FILE", describe(root))
	}
	if len(documents) > 1 {
		return nil, errors.New("standard input holds more than the one ResourceList that kustomize and kpt send")
	}
	if key := repeated(root); key != "" {
		return nil, fmt.Errorf("the ResourceList has %s twice", key)
	}

	list := &fn.ResourceList{FunctionConfig: fn.NewEmptyKubeObject()}
	if config := member(root, "functionConfig"); !absent(config) {
		if list.FunctionConfig, err = asObject(config); err != nil {
			return nil, fmt.Errorf("functionConfig %w", err)
		}
		if err := resolve(config, "", "data", "binaryData"); err != nil {
			return nil, fmt.Errorf("functionConfig %w", err)
		}
	}
	items := member(root, "items")
	if !absent(items) && items.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("items of the ResourceList is %s where a list must be", describe(items))
	}
	if !absent(items) {
		list.Items = make(fn.KubeObjects, 0, len(items.Content))
		for i, item := range items.Content {
			object, err := asObject(item)
			if err != nil {
				return nil, fmt.Errorf("items[%d] %w", i, err)
			}
			list.Items = append(list.Items, object)
		}
	}
	if list.Results, err = readResults(member(root, "results")); err != nil {
		return nil, err
	}
	return list, nil
}

// readDocuments parses the documents of a stream, at most limit unless that is negative, and leaves out the empty ones.
func readDocuments(input []byte, limit int) (documents []*yaml.Node, err error) {
	for document, err := range strict.Documents(input) {
		if err != nil {
			return nil, err
		}
		if documents = append(documents, document); len(documents) == limit {
			break
		}
	}
	return documents, nil
}

// readResults keeps what functions earlier in the pipeline have said.
func readResults(node *yaml.Node) (fn.Results, error) {
	if absent(node) {
		return nil, nil
	}
	var all, results fn.Results
	if err := node.Decode(&all); err != nil {
		return nil, errors.New("results of the ResourceList does not have the form that the function specification gives it")
	}
	for _, result := range all {
		if result == nil {
			continue
		}
		if _, err := json.Marshal(result); err != nil {
			return nil, errors.New("results of the ResourceList holds a value that cannot be passed on")
		}
		results = append(results, result)
	}
	return results, nil
}

// asObject makes a document an object of the SDK, which shares its nodes.
func asObject(node *yaml.Node) (*fn.KubeObject, error) {
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("is %s where an object must be", describe(node))
	}
	if err := writeOut(node); err != nil {
		return nil, err
	}
	return wrap(node)
}

// wrap makes a mapping without aliases an object of the SDK. To put it into a list is the one way that the SDK offers.
func wrap(node *yaml.Node) (*fn.KubeObject, error) {
	var list fn.ResourceList
	if err := list.UpsertObjectToItems(node, nil, false); err != nil {
		return nil, err
	}
	return list.Items[0], nil
}

// writeOut replaces the aliases in an object's header by what they stand for, as the SDK looks into it and cannot follow them.
// Elsewhere aliases are nobody's business and stay, as long as they stand in the same object: objects are put into another order.
func writeOut(node *yaml.Node) error {
	metadata := member(node, "metadata")
	return cmp.Or(
		resolve(node, "", "apiVersion", "kind", "group", "version", "metadata"),
		resolve(metadata, "metadata.", "name", "namespace", "annotations"),
		resolve(member(metadata, "annotations"), "metadata.annotations."),
		selfContained(node),
	)
}

// resolve replaces aliases of single values among the given keys of a mapping, all keys if none is given.
func resolve(node *yaml.Node, path string, keys ...string) error {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 1; i < len(node.Content); i += 2 {
		key, aliased := node.Content[i-1].Value, node.Content[i]
		if aliased.Kind != yaml.AliasNode || len(keys) > 0 && !slices.Contains(keys, key) {
			continue
		}
		if aliased.Alias.Kind != yaml.ScalarNode {
			return fmt.Errorf("has the YAML alias *%s as %s: write it out", aliased.Value, path+key)
		}
		scalar := *aliased.Alias
		scalar.Anchor, scalar.HeadComment, scalar.LineComment, scalar.FootComment = "", aliased.HeadComment, aliased.LineComment, aliased.FootComment
		node.Content[i] = &scalar
	}
	return nil
}

// selfContained returns an error when node uses an anchor that is defined outside of it.
func selfContained(node *yaml.Node) error {
	anchors := map[*yaml.Node]bool{}
	var walk func(node *yaml.Node) error
	walk = func(node *yaml.Node) error {
		if node.Anchor != "" {
			anchors[node] = true
		}
		if node.Kind == yaml.AliasNode && !anchors[node.Alias] {
			return fmt.Errorf("has the YAML alias *%s, whose anchor is in another object: write it out", node.Value)
		}
		for _, element := range node.Content {
			if err := walk(element); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(node)
}

// member returns the value of a mapping's key, or nil.
func member(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// value returns the text of a mapping's key, or "".
func value(node *yaml.Node, key string) string {
	if node := member(node, key); node != nil && node.Kind == yaml.ScalarNode {
		return node.Value
	}
	return ""
}

// repeated returns a key that stands twice in a mapping, or "".
func repeated(node *yaml.Node) string {
	seen := map[string]bool{}
	for i := 0; i < len(node.Content); i += 2 {
		key := node.Content[i].Value
		if seen[key] {
			return key
		}
		seen[key] = true
	}
	return ""
}

func absent(node *yaml.Node) bool {
	return node == nil || node.Kind == yaml.ScalarNode && node.Tag == "!!null"
}

// describe names what a node is, without its content.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		if kind := value(node, "kind"); kind != "" {
			return fmt.Sprintf("a resource of kind %.40s", kind)
		}
		return "an object"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if absent(node) {
		return "nothing"
	}
	return "text"
}
