package krm

import (
	"fmt"
	"sort"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Expander is the core: it turns apps, with the defaults that they share or nil, into complete manifests. It keeps the annotations by
// which kustomize and kpt track the documents to itself, and puts v1alpha1.OwnerAnnotation on every object.
type Expander func(apps []render.Document, defaults *render.Document) render.Result

// app is a document that is to be expanded.
type app struct {
	object *fn.KubeObject

	// place is where the app is stored. Its path is "" in a stream, such as a kustomize build.
	place place

	// unlocated tells that the app is a file of the package, and that nobody says which.
	unlocated bool
}

// run is one evaluation of the function.
type run struct {
	list *fn.ResourceList

	// config is the functionConfig, in the state that functions earlier in the pipeline have left in the items.
	config *fn.KubeObject

	// single tells that the functionConfig is the one app to expand.
	single bool

	apps     []app
	findings diag.Findings

	// present counts the apps of the package, expanded or not, by the value of the owner annotation of their objects.
	present map[string]int

	// places are where documents were found, by the name that findings use.
	places map[string]place

	// versions are the API versions of the kinds that findings are about.
	versions map[string]string
}

// process expands the apps of a list and returns the items that come out. It adds the findings to the list's results. When a finding is
// an error, what comes out is what went in.
func process(list *fn.ResourceList, expand Expander) ([]item, diag.Findings) {
	r := &run{
		list: list, config: list.FunctionConfig, present: map[string]int{},
		places: map[string]place{}, versions: map[string]string{},
	}
	for _, kind := range v1alpha1.ExpandableKinds() {
		r.versions[kind] = v1alpha1.APIVersion
	}
	var items []item
	if r.configure() {
		r.collect()
		items = r.expand(expand)
	}
	r.addResults()
	if r.findings.Failed() {
		items = given(list.Items)
	}
	return items, r.findings
}

// configure finds out from the functionConfig what is asked for. It returns false when that is unclear.
func (r *run) configure() bool {
	config := r.list.FunctionConfig
	if config.IsEmpty() {
		return true
	}
	r.config = inItems(config, r.list.Items)
	switch kind := config.GetKind(); {
	case group(config) == v1alpha1.Group && v1alpha1.Expandable(kind):
		r.single = true
		r.apps = []app{r.locate(r.config)}
		if r.config == config {
			r.present[owner(config)]++
		}
	case group(config) == v1alpha1.Group && kind == v1alpha1.KindPostgresDefaults:
		if len(r.list.Items) == 1 && r.config == r.list.Items[0] && !placeOf(r.config).onDisk() {
			r.fail(config, "", "as a generator it sees no app to expand: list it under transformers:")
			return false
		}
	case config.GetAPIVersion() == "v1" && kind == "ConfigMap":
		for _, data := range []string{"data", "binaryData"} {
			for _, key := range keys(config.GetMap(data)) {
				r.fail(config, data+"."+key, "unknown setting: settings are fields of a PostgresApp or PostgresPlatform, or of PostgresDefaults as the functionConfig")
			}
		}
		return len(r.findings) == 0
	default:
		r.fail(config, "kind", "cannot be the functionConfig: "+suggestion(config, fmt.Sprintf("known are %s of %s, and a ConfigMap without data",
			v1alpha1.KnownKinds(), v1alpha1.APIVersion)))
		return false
	}
	return true
}

// inItems returns the item that is the functionConfig, or else the functionConfig itself. kustomize sends it to generators as an item,
// kpt sends it as the file that it is, unless that is not part of the package.
func inItems(config *fn.KubeObject, items fn.KubeObjects) *fn.KubeObject {
	namesake := config
	for _, item := range items {
		if config.GetKind() != item.GetKind() || config.GetName() != item.GetName() || group(config) != group(item) {
			continue
		}
		if place := placeOf(item); place.onDisk() && place == placeOf(config) {
			return item
		}
		if namesake == config && config.GetNamespace() == item.GetNamespace() {
			namesake = item
		}
	}
	return namesake
}

// locate makes a document an app.
func (r *run) locate(object *fn.KubeObject) app {
	located := app{object: object, place: placeOf(object)}
	if object == r.list.FunctionConfig && !located.place.onDisk() {
		for _, item := range r.list.Items {
			located.unlocated = located.unlocated || placeOf(item).onDisk()
		}
	}
	return located
}

// collect finds the apps among the items, and whatever was probably meant to be one.
func (r *run) collect() {
	for _, item := range r.list.Items {
		kind := item.GetKind()
		if !v1alpha1.Known(kind) && group(item) != v1alpha1.Group {
			continue
		}
		switch {
		case group(item) != v1alpha1.Group:
			if text := suggestion(item, ""); text != "" {
				r.fail(item, "apiVersion", fmt.Sprintf("%.80q does not have this kind: %s", item.GetAPIVersion(), text))
			}
		case v1alpha1.Expandable(kind):
			r.present[owner(item)]++
			if !r.single {
				r.apps = append(r.apps, r.locate(item))
			}
		case kind == v1alpha1.KindPostgresDefaults && item != r.config && !r.single && r.config.GetKind() != kind:
			r.warn(item, "no app inherits from it, because it is not the functionConfig: with kpt, name it as configPath or --fn-config")
		case !v1alpha1.Known(kind):
			r.fail(item, "kind", fmt.Sprintf("%.80q is unknown: %s", kind, suggestion(item, "known are "+v1alpha1.KnownKinds())))
		}
	}
}

// expand calls the core, and returns the items with its output among them unless there is an error.
func (r *run) expand(expand Expander) []item {
	documents := make([]render.Document, 0, len(r.apps))
	for _, app := range r.apps {
		documents = append(documents, r.document(app.object))
	}
	var defaults *render.Document
	if r.config.GetKind() == v1alpha1.KindPostgresDefaults {
		document := r.document(r.config)
		defaults = &document
	}
	result := expand(documents, defaults)
	r.findings = append(r.findings, result.Findings...)
	if r.findings.Failed() {
		return nil
	}
	if len(result.Expansions) != len(r.apps) {
		panic("the core returned another number of expansions than there are apps")
	}
	for _, app := range r.apps {
		if app.object.GetName() == "" {
			r.fail(app.object, "metadata.name", "give the "+v1alpha1.Noun(app.object.GetKind())+" a name")
		}
	}
	return r.adopt(result.Expansions)
}

// document is an object as the core gets it.
func (r *run) document(object *fn.KubeObject) render.Document {
	return render.Document{YAML: []byte(object.String()), Source: r.source(object)}
}

// source is the name of the place where an object was found. What the results say about it besides is remembered.
func (r *run) source(object *fn.KubeObject) string {
	place := placeOf(object)
	r.versions[object.GetKind()] = object.GetAPIVersion()
	if place.onDisk() {
		r.places[place.String()] = place
	}
	return place.String()
}

func (r *run) fail(object *fn.KubeObject, field, message string) {
	r.findings = append(r.findings, diag.Finding{Severity: diag.Error, Kind: object.GetKind(), Namespace: object.GetNamespace(),
		Name: object.GetName(), Source: r.source(object), Field: field, Message: message})
}

func (r *run) warn(object *fn.KubeObject, message string) {
	r.findings = append(r.findings, diag.Finding{Severity: diag.Warning, Kind: object.GetKind(), Namespace: object.GetNamespace(),
		Name: object.GetName(), Source: r.source(object), Message: message})
}

func group(object *fn.KubeObject) string {
	group, _, found := strings.Cut(object.GetAPIVersion(), "/")
	if !found {
		return ""
	}
	return group
}

// suggestion asks whether an object was meant to be one of this API group, or returns otherwise when it hardly was.
func suggestion(object *fn.KubeObject, otherwise string) string {
	kind := strict.Closest(object.GetKind(), v1alpha1.Kinds())
	near := group(object) == "" || strict.Closest(group(object), []string{v1alpha1.Group}) != ""
	switch {
	case kind == "" || !near:
		return otherwise
	case kind == object.GetKind():
		return fmt.Sprintf("did you mean apiVersion %s?", v1alpha1.APIVersion)
	}
	return fmt.Sprintf("did you mean %s?", kind)
}

// keys are the sorted keys of a mapping, which may be nil.
func keys(object *fn.SubObject) (sorted []string) {
	if object == nil {
		return nil
	}
	var fields map[string]any
	if err := object.As(&fields); err != nil {
		return nil
	}
	for key := range fields {
		sorted = append(sorted, key)
	}
	sort.Strings(sorted)
	return sorted
}
