// Package adopt turns CloudNativePG manifests that people wrote by hand into a PostgresApp that says the same.
//
// It takes the manifests apart field by field. What no field of a PostgresApp says becomes an override, so that nothing is lost, and
// whole objects that cannot be said are kept beside the app. Compare then proves the round trip: it holds what the app becomes
// against what was there, and gives the reason for every difference that is meant.
package adopt

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Fields are a manifest as JSON decodes it, integers as int64.
type Fields = v1alpha1.Fields

// Adopted is what manifests became.
type Adopted struct {
	// App is the PostgresApp. Its spec.overrides hold what no other field of it says.
	App Fields

	// Replaced are the Cluster and the other objects that the app takes the place of, as they were.
	Replaced []Fields

	// Kept are the objects that the app does not replace, as they were: those that do not belong to the cluster, and those that say what
	// no field of the app can.
	Kept []Fields

	// Notes tell what a person should know about the change.
	Notes []Note
}

// Note is a remark about one field of the manifests.
type Note struct {
	// Field is the kind and name of the manifest and the path within, such as "Cluster postgres: spec.backup".
	Field string

	// Message says what became of it.
	Message string
}

// NeedsOverrides tells whether something could only be said as an override.
func (a Adopted) NeedsOverrides() bool {
	_, ok := a.App["spec"].(Fields)["overrides"]
	return ok
}

// Cluster makes a PostgresApp of a Cluster and of the other objects among those given that belong to it: its ObjectStore, its
// ScheduledBackup, its Databases, DatabaseRoles and Poolers. The error tells that there is not exactly one Cluster, or that it has no name.
// Placeholders such as ${VARIABLE} are taken over as they stand. The given objects are not changed.
func Cluster(objects ...Fields) (Adopted, error) {
	a := &adopter{spec: Fields{}}
	for _, object := range objects {
		if is(object, "Cluster") {
			if a.cluster != nil {
				return Adopted{}, errors.New("there is more than one Cluster: adopt them one by one")
			}
			a.cluster = newSource(object)
			continue
		}
		a.around = append(a.around, object)
	}
	if a.cluster == nil {
		return Adopted{}, fmt.Errorf("there is no Cluster of %s", cnpg.APIVersion)
	}
	original := clone(a.cluster.fields)
	if a.cluster.name() == "" {
		return Adopted{}, errors.New("the Cluster has no metadata.name")
	}
	a.quote()
	a.metadata()
	a.image()
	a.sameNames()
	a.bootstrap()
	a.backup()
	a.superuser()
	a.monitoring()
	a.managed()
	a.databases()
	a.poolers()
	a.leftovers()
	replaced, kept := a.sorted()
	return Adopted{App: a.app, Replaced: append([]Fields{original}, replaced...), Kept: kept, Notes: a.notes}, nil
}

// adopter collects the app.
type adopter struct {
	cluster *source
	around  []Fields

	// taken are the indices of the objects in around that the app replaces.
	taken []int

	app, spec Fields
	notes     []Note

	// overrides are patches by the key of the object's kind.
	overrides Fields

	// database and owner are those of the app.
	database, owner string

	// roles are the names of the app's roles, the owner among them.
	roles []string
}

// set writes a value into the app's spec, unless it is nil.
func (a *adopter) set(value any, path ...string) {
	if value == nil {
		return
	}
	put(a.spec, value, path...)
}

// note adds a remark.
func (a *adopter) note(s *source, path, format string, args ...any) {
	a.notes = append(a.notes, Note{Field: s.kind() + " " + s.name() + ": " + path, Message: fmt.Sprintf(format, args...)})
}

// metadata takes over who the app is. The app is called after the cluster, without the ending that it would be given again.
func (a *adopter) metadata() {
	name := a.cluster.name()
	meta := Fields{"name": name}
	if short, ok := strings.CutSuffix(name, "-postgres"); ok && short != "" {
		meta["name"] = short
	} else {
		a.set(name, "clusterName")
	}
	if namespace := a.cluster.take("metadata", "namespace"); namespace != nil {
		meta["namespace"] = namespace
	}
	a.hibernation()
	for _, where := range []string{"labels", "annotations"} {
		if a.cluster.take("metadata", where, cnpg.SkipEmptyWALArchiveCheckKey) != nil {
			a.note(a.cluster, "metadata."+where, "%s is gone: it lets a cluster overwrite the archive that it was restored from; "+
				"every lineage has an archive of its own", cnpg.SkipEmptyWALArchiveCheckKey)
		}
	}
	a.cluster.take("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	a.cluster.take("metadata", "labels", "app.kubernetes.io/component")
	a.cluster.take("metadata", "labels", "app.kubernetes.io/managed-by")
	for _, where := range []string{"labels", "annotations"} {
		if value, ok := a.cluster.take("metadata", where).(Fields); ok && len(value) > 0 {
			meta[where] = value
		}
	}
	a.app = Fields{"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresApp, "metadata": meta, "spec": a.spec}
}

func (a *adopter) hibernation() {
	if a.cluster.take("metadata", "annotations", cnpg.HibernationKey) == cnpg.HibernationOn {
		a.set(true, "hibernate")
	}
}

// leftovers makes overrides of what was not taken.
func (a *adopter) leftovers() {
	rest := a.cluster.rest()
	if spec, ok := rest["spec"].(Fields); ok {
		if bootstrap, ok := spec["bootstrap"].(Fields); ok && bootstrap["initdb"] == nil {
			// A merge patch adds: the start that the app would have made must go.
			bootstrap["initdb"] = nil
		}
	}
	a.override("cluster", rest)
	if len(a.overrides) > 0 {
		a.spec["overrides"] = a.overrides
	}
}

func (a *adopter) override(key string, patch Fields) {
	if len(patch) == 0 {
		return
	}
	if a.overrides == nil {
		a.overrides = Fields{}
	}
	a.overrides[key] = patch
}

// sorted tells the objects around the Cluster that were taken from those that were not.
func (a *adopter) sorted() (taken, kept []Fields) {
	for i, object := range a.around {
		if slices.Contains(a.taken, i) {
			taken = append(taken, object)
		} else {
			kept = append(kept, object)
		}
	}
	return taken, kept
}

// belonging finds the objects of a kind that refer to the cluster, by their index in around.
func (a *adopter) belonging(kind string) map[int]*source {
	found := map[int]*source{}
	for i, object := range a.around {
		reference, _ := jsontype.At(object, "spec", "cluster", "name").(string)
		if is(object, kind) && reference == a.cluster.name() && sameNamespace(object, a.cluster.fields) {
			found[i] = newSource(object)
		}
	}
	return found
}

// is tells whether an object is of a kind of CloudNativePG.
func is(object Fields, kind string) bool {
	apiVersion := cnpg.APIVersion
	if kind == "ObjectStore" {
		apiVersion = cnpg.ObjectStoreAPIVersion
	}
	return object["kind"] == kind && object["apiVersion"] == apiVersion
}

// sameNamespace tells whether two objects may live together. Where one does not say its namespace, kustomize or Flux will.
func sameNamespace(a, b Fields) bool {
	x, _ := jsontype.At(a, "metadata", "namespace").(string)
	y, _ := jsontype.At(b, "metadata", "namespace").(string)
	return x == y || x == "" || y == ""
}

// clone copies fields.
func clone(fields Fields) Fields { return runtime.DeepCopyJSON(fields) }
