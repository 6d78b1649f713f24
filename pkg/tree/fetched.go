package tree

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// What kustomize fetches from elsewhere is not rewritten: it is seen only while kustomize runs. PostgresApps among its resources come out
// and are met there. Where it has configurations of ours, kustomize would have to run the function.

// remedy is what to do about what is fetched.
const remedy = "copy it into this repository, for example with kustomize localize, and refer to its directory"

// fetchedPrefix begins the names of the temporary directories into which kustomize clones.
const fetchedPrefix = "kustomize-"

// noPlugin is how kustomize refuses to run a function.
var noPlugin = regexp.MustCompile(`unable to load external plugin '(\w+)'`)

// unexpanded gives an error of kustomize about a configuration of ours in what it has fetched, with what to do, or nil if err is another
// one. All configurations in the tree itself have been replaced.
func (w *walker) unexpanded(err error) error {
	match := noPlugin.FindStringSubmatch(err.Error())
	remotes := w.remotes()
	if match == nil || !v1alpha1.Known(match[1]) || len(remotes) == 0 {
		return nil
	}
	list := "generators"
	if !v1alpha1.Expandable(match[1]) {
		list = "transformers"
	}
	return fmt.Errorf("a kustomization from elsewhere has a %s among its %s, which can be expanded only in a kustomization that is here (%s): %s",
		match[1], list, strings.Join(remotes, ", "), remedy)
}

// remotes are the entries of the tree that kustomize fetches, each with the kustomization that lists it.
func (w *walker) remotes() (entries []string) {
	for _, u := range w.units {
		if u == nil {
			continue
		}
		for _, list := range [][]string{u.fields.Resources, u.fields.Components, u.fields.Generators, u.fields.Transformers} {
			for _, entry := range list {
				if isRemote(entry) {
					entries = append(entries, entry+" in "+w.display(u.path()))
				}
			}
		}
	}
	slices.Sort(entries)
	return slices.Compact(entries)
}

// watch notes, while kustomize runs, the configurations of ours that it has fetched and that ask for a program, where it may run functions
// in containers alone: it leaves such a function out and says nothing.
func (w *walker) watch() {
	kinds := v1alpha1.Kinds()
	w.overlay.watch = func(path string, content []byte) {
		if !fetched(path) || fetched(w.root) || !slices.ContainsFunc(kinds, func(kind string) bool { return strings.Contains(string(content), kind) }) {
			return
		}
		documents, err := parse(content, path)
		if err != nil {
			return // kustomize will say so
		}
		for _, d := range documents {
			if (d.expandable() || d.defaults()) && d.program {
				w.ignored = append(w.ignored, d)
			}
		}
	}
}

// fetched tells whether a path is in one of kustomize's temporary directories.
func fetched(path string) bool {
	temporary, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		return false
	}
	rest, ok := strings.CutPrefix(path, filepath.Join(temporary, fetchedPrefix))
	return ok && rest != ""
}

// Ignored gives the configurations of ours that kustomize has left out without a word. It is to be asked after kustomize has run.
func (t *Tree) Ignored() (findings diag.Findings) {
	w := t.walker
	for _, d := range w.ignored {
		findings = append(findings, diag.Finding{
			Severity: diag.Error, Kind: d.kind, Namespace: d.namespace, Name: d.name, Source: w.given,
			Message: fmt.Sprintf("it comes from elsewhere (%s) with a function that is a program, which kustomize does not run without --enable-exec, "+
				"and leaves out: add the flag, or %s", strings.Join(w.remotes(), ", "), remedy),
		})
	}
	return findings
}
