package tree

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// about says what the documents of a patch are about.
type about struct {
	// any tells whether it is about an app, all whether it is about nothing else.
	any, all bool

	// path is the file of the patch, or "".
	path string
}

func (l *layouter) isAppKind(group, kind string) bool {
	return v1alpha1.Expandable(kind) && (group == "" || group == v1alpha1.Group)
}

// forApps finds out what a strategic merge patch without target is about: it has the kind that it changes.
func (l *layouter) forApps(u *unit, path, text string) about {
	a := about{path: path}
	raw := []byte(text)
	if path != "" {
		kind, file := l.locate(u, path)
		if kind != atFile {
			return a
		}
		a.path = file
		var err error
		if raw, err = l.below.ReadFile(file); err != nil {
			return a
		}
	}
	documents, err := parse(raw, a.path)
	if err != nil {
		return a
	}
	isApp := func(d *document) bool { return d.expandable() }
	a.any = slices.ContainsFunc(documents, isApp)
	a.all = a.any && !slices.ContainsFunc(documents, func(d *document) bool { return !isApp(d) })
	return a
}

func (l *layouter) mergesApps(u *unit, p types.PatchStrategicMerge) about {
	if kind, _ := l.locate(u, string(p)); kind == atFile {
		return l.forApps(u, string(p), "")
	}
	if !strings.Contains(string(p), "\n") {
		return about{}
	}
	return l.forApps(u, "", string(p))
}

// appPatches finds the patches of a kustomization that are about apps alone: with the apps they go. A patch that is about others as
// well is refused. It gives the files of the patches, too.
func (l *layouter) appPatches(u *unit) (gone []PatchChange, files []string) {
	note := func(list string, index int, a about) {
		switch {
		case a.all:
			gone = append(gone, PatchChange{list, index})
			if a.path != "" {
				files = append(files, a.path)
			}
		case a.any:
			l.refuse(u, list, nil, "a patch is about a PostgresApp and about others: give each a patch of its own")
		}
	}
	f := &u.fields
	for i, p := range f.Patches {
		switch {
		case p.Target == nil:
			note("patches", i, l.forApps(u, p.Path, p.Patch))
		case l.isAppKind(p.Target.Group, p.Target.Kind):
			note("patches", i, l.targeted(u, p.Path))
		}
	}
	for i, p := range f.PatchesStrategicMerge {
		note("patchesStrategicMerge", i, l.mergesApps(u, p))
	}
	for i, p := range f.PatchesJson6902 {
		if p.Target != nil && l.isAppKind(p.Target.Group, p.Target.Kind) {
			note("patchesJson6902", i, l.targeted(u, p.Path))
		}
	}
	return gone, files
}

// targeted is a patch that its target makes one for apps.
func (l *layouter) targeted(u *unit, path string) about {
	a := about{any: true, all: true}
	if kind, file := l.locate(u, path); kind == atFile {
		a.path = file
	}
	return a
}
