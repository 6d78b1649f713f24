package tree

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// origin is what kustomize notes about a configuration, where the kustomization asks for it by buildMetadata.
type origin struct {
	// path is relative to the directory that is built.
	path                              string
	apiVersion, kind, name, namespace string

	// unnoted: kustomize alone would note nothing.
	unnoted bool
}

func (w *walker) configOrigin(c *config) origin {
	return origin{path: w.rel(c.path), apiVersion: c.apiVersion, kind: c.kind, name: c.name, namespace: c.namespace}
}

func (o origin) noted() *resource.Origin {
	return &resource.Origin{
		ConfiguredIn: o.path,
		ConfiguredBy: kyaml.ResourceIdentifier{
			TypeMeta: kyaml.TypeMeta{APIVersion: o.apiVersion, Kind: o.kind},
			NameMeta: kyaml.NameMeta{Name: o.name, Namespace: o.namespace},
		},
	}
}

// rel is a path relative to the directory that is built.
func (w *walker) rel(path string) string {
	relative, err := filepath.Rel(w.root, path)
	if err != nil {
		return path
	}
	return relative
}

// replacement is a name that exists only in the rewritten tree.
type replacement struct {
	// name occurs nowhere else. path is the absolute path that ends in it.
	name, path string

	// original is the path that it stands for.
	original string
}

// stands notes that path, which ends in name, stands for another one.
func (w *walker) stands(name, path, original string) {
	w.places = append(w.places, replacement{name, path, original})
}

// real is the path that path stands for, which may be in a directory that exists only in the rewritten tree.
func (w *walker) real(path string) string {
	for _, p := range slices.Backward(w.places) {
		if path == p.path {
			return p.original
		}
		if rest, ok := strings.CutPrefix(path, p.path+string(filepath.Separator)); ok {
			return w.real(filepath.Join(p.original, rest))
		}
	}
	return path
}

// translate gives an error of kustomize on the rewritten tree in the words of the user's.
func (w *walker) translate(err error) error {
	if err == nil {
		return nil
	}
	if known := w.unexpanded(err); known != nil {
		return known
	}
	message := err.Error()
	for _, p := range slices.Backward(w.places) {
		message = strings.ReplaceAll(message, p.path, p.original)
		message = strings.ReplaceAll(message, p.name, filepath.Base(p.original))
	}
	for _, o := range w.objects {
		message = strings.ReplaceAll(message, o.Path, strings.Join(o.Apps, ", "))
		message = strings.ReplaceAll(message, filepath.Base(o.Path), strings.Join(o.Apps, ", "))
	}
	return errors.New(message)
}

// restored is a note without the names of the rewritten tree.
func (w *walker) restored(from *resource.Origin) *resource.Origin {
	if from.Repo != "" {
		return from
	}
	path := filepath.Join(w.root, from.Path)
	for _, o := range w.objects {
		if from.Path != "" && w.real(path) == w.real(o.Path) {
			return o.arrival.origin.noted()
		}
	}
	result := *from
	if from.Path != "" {
		result.Path = w.rel(w.real(path))
	}
	if from.ConfiguredIn != "" {
		result.ConfiguredIn = w.rel(w.real(filepath.Join(w.root, from.ConfiguredIn)))
		by := from.ConfiguredBy
		if path, ok := w.inlined[origin{path: result.ConfiguredIn, apiVersion: by.APIVersion, kind: by.Kind, name: by.Name, namespace: by.Namespace}]; ok {
			result.ConfiguredIn = path
		}
	}
	return &result
}
