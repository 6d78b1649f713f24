package tree

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// step is what a kustomization does to everything that kustomize has accumulated: its own fields, then some transformers.
type step struct {
	node   *node
	fields bool
	some   []*config

	// opaque: it cannot be seen what it does.
	opaque bool
}

// before are the steps that come before a landing in its Kustomization. The objects must not be touched by them.
func (l *layouter) before(n *landing) (steps []step) {
	at := n.node
	for _, next := range n.chain {
		for _, c := range at.components {
			if c == next {
				break
			}
			steps = append(steps, l.steps(c)...)
		}
		at = next
	}
	for _, c := range at.components {
		steps = append(steps, l.steps(c)...)
	}
	return append(steps, at.own(n.by)...)
}

// others are the transformers up to one of ours, or all, that are not ours.
func others(all []*config, end *config) (some []*config) {
	for _, c := range all {
		if c == end {
			break
		}
		if !c.ours {
			some = append(some, c)
		}
	}
	return some
}

// steps are everything that a Component does.
func (l *layouter) steps(n *node) (steps []step) {
	for _, c := range n.components {
		steps = append(steps, l.steps(c)...)
	}
	return append(steps, n.own(nil)...)
}

// own are the steps of a kustomization itself, up to a transformer of ours or all.
func (n *node) own(end *config) (steps []step) {
	if n.opaque {
		steps = append(steps, step{node: n, opaque: true})
	}
	if n.unit.transforms() {
		steps = append(steps, step{node: n, fields: true})
	}
	if some := others(n.unit.transformers.list, end); len(some) > 0 {
		steps = append(steps, step{node: n, some: some})
	}
	return steps
}

// transformingFields are the fields of a kustomization that change what it has accumulated, in kustomize's order, and settingFields
// those that say how.
var (
	transformingFields = []string{"patchesStrategicMerge", "patches", "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels",
		"commonAnnotations", "patchesJson6902", "replicas", "images", "imageTags", "replacements"}
	settingFields = []string{"configurations", "crds"}
)

// amongResources tells whether the objects of a landing can be resources of its Kustomization: nothing that comes before the landing
// would change them, and, where the order of the output is that of the input, nothing else comes between.
func (l *layouter) amongResources(n *landing, objects []manifest.Object) bool {
	if n.node.group.top().ordered && l.comesBetween(n) {
		return false
	}
	return !slices.ContainsFunc(l.before(n), func(s step) bool { return !l.leaves(s, objects) })
}

// comesBetween tells whether kustomize accumulates anything after the Kustomization's resources and before the landing.
func (l *layouter) comesBetween(n *landing) bool {
	own := func(n *node) bool {
		return n.unit.generates() || slices.ContainsFunc(n.unit.generating.list, func(c *config) bool { return !c.ours })
	}
	var has func(n *node) bool
	has = func(n *node) bool {
		return own(n) || n.opaque || len(n.unit.fields.Resources)+len(n.unit.fields.Generators) > 0 || slices.ContainsFunc(n.components, has)
	}
	if own(n.node) || n.node.opaque {
		return true
	}
	if len(n.chain) == 0 {
		return slices.ContainsFunc(n.node.components, has)
	}
	i := slices.Index(n.node.components, n.chain[0])
	return slices.ContainsFunc(n.node.components[:i+1], has)
}

// leaves tells whether a step leaves objects as they are. kustomize is asked, with nothing but the objects.
func (l *layouter) leaves(s step, objects []manifest.Object) bool {
	if s.opaque || foreign(s.some) {
		return false
	}
	if s.fields && onlyNamespace(s.node.unit) {
		namespace := s.node.unit.fields.Namespace
		if !slices.ContainsFunc(objects, func(o manifest.Object) bool { return o.Namespace != namespace }) {
			return true
		}
	}
	if len(s.node.unit.fields.Replacements) > 0 && s.fields {
		return false
	}
	got, err := l.tryStep(s, objects)
	if err != nil || len(got) != len(objects) {
		return false
	}
	for i, o := range objects {
		var want any
		text, err := json.Marshal(o.Fields)
		if err != nil || json.Unmarshal(text, &want) != nil || !reflect.DeepEqual(want, got[i]) {
			return false
		}
	}
	return true
}

func onlyNamespace(u *unit) bool {
	f := u.fields
	f.Namespace = ""
	return u.fields.Namespace != "" && !(&unit{fields: f}).transforms()
}

// tryStep lets kustomize apply a step to objects.
func (l *layouter) tryStep(s step, objects []manifest.Object) (got []any, err error) {
	top := newOverlay(l.below)
	u := s.node.unit
	name := l.name(u.dir) + ".yaml"
	top.put(filepath.Join(u.dir, name), &Objects{Objects: objects})
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	fields := u
	if !s.fields {
		fields = &unit{raw: []byte("{}")}
	}
	if err := l.copyFields(root, fields, append(slices.Clone(transformingFields), settingFields...), func(list string, index int) bool {
		return list == "replicas" || l.untargeted(u, list, index)
	}); err != nil {
		return nil, err
	}
	root.Content = append(root.Content, plain("resources"), sequence(nil, []string{name}))
	if len(s.some) > 0 {
		root.Content = append(root.Content, plain("transformers"), sequence(nil, u.transformers.entries(s.some)))
	}
	root.Content = append(root.Content, plain("sortOptions"), encoded(map[string]string{"order": string(types.FIFOSortOrder)}))
	written, err := encodeNode(root)
	if err != nil {
		return nil, err
	}
	top.put(u.path(), text(written))
	resources, err := l.options.Render(top, u.dir)
	if err != nil {
		return nil, err
	}
	for _, r := range resources.Resources() {
		text, err := r.MarshalJSON()
		if err != nil {
			return nil, err
		}
		var fields any
		if err := json.Unmarshal(text, &fields); err != nil {
			return nil, err
		}
		got = append(got, fields)
	}
	return got, nil
}

// untargeted tells whether a patch has no target: it changes what it names, which none of the objects was when it was written.
func (l *layouter) untargeted(u *unit, list string, index int) bool {
	switch list {
	case "patches":
		return index < len(u.fields.Patches) && u.fields.Patches[index].Target == nil
	case "patchesStrategicMerge":
		return true
	}
	return false
}

// copyFields copies some fields of a kustomization file into a mapping, without the elements that drop names.
func (l *layouter) copyFields(to *yaml.Node, u *unit, names []string, drop func(list string, index int) bool) error {
	raw := u.raw
	if u.dir != "" {
		var err error
		if raw, err = l.below.ReadFile(u.path()); err != nil {
			return err
		}
	}
	root, err := (&unit{raw: raw}).node()
	if err != nil {
		return err
	}
	for _, name := range names {
		value := field(root, name)
		if value == nil {
			continue
		}
		if value.Kind == yaml.SequenceNode {
			kept := *value
			kept.Content = nil
			for i, one := range value.Content {
				if !drop(name, i) {
					kept.Content = append(kept.Content, one)
				}
			}
			if len(kept.Content) == 0 {
				continue
			}
			value = &kept
		}
		to.Content = append(to.Content, plain(name), value)
	}
	return nil
}

func encodeNode(root *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("write a kustomization: %w", err)
	}
	return out.Bytes(), encoder.Close()
}
