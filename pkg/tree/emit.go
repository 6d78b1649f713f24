package tree

import (
	"bytes"
	"fmt"
	"path/filepath"

	"sigs.k8s.io/kustomize/api/types"
)

// assemble gives the part that is being put together its lists as they are by now.
func (w *walker) assemble(wk *work) *part {
	p := wk.part
	p.resources, p.generators, p.components = nil, nil, nil
	if !p.head {
		return p
	}
	for _, e := range wk.resources {
		if path := w.remaining(wk.unit, e); path != "" {
			p.resources = append(p.resources, path)
		}
	}
	p.generators = wk.unit.generators
	p.components = wk.components
	p.foreign = p.foreign || wk.unit.foreign
	return p
}

// remaining is the resource that takes the place of an entry from which apps have been expanded, or "".
func (w *walker) remaining(u *unit, e *entry) string {
	if len(e.gone) == 0 {
		return e.path
	}
	if !e.file.others && len(e.gone) == len(e.file.apps) {
		return ""
	}
	if e.rest == "" {
		name := w.name(u.dir) + ".yaml"
		w.overlay.put(filepath.Join(u.dir, name), &rest{e})
		w.stands(name, filepath.Join(u.dir, name), e.file.path)
		e.rest = name
	}
	return e.rest
}

// rest is what remains of a file when its apps are gone.
type rest struct{ entry *entry }

func (r *rest) bytes() ([]byte, error) { return r.entry.file.without(r.entry.gone) }

// include writes the part of a Component as it is by now, and adds it to what includes the Component.
func (w *walker) include(wk *work) {
	p := w.assemble(wk)
	if p.empty() {
		return
	}
	u, parent := wk.unit, wk.parent
	parent.changed = true
	written, err := p.write(types.ComponentKind)
	if err != nil {
		w.fail(fmt.Errorf("%s: %w", w.display(u.path()), err))
		return
	}
	if w.atHome(p) {
		if there, ok := w.overlay.files[u.path()].(text); ok && !bytes.Equal(there, written) {
			w.refuseTwice(u)
		}
		w.overlay.put(u.path(), text(written))
		parent.components = append(parent.components, w.reference(parent.unit, u.dir))
		return
	}
	key := u.dir + "\x00" + string(written)
	dir, ok := w.parts[key]
	if !ok {
		dir = w.mirror(u)
		w.overlay.put(filepath.Join(dir, u.file), text(written))
		w.parts[key] = dir
	}
	parent.components = append(parent.components, w.reference(parent.unit, dir))
}

// atHome tells whether the part has to be in the kustomization's own directory: helm and functions of others run in it.
func (w *walker) atHome(p *part) bool {
	f := &p.unit.fields
	return p.head && len(f.HelmCharts) > 0 || w.options.Plugins && (p.foreign || p.tail && len(f.Validators) > 0)
}

// refuseTwice says that a kustomization cannot be taken apart.
func (w *walker) refuseTwice(u *unit) {
	w.refuse(u, "transformers", nil, "the functions of others and helm charts stand both before and after a transformer of this project, or the Component "+
		"is included in several ways, and they can run in the kustomization's directory only once: move them to a kustomization of their own")
}

// mirror makes a directory beside the kustomization's that shows the same files.
func (w *walker) mirror(u *unit) string {
	name := w.name(u.dir)
	dir := filepath.Join(filepath.Dir(u.dir), name)
	w.overlay.mirrors[dir] = u.dir
	w.stands(name, dir, u.dir)
	return dir
}

// reference is the path of dir as a kustomization has to write it.
func (w *walker) reference(u *unit, dir string) string {
	relative, err := filepath.Rel(u.dir, dir)
	if err != nil {
		w.fail(fmt.Errorf("%s: %w", w.display(u.path()), err))
		return dir
	}
	return filepath.ToSlash(relative)
}

// finish writes a Kustomization. If it has been cut, each part is the base of the next one, and others refer to the last.
func (w *walker) finish(wk *work) {
	if !wk.changed {
		return
	}
	u, last := wk.unit, w.assemble(wk)
	last.outer = true
	if len(wk.parts) == 0 {
		w.write(u, u.dir, last, u.fields.Kind)
		return
	}
	var home *part
	for _, p := range append(partsOf(wk.parts), last) {
		if w.atHome(p) {
			if home != nil {
				w.refuseTwice(u)
			}
			home = p
		}
	}
	base := ""
	for i, c := range append(wk.parts, cut{part: last}) {
		if base != "" {
			resources := []string{base}
			if objects := wk.parts[i-1].objects; objects != nil {
				resources = append(resources, objects.paths()...)
			}
			c.part.resources = append(resources, c.part.resources...)
		}
		base = w.writePart(u, c.part, c.part == home, home != nil && home != last)
	}
}

func partsOf(cuts []cut) (parts []*part) {
	for _, c := range cuts {
		parts = append(parts, c.part)
	}
	return parts
}

// writePart writes a part of a Kustomization, and gives the path by which the next part refers to it. Others refer to the outer part by
// the kustomization's directory: it is there, or, if the directory is taken, kustomize is led from there to the outer part.
func (w *walker) writePart(u *unit, p *part, home, taken bool) string {
	switch {
	case home && p.outer, p.outer && !taken:
		w.write(u, u.dir, p, types.KustomizationKind)
		return ""
	case home:
		w.write(u, u.dir, p, types.KustomizationKind)
		name := w.name(u.dir)
		alias := filepath.Join(filepath.Dir(u.dir), name)
		w.overlay.redirects[alias] = u.dir
		w.stands(name, alias, u.dir)
		return w.reference(u, alias)
	default:
		dir := w.mirror(u)
		w.write(u, dir, p, types.KustomizationKind)
		if p.outer {
			w.overlay.redirects[u.dir] = dir
		}
		return w.reference(u, dir)
	}
}

func (w *walker) write(u *unit, dir string, p *part, kind string) {
	written, err := p.write(kind)
	if err != nil {
		w.fail(fmt.Errorf("%s: %w", w.display(u.path()), err))
		return
	}
	w.overlay.put(filepath.Join(dir, u.file), text(written))
}

// name is a name that nothing has in or beside the directory.
func (w *walker) name(dir string) string {
	for {
		w.counter++
		name := fmt.Sprintf("postgresapp~%d", w.counter)
		if !w.below.Exists(filepath.Join(dir, name)) && !w.below.Exists(filepath.Join(dir, name+".yaml")) &&
			!w.below.Exists(filepath.Join(filepath.Dir(dir), name)) {
			return name
		}
	}
}
