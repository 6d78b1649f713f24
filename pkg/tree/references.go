package tree

import (
	"path/filepath"
	"slices"
	"strings"

	k8syaml "sigs.k8s.io/yaml"
)

// references gives the files that a kustomization refers to. Every text in it that is the path of a file is taken for a reference: it
// does no harm to find too many.
func (l *layouter) references(u *unit, found func(path string)) {
	raw, err := l.below.ReadFile(u.path())
	if err != nil {
		return
	}
	var fields any
	if err := k8syaml.Unmarshal(raw, &fields); err != nil {
		return
	}
	var visit func(value any)
	visit = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, one := range value {
				visit(one)
			}
		case []any:
			for _, one := range value {
				visit(one)
			}
		case string:
			if strings.ContainsAny(value, "\n") || filepath.IsAbs(value) {
				return
			}
			for _, text := range []string{value, value[strings.Index(value, "=")+1:]} {
				if path := filepath.Join(u.dir, text); l.below.Exists(path) && !l.below.IsDir(path) {
					found(path)
				}
			}
		}
	}
	visit(fields)
}

// sources are the files that nothing refers to any more: those of apps, of the configurations of ours, and of patches for apps.
func (l *layouter) sources() (paths []string) {
	gone, kept := map[string]bool{}, map[string]bool{}
	for _, path := range l.spent {
		gone[path] = true
	}
	for _, n := range l.nodes {
		if n == nil {
			continue
		}
		if !n.yields {
			l.references(n.unit, func(path string) { kept[path] = true })
			continue
		}
		change := l.changes[n.unit.path()]
		for _, list := range []struct {
			name    string
			entries []string
		}{{"resources", n.unit.fields.Resources}, {"generators", n.unit.fields.Generators}, {"transformers", n.unit.fields.Transformers},
			{"validators", n.unit.fields.Validators}, {"configurations", n.unit.fields.Configurations}} {
			for _, entry := range list.entries {
				if change != nil && slices.ContainsFunc(change.Entries, func(e EntryChange) bool { return e.List == list.name && e.Old == entry }) {
					continue
				}
				if kind, path := l.locate(n.unit, entry); kind == atFile {
					kept[path] = true
				}
			}
		}
	}
	for path := range gone {
		if !kept[path] {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}
