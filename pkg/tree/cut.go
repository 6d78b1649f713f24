package tree

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// point is where a transformer of ours stands: the apps that kustomize has accumulated here go, and their objects come.
func (w *walker) point(wk *work, defaults *config, s *state) {
	from := w.configOrigin(defaults)
	found := w.take(wk, s, defaults, from, false)
	*s = state{}
	w.place(wk, found, from)
}

// remainder expands the apps that no transformer of ours has reached, at the end of the kustomization that is built and without
// defaults, as if its last transformer did. An app that is annotated as local configuration stays out, as kustomize would have it.
func (w *walker) remainder(wk *work, s *state) {
	from := origin{path: w.rel(wk.unit.path()), apiVersion: v1alpha1.APIVersion, kind: v1alpha1.KindPostgresApp, unnoted: true}
	found := w.take(wk, s, nil, from, true)
	if found.objects == nil {
		return
	}
	*s = state{}
	wk.changed = true
	w.place(wk, found, from)
}

// found is what a transformer of ours does to the resources that kustomize has accumulated.
type found struct {
	// objects come, or nil.
	objects *arrival

	// remain tells whether apps have to be removed from what is accumulated; others have left the files that they came from.
	remain bool

	// verify tells whether kustomize has to show that there were no other apps.
	verify bool
}

// take finds out which apps kustomize has accumulated, and plans their objects.
func (w *walker) take(wk *work, s *state, by *config, from origin, remainder bool) (f found) {
	var defaults *document
	if by != nil {
		defaults = by.document
	}
	none := len(s.apps) == 0
	if none && !s.unknown {
		return f
	}
	if none && w.options.Assume {
		w.assumed = true
		f.verify = !remainder
		return f
	}
	direct := !slices.ContainsFunc(s.apps, func(a app) bool { return a.entry == nil })
	var apps []*document
	if !s.touched() && (!s.unknown || w.options.Assume && direct) {
		for _, a := range s.apps {
			if remainder && a.local {
				continue
			}
			apps = append(apps, a.document)
			if direct {
				a.entry.remove(a.document)
			}
		}
		f.remain = !direct
		if s.unknown {
			w.assumed = true
			f.verify = !remainder
		}
	} else {
		apps = slices.DeleteFunc(w.askApps(wk, s.apps), func(d *document) bool { return remainder && d.local })
		f.remain = true
	}
	if len(apps) == 0 {
		return found{verify: f.verify}
	}
	f.objects = w.request(wk.unit.dir, apps, defaults, from)
	if w.layout != nil {
		w.layout.land(wk, by, s.apps, apps)
	}
	return f
}

// remove takes an app out of the file that the entry refers to.
func (e *entry) remove(d *document) {
	if e.gone == nil {
		e.gone = map[*document]bool{}
	}
	e.gone[d] = true
}

// place puts objects where a transformer of ours stands in wk.
func (w *walker) place(wk *work, f found, from origin) {
	atEnd := wk.part.head && len(wk.part.transformers) == 0 && !wk.unit.transforms()
	switch {
	case f.verify:
		w.mark(wk, captureApps, from)
	case f.remain || w.traced:
		w.mark(wk, deleteApps, from)
		atEnd = false
	}
	switch {
	case f.objects == nil && !w.traced:
	case wk.parent != nil:
		w.splitComponent(wk, f.objects)
	case atEnd:
		w.append(wk, f.objects)
	default:
		w.assemble(wk)
		wk.parts = append(wk.parts, cut{wk.part, f.objects})
		wk.part = &part{unit: wk.unit}
	}
}

// mark puts one of kustomize's own transformers where a transformer of ours stood. It is a file, which comes after all transformers
// that the part has so far.
func (w *walker) mark(wk *work, patch func(name string) string, from origin) {
	name := w.name(wk.unit.dir)
	file := name + ".yaml"
	w.overlay.put(filepath.Join(wk.unit.dir, file), text(patch(name)))
	w.markers[name] = from
	wk.part.transformers = append(wk.part.transformers, file)
	wk.changed = true
}

// append adds objects at the end of what a Kustomization accumulates before its own transformers: as a resource if nothing comes
// between, or if the order cannot be seen.
func (w *walker) append(wk *work, objects *arrival) {
	if len(wk.components) == 0 && (!w.ordered || !wk.unit.generates() && len(wk.unit.generators) == 0) {
		wk.addResources(objects)
		return
	}
	wk.components = append(wk.components, w.objectsComponent(wk.unit, objects))
}

func (wk *work) addResources(objects *arrival) {
	for _, path := range objects.paths() {
		wk.resources = append(wk.resources, &entry{path: path})
	}
}

// objectsComponent is the path of a Component that adds objects to the kustomization that includes it.
func (w *walker) objectsComponent(u *unit, objects *arrival) string {
	name := w.name(u.dir)
	dir := filepath.Join(u.dir, name)
	w.move(objects, dir)
	w.overlay.directories[dir] = true
	w.overlay.put(filepath.Join(dir, "kustomization.yaml"), text(fmt.Sprintf("apiVersion: %s\nkind: %s\nresources:\n- %s\n",
		types.ComponentVersion, types.ComponentKind, strings.Join(objects.paths(), "\n- "))))
	return name
}

// splitComponent ends the part of the Component before the transformer, and puts the objects behind it.
func (w *walker) splitComponent(wk *work, objects *arrival) {
	if bottom := wk.bottom(); objects != nil && w.hoistable(wk) {
		w.move(objects, bottom.unit.dir)
		bottom.addResources(objects)
		bottom.changed = true
	} else {
		w.include(wk)
		if objects != nil {
			wk.parent.components = append(wk.parent.components, w.objectsComponent(wk.parent.unit, objects))
		}
	}
	wk.resources, wk.components = nil, nil
	wk.part = &part{unit: wk.unit}
}

// move gives files of objects another directory.
func (w *walker) move(objects *arrival, dir string) {
	for _, o := range objects.files {
		delete(w.overlay.files, o.Path)
		o.Path = filepath.Join(dir, filepath.Base(o.Path))
		w.overlay.put(o.Path, o)
	}
}

// hoistable tells whether objects at this point of a Component can as well be resources of the kustomization that includes it: nothing
// that could tell the difference comes before them.
func (w *walker) hoistable(wk *work) bool {
	if w.traced {
		return false
	}
	for ; wk.parent != nil; wk = wk.parent {
		if !w.assemble(wk).empty() {
			return false
		}
	}
	return len(wk.components) == 0 && (!w.ordered || !wk.unit.generates() && len(wk.unit.generators) == 0)
}
