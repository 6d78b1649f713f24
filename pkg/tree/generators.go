package tree

import (
	"fmt"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// generators replaces the generators of ours in a kustomization by their objects, and finds out whether there are foreign ones.
//
// kustomize runs its own generators first, then those that are listed, then Components. Where the order can be seen in the output,
// objects that come after others' resources stand in a Component, and so do the generators after them.
func (w *walker) generators(u *unit) {
	u.foreign = len(u.fields.HelmCharts) > 0
	u.generating = w.classify(u, u.fields.Generators)
	if len(u.fields.Generators) == 0 {
		return
	}
	all := u.generating
	u.foreign = u.foreign || foreign(all.list)
	if !slices.ContainsFunc(all.list, func(c *config) bool { return c.ours }) {
		return
	}
	u.rewritten = true
	var others []*config
	for _, c := range all.list {
		switch {
		case !c.ours:
			others = append(others, c)
		case !v1alpha1.Expandable(c.kind):
			w.refuse(u, "generators", c, fmt.Sprintf("a %s is no generator: list it under transformers", c.kind))
		}
	}
	ordered := w.ordered && (u.generates() || len(others) > 0)
	if !ordered {
		for _, c := range all.list {
			if c.ours {
				o := w.request(u.dir, []*document{c.document}, nil, w.configOrigin(c))
				u.generated = append(u.generated, c)
				u.resources = append(slices.Clip(u.resources), o.paths()...)
			}
		}
		u.generators = all.entries(others)
		return
	}
	w.orderedGenerators(u, all)
}

// orderedGenerators is generators for a kustomization of which the output shows the order.
func (w *walker) orderedGenerators(u *unit, all *configs) {
	var components []string
	u.generators = nil
	first := slices.IndexFunc(all.list, func(c *config) bool { return c.ours })
	u.generators = all.entries(all.list[:first])
	for rest := all.list[first:]; len(rest) > 0; {
		if rest[0].ours {
			o := w.request(u.dir, []*document{rest[0].document}, nil, w.configOrigin(rest[0]))
			components = append(components, w.objectsComponent(u, o))
			rest = rest[1:]
			continue
		}
		n := slices.IndexFunc(rest, func(c *config) bool { return c.ours })
		if n < 0 {
			n = len(rest)
		}
		some := rest[:n]
		rest = rest[n:]
		if foreign(some) && w.options.Plugins {
			w.refuse(u, "generators", nil, "a generator of others stands behind a PostgresApp, and the order of the resources is to be kept: "+
				"list the generators of others first, or leave sortOptions out")
		}
		components = append(components, w.generatorsComponent(u, all.entries(some)))
	}
	u.components = append(components, u.components...)
}

// generatorsComponent is the path of a Component with some of the generators of a kustomization.
func (w *walker) generatorsComponent(u *unit, entries []string) string {
	dir := w.mirror(u)
	p := &part{unit: u, generators: entries}
	written, err := p.write(types.ComponentKind)
	if err != nil {
		w.fail(fmt.Errorf("%s: %w", w.display(u.path()), err))
	}
	w.overlay.put(filepath.Join(dir, u.file), text(written))
	return w.reference(u, dir)
}
