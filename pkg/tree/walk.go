package tree

import (
	"fmt"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// walker goes through the kustomizations in the order in which kustomize does, and rewrites them.
type walker struct {
	options Options
	below   filesys.FileSystem
	overlay *Overlay

	// root is the directory that is built, given how the user wrote it.
	root, given string

	// ordered tells whether the order of the input can be seen in the output.
	ordered bool

	// traced tells whether the output says what changed each resource.
	traced bool

	units   map[string]*unit
	results map[string]state
	active  map[string]bool
	read    map[string]*file
	schema  *schema
	counter int

	pending  []*Objects
	objects  []*Objects
	expanded map[expansionKey][]manifest.Object
	findings diag.Findings

	// err is an error of kustomize's, which is reported if no app has one.
	err error

	// ignored are configurations of ours that kustomize has fetched and left out.
	ignored []*document

	// assumed tells whether something that cannot be seen was taken to hold no app.
	assumed bool

	// places are what kustomize's messages and notes are to say instead of what exists only in the rewritten tree.
	places []replacement

	// markers are the transformers that stand in the rewritten tree where ours stood.
	markers map[string]origin

	// inlined are the paths of configurations that have been written into a kustomization, by what kustomize notes about them there.
	inlined map[origin]string

	// parts are the directories of parts of Components that have been written, and what is in them.
	parts map[string]string

	// layout is what a whole repository is laid out by, or nil where one kustomization is built.
	layout *layouter
}

// state is what is known about the PostgresApps in what kustomize has accumulated at some point.
type state struct {
	apps []app

	// unknown tells whether there may be more, from something that only kustomize sees when it runs.
	unknown bool
}

// app is a PostgresApp in what kustomize has accumulated.
type app struct {
	*document

	// touched tells whether something may have changed the app since it was read.
	touched bool

	// entry is the resource of the kustomization that the app comes straight from, or nil if it comes through another kustomization.
	entry *entry

	// home is the kustomization that lists the app's file, listed the entry with which it does.
	home   *unit
	listed string
}

// touch notes that something may have changed all apps.
func (s *state) touch() {
	for i := range s.apps {
		s.apps[i].touched = true
	}
}

func (s *state) touched() bool {
	return slices.ContainsFunc(s.apps, func(a app) bool { return a.touched })
}

// add takes over what another kustomization ends with.
func (s *state) add(other state) {
	for _, a := range other.apps {
		a.entry = nil
		s.apps = append(s.apps, a)
	}
	s.unknown = s.unknown || other.unknown
}

// detach notes that the resources of wk are settled.
func (s *state) detach(wk *work) {
	for i := range s.apps {
		if slices.Contains(wk.resources, s.apps[i].entry) {
			s.apps[i].entry = nil
		}
	}
}

// work is a kustomization that is being rewritten. A Component has one for each kustomization that includes it.
type work struct {
	unit *unit

	// parent includes this Component.
	parent *work

	resources  []*entry
	components []string

	// part is the one that is being put together, parts those that a Kustomization has been cut into before.
	part  *part
	parts []cut

	changed bool
}

// cut is a part of a Kustomization and the objects that come after it.
type cut struct {
	part    *part
	objects *arrival
}

// entry is an entry of a kustomization's resources.
type entry struct {
	path string
	file *file

	// gone are the apps in it that have been expanded.
	gone map[*document]bool

	// rest is the file with what remains, or "".
	rest string
}

func newWork(u *unit, parent *work) *work {
	wk := &work{unit: u, parent: parent, part: &part{unit: u, head: true}, changed: u.rewritten}
	return wk
}

// bottom is the Kustomization in which all the Components around wk end up.
func (wk *work) bottom() *work {
	for wk.parent != nil {
		wk = wk.parent
	}
	return wk
}

// unit reads the kustomization in dir, once. It is nil if kustomize will not be able to read it either.
func (w *walker) unit(dir string) *unit {
	if u, ok := w.units[dir]; ok {
		return u
	}
	u, err := readUnit(w.below, dir)
	if err != nil {
		u = nil
	}
	w.units[dir] = u
	if u != nil {
		w.prepare(u)
	}
	return u
}

// prepare replaces the generators of ours in a kustomization, and reads its transformers.
func (w *walker) prepare(u *unit) {
	if w.schema == nil && len(u.fields.OpenAPI) > 0 {
		w.schema = w.schemaOf(u)
	}
	w.generators(u)
	u.transformers = w.classify(u, u.fields.Transformers)
	w.checkTransformers(u)
	w.checkValidators(u)
}

// kustomization rewrites the Kustomization in dir, if that has not been done, and gives what it ends with. Its result is the same
// wherever it is used.
func (w *walker) kustomization(dir string) state {
	if s, ok := w.results[dir]; ok {
		return s
	}
	u := w.unit(dir)
	if u == nil || w.active[dir] {
		return state{unknown: true}
	}
	w.active[dir] = true
	defer delete(w.active, dir)

	wk := newWork(u, nil)
	var s state
	w.accumulate(wk, &s)
	w.transform(wk, &s)
	if dir == w.root || w.layout != nil && w.layout.ends(dir) {
		w.remainder(wk, &s)
	}
	wk.part.tail = true
	w.finish(wk)
	w.results[dir] = s
	return s
}

// accumulate goes through everything that comes before the kustomization's own transformers.
func (w *walker) accumulate(wk *work, s *state) {
	u := wk.unit
	for _, path := range u.resources {
		e := &entry{path: path}
		wk.resources = append(wk.resources, e)
		switch kind, target := w.locate(u, path); kind {
		case atFile:
			f, err := w.readFile(target)
			if err != nil {
				w.unreadable(u, path, err)
				s.unknown = true
				continue
			}
			e.file = f
			for _, d := range f.apps {
				s.apps = append(s.apps, app{document: d, entry: e, home: u, listed: path})
			}
			w.misplaced(f)
		case atDirectory:
			s.add(w.kustomization(target))
		case elsewhere:
			if _, ours := w.overlay.files[filepath.Join(u.dir, path)]; !ours {
				s.unknown = true
			}
		}
	}
	s.unknown = s.unknown || u.foreign
	for _, path := range u.components {
		w.component(wk, path, s)
	}
	if u.transforms() {
		s.touch()
	}
}

// component goes through a Component that wk includes, and notes in wk what takes its place.
func (w *walker) component(wk *work, path string, s *state) {
	kind, dir := w.locate(wk.unit, path)
	if w.overlay.directories[filepath.Join(wk.unit.dir, path)] {
		wk.components = append(wk.components, path)
		return
	}
	var u *unit
	if kind == atDirectory && !w.active[dir] {
		u = w.unit(dir)
	}
	if u == nil || !u.isComponent() {
		s.unknown = true
		s.touch()
		wk.components = append(wk.components, path)
		return
	}
	w.active[dir] = true
	defer delete(w.active, dir)

	inner := newWork(u, wk)
	w.accumulate(inner, s)
	w.transform(inner, s)
	inner.part.tail = true
	s.detach(inner)
	if !inner.changed {
		wk.components = append(wk.components, path)
		return
	}
	wk.changed = true
	w.include(inner)
}

// transform goes through the transformers of a kustomization. At each of ours, the apps are replaced by their objects.
func (w *walker) transform(wk *work, s *state) {
	all := wk.unit.transformers
	rest := all.list
	for {
		i := slices.IndexFunc(rest, func(c *config) bool { return c.ours })
		if i < 0 {
			break
		}
		before, defaults := rest[:i], rest[i]
		rest = rest[i+1:]
		wk.changed = true
		w.pass(wk, before, s)
		w.point(wk, defaults, s)
	}
	w.pass(wk, rest, s)
}

// pass goes through transformers that are not ours.
func (w *walker) pass(wk *work, some []*config, s *state) {
	if len(some) == 0 {
		return
	}
	wk.part.transformers = append(wk.part.transformers, wk.unit.transformers.entries(some)...)
	s.touch()
	if foreign(some) {
		wk.part.foreign = true
		s.unknown = true
	}
}

// misplaced refuses defaults that are listed as a resource: no cluster knows them, and the function would take them for its
// configuration if they have the same name. What is local configuration does no harm.
func (w *walker) misplaced(f *file) {
	for _, d := range f.misplaced {
		if d.local {
			continue
		}
		w.findings = append(w.findings, diag.Finding{
			Severity: diag.Error, Kind: d.kind, Namespace: d.namespace, Name: d.name, Source: w.display(d.path),
			Message: "as a resource it has no effect and no cluster knows it: list the file under transformers alone",
		})
	}
	f.misplaced = nil
}

// checkTransformers refuses what the function refuses.
func (w *walker) checkTransformers(u *unit) {
	for _, c := range u.transformers.list {
		if c.ours && c.kind != v1alpha1.KindPostgresDefaults {
			w.refuse(u, "transformers", c, fmt.Sprintf("a %s is no transformer: list it under generators or resources; a transformer of kind %s "+
				"expands every app in the build", c.kind, v1alpha1.KindPostgresDefaults))
		}
	}
}

// checkValidators refuses functions of ours among the validators: kustomize fails with every function there.
func (w *walker) checkValidators(u *unit) {
	if len(u.fields.Validators) == 0 {
		return
	}
	for _, c := range w.classify(u, u.fields.Validators).list {
		if c.ours {
			w.refuse(u, "validators", c, fmt.Sprintf("kustomize does not let a function validate: remove the %s, every app is checked when it is expanded", c.kind))
		}
	}
}

// refuse says that a configuration cannot be used where it is.
func (w *walker) refuse(u *unit, field string, c *config, message string) {
	f := diag.Finding{Severity: diag.Error, Source: w.display(u.path()), Field: field, Message: message}
	if c != nil {
		f.Kind, f.Namespace, f.Name = c.kind, c.namespace, c.name
		if c.path != u.path() {
			f.Source = w.display(c.path)
			f.Message += " (" + field + " of " + w.display(u.path()) + ")"
		}
	}
	w.findings = append(w.findings, f)
}

// inputOrder tells whether kustomize writes resources in the order of the input.
func inputOrder(fields *types.Kustomization, byFlag bool) bool {
	if fields.SortOptions != nil {
		return fields.SortOptions.Order == types.FIFOSortOrder
	}
	return byFlag
}
