package render

import (
	"fmt"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// together checks what only all apps together show: one name twice, one object twice, one archive written by two clusters.
func (r *renderer) together(expansions []Expansion) {
	type identity struct{ group, kind, namespace, name string }
	apps := map[identity]bool{}
	objects := map[identity]diag.Finding{}
	archives := map[string]diag.Finding{}
	for i, expansion := range expansions {
		subject, p := r.subjects[i], r.plans[i]
		app := identity{namespace: expansion.Namespace, name: expansion.Name}
		if apps[app] {
			r.fail(subject, "metadata.name", "another PostgresApp has the same name and namespace: rename one of them")
			continue
		}
		apps[app] = true
		for _, object := range expansion.Objects {
			id := identity{object.APIVersion, object.Kind, object.Namespace, object.Name}
			if other, taken := objects[id]; taken {
				r.fail(subject, "", fmt.Sprintf("its %s %s would be made by %s too: rename one of the two", object.Kind, object.Name, other.Resource()))
				continue
			}
			objects[id] = subject
		}
		if p.Archive == nil {
			continue
		}
		place := p.Archive.Place()
		if other, taken := archives[place]; taken {
			r.fail(subject, "spec.backup", fmt.Sprintf("%s/%s is the archive of %s too, and each would destroy the other's backups: set backup.path to a "+
				"folder of its own", p.Archive.DestinationPath, p.Archive.ServerName, other.Resource()))
			continue
		}
		archives[place] = subject
	}
}
