package tree

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// document is one resource as kustomize holds it.
type document struct {
	apiVersion, kind, namespace, name string

	// json is the resource in JSON, which is also YAML: the text of the user's file would be read by other rules than kustomize's,
	// for which yes is a word and 0o17 a number.
	json []byte

	// path is the absolute path of the file where it was found.
	path string

	// local tells whether kustomize leaves the resource out of its output.
	local bool

	// program tells whether its function is a program, for kustomize to run.
	program bool
}

// expandable tells whether the document is one of ours that is expanded. All versions are ours, so that a wrong one is met by the core's
// own message.
func (d *document) expandable() bool { return d.ours() && v1alpha1.Expandable(d.kind) }

// defaults tells whether the document is our transformer's.
func (d *document) defaults() bool { return d.ours() && d.kind == v1alpha1.KindPostgresDefaults }

func (d *document) ours() bool {
	group, _, _ := strings.Cut(d.apiVersion, "/")
	return group == v1alpha1.Group
}

// builtin tells whether the document configures one of kustomize's own generators and transformers.
func (d *document) builtin() bool { return d.apiVersion == konfig.BuiltinPluginApiVersion }

// input is the document as the core takes it.
func (d *document) input(w *walker) render.Document {
	return render.Document{YAML: d.json, Source: w.display(d.path)}
}

func newDocument(r *resource.Resource, path string) (*document, error) {
	text, err := r.MarshalJSON()
	if err != nil {
		return nil, err
	}
	annotations := r.GetAnnotations()
	local, ok := annotations[konfig.IgnoredByKustomizeAnnotation]
	return &document{
		apiVersion: r.GetApiVersion(), kind: r.GetKind(), namespace: r.GetNamespace(), name: r.GetName(),
		json: text, path: path, local: ok && local != "false",
		program: strings.Contains(annotations[functionAnnotation], "exec"),
	}, nil
}

// functionAnnotation says how kustomize is to run a function.
const functionAnnotation = "config.kubernetes.io/function"

// reader reads resources by kustomize's own rules.
var reader = sync.OnceValue(func() *resmap.Factory {
	return resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory())
})

// parse reads the resources of a text.
func parse(raw []byte, path string) ([]*document, error) {
	resources, err := reader().NewResMapFromBytes(raw)
	if err != nil {
		return nil, err
	}
	documents := make([]*document, 0, resources.Size())
	for _, r := range resources.Resources() {
		d, err := newDocument(r, path)
		if err != nil {
			return nil, err
		}
		documents = append(documents, d)
	}
	return documents, nil
}

// file is a file of resources, of which those of ours have been found.
type file struct {
	path string
	raw  []byte

	// apps are those of its resources that are expanded, misplaced its PostgresDefaults.
	apps, misplaced []*document

	// others tells whether it holds anything else.
	others bool
}

// readFile reads a file of resources. A file that does not hold the name of a kind of ours is not parsed: most do not.
func (w *walker) readFile(path string) (*file, error) {
	if f, ok := w.read[path]; ok {
		return f, nil
	}
	raw, err := w.below.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &file{path: path, others: true}
	if slices.ContainsFunc(v1alpha1.Kinds(), func(kind string) bool { return bytes.Contains(raw, []byte(kind)) }) || inUTF16(raw) {
		documents, err := parse(raw, path)
		if err != nil {
			return nil, err
		}
		f.raw, f.others = raw, false
		for _, d := range documents {
			switch {
			case d.expandable():
				f.apps = append(f.apps, d)
			case d.defaults():
				f.misplaced = append(f.misplaced, d)
				f.others = true
			default:
				f.others = true
			}
		}
	}
	w.read[path] = f
	return f, nil
}

// inUTF16 tells whether a text begins with a byte order mark of UTF-16, in which no name can be looked for.
func inUTF16(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff})
}

// separator is what kustomize splits documents at.
var separator = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\n---.*\n`) })

// without is the text of the file without some of its PostgresApps. Where documents can be told apart in the text, those that stay
// keep every character of it.
func (f *file) without(gone map[*document]bool) ([]byte, error) {
	drop := map[string]bool{}
	for d := range gone {
		drop[d.id()] = true
	}
	chunks := separator().Split(strings.ReplaceAll(string(f.raw), "\r\n", "\n"), -1)
	var kept []string
	for _, chunk := range chunks {
		documents, err := parse([]byte(chunk+"\n"), f.path)
		if err != nil || len(documents) > 1 {
			return f.withoutListed(drop)
		}
		if len(documents) == 0 || !drop[documents[0].id()] {
			kept = append(kept, strings.TrimSuffix(chunk, "\n")+"\n")
		}
	}
	return []byte(strings.Join(kept, "---\n")), nil
}

// withoutListed is without for a file whose resources are in lists.
func (f *file) withoutListed(drop map[string]bool) ([]byte, error) {
	documents, err := parse(f.raw, f.path)
	if err != nil {
		return nil, err
	}
	var kept [][]byte
	for _, d := range documents {
		if !drop[d.id()] {
			kept = append(kept, append(d.json, '\n'))
		}
	}
	return bytes.Join(kept, []byte("---\n")), nil
}

// id tells the document apart from others in the same file.
func (d *document) id() string {
	return fmt.Sprintf("%s %s %s %s", d.apiVersion, d.kind, d.namespace, d.name)
}

// display is the path as the user would write it: as the directory was given, if the path is in it or near it.
func (w *walker) display(path string) string {
	relative, err := filepath.Rel(w.root, path)
	if err != nil {
		return path
	}
	return filepath.Join(w.given, relative)
}

// stripped is a resource without the annotations in which kustomize keeps its own notes on it.
func stripped(annotations map[string]any) {
	for key := range annotations {
		if strings.HasPrefix(key, "internal.config.kubernetes.io/") || key == originAnnotation || key == transformationsAnnotation {
			delete(annotations, key)
		}
	}
}

// Annotations in which kustomize says where a resource is from and what changed it, if buildMetadata asks for it.
const (
	originAnnotation          = "config.kubernetes.io/origin"
	transformationsAnnotation = "alpha.config.kubernetes.io/transformations"
)

// fields is the document as decoded JSON.
func (d *document) fields() (map[string]any, error) {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(d.json))
	decoder.UseNumber()
	err := decoder.Decode(&fields)
	return fields, err
}
