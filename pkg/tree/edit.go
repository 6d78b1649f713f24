package tree

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"
	k8syaml "sigs.k8s.io/yaml"
)

// part is what of a kustomization goes into one file of the rewritten tree.
type part struct {
	unit *unit

	// head: it has everything that comes before the transformers.
	head bool

	// tail: it has what comes after the transformers.
	tail bool

	// outer: it is the one that others refer to, and has the fields that say how the result is written.
	outer bool

	resources, generators, components, transformers []string

	// foreign tells whether functions of others run in it.
	foreign bool

	// untransformed: it ends before the kustomization's own transforming fields.
	untransformed bool

	// order and origins are what a run that asks kustomize for apps needs: the order of the input, and where apps are from.
	order, origins bool

	// schema is the path of the OpenAPI schema that a run that asks kustomize for apps is to use.
	schema map[string]string
}

// fields of a kustomization, by where a part needs them. All others belong to the head.
var (
	gatherFields = []string{"metadata", "configurations", "crds", "generatorOptions", "configMapGenerator", "secretGenerator",
		"helmGlobals", "helmCharts", "helmChartInflationGenerator"}
	listFields   = []string{"resources", "bases", "generators", "components", "transformers"}
	tailFields   = []string{"validators", "vars"}
	outerFields  = []string{"sortOptions", "buildMetadata", "openapi"}
	headerFields = []string{"apiVersion", "kind"}
)

// empty tells whether the part does nothing at all.
func (p *part) empty() bool {
	if len(p.resources)+len(p.generators)+len(p.components)+len(p.transformers) > 0 {
		return false
	}
	f := p.unit.fields
	if p.tail && len(f.Validators)+len(f.Vars) > 0 {
		return false
	}
	if !p.head {
		return true
	}
	f.TypeMeta, f.MetaData = types.TypeMeta{}, nil
	f.Resources, f.Bases, f.Generators, f.Components, f.Transformers = nil, nil, nil, nil, nil
	f.Validators, f.Vars = nil, nil
	return reflect.DeepEqual(f, types.Kustomization{}) || reflect.DeepEqual(f, types.Kustomization{GeneratorOptions: f.GeneratorOptions})
}

// write gives the text of the part as a kustomization of the given kind. Comments of the original stay where their fields do.
func (p *part) write(kind string) ([]byte, error) {
	root, err := p.unit.node()
	if err != nil {
		return nil, err
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(root.Content); i += 2 {
		if p.keeps(root.Content[i].Value) {
			kept = append(kept, root.Content[i], root.Content[i+1])
		}
	}
	version := types.KustomizationVersion
	if kind == types.ComponentKind {
		version = types.ComponentVersion
	}
	result := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{
		plain("apiVersion"), plain(version), plain("kind"), plain(kind),
	}}
	result.Content = append(result.Content, kept...)
	for _, list := range []struct {
		name   string
		values []string
	}{{"resources", p.resources}, {"generators", p.generators}, {"components", p.components}, {"transformers", p.transformers}} {
		if len(list.values) > 0 || list.name == "resources" {
			result.Content = append(result.Content, plain(list.name), sequence(field(root, list.name), list.values))
		}
	}
	if p.order {
		result.Content = append(result.Content, plain("sortOptions"), encoded(map[string]string{"order": string(types.FIFOSortOrder)}))
	}
	if p.origins {
		result.Content = append(result.Content, plain("buildMetadata"), encoded([]string{types.OriginAnnotations}))
	}
	if p.schema != nil {
		result.Content = append(result.Content, plain("openapi"), encoded(p.schema))
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(result); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// keeps tells whether the part takes the field over as it is.
func (p *part) keeps(name string) bool {
	is := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	switch {
	case is(headerFields), is(listFields):
		return false
	case is(tailFields):
		return p.tail
	case is(outerFields):
		return p.outer
	case p.untransformed:
		return p.head && is(gatherFields)
	default:
		return p.head
	}
}

// node is the file as a YAML mapping. What YAML has to refer to other places of a file, and a field that is there twice, would not
// survive cutting: such a file is taken as the plain values that kustomize reads.
func (u *unit) node() (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(u.raw, &document); err == nil && len(document.Content) == 1 && isSelfContained(document.Content[0]) {
		return document.Content[0], nil
	}
	values, err := k8syaml.YAMLToJSON(u.raw)
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(values, &document); err != nil {
		return nil, err
	}
	return document.Content[0], nil
}

func isSelfContained(node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode || node.Anchor != "" || node.Tag == "!!merge" {
		return false
	}
	if node.Kind == yaml.MappingNode {
		seen := map[string]bool{}
		for i := 0; i < len(node.Content); i += 2 {
			if key := strings.ToLower(node.Content[i].Value); seen[key] {
				return false
			} else {
				seen[key] = true
			}
		}
	}
	return !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return !isSelfContained(n) })
}

// field is the value of a field of a mapping, or nil. Names are compared as encoding/json does it for kustomize.
func field(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if strings.EqualFold(mapping.Content[i].Value, name) {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// sequence is a list of the values, in which those of the original are kept with their comments.
func sequence(original *yaml.Node, values []string) *yaml.Node {
	result := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	if len(values) == 0 {
		result.Style = yaml.FlowStyle
	}
	for _, value := range values {
		item := plain(value)
		if original != nil {
			if i := slices.IndexFunc(original.Content, func(n *yaml.Node) bool { return n.Value == value }); i >= 0 {
				item = original.Content[i]
			}
		}
		result.Content = append(result.Content, item)
	}
	return result
}

func plain(value string) *yaml.Node {
	var node yaml.Node
	node.SetString(value)
	return &node
}

func encoded(value any) *yaml.Node {
	var node yaml.Node
	if err := node.Encode(value); err != nil {
		panic("tree: a value of kustomize's own API cannot be written: " + err.Error())
	}
	return &node
}
