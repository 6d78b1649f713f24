package render

import (
	"fmt"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// together checks what only all resources together show: one name twice, one object twice, one archive written by two clusters.
func (r *renderer) together(expansions []Expansion) {
	type identity struct{ group, kind, namespace, name string }
	resources := map[identity]bool{}
	objects := map[identity]diag.Finding{}
	archives := map[string]diag.Finding{}
	for i, expansion := range expansions {
		subject, archive := r.subjects[i], r.archives[i]
		resource := identity{kind: subject.Kind, namespace: expansion.Namespace, name: expansion.Name}
		if resources[resource] {
			r.fail(subject, "metadata.name", "another "+subject.Kind+" has the same name and namespace: rename one of them")
			continue
		}
		resources[resource] = true
		for _, object := range expansion.Objects {
			id := identity{object.APIVersion, object.Kind, object.Namespace, object.Name}
			if other, taken := objects[id]; taken {
				if subject.Kind == v1alpha1.KindPostgresPlatform && other.Kind == subject.Kind {
					r.fail(subject, "metadata.name", fmt.Sprintf("installs what %s installs already: keep one of them, as a cluster has room for one operator", other.Resource()))
					break
				}
				r.fail(subject, "", fmt.Sprintf("its %s %s would be made by %s too: rename one of the two", object.Kind, object.Name, other.Resource()))
				continue
			}
			objects[id] = subject
		}
		if archive == nil {
			continue
		}
		place := archive.Place()
		if other, taken := archives[place]; taken {
			r.fail(subject, "spec.backup", fmt.Sprintf("%s/%s is the archive of %s too, and each would destroy the other's backups: set backup.path to a "+
				"folder of its own", archive.DestinationPath, archive.ServerName, other.Resource()))
			continue
		}
		archives[place] = subject
	}
}
