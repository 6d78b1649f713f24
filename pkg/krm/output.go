package krm

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// item is a resource that comes out.
type item struct {
	// given is a resource that went in, comments and all, or nil.
	given *fn.KubeObject

	// generated is the other resource.
	generated manifest.Object
}

// given makes items of resources that went in.
func given(objects fn.KubeObjects) []item {
	items := make([]item, 0, len(objects))
	for _, object := range objects {
		items = append(items, item{given: object})
	}
	return items
}

// generated returns the items in the order of fn.ResourceList's Sort, and false when one of them is given.
func generated(items []item) ([]manifest.Object, bool) {
	type keyed struct {
		key    string
		object manifest.Object
	}
	sorted := make([]keyed, 0, len(items))
	for _, item := range items {
		if item.given != nil {
			return nil, false
		}
		o := item.generated
		sorted = append(sorted, keyed{o.APIVersion + " " + o.Kind + " " + o.Namespace + " " + o.Name, o})
	}
	slices.SortFunc(sorted, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	objects := make([]manifest.Object, 0, len(items))
	for _, o := range sorted {
		objects = append(objects, o.object)
	}
	return objects, true
}

// kubeObjects makes all items objects of the SDK, in its order.
func kubeObjects(items []item) (fn.KubeObjects, error) {
	list := fn.ResourceList{Items: make(fn.KubeObjects, 0, len(items))}
	for _, item := range items {
		object := item.given
		if object == nil {
			var err error
			if object, err = wrap(item.generated.Node()); err != nil {
				return nil, err
			}
		}
		list.Items = append(list.Items, object)
	}
	list.Sort()
	return list.Items, nil
}

// listHead begins a ResourceList as the SDK writes it.
const listHead = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"

// roomForAnApp is about what one app's objects take, in bytes.
const roomForAnApp = 32 << 10

// listYAML is the list with these items, as the SDK writes it. Where all of them are generated, as in a kustomize generator, the SDK
// writes the rest of the list only: it would make a tree of every object to write one that is known already.
func listYAML(list *fn.ResourceList, items []item) ([]byte, error) {
	own, all := generated(items)
	var err error
	if list.Items = nil; !all {
		if list.Items, err = kubeObjects(items); err != nil {
			return nil, err
		}
	}
	text, err := list.ToYAML()
	switch {
	case err != nil || !all:
		return text, err
	case len(own) == 0:
		// The SDK leaves empty items out, and kustomize and kpt would take what remains for a resource.
		return append(text, "items: []\n"...), nil
	}
	rest, found := bytes.CutPrefix(text, []byte(listHead))
	if !found {
		return nil, errors.New("the list does not begin as a ResourceList")
	}
	text = append(make([]byte, 0, roomForAnApp), listHead+"items:\n"...)
	for _, object := range own {
		if text, err = object.AppendYAML(append(text, "- "...), 2); err != nil {
			return nil, err
		}
	}
	return append(text, rest...), nil
}

// documents are the items as bare documents, in the order in which a ResourceList holds them, so that every way into kustomize gives
// the same build.
func documents(items []item) ([]byte, error) {
	var text []byte
	if own, all := generated(items); all {
		for i, object := range own {
			if i > 0 {
				text = append(text, "---\n"...)
			}
			var err error
			if text, err = object.AppendYAML(text, 0); err != nil {
				return nil, err
			}
		}
		return text, nil
	}
	objects, err := kubeObjects(items)
	if err != nil {
		return nil, err
	}
	for i, object := range objects {
		if i > 0 {
			text = append(text, "---\n"...)
		}
		document := object.String()
		if document == "" {
			return nil, errors.New("an object cannot be written as YAML")
		}
		text = append(text, document...)
	}
	return text, nil
}
