package tree

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// config is one configuration of a generator or a transformer.
type config struct {
	*document

	// entry is its entry in the kustomization's list.
	entry string

	// ours tells whether it is a configuration of this project's.
	ours bool
}

// configs are the configurations of a kustomization's generators or transformers, in the order in which kustomize runs them: those
// that are written in the kustomization itself come first, wherever they stand in the list.
type configs struct {
	list []*config

	// mixed tells whether an entry holds configurations of ours beside others, so that its entry cannot stay as it is.
	mixed bool

	// inline are the entries that are configurations themselves.
	inline map[string]bool
}

// classify finds out what the entries of a kustomization's list of generators or transformers configure. What cannot be looked into,
// such as a URL, is taken for foreign: kustomize will say what is wrong with it, or fetch it.
func (w *walker) classify(u *unit, entries []string) *configs {
	c := &configs{inline: map[string]bool{}}
	var paths []string
	for _, entry := range entries {
		documents, err := parseInline(entry, u.path())
		if err != nil {
			paths = append(paths, entry)
			continue
		}
		c.inline[entry] = true
		c.add(entry, documents)
	}
	for _, entry := range paths {
		documents, err := w.configDocuments(u, entry)
		if err != nil {
			w.unreadable(u, entry, err)
			c.list = append(c.list, &config{document: &document{path: u.path()}, entry: entry})
			continue
		}
		if kind, path := w.locate(u, entry); kind == atFile && len(documents) == 0 {
			w.findings = append(w.findings, diag.Finding{Severity: diag.Warning, Source: w.display(path), Message: "it holds nothing, and nothing comes of it"})
		}
		c.add(entry, documents)
	}
	if c.mixed {
		for _, one := range c.list {
			if one.json == nil {
				w.refuse(u, "", nil, fmt.Sprintf("what %s holds cannot be seen, and another entry holds configurations of this project beside others: "+
					"give them files of their own", one.entry))
			}
			noted := w.configOrigin(one)
			noted.path = w.rel(u.path())
			w.inlined[noted] = w.rel(one.path)
		}
	}
	return c
}

func parseInline(entry, path string) ([]*document, error) {
	if !strings.Contains(entry, ":") {
		return nil, errNotInline
	}
	return parse([]byte(entry), path)
}

func (w *walker) configDocuments(u *unit, entry string) ([]*document, error) {
	switch kind, path := w.locate(u, entry); kind {
	case atFile:
		raw, err := w.below.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return parse(raw, path)
	case atDirectory:
		return w.askConfigs(u, entry)
	default:
		return nil, errNotLocal
	}
}

func (c *configs) add(entry string, documents []*document) {
	ours := 0
	for _, d := range documents {
		own := d.expandable() || d.defaults()
		if own {
			ours++
		}
		c.list = append(c.list, &config{document: d, entry: entry, ours: own})
	}
	c.mixed = c.mixed || ours > 0 && ours < len(documents)
}

// entries are the list entries for some of the configurations, none of which is ours. If an entry of the whole list is mixed, all
// become inline, which keeps their order.
func (c *configs) entries(some []*config) (entries []string) {
	for _, one := range some {
		switch {
		case c.mixed && one.json != nil:
			entries = append(entries, string(one.json))
		case !slices.Contains(entries, one.entry):
			entries = append(entries, one.entry)
		}
	}
	return entries
}

// foreign tells whether some of the configurations are for a program that is neither ours nor part of kustomize.
func foreign(some []*config) bool {
	return slices.ContainsFunc(some, func(c *config) bool { return !c.ours && !c.builtin() })
}

// place is what an entry of a list in a kustomization refers to.
type place int

const (
	elsewhere   place = iota // something that is not on the file system, or not there
	atFile                   // a file
	atDirectory              // a directory
)

// locate finds what entry, in a list of the kustomization, refers to, and its path, which is delinkified for a directory. kustomize
// itself decides what is a Git repository.
func (w *walker) locate(u *unit, entry string) (place, string) {
	if entry == "" || strings.Contains(entry, "\n") {
		return elsewhere, ""
	}
	path := entry
	if !filepath.IsAbs(path) {
		path = filepath.Join(u.dir, entry)
	}
	if !isURL(entry) && w.below.Exists(path) && !w.below.IsDir(path) {
		if dir, _, err := w.below.CleanedAbs(path); w.options.RootOnly && (err != nil || !dir.HasPrefix(filesys.ConfirmedDir(u.dir))) {
			return elsewhere, "" // kustomize refuses it
		}
		return atFile, path
	}
	if filepath.IsAbs(entry) || isRemote(entry) {
		return elsewhere, ""
	}
	if !w.below.IsDir(path) {
		return elsewhere, ""
	}
	dir, name, err := w.below.CleanedAbs(path)
	if err != nil || name != "" {
		return elsewhere, ""
	}
	return atDirectory, dir.String()
}

func isURL(entry string) bool {
	return strings.HasPrefix(entry, "http://") || strings.HasPrefix(entry, "https://")
}

// isRemote tells whether kustomize would fetch an entry.
func isRemote(entry string) bool {
	return isURL(entry) || (&resource.Origin{}).Append(entry).Repo != ""
}

// unreadable says what is wrong with a file that kustomize cannot read. Its own words would be about plugins, or about directories.
func (w *walker) unreadable(u *unit, entry string, err error) {
	kind, path := w.locate(u, entry)
	if kind != atFile || w.layout != nil {
		return // the layout says so of every file that it looks into
	}
	if f := w.misread(path, err); !slices.Contains(w.findings, f) {
		w.findings = append(w.findings, f)
	}
}

// misread is the finding about a file that could not be read because of err.
func (w *walker) misread(path string, err error) diag.Finding {
	if raw, unread := w.below.ReadFile(path); unread == nil {
		err = cmp.Or(strict.Check(raw), err)
	}
	message := strings.Join(strings.Fields(w.translate(err).Error()), " ")
	return diag.Finding{Severity: diag.Error, Source: w.display(path), Message: strings.TrimPrefix(message, path+": ")}
}
