package adopt

import (
	"bytes"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// YAML is the app as a person would write it: its fields in the order of the reference.
func (a Adopted) YAML() ([]byte, error) {
	root := manifest.Of(a.App).Node()
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "spec" {
			arrange(root.Content[i+1], reflect.TypeFor[v1alpha1.PostgresAppSpec]())
		}
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	err := encoder.Close()
	return text.Bytes(), err
}

// arrange sorts the keys of a mapping as the fields of a type of this API group stand. Types of others, and keys that the type does not
// have, keep the order of the alphabet.
func arrange(n *yaml.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, element := range n.Content {
			arrange(element, t.Elem())
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[v1alpha1.PostgresApp]().PkgPath():
		fields := jsontype.Of(t).Fields
		type pair struct{ key, value *yaml.Node }
		var pairs []pair
		for i := 0; i+1 < len(n.Content); i += 2 {
			pairs = append(pairs, pair{n.Content[i], n.Content[i+1]})
		}
		place := func(p pair) int {
			return slices.IndexFunc(fields, func(f jsontype.Field) bool { return f.Name == p.key.Value })
		}
		slices.SortStableFunc(pairs, func(a, b pair) int { return place(a) - place(b) })
		n.Content = n.Content[:0]
		for _, p := range pairs {
			if i := place(p); i >= 0 {
				arrange(p.value, fields[i].Type)
			}
			n.Content = append(n.Content, p.key, p.value)
		}
	}
}
