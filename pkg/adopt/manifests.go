package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Manifest is one object with the place that it was read from.
type Manifest struct {
	Object Fields

	// Source is a file, or what else a person calls the place.
	Source string
}

// Family is one Cluster with all the other manifests, some of which may belong to it.
type Family struct {
	// Objects begin with the Cluster.
	Objects []Fields

	// Source is where the Cluster was read from.
	Source string

	// Live tells that the Cluster was read from an API server, after its admission wrote defaults into it.
	Live bool
}

// Families finds the Clusters among manifests. Lists, as kubectl prints them, are taken apart. The errors tell which Clusters cannot be
// adopted and what to do, each naming its source; where there is no Cluster at all there is one that says so.
func Families(manifests []Manifest) ([]Family, []error) {
	var clusters, around []Manifest
	for _, m := range flat(manifests) {
		if is(m.Object, "Cluster") {
			clusters = append(clusters, m)
		} else {
			around = append(around, m)
		}
	}
	if len(clusters) == 0 {
		return nil, []error{fmt.Errorf("there is no Cluster of %s in what was given%s", cnpg.APIVersion, instead(around))}
	}
	var families []Family
	var errs []error
	for i, m := range clusters {
		name := identity(m.Object)
		twin := slices.IndexFunc(clusters, func(other Manifest) bool { return identity(other.Object) == name })
		spec, _ := m.Object["spec"].(Fields)
		switch {
		case twin < i:
			errs = append(errs, fmt.Errorf("%s: Cluster %s stands in %s as well: if one is a patch, adopt what kustomize renders; else give one of them",
				m.Source, name, clusters[twin].Source))
		case spec["storage"] == nil:
			errs = append(errs, fmt.Errorf("%s: Cluster %s has no spec.storage: if it is a patch, adopt what kustomize renders of it", m.Source, name))
		default:
			family := Family{Source: m.Source, Live: live(m.Object), Objects: []Fields{asWritten(m.Object)}}
			for _, other := range around {
				family.Objects = append(family.Objects, asWritten(other.Object))
			}
			if store := missingStore(family.Objects); store != "" {
				errs = append(errs, fmt.Errorf("%s: Cluster %s archives to ObjectStore %s, which is not in what was given: give its file too",
					m.Source, name, store))
			}
			families = append(families, family)
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return families, nil
}

// instead says what to do with manifests among which there is no Cluster.
func instead(manifests []Manifest) string {
	for _, m := range manifests {
		switch {
		case installs(m.Object):
			return ": what installs the operator is not adopted: write a PostgresPlatform (postgresapp explain PostgresPlatform.spec)"
		case text(m.Object["apiVersion"]) == v1alpha1.APIVersion:
			return fmt.Sprintf(": it holds a %s already", text(m.Object["kind"]))
		}
	}
	return ""
}

// missingStore is the name of the ObjectStore that a Cluster archives to, if it is not among the objects.
func missingStore(objects []Fields) string {
	a := &adopter{cluster: newSource(objects[0]), around: objects[1:]}
	plugins, _ := jsontype.At(objects[0], "spec", "plugins").([]any)
	for _, entry := range plugins {
		plugin, ok := archiver(entry)
		if !ok {
			continue
		}
		name, _ := pluginArchive(plugin, a.cluster.name())
		if store, _ := a.objectStore(name); store == nil {
			return name
		}
	}
	return ""
}

// flat takes lists apart.
func flat(manifests []Manifest) []Manifest {
	var all []Manifest
	for _, m := range manifests {
		kind, _ := m.Object["kind"].(string)
		items, ok := m.Object["items"].([]any)
		if !ok || !strings.HasSuffix(kind, "List") {
			all = append(all, m)
			continue
		}
		for _, item := range items {
			if object, ok := item.(Fields); ok {
				all = append(all, flat([]Manifest{{object, m.Source}})...)
			}
		}
	}
	return all
}

// identity is the namespace and the name of an object.
func identity(object Fields) string {
	name, namespace := text(jsontype.At(object, "metadata", "name")), text(jsontype.At(object, "metadata", "namespace"))
	if namespace != "" {
		return namespace + "/" + name
	}
	return name
}

// live tells whether an object comes from an API server.
func live(object Fields) bool { return jsontype.At(object, "metadata", "uid") != nil }

// asWritten is an object without what an API server adds to its metadata.
func asWritten(object Fields) Fields {
	if !live(object) {
		return object
	}
	object = clone(object)
	for _, name := range []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"} {
		takeFrom(object, "metadata", name)
	}
	delete(object, "status")
	return object
}
