package tree

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"
)

// arrangeBehind puts the objects of a landing into a Component that comes where the landing is.
//
//   - A transformer in a Component: the Component of the objects comes after that one, if nothing in it comes after the transformer.
//   - A transformer of the Kustomization itself, or its end: its fields that would change the objects become a Component of their own,
//     which comes last but for the Component of the objects.
func (l *layouter) arrangeBehind(n *landing) {
	u := n.node.unit
	if len(n.chain) > 0 {
		if after := l.comesAfter(n); after != "" {
			l.refuse(n.chain[len(n.chain)-1].unit, "transformers", n.by, after+" and what the Component does before would change the expanded objects: "+
				"give the transformer a Component of its own, and list that one after this")
			return
		}
		l.change(u).Entries = append(l.change(u).Entries, EntryChange{List: "components", New: l.component(n), After: l.componentEntry(n)})
		return
	}
	var steps []step
	for _, s := range l.before(n) {
		if s.node == n.node {
			steps = append(steps, s)
		}
	}
	if l.split[n.node] {
		l.refuse(u, "transformers", n.by, "the kustomization would have to be taken apart twice: keep one transformer of this kind in it")
		return
	}
	l.split[n.node] = true
	if slices.ContainsFunc(steps, func(s step) bool { return !l.leaves(s, l.objectsOf(n.apps, n.by)) }) {
		l.earlier(n, steps)
	}
	l.change(u).entry("components", "", l.component(n))
}

// comesAfter says what comes after a landing in the Component that it is in, or "".
func (l *layouter) comesAfter(n *landing) string {
	last := n.chain[len(n.chain)-1]
	behind := last.unit.transformers.list[slices.Index(last.unit.transformers.list, n.by)+1:]
	if slices.ContainsFunc(behind, func(c *config) bool { return !c.ours }) {
		return "other transformers come after it,"
	}
	for i, outer := range n.chain[:len(n.chain)-1] {
		at := slices.Index(outer.components, n.chain[i+1])
		if len(outer.components) > at+1 || outer.unit.transforms() || len(others(outer.unit.transformers.list, nil)) > 0 {
			return "the Component around it goes on after it,"
		}
	}
	return ""
}

// componentEntry is the entry with which the Kustomization includes the Component of the landing.
func (l *layouter) componentEntry(n *landing) string {
	u := n.node.unit
	for _, entry := range u.fields.Components {
		if kind, dir := l.locate(u, entry); kind == atDirectory && dir == n.chain[0].unit.dir {
			return entry
		}
	}
	return ""
}

// component writes a Component with the objects of a landing, and gives the entry for it.
func (l *layouter) component(n *landing) string {
	u := n.node.unit
	dir := l.directory(u, strings.TrimSuffix(filepath.Base(expandedPath(n.apps[0].path)), expandedSuffix), n.apps[0].name)
	var entries []string
	groups := n.groups()
	if n.node.group.top().ordered {
		groups = []*sourceGroup{{source: n.apps[0].path, apps: n.apps}}
	}
	for _, g := range groups {
		e := l.expansion(u, g.source, g.apps)
		e.Path = filepath.Join(dir, filepath.Base(e.Path))
		e.append(l.objectsOf(g.apps, n.by))
		entries = append(entries, filepath.Base(l.put(e, g.apps[0].name)))
	}
	l.putComponent(dir, u, entries)
	return l.reference(u, dir)
}

// putComponent writes a Component that has the entries for resources.
func (l *layouter) putComponent(dir string, u *unit, entries []string) {
	var k strings.Builder
	fmt.Fprintf(&k, "apiVersion: %s\nkind: %s\nresources:\n", types.ComponentVersion, types.ComponentKind)
	for _, entry := range entries {
		fmt.Fprintf(&k, "- %s\n", entry)
	}
	l.putKustomization(filepath.Join(dir, "kustomization.yaml"), u, []byte(k.String()))
}

// directory is a name for a directory in the kustomization's that nothing has.
func (l *layouter) directory(u *unit, stem, name string) string {
	if IsKustomizationFile(stem + ".yaml") {
		stem = name
	}
	for i := 0; ; i++ {
		dir := filepath.Join(u.dir, stem+".expanded")
		if i > 0 {
			dir = filepath.Join(u.dir, fmt.Sprintf("%s-%d.expanded", stem, i))
		}
		if l.expansions[filepath.Join(dir, "kustomization.yaml")] == nil && !l.places.Taken(dir) {
			return dir
		}
	}
}

func (l *layouter) putKustomization(path string, u *unit, text []byte) {
	l.expansions[path] = &Expansion{Path: path, Source: u.path(), Kustomization: text}
}

// earlier moves what a Kustomization does before a landing into a Component of its own.
func (l *layouter) earlier(n *landing, steps []step) {
	u := n.node.unit
	dir := l.directory(u, "before-"+n.apps[0].name, n.apps[0].name)
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{
		plain("apiVersion"), plain(types.ComponentVersion), plain("kind"), plain(types.ComponentKind),
	}}
	change := l.change(u)
	for _, s := range steps {
		if s.fields {
			gone, _ := l.appPatches(u)
			if err := l.copyFields(root, u, append(slices.Clone(transformingFields), settingFields...), func(list string, index int) bool {
				return slices.Contains(gone, PatchChange{list, index})
			}); err != nil {
				l.fail(err)
			}
			change.Fields, change.Patches = transformingFields, nil
		}
		if len(s.some) == 0 {
			continue
		}
		entries := u.transformers.entries(s.some)
		root.Content = append(root.Content, plain("transformers"), sequence(nil, entries))
		for _, entry := range entries {
			change.entry("transformers", entry, "")
			if !u.transformers.inline[entry] && !l.copyBeside(u, dir, entry) {
				l.refuse(u, "transformers", n.by, entry+" changes the resources before the apps are expanded, and has to be moved with it, which only a file can be: "+
					"list its files")
			}
		}
	}
	l.relocate(u, dir, root)
	text, err := encodeNode(root)
	if err != nil {
		l.fail(err)
	}
	l.putKustomization(filepath.Join(dir, "kustomization.yaml"), u, text)
	change.entry("components", "", l.reference(u, dir))
}

// relocate makes copies of the files that fields of a kustomization refer to.
func (l *layouter) relocate(u *unit, dir string, root *yaml.Node) {
	move := func(value *yaml.Node) {
		if value != nil && value.Kind == yaml.ScalarNode && l.copyBeside(u, dir, value.Value) {
			*value = *plain(filepath.Base(value.Value))
		}
	}
	for _, name := range []string{"patchesStrategicMerge", "configurations", "crds", "transformers"} {
		if list := field(root, name); list != nil {
			for _, one := range list.Content {
				move(one)
			}
		}
	}
	for _, name := range []string{"patches", "patchesJson6902", "replacements"} {
		if list := field(root, name); list != nil {
			for _, one := range list.Content {
				if one.Kind == yaml.MappingNode {
					move(field(one, "path"))
				}
			}
		}
	}
}

// copyBeside copies a file that an entry refers to into dir. It returns false if the entry is no file.
func (l *layouter) copyBeside(u *unit, dir, entry string) bool {
	kind, path := l.locate(u, entry)
	if kind != atFile {
		return false
	}
	to := filepath.Join(dir, filepath.Base(path))
	if from, ok := l.copies[to]; ok && from != path {
		l.refuse(u, "", nil, fmt.Sprintf("%s and %s would have to be in one directory: give them different names", l.display(from), l.display(path)))
	}
	l.copies[to] = path
	return true
}
