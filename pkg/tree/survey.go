package tree

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// node is a kustomization of a repository, with what it refers to and what refers to it.
type node struct {
	unit *unit

	// bases are the kustomizations among its resources, components those that it includes, configs those that its generators,
	// transformers and validators are configured by.
	bases, components, configs []*node

	// opaque tells whether a Component cannot be looked into.
	opaque bool

	// users list it among their resources or components.
	users []*node

	// yields tells whether its resources are built, and not only configurations made of them.
	yields bool

	// group is shared by all kustomizations that are connected.
	group *group

	// free says whether everything that uses it leaves resources as they are: nil while that is not known.
	free *bool
}

// group is a set of connected kustomizations.
type group struct {
	up *group

	// ordered tells whether one of them writes its output in the order of the input.
	ordered bool
}

func (g *group) top() *group {
	for g.up != nil {
		g = g.up
	}
	return g
}

// survey reads all kustomizations. It returns false if nothing can be said about the repository.
func (l *layouter) survey() bool {
	l.nodes = map[string]*node{}
	starts := l.places.Roots
	if starts == nil {
		starts = l.places.Kustomizations
	}
	for _, dir := range starts {
		l.visit(dir)
	}
	if l.findings.Failed() || l.cyclic() {
		return false
	}
	dirs := l.sorted()
	l.roles(dirs)
	for _, dir := range dirs {
		n := l.nodes[dir]
		if !n.yields {
			continue
		}
		l.dirs = append(l.dirs, dir)
		l.check(n)
	}
	return true
}

// visit reads the kustomization in dir and everything that it refers to.
func (l *layouter) visit(dir string) *node {
	if n, ok := l.nodes[dir]; ok {
		return n
	}
	u, err := readUnit(l.below, dir)
	if err != nil {
		l.findings = append(l.findings, diag.Finding{Severity: diag.Error, Source: l.display(dir), Message: l.words(err)})
		l.nodes[dir] = nil
		return nil
	}
	n := &node{unit: u, group: &group{}}
	l.checkReferences(u)
	n.group.ordered = inputOrder(&u.fields, l.options.InputOrder)
	l.nodes[dir] = n
	refer := func(entries []string) (found []*node) {
		for _, entry := range entries {
			kind, target := l.locate(u, entry)
			if kind != atDirectory {
				continue
			}
			if other := l.visit(target); other != nil {
				found = append(found, other)
			}
		}
		return found
	}
	n.bases = refer(u.fields.Resources)
	n.components = refer(u.fields.Components)
	n.opaque = len(n.components) < len(u.fields.Components)
	for _, entries := range [][]string{u.fields.Generators, u.fields.Transformers, u.fields.Validators} {
		n.configs = append(n.configs, refer(entries)...)
	}
	for _, other := range slices.Concat(n.bases, n.components) {
		other.users = append(other.users, n)
		if a, b := n.group.top(), other.group.top(); a != b {
			b.up, a.ordered = a, a.ordered || b.ordered
		}
	}
	return n
}

// checkReferences refuses what leads to nothing: a Component that cannot be seen would be missing without a word.
func (l *layouter) checkReferences(u *unit) {
	for _, list := range []struct {
		name    string
		entries []string
		inline  bool // they may be resources themselves
	}{{"resources", u.fields.Resources, false}, {"components", u.fields.Components, false}, {"generators", u.fields.Generators, true},
		{"transformers", u.fields.Transformers, true}} {
		for i, entry := range list.entries {
			if kind, _ := l.locate(u, entry); kind != elsewhere || isRemote(entry) {
				continue
			}
			if _, err := parseInline(entry, ""); list.inline && (entry == "" || err == nil) {
				continue
			}
			l.refuse(u, fmt.Sprintf("%s[%d]", list.name, i), nil, fmt.Sprintf("%.200q is not in %s: correct it, or expand the directory that holds both", entry, l.given))
		}
	}
}

// words are an error of a file, without the paths that exist only in here.
func (l *layouter) words(err error) string {
	return strings.ReplaceAll(l.translate(err).Error(), "'/", "'"+strings.TrimSuffix(l.given, "/")+"/")
}

// cyclic refuses kustomizations that contain themselves.
func (l *layouter) cyclic() bool {
	const open, closed = 1, 2
	states := map[*node]int{}
	var path []*node
	var follow func(n *node) bool
	follow = func(n *node) bool {
		switch states[n] {
		case closed:
			return false
		case open:
			var names []string
			for _, one := range path[slices.Index(path, n):] {
				names = append(names, l.display(one.unit.dir))
			}
			l.refuse(n.unit, "", nil, "it contains itself: "+strings.Join(append(names, l.display(n.unit.dir)), " refers to "))
			return true
		}
		states[n] = open
		path = append(path, n)
		for _, other := range slices.Concat(n.bases, n.components, n.configs) {
			if follow(other) {
				return true
			}
		}
		path = path[:len(path)-1]
		states[n] = closed
		return false
	}
	for _, dir := range l.sorted() {
		if follow(l.nodes[dir]) {
			return true
		}
	}
	return false
}

func (l *layouter) sorted() []string { return slices.Sorted(maps.Keys(l.nodes)) }

// roles tells the kustomizations that are built from those that only make configurations of generators and transformers.
func (l *layouter) roles(dirs []string) {
	configures := map[*node]bool{}
	for _, dir := range dirs {
		for _, other := range l.nodes[dir].configs {
			configures[other] = true
		}
	}
	var reach func(n *node)
	reach = func(n *node) {
		if n.yields {
			return
		}
		n.yields = true
		for _, other := range slices.Concat(n.bases, n.components) {
			reach(other)
		}
	}
	for _, dir := range l.places.Roots {
		if n := l.nodes[dir]; n != nil {
			reach(n)
		}
	}
	for _, dir := range dirs {
		if n := l.nodes[dir]; len(n.users) == 0 && !configures[n] {
			reach(n)
		}
	}
}

// ends tells whether the apps that a Kustomization ends with are to be expanded at its end: nothing that uses it expands or changes
// them.
func (l *layouter) ends(dir string) bool {
	n := l.nodes[dir]
	return n != nil && n.yields && (l.isFree(n) || slices.Contains(l.places.Roots, dir))
}

func (l *layouter) isFree(n *node) bool {
	if n.free != nil {
		return *n.free
	}
	free := !slices.ContainsFunc(n.users, func(user *node) bool { return user.yields && (l.interferes(user) || !l.isFree(user)) })
	n.free = &free
	return free
}

// interferes tells whether the kustomization may change or expand what it has for resources.
func (l *layouter) interferes(n *node) bool {
	return n.opaque || n.unit.transforms() || len(n.unit.fields.Transformers) > 0 || slices.ContainsFunc(n.components, l.interferes)
}

// check reads the configurations of a kustomization, and refuses what cannot be laid out. It also reduces the kustomization to what
// kustomize can run on without a network and other programs: kustomize is only asked for apps.
func (l *layouter) check(n *node) {
	u := n.unit
	l.units[u.dir] = u
	l.prepare(u)
	for _, entry := range u.fields.Generators {
		l.checkEntry(u, "generators", entry, u.generating)
	}
	for _, entry := range u.fields.Transformers {
		l.checkEntry(u, "transformers", entry, u.transformers)
	}
	for _, entry := range u.fields.Resources {
		kind, path := l.locate(u, entry)
		if kind != atFile {
			continue
		}
		if _, err := l.readFile(path); err != nil {
			l.findings = append(l.findings, diag.Finding{Severity: diag.Error, Source: l.display(path), Message: l.words(err)})
		}
	}
	for i, r := range u.fields.Replacements {
		if r.Source != nil && l.isAppKind(r.Source.Group, r.Source.Kind) {
			l.refuse(u, fmt.Sprintf("replacements[%d].source", i), nil, "a value of a PostgresApp is copied, which is gone once it is expanded: "+
				"copy it from one of its objects, or write it in both places")
		}
	}
	l.reduce(u)
}

// checkEntry refuses entries that hold configurations of ours beside others, and those that cannot be read.
func (l *layouter) checkEntry(u *unit, field, entry string, all *configs) {
	ours, others := 0, 0
	for _, c := range all.list {
		switch {
		case c.entry != entry:
		case c.ours:
			ours++
		default:
			others++
		}
	}
	what := entry
	if all.inline[entry] {
		what = "an entry"
	}
	if ours > 0 && others > 0 {
		l.refuse(u, field, nil, fmt.Sprintf("%s holds configurations of this project beside others: give them files of their own", what))
	}
	if all.inline[entry] {
		return
	}
	kind, path := l.locate(u, entry)
	if kind == elsewhere || ours > 0 {
		return
	}
	_, err := l.configDocuments(u, entry)
	switch {
	case err == nil:
	case kind == atFile:
		l.findings = append(l.findings, l.misread(path, err))
	default:
		l.findings = append(l.findings, diag.Finding{Severity: diag.Error, Source: l.display(path), Message: l.words(err)})
	}
}

// reduce takes out of a kustomization, as kustomize sees it when it is asked for apps, what apps do not depend on and what would need
// the network or other programs.
func (l *layouter) reduce(u *unit) {
	f := &u.fields
	local := func(entries []string) []string {
		return slices.DeleteFunc(slices.Clone(entries), func(entry string) bool {
			kind, _ := l.locate(u, entry)
			_, ours := l.overlay.files[filepath.Join(u.dir, entry)]
			return kind == elsewhere && !ours
		})
	}
	resources, components := local(u.resources), local(u.components)
	changed := len(resources) < len(u.resources) || len(components) < len(u.components) || len(f.HelmCharts)+len(f.Replicas)+len(f.HelmChartInflationGenerator) > 0
	u.resources, u.components = resources, components

	var fields map[string]any
	text, err := json.Marshal(f)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		l.fail(fmt.Errorf("%s: %w", l.display(u.path()), err))
		return
	}
	for _, name := range []string{"helmCharts", "helmGlobals", "helmChartInflationGenerator", "replicas"} {
		delete(fields, name)
	}
	patches := slices.DeleteFunc(slices.Clone(f.Patches), func(p types.Patch) bool { return p.Target == nil && !l.forApps(u, p.Path, p.Patch).any })
	merges := slices.DeleteFunc(slices.Clone(f.PatchesStrategicMerge), func(p types.PatchStrategicMerge) bool { return !l.mergesApps(u, p).any })
	if len(patches) < len(f.Patches) || len(merges) < len(f.PatchesStrategicMerge) {
		changed = true
		fields["patches"], fields["patchesStrategicMerge"] = patches, merges
	}
	if !changed {
		return
	}
	if u.raw, err = json.Marshal(fields); err != nil {
		l.fail(fmt.Errorf("%s: %w", l.display(u.path()), err))
	}
	u.rewritten = true
}
