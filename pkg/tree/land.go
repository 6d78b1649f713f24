package tree

import (
	"bytes"
	"path/filepath"
	"slices"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// landing is a place where apps are expanded: a transformer of ours, or the end of a Kustomization.
type landing struct {
	node *node

	// chain are the Components through which the Kustomization comes to the transformer, from the one that it includes itself to the
	// one that has the transformer.
	chain []*node

	// by is the transformer's configuration, or nil at the end of a Kustomization.
	by *config

	// apps are the apps as they are here, seen the same as kustomize has accumulated them, which differs where something has changed them.
	seen []app
	apps []*document
}

// land remembers where apps are expanded. known are all that kustomize has accumulated there.
func (l *layouter) land(wk *work, by *config, known []app, apps []*document) {
	n := &landing{by: by, seen: slices.Clone(known), apps: apps}
	for ; wk.parent != nil; wk = wk.parent {
		n.chain = append(n.chain, l.nodes[wk.unit.dir])
	}
	slices.Reverse(n.chain)
	n.node = l.nodes[wk.unit.dir]
	l.arrivals = append(l.arrivals, n)
	for _, d := range apps {
		l.refuseEncrypted(d)
	}
	if by == nil && !l.isFree(n.node) {
		l.refuse(n.node.unit, "", nil, "it is built by itself, and what uses it expands or changes its apps: "+
			"give each a kustomization of its own, or annotate the apps as config.kubernetes.io/local-config: \"true\" to leave them to those that use it")
	}
}

// refuseEncrypted says that an app is encrypted by SOPS: expanding takes no keys.
func (l *layouter) refuseEncrypted(d *document) {
	if !bytes.Contains(d.json, []byte(`"sops"`)) {
		return
	}
	fields, err := d.fields()
	if err != nil {
		return
	}
	if _, ok := fields["sops"].(map[string]any); ok {
		l.findings = append(l.findings, diag.Finding{
			Severity: diag.Error, Kind: d.kind, Namespace: d.namespace, Name: d.name, Source: l.display(d.path), Field: "sops",
			Message: "it is encrypted, and no key is used here: decrypt the file for good, and keep its secrets in a Secret that it refers to by name, or in variables of Flux",
		})
	}
}

// listing is the app as it was listed, from which kustomize made the document, or nil if that cannot be seen.
func (n *landing) listing(d *document) *app {
	for i := range n.seen {
		if n.seen[i].document == d {
			return &n.seen[i]
		}
	}
	for i := range n.seen {
		if n.seen[i].path == d.path {
			return &n.seen[i]
		}
	}
	return nil
}

// bareFile is a file that no kustomization lists.
type bareFile struct {
	file *file
	apps []*document
}

// bareFiles expands the apps of files for which Flux makes a kustomization.
func (l *layouter) bareFiles() {
	if len(l.places.Bare) == 0 {
		return
	}
	referred := l.referred()
	byDir := map[string][]*bareFile{}
	var dirs []string
	for _, path := range l.places.Bare {
		if referred[path] {
			continue
		}
		f, err := l.readFile(path)
		if err != nil {
			l.findings = append(l.findings, l.misread(path, err))
			continue
		}
		for _, d := range f.misplaced {
			l.findings = append(l.findings, diag.Finding{Severity: diag.Warning, Kind: d.kind, Name: d.name, Source: l.display(path),
				Message: "no kustomization uses it, and where Flux makes one for its directory, no cluster knows it: list it under transformers"})
		}
		bare := &bareFile{file: f}
		for _, d := range f.apps {
			if !d.local || l.places.Written(path) {
				l.refuseEncrypted(d)
				bare.apps = append(bare.apps, d)
			}
		}
		if len(bare.apps) == 0 {
			continue
		}
		dir := filepath.Dir(path)
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], bare)
		l.bare = append(l.bare, bare)
	}
	for _, dir := range dirs {
		var apps []*document
		for _, bare := range byDir[dir] {
			apps = append(apps, bare.apps...)
		}
		l.request(dir, apps, nil, origin{})
	}
}

// referred are the files that kustomizations refer to in whatever way.
func (l *layouter) referred() map[string]bool {
	referred := map[string]bool{}
	for _, n := range l.nodes {
		if n == nil {
			continue
		}
		l.references(n.unit, func(path string) { referred[path] = true })
	}
	return referred
}
