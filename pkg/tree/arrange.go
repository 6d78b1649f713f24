package tree

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// expandedSuffix ends the names of files of expanded apps.
const expandedSuffix = ".expanded.yaml"

// arrange finds a place in the files of the repository for everything that apps become, and takes the apps out of it.
func (l *layouter) arrange() {
	if l.findings.Failed() || l.err != nil {
		return
	}
	l.gone, l.split = map[*document]bool{}, map[*node]bool{}
	l.replaced = map[*document]bool{}
	for _, dir := range l.dirs {
		l.configurations(l.nodes[dir])
	}
	for _, n := range l.arrivals {
		l.arrangeLanding(n)
	}
	for _, dir := range l.dirs {
		l.strip(l.nodes[dir])
	}
	for _, b := range l.bare {
		l.arrangeBare(b)
	}
}

func (l *layouter) change(u *unit) *Change {
	c := l.changes[u.path()]
	if c == nil {
		c = &Change{Path: u.path()}
		l.changes[u.path()] = c
	}
	return c
}

func (c *Change) entry(list, before, after string) {
	e := EntryChange{List: list, Old: before, New: after}
	if before == "" || !slices.ContainsFunc(c.Entries, func(o EntryChange) bool { return o.List == list && o.Old == before }) {
		c.Entries = append(c.Entries, e)
	}
}

// configurations removes the configurations of ours, and gives what the generators among them make a place.
func (l *layouter) configurations(n *node) {
	u := n.unit
	for _, list := range []struct {
		name string
		all  *configs
	}{{"generators", u.generating}, {"transformers", u.transformers}} {
		for _, c := range list.all.list {
			if !c.ours {
				continue
			}
			l.change(u).entry(list.name, c.entry, "")
			if !list.all.inline[c.entry] {
				if kind, path := l.locate(u, c.entry); kind == atFile {
					l.spent = append(l.spent, path)
				}
			}
		}
	}
	l.arrangeGenerated(n)
	gone, files := l.appPatches(u)
	if len(gone) > 0 && !slices.ContainsFunc(l.results[u.dir].apps, func(a app) bool { return a.local }) {
		l.change(u).Patches = gone
		l.spent = append(l.spent, files...)
	}
}

// arrangeGenerated puts the objects of generators among the resources, or, where the order of the output is that of the input and others
// come before them, into a Component that comes first.
func (l *layouter) arrangeGenerated(n *node) {
	u := n.unit
	if len(u.generated) == 0 {
		return
	}
	var files []*Expansion
	for _, g := range u.generated {
		l.refuseEncrypted(g.document)
		e := l.expansion(u, g.path, []*document{g.document})
		e.append(l.objectsOf([]*document{g.document}, nil))
		files = append(files, e)
	}
	isOther := func(c *config) bool { return !c.ours }
	if !n.group.top().ordered || !u.generates() && !slices.ContainsFunc(u.generating.list, isOther) {
		for i, e := range files {
			l.change(u).entry("resources", "", l.reference(u, l.put(e, u.generated[i].name)))
		}
		return
	}
	first := slices.IndexFunc(u.generating.list, func(c *config) bool { return c.ours })
	if slices.ContainsFunc(u.generating.list[first:], isOther) {
		l.refuse(u, "generators", u.generated[0], "another generator comes after it, and the order of the resources is to be kept: "+
			"list the others first, or leave sortOptions out")
		return
	}
	name := u.generated[0].name
	dir := l.directory(u, name, name)
	var entries []string
	for i, e := range files {
		e.Path = filepath.Join(dir, filepath.Base(e.Path))
		entries = append(entries, filepath.Base(l.put(e, u.generated[i].name)))
	}
	l.putComponent(dir, u, entries)
	c := l.change(u)
	c.Entries = append(c.Entries, EntryChange{List: "components", New: l.reference(u, dir), First: true})
}

// sourceGroup is what a landing makes of the apps of one file.
type sourceGroup struct {
	source string
	apps   []*document
	app    *app
}

func (n *landing) groups() (groups []*sourceGroup) {
	for _, d := range n.apps {
		i := slices.IndexFunc(groups, func(g *sourceGroup) bool { return g.source == d.path })
		if i < 0 {
			i, groups = len(groups), append(groups, &sourceGroup{source: d.path, app: n.listing(d)})
		}
		groups[i].apps = append(groups[i].apps, d)
	}
	return groups
}

// arrangeLanding puts the objects of a landing where kustomize gives them what comes after it, and nothing of what comes before.
func (l *layouter) arrangeLanding(n *landing) {
	for i := range n.seen {
		if n.by != nil || !n.seen[i].local {
			l.gone[n.seen[i].document] = true
		}
	}
	all := l.objectsOf(n.apps, n.by)
	among := l.amongResources(n, all)
	if l.findings.Failed() {
		return
	}
	if !among {
		l.arrangeBehind(n)
		return
	}
	u := n.node.unit
	ordered := n.node.group.top().ordered
	if ordered {
		e := l.expansion(u, n.apps[0].path, n.apps)
		e.append(all)
		l.change(u).entry("resources", "", l.reference(u, l.put(e, n.apps[0].name)))
		return
	}
	for _, g := range n.groups() {
		home := l.home(n, g)
		if home == nil {
			e := l.expansion(u, g.source, g.apps)
			e.append(l.objectsOf(g.apps, n.by))
			l.change(u).entry("resources", "", l.reference(u, l.put(e, g.apps[0].name)))
			continue
		}
		e := l.expansion(home, g.source, g.apps)
		e.Pieces = l.pieces(n, g)
		l.change(home).entry("resources", g.app.listed, l.reference(home, l.put(e, g.apps[0].name)))
		for i := range n.seen {
			if n.seen[i].home == home && n.seen[i].listed == g.app.listed {
				l.replaced[n.seen[i].document] = true
			}
		}
	}
}

// home is the kustomization in which objects can take the place of the file that its apps are from, or nil.
func (l *layouter) home(n *landing, g *sourceGroup) *unit {
	switch {
	case g.app == nil:
		return nil
	case g.app.home == n.node.unit:
		return g.app.home
	case n.by == nil && !g.app.touched && l.isFree(l.nodes[g.app.home.dir]):
		return g.app.home
	}
	return nil
}

// pieces are the documents of a file, with objects in the places of apps. Apps that are not expanded stay.
func (l *layouter) pieces(n *landing, g *sourceGroup) (pieces []Piece) {
	f, err := l.readFile(g.source)
	if err != nil {
		l.fail(err)
		return nil
	}
	made := map[*document][]manifest.Object{}
	rest := g.apps
	for _, d := range f.apps {
		if n.by == nil && d.local || len(rest) == 0 {
			continue
		}
		made[d] = l.objectsOf(rest[:1], n.by)
		rest = rest[1:]
	}
	return f.pieces(l, made)
}

// strip takes apps out of a kustomization that are expanded elsewhere.
func (l *layouter) strip(n *node) {
	u := n.unit
	for _, entry := range u.fields.Resources {
		kind, path := l.locate(u, entry)
		if kind != atFile {
			continue
		}
		f, err := l.readFile(path)
		if err != nil {
			continue
		}
		gone, stays := map[*document][]manifest.Object{}, f.others
		for _, d := range f.apps {
			if l.gone[d] {
				gone[d] = nil
			} else {
				stays = true
			}
		}
		if len(gone) == 0 {
			continue
		}
		l.spent = append(l.spent, path)
		if slices.ContainsFunc(l.change(u).Entries, func(e EntryChange) bool { return e.List == "resources" && e.Old == entry }) {
			continue
		}
		if !stays {
			l.change(u).entry("resources", entry, "")
			continue
		}
		e := l.expansion(u, path, nil)
		e.Pieces = f.pieces(l, gone)
		l.change(u).entry("resources", entry, l.reference(u, l.put(e, "rest")))
	}
}

// arrangeBare puts objects in the place of a file that no kustomization lists.
func (l *layouter) arrangeBare(b *bareFile) {
	made := map[*document][]manifest.Object{}
	var names []string
	for _, d := range b.apps {
		made[d] = l.objectsOf([]*document{d}, nil)
		names = append(names, d.name)
	}
	path := expandedPath(b.file.path)
	if l.places.Taken(path) {
		l.refuseTaken(path, b.file.path)
		return
	}
	l.expansions[path] = &Expansion{Path: path, Source: b.file.path, Bare: true, Apps: names, Pieces: b.file.pieces(l, made)}
	l.spent = append(l.spent, b.file.path)
}

func expandedPath(source string) string {
	stem := source
	for _, extension := range []string{".yaml", ".yml", ".json"} {
		stem = strings.TrimSuffix(stem, extension)
	}
	return stem + expandedSuffix
}

// expansion begins a file of expanded apps. It goes beside its source if the kustomization may load files from there, else beside the
// kustomization.
func (l *layouter) expansion(u *unit, source string, apps []*document) *Expansion {
	e := &Expansion{Source: source}
	for _, d := range apps {
		e.Apps = append(e.Apps, d.name)
	}
	e.Path = expandedPath(source)
	if !strings.HasPrefix(source, strings.TrimSuffix(u.dir, "/")+"/") {
		e.Path = filepath.Join(u.dir, filepath.Base(e.Path))
	}
	if IsKustomizationFile(filepath.Base(source)) && len(apps) > 0 {
		e.Path = filepath.Join(u.dir, apps[0].name+expandedSuffix)
	}
	return e
}

func (e *Expansion) append(objects []manifest.Object) {
	for _, object := range objects {
		e.Pieces = append(e.Pieces, Piece{Object: object})
	}
}

// put adds a file, or finds the one that is there already and the same. Where another one is in the way, the name of the file gets the
// app's.
func (l *layouter) put(e *Expansion, name string) string {
	stem := strings.TrimSuffix(e.Path, expandedSuffix)
	for i := 1; ; i++ {
		there := l.expansions[e.Path]
		if there == nil && !l.places.Taken(e.Path) {
			l.expansions[e.Path] = e
			return e.Path
		}
		if there != nil && reflect.DeepEqual(there.Pieces, e.Pieces) {
			return e.Path
		}
		if there == nil {
			l.refuseTaken(e.Path, e.Source)
			return e.Path
		}
		e.Path = stem + "-" + name + expandedSuffix
		if i > 1 {
			e.Path = fmt.Sprintf("%s-%s-%d%s", stem, name, i, expandedSuffix)
		}
	}
}

func (l *layouter) refuseTaken(path, source string) {
	l.findings = append(l.findings, diag.Finding{Severity: diag.Error, Source: l.display(path), Message: fmt.Sprintf(
		"it is where the expansion of %s belongs, and was not written by this program: give it another name", l.display(source))})
}

// objectsOf are what apps become, in the order in which the function emits it.
func (l *layouter) objectsOf(apps []*document, by *config) (objects []manifest.Object) {
	var defaults *document
	if by != nil {
		defaults = by.document
	}
	for _, d := range apps {
		objects = append(objects, l.expanded[key(defaults, d)]...)
	}
	slices.SortStableFunc(objects, func(a, b manifest.Object) int { return strings.Compare(sortKey(a), sortKey(b)) })
	return objects
}

// pieces are the file's documents, with objects in the places of some of its apps.
func (f *file) pieces(l *layouter, made map[*document][]manifest.Object) (pieces []Piece) {
	if !f.others && len(made) == len(f.apps) {
		for _, d := range f.apps {
			for _, object := range made[d] {
				pieces = append(pieces, Piece{Object: object})
			}
		}
		return pieces
	}
	byID := map[string][]manifest.Object{}
	gone := map[string]bool{}
	for d, objects := range made {
		byID[d.id()], gone[d.id()] = objects, true
	}
	put := func(id string, text []byte) {
		if !gone[id] {
			pieces = append(pieces, Piece{Text: text})
			return
		}
		for _, object := range byID[id] {
			pieces = append(pieces, Piece{Object: object})
		}
	}
	chunks := separator().Split(strings.ReplaceAll(string(f.raw), "\r\n", "\n"), -1)
	for _, chunk := range chunks {
		documents, err := parse([]byte(chunk+"\n"), f.path)
		if err != nil || len(documents) > 1 {
			return f.listed(l, put, &pieces)
		}
		if len(documents) == 1 {
			put(documents[0].id(), append(bytes.TrimRight([]byte(strings.TrimPrefix(chunk, "---\n")), "\n"), '\n'))
		}
	}
	return pieces
}

// listed is pieces for a file whose resources are in lists: each becomes a document of its own.
func (f *file) listed(l *layouter, put func(id string, text []byte), pieces *[]Piece) []Piece {
	*pieces = nil
	documents, err := parse(f.raw, f.path)
	if err != nil {
		l.fail(err)
		return nil
	}
	for _, d := range documents {
		fields, err := jsontype.Parse(d.json)
		if err != nil {
			l.fail(err)
			return nil
		}
		text, err := manifest.Object{Fields: fields.(map[string]any)}.YAML()
		if err != nil {
			l.fail(err)
			return nil
		}
		put(d.id(), text)
	}
	return *pieces
}
