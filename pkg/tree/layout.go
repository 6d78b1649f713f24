package tree

import (
	"errors"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// Layout is what to change in the files of a repository, so that stock kustomize gives for each of its kustomizations what it gives
// with the function. It is for those who write files: Rewrite needs fewer restrictions, but its tree cannot be laid down on a disk.
type Layout struct {
	// Changes are to be made to kustomization files, in the order of their paths.
	Changes []*Change

	// Expansions are files to add, in the order of their paths.
	Expansions []*Expansion

	// Copies are files to add that are copies of others, from path to path.
	Copies map[string]string

	// Sources are the files that held nothing but what has been expanded, or what it was expanded with. Nothing refers to them any more.
	Sources []string

	// Apps is the number of apps, each counted once for each place where it is expanded.
	Apps int
}

// Change is what becomes of a kustomization file.
type Change struct {
	// Path is the kustomization file.
	Path string

	// Entries are the changes to its lists, in the order in which they are to be made.
	Entries []EntryChange

	// Fields are fields that go.
	Fields []string

	// Patches are elements of lists that go, which have no entries to name them by.
	Patches []PatchChange
}

// EntryChange replaces an entry of a list by another one. Without Old an entry is added at the end, without New one goes.
type EntryChange struct {
	List, Old, New string

	// After is the entry behind which an added one comes, or "". First puts it before all others.
	After string
	First bool
}

// PatchChange removes an element of a list.
type PatchChange struct {
	List  string
	Index int
}

// Expansion is a file of expanded apps.
type Expansion struct {
	// Path is where the file goes.
	Path string

	// Source is the file that the apps are from. Bare tells whether no kustomization lists it.
	Source string
	Bare   bool

	// Apps are the names of the apps, for messages.
	Apps []string

	// Pieces are its documents, in their order. It has none if it is a kustomization.
	Pieces []Piece

	// Kustomization is the text of a kustomization, or nil.
	Kustomization []byte
}

// Piece is a part of an expansion: text of the source that stays as it is, or an object.
type Piece struct {
	Text   []byte
	Object manifest.Object
}

// Places are the parts of a repository that are to be laid out. All paths are absolute.
type Places struct {
	// Kustomizations are the directories of kustomizations.
	Kustomizations []string

	// Roots are those among them that are built by themselves whatever refers to them, or nil for those that nothing refers to.
	Roots []string

	// Bare are the files with resources for which Flux makes a kustomization: those in directories without one.
	Bare []string

	// Taken tells whether something that was not expanded before has a path.
	Taken func(path string) bool

	// Written tells whether the file is the source of an expansion that an earlier run has written beside it, into a directory without a
	// kustomization: its apps are annotated as local configuration for that reason alone.
	Written func(path string) bool
}

// Lay finds out what to change in a repository. Paths in findings are relative to given, which stands for the root of the file system.
// The layout is nil if a finding is an error.
//
// Files outside of a kustomization's directory are looked at, as Flux lets kustomizations load them.
func Lay(fs filesys.FileSystem, given string, places Places, options Options) (*Layout, diag.Findings, error) {
	options.RootOnly, options.Assume, options.Plugins = false, true, false
	w := newWalker(fs, "/", given, options)
	l := &layouter{walker: w, places: places, changes: map[string]*Change{}, expansions: map[string]*Expansion{}, copies: map[string]string{}}
	w.layout = l
	if !l.survey() {
		w.findings.Sort()
		return nil, w.findings, nil
	}
	for _, dir := range l.dirs {
		if !l.nodes[dir].unit.isComponent() {
			w.kustomization(dir)
		}
	}
	l.bareFiles()
	w.expand()
	l.arrange()
	w.findings = unique(w.findings)
	w.findings.Sort()
	if w.findings.Failed() {
		return nil, w.findings, nil
	}
	if w.err != nil {
		return nil, w.findings, errors.New(l.words(w.err))
	}
	return l.result(), w.findings, nil
}

// unique leaves out what has been found before: a Component is looked at once for each kustomization that includes it.
func unique(all diag.Findings) (some diag.Findings) {
	seen := map[diag.Finding]bool{}
	for _, f := range all {
		if !seen[f] {
			seen[f] = true
			some = append(some, f)
		}
	}
	return some
}

// layouter lays out a repository: the walker finds out which apps are expanded where, and with what; the layouter remembers it, and
// finds places for the objects in files of the repository.
type layouter struct {
	*walker
	places Places

	// nodes are the kustomizations by their directories, dirs those that yield resources, in their order.
	nodes map[string]*node
	dirs  []string

	expansions map[string]*Expansion
	changes    map[string]*Change
	copies     map[string]string

	arrivals []*landing
	bare     []*bareFile

	// gone are the apps that are expanded somewhere, replaced those whose file their objects take the place of.
	gone, replaced map[*document]bool

	// split are the Kustomizations that have been taken apart.
	split map[*node]bool

	// spent are files of what has been expanded.
	spent []string
}

func (l *layouter) result() *Layout {
	layout := &Layout{Copies: l.copies}
	for _, dir := range l.dirs {
		if c := l.changes[l.nodes[dir].unit.path()]; c != nil {
			layout.Changes = append(layout.Changes, c)
		}
	}
	for _, e := range l.expansions {
		layout.Expansions = append(layout.Expansions, e)
		layout.Apps += len(e.Apps)
	}
	slices.SortFunc(layout.Expansions, func(a, b *Expansion) int { return strings.Compare(a.Path, b.Path) })
	layout.Sources = l.sources()
	return layout
}
