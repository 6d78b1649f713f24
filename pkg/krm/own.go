package krm

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"sort"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"go.yaml.in/yaml/v3"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// identity tells objects apart the way Kubernetes does: another version is the same object.
type identity struct{ group, kind, namespace, name string }

func identityOf(object *fn.KubeObject) identity {
	return identity{group(object), object.GetKind(), object.GetNamespace(), object.GetName()}
}

func (i identity) String() string {
	return diag.Finding{Kind: i.kind, Namespace: i.namespace, Name: i.name}.Resource()
}

// child is an object that an app becomes.
type child struct {
	object manifest.Object
	app    *app
	id     identity

	// item is the object of an earlier run that the child takes the place of, or nil.
	item *fn.KubeObject
}

// owner is the value of the owner annotation for what is generated from an object.
func owner(object *fn.KubeObject) string {
	return v1alpha1.Owner(object.GetKind(), object.GetName())
}

// adopt returns the items with the children of all apps among them:
//
//   - An app that is a file stays, marked as local so that nothing applies it to a cluster. Any other app is gone.
//   - A child takes the place of the one that an earlier run has generated, wherever a person may have moved that.
//   - Files that were generated from the expanded apps before and are not any more are gone. So are, when the function sees the
//     whole package, those of apps that are gone themselves. What is no file is never dropped: in a kustomize build it is what
//     another function has generated in another base.
//   - An object that the function has not generated is never touched: it is an error when a child has its identity.
func (r *run) adopt(expansions []render.Expansion) []item {
	children, byID := r.children(expansions)
	expanded := make(map[*fn.KubeObject]*app, len(r.apps))
	for i := range r.apps {
		expanded[r.apps[i].object] = &r.apps[i]
	}

	replaced, stale := map[*fn.KubeObject]*child{}, map[*fn.KubeObject]bool{}
	var unclaimed []*fn.KubeObject
	for _, item := range r.list.Items {
		if expanded[item] != nil {
			continue
		}
		id, from, file := identityOf(item), item.GetAnnotation(v1alpha1.OwnerAnnotation), placeOf(item).onDisk()
		c := byID[id]
		switch {
		case c != nil && !r.mayClaim(c, item, from, file):
			r.conflict(c, item, from)
		case c != nil && c.item == nil:
			c.item, replaced[item] = item, c
		case file && r.generated(item, from):
			unclaimed = append(unclaimed, item)
		}
	}
	for _, item := range unclaimed {
		if c := r.moved(children, item); c != nil {
			c.item, replaced[item] = item, c
		} else {
			stale[item] = true
		}
	}
	if r.findings.Failed() {
		return nil
	}
	r.warnOfVanished(stale)

	items, used := make([]item, 0, len(r.list.Items)+len(children)), files{}
	for _, object := range r.list.Items {
		app := expanded[object]
		if app != nil && !app.place.onDisk() || stale[object] {
			continue
		}
		used.add(placeOf(object))
		if c := replaced[object]; c != nil {
			items = append(items, item{generated: c.replacement()})
			continue
		}
		if app != nil || object == r.config && v1alpha1.Known(object.GetKind()) {
			keepLocal(object)
		}
		items = append(items, item{given: object})
	}
	for _, c := range children {
		if c.item == nil {
			items = append(items, item{generated: c.annotated(r.newPlace(c, children, used).annotations())})
		}
	}
	return items
}

// children lists what the apps become.
func (r *run) children(expansions []render.Expansion) (children []*child, byID map[identity]*child) {
	byID = map[identity]*child{}
	for i, expansion := range expansions {
		for _, object := range expansion.Objects {
			group, _, found := strings.Cut(object.APIVersion, "/")
			if !found {
				group = ""
			}
			c := &child{object: object, app: &r.apps[i], id: identity{group, object.Kind, object.Namespace, object.Name}}
			if other := byID[c.id]; other != nil {
				r.fail(c.app.object, "", fmt.Sprintf("becomes %s, and so does %s: rename one of them", c.id, identityOf(other.app.object)))
				continue
			}
			children, byID[c.id] = append(children, c), c
		}
	}
	return children, byID
}

// mayClaim tells whether a child may take the place of an item of the same identity with the given owner. A file that was generated
// from an app that is gone belongs to whoever becomes it now: the app was renamed.
func (r *run) mayClaim(c *child, item *fn.KubeObject, from string, file bool) bool {
	if file {
		return from == owner(c.app.object) || v1alpha1.Owned(from) && r.present[from] == 0
	}
	return from == owner(c.app.object) && c.same(item)
}

// generated tells whether an item with the given owner was generated from one of the expanded apps, or from an app that is gone.
func (r *run) generated(item *fn.KubeObject, from string) bool {
	if !v1alpha1.Owned(from) {
		return false
	}
	if !r.single {
		return true
	}
	// Owner annotations do not tell apps of one name in different namespaces apart.
	app := r.apps[0].object
	return from == owner(app) && (r.present[from] == 1 || item.GetNamespace() == app.GetNamespace())
}

// moved returns the child without a namespace that an item with one is the earlier form of: in a pipeline that sets the namespace
// last, the app itself may never get it.
func (r *run) moved(children []*child, item *fn.KubeObject) (candidate *child) {
	id := identityOf(item)
	id.namespace = ""
	for _, c := range children {
		if c.item != nil || c.id != id || owner(c.app.object) != item.GetAnnotation(v1alpha1.OwnerAnnotation) {
			continue
		}
		return c
	}
	return nil
}

// conflict reports an object that stands where a child belongs.
func (r *run) conflict(c *child, item *fn.KubeObject, from string) {
	where := ""
	if place := placeOf(item); place.onDisk() {
		where = " (" + place.String() + ")"
	}
	switch {
	case from == "":
		r.fail(c.app.object, "", fmt.Sprintf("becomes %s, which is there already and was not generated%s: remove it or rename the %s", c.id, where, v1alpha1.Noun(c.app.object.GetKind())))
	case from != owner(c.app.object):
		r.fail(c.app.object, "", fmt.Sprintf("becomes %s, which is there already, generated from %s%s: rename one of them",
			c.id, strings.Replace(from, "/", " ", 1), where))
	default:
		r.fail(c.app.object, "", fmt.Sprintf("becomes %s, which is there already with other content: list the %s once, and not together "+
			"with what was generated from it", c.id, v1alpha1.Noun(c.app.object.GetKind())))
	}
}

// same tells whether an item is the child already, comments aside.
func (c *child) same(item *fn.KubeObject) bool {
	var have, want any
	child, err := c.annotated(tracked(item)).YAML()
	if err != nil || yaml.Unmarshal([]byte(item.String()), &have) != nil || yaml.Unmarshal(child, &want) != nil {
		return false
	}
	return reflect.DeepEqual(have, want)
}

// replacement is the child in the place of the item of an earlier run.
func (c *child) replacement() manifest.Object { return c.annotated(tracked(c.item)) }

// tracked are the annotations of an item that stay when its content is replaced.
func tracked(item *fn.KubeObject) map[string]string {
	kept := map[string]string{}
	for annotation, value := range item.GetAnnotations() {
		if tracking(annotation) {
			kept[annotation] = value
		}
	}
	return kept
}

// newPlace chooses a file for a child that is generated for the first time: a directory of the app's name beside the app.
func (r *run) newPlace(c *child, children []*child, used files) place {
	switch directory := c.app.place; {
	case directory.onDisk():
		directory.path = path.Join(path.Dir(directory.path), fileName(c.app.object.GetName()))
		return used.next(directory, c.object)
	case c.app.unlocated:
		for _, sibling := range children {
			if sibling.app == c.app && sibling.item != nil {
				directory = placeOf(sibling.item)
				directory.path = path.Dir(directory.path)
				return used.next(directory, c.object)
			}
		}
		return used.next(place{path: fileName(c.app.object.GetName())}, c.object)
	}
	return place{}
}

// keepLocal marks a file that is for functions only, so that neither kustomize nor kpt sends it to a cluster.
func keepLocal(item *fn.KubeObject) {
	if placeOf(item).onDisk() && item.GetAnnotation(fn.KptLocalConfig) != "true" {
		if err := item.SetAnnotation(fn.KptLocalConfig, "true"); err != nil {
			panic(err)
		}
	}
}

// warnOfVanished tells that the files of apps that are gone are gone too.
func (r *run) warnOfVanished(stale map[*fn.KubeObject]bool) {
	vanished := map[string]int{}
	for item := range stale {
		vanished[item.GetAnnotation(v1alpha1.OwnerAnnotation)]++
	}
	for _, app := range r.apps {
		delete(vanished, owner(app.object))
	}
	owners := make([]string, 0, len(vanished))
	for from := range vanished {
		owners = append(owners, from)
	}
	sort.Strings(owners)
	for _, from := range owners {
		kind, name, _ := strings.Cut(from, "/")
		r.findings = append(r.findings, diag.Finding{Severity: diag.Warning, Kind: kind, Name: name,
			Message: fmt.Sprintf("is not in the package any more: removed the files generated from it (%d)", vanished[from])})
	}
}

// annotated is the child's object with further annotations. One that is stored as a file carries its owner in any case, because the next
// run would take it for somebody else's without.
func (c *child) annotated(annotations map[string]string) manifest.Object {
	object := c.object
	if len(annotations) == 0 {
		return object
	}
	metadata, _ := object.Fields["metadata"].(map[string]any)
	own, _ := metadata["annotations"].(map[string]any)
	merged := make(map[string]any, len(own)+len(annotations)+1)
	merged[v1alpha1.OwnerAnnotation] = owner(c.app.object)
	maps.Copy(merged, own)
	for annotation, value := range annotations {
		merged[annotation] = value
	}
	object.Fields, metadata = maps.Clone(object.Fields), maps.Clone(metadata)
	metadata["annotations"], object.Fields["metadata"] = merged, metadata
	return object
}
