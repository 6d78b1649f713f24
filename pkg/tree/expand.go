package tree

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// Expander is the core: it expands apps with defaults, which may be nil. The result has an expansion for each app, in their order,
// unless one of its findings is an error.
type Expander func(apps []render.Document, defaults *render.Document) render.Result

// Objects is a file of the rewritten tree with what an app becomes, or what several become where the order of the output is that of the
// input.
type Objects struct {
	// Path is where the file is in the rewritten tree.
	Path string

	// Apps are the files of the apps, as the user would write them, without duplicates.
	Apps []string

	// Objects are in the order in which the function emits them: by apiVersion, kind, namespace and name.
	Objects []manifest.Object

	apps     []*document
	arrival  *arrival
	defaults *document
	encoded  []byte
}

// arrival is what comes where a generator or a transformer of ours stands.
type arrival struct {
	files []*Objects

	// origin is what kustomize would note as the origin of the objects.
	origin origin

	// makers are the apps that make the objects, by the objects' sort keys.
	makers map[string]*document
}

// paths are the paths of the files in the directory that they are in.
func (a *arrival) paths() (paths []string) {
	for _, o := range a.files {
		paths = append(paths, filepath.Base(o.Path))
	}
	return paths
}

// bytes gives the objects in JSON, one document each: kustomize reads it as it reads YAML, and it takes less time to write.
func (o *Objects) bytes() ([]byte, error) {
	if o.encoded != nil {
		return o.encoded, nil
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for i, object := range o.Objects {
		if i > 0 {
			out.WriteString("---\n")
		}
		if err := encoder.Encode(object.Fields); err != nil {
			return nil, fmt.Errorf("%s %s: %w", object.Kind, object.Name, err)
		}
	}
	o.encoded = out.Bytes()
	return o.encoded, nil
}

// request plans the objects of some apps. They are expanded when something needs them, as many as possible at once. Each app has a file
// of its own: kustomize takes its time over files with many resources, as it compares each with all others.
func (w *walker) request(dir string, apps []*document, defaults *document, from origin) *arrival {
	a := &arrival{origin: from, makers: map[string]*document{}}
	if w.ordered {
		a.files = []*Objects{{apps: apps}}
	} else {
		for _, app := range apps {
			a.files = append(a.files, &Objects{apps: []*document{app}})
		}
	}
	for _, o := range a.files {
		o.Path, o.arrival, o.defaults = filepath.Join(dir, w.name(dir)+".yaml"), a, defaults
		for _, app := range o.apps {
			if source := w.display(app.path); !slices.Contains(o.Apps, source) {
				o.Apps = append(o.Apps, source)
			}
		}
		w.overlay.put(o.Path, o)
	}
	w.pending = append(w.pending, a.files...)
	w.objects = append(w.objects, a.files...)
	return a
}

// expansionKey tells what an app becomes: nothing but the app and its defaults does.
type expansionKey struct{ defaults, app string }

func key(defaults, app *document) expansionKey {
	k := expansionKey{app: string(app.json)}
	if defaults != nil {
		k.defaults = string(defaults.json)
	}
	return k
}

// batch is a set of apps to expand in one call.
type batch struct {
	defaults *document
	apps     []*document
	names    map[string]bool
}

// expand makes all objects that are planned.
//
// The core sees as many apps as possible in one call, so that it can compare them and reads shared defaults once. Only the apps that
// one transformer meets really meet, though: others may come to differ by a namespace or a prefix that kustomize gives them later. So
// two different apps of one name are never in the same call, and where a call finds errors, it is made anew for each transformer.
func (w *walker) expand() {
	all := w.batches(w.pending)
	for _, b := range all {
		if findings := w.call(b); !findings.Failed() {
			w.findings = append(w.findings, findings...)
			continue
		} else if w.apart(b) {
			w.findings = append(w.findings, amongEach(findings)...)
		}
	}
	for _, o := range w.pending {
		w.fill(o)
	}
	w.pending = nil
}

// apart expands the apps of a batch as the transformers meet them. It returns false when there is an error.
func (w *walker) apart(all *batch) bool {
	var meetings [][]*document
	for i, o := range w.pending {
		apps := slices.DeleteFunc(slices.Clone(o.apps), func(d *document) bool { return !slices.Contains(all.apps, d) })
		if i > 0 && w.pending[i-1].arrival == o.arrival {
			meetings[len(meetings)-1] = append(meetings[len(meetings)-1], apps...)
		} else {
			meetings = append(meetings, apps)
		}
	}
	failed := false
	for _, apps := range meetings {
		if len(apps) == 0 {
			continue
		}
		findings := w.call(&batch{defaults: all.defaults, apps: apps})
		w.findings = append(w.findings, findings...)
		failed = failed || findings.Failed()
	}
	return !failed
}

// amongEach are the errors of a call that are none of its apps alone, as warnings. Names of apps and objects are left out: whether
// they are the same in the end is seen in the end.
func amongEach(findings diag.Findings) (warnings diag.Findings) {
	for _, f := range findings.Errors() {
		if f.Field != "" && f.Field != "metadata.name" {
			f.Severity = diag.Warning
			warnings = append(warnings, f)
		}
	}
	return warnings
}

// batches groups the apps of files that are not expanded yet. An app that is in several is taken once.
func (w *walker) batches(files []*Objects) (all []*batch) {
	byDefaults := map[string][]*batch{}
	queued := map[expansionKey]bool{}
	for _, o := range files {
		for _, app := range o.apps {
			k := key(o.defaults, app)
			if _, done := w.expanded[k]; done || queued[k] {
				continue
			}
			queued[k] = true
			name := app.namespace + "/" + app.name
			i := slices.IndexFunc(byDefaults[k.defaults], func(b *batch) bool { return !b.names[name] })
			if i < 0 {
				b := &batch{defaults: o.defaults, names: map[string]bool{}}
				all = append(all, b)
				i, byDefaults[k.defaults] = len(byDefaults[k.defaults]), append(byDefaults[k.defaults], b)
			}
			b := byDefaults[k.defaults][i]
			b.apps, b.names[name] = append(b.apps, app), true
		}
	}
	return all
}

// call expands the apps of a batch, and remembers what they became unless there is an error.
func (w *walker) call(b *batch) diag.Findings {
	inputs := make([]render.Document, len(b.apps))
	for i, app := range b.apps {
		inputs[i] = app.input(w)
	}
	var defaults *render.Document
	if b.defaults != nil {
		input := b.defaults.input(w)
		defaults = &input
	}
	result := w.options.Expand(inputs, defaults)
	if result.Findings.Failed() {
		return result.Findings
	}
	if len(result.Expansions) != len(b.apps) {
		panic(fmt.Sprintf("tree: %d apps were expanded to %d", len(b.apps), len(result.Expansions)))
	}
	for i, app := range b.apps {
		w.expanded[key(b.defaults, app)] = result.Expansions[i].Objects
	}
	return result.Findings
}

// fill gives a file its objects, in the order of the function's output. Two that kustomize would take for one are an error of the
// apps that make them.
func (w *walker) fill(o *Objects) {
	makers := o.arrival.makers
	objects := map[string]manifest.Object{}
	var keys []string
	for _, app := range o.apps {
		for _, object := range w.expanded[key(o.defaults, app)] {
			k := sortKey(object)
			if first, ok := makers[k]; ok {
				w.findings = append(w.findings, diag.Finding{
					Severity: diag.Error, Kind: app.kind, Namespace: app.namespace, Name: app.name, Source: w.display(app.path),
					Message: fmt.Sprintf("%s %s is made by %s (%s) as well: give one of them another name", object.Kind, object.Name,
						first.name, w.display(first.path)),
				})
				continue
			}
			makers[k], objects[k] = app, object
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		o.Objects = append(o.Objects, objects[k])
	}
}

// sortKey orders objects as the SDK orders the items of a function's output (kpt-functions-sdk go/fn, KubeObjects.Less).
func sortKey(o manifest.Object) string {
	return o.APIVersion + " " + o.Kind + " " + o.Namespace + " " + o.Name
}
