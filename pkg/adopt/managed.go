package adopt

import (
	"maps"
	"reflect"
	"slices"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// managed takes over the roles, from the Cluster and from DatabaseRoles beside it.
func (a *adopter) managed() {
	roles, _ := jsontype.At(a.cluster.fields, "spec", "managed", "roles").([]any)
	var left []any
	for _, entry := range roles {
		role, ok := entry.(Fields)
		if !ok || !a.role(clone(role)) {
			left = append(left, entry)
		}
	}
	if len(left) > 0 {
		put(a.cluster.fields, left, "spec", "managed", "roles")
	} else {
		a.cluster.take("spec", "managed", "roles")
	}
	objects := a.belonging("DatabaseRole")
	for _, i := range slices.Sorted(maps.Keys(objects)) {
		object := objects[i]
		object.take("spec", "cluster")
		object.takeIf("retain", "spec", "databaseRoleReclaimPolicy")
		role, ok := object.fields["spec"].(Fields)
		if ok && a.role(role) {
			a.taken = append(a.taken, i)
			continue
		}
		a.note(object, "spec", "stays as it is: it says more than a role of a PostgresApp can")
	}
}

// role takes one role, unless it says something that a PostgresApp cannot.
func (a *adopter) role(theirs Fields) bool {
	name, _ := theirs["name"].(string)
	if name == a.owner && a.ownerAgain(theirs) {
		return true
	}
	if name == "" || slices.Contains(a.roles, name) {
		return false
	}
	if ensure := takeFrom(theirs, "ensure"); ensure != nil && ensure != "present" {
		return false
	}
	ours := Fields{}
	if secret, ok := takeFrom(theirs, "passwordSecret", "name").(string); ok {
		ours["credentials"] = Fields{"existingSecret": Fields{"name": secret}}
	}
	// A role of a PostgresApp may log in when it has a password, one of CloudNativePG only when it says so.
	login := takeFrom(theirs, "login") == true
	if login != (ours["credentials"] != nil) {
		ours["login"] = login
	}
	for _, field := range fieldNames(reflect.TypeFor[v1alpha1.Role]()) {
		value := takeFrom(theirs, field)
		if value != nil && value != false || field == "inherit" && value == false {
			ours[field] = value
		}
	}
	if len(theirs) > 0 {
		return false
	}
	a.roles = append(a.roles, name)
	list, _ := a.spec["roles"].([]any)
	a.spec["roles"] = append(list, ours)
	return true
}

// ownerAgain tells whether a role says of the owner only what the operator sees to anyway: it exists, it may log in, and its password is
// that of its Secret.
func (a *adopter) ownerAgain(theirs Fields) bool {
	rest := clone(theirs)
	for _, said := range []struct {
		field string
		value any
	}{{"ensure", "present"}, {"login", true}, {"inherit", true}, {"superuser", false}, {"connectionLimit", int64(-1)}} {
		if rest[said.field] == said.value {
			delete(rest, said.field)
		}
	}
	secret, credentials := jsontype.At(rest, "passwordSecret", "name"), jsontype.At(a.spec, "credentials", "existingSecret", "name")
	if secret != nil && credentials != nil && secret != credentials {
		return false
	}
	delete(rest, "passwordSecret")
	if len(rest) > 1 {
		return false
	}
	a.set(secret, "credentials", "existingSecret", "name")
	return true
}

// databases takes over the Database objects of the cluster.
func (a *adopter) databases() {
	objects := a.belonging("Database")
	for _, i := range slices.Sorted(maps.Keys(objects)) {
		if a.databaseObject(objects[i]) {
			a.taken = append(a.taken, i)
			continue
		}
		a.note(objects[i], "spec", "stays as it is: it says more than a database of a PostgresApp can")
	}
}

// databaseObject takes one Database, unless it says something that a PostgresApp cannot.
func (a *adopter) databaseObject(object *source) bool {
	theirs, _ := object.fields["spec"].(Fields)
	name, owner := theirs["name"], theirs["owner"]
	ours := Fields{}
	for _, field := range []string{"schemas", "databaseReclaimPolicy"} {
		if value := takeFrom(theirs, field); value != nil && value != "retain" {
			ours[field] = value
		}
	}
	extensions, ok := extensionNames(takeFrom(theirs, "extensions"))
	if !ok || !slices.Contains(a.roles, text(owner)) {
		return false
	}
	if len(extensions) > 0 {
		ours["extensions"] = extensions
	}
	if ensure := takeFrom(theirs, "ensure"); ensure != nil && ensure != "present" {
		return false
	}
	for _, field := range []string{"name", "owner", "cluster"} {
		delete(theirs, field)
	}
	if len(theirs) > 0 {
		return false
	}
	if name == a.database {
		if owner != a.owner {
			return false
		}
		for field, value := range ours {
			a.set(value, field)
		}
		return true
	}
	ours["name"] = name
	if owner != a.owner {
		ours["owner"] = owner
	}
	list, _ := a.spec["databases"].([]any)
	a.spec["databases"] = append(list, ours)
	return true
}

// extensionNames are the extensions of a Database, if all of them are said by their name.
func extensionNames(value any) ([]any, bool) {
	list, _ := value.([]any)
	var names []any
	for _, entry := range list {
		extension, ok := entry.(Fields)
		if !ok || len(extension) > 2 || (len(extension) == 2 && extension["ensure"] != "present") {
			return nil, false
		}
		names = append(names, extension["name"])
	}
	return names, true
}

// poolers takes over the Poolers of the cluster.
func (a *adopter) poolers() {
	objects := a.belonging("Pooler")
	for _, i := range slices.Sorted(maps.Keys(objects)) {
		object := objects[i]
		object.take("spec", "cluster")
		object.take("spec", "monitoring")
		ours := Fields{"name": object.name()}
		for _, name := range []string{"type", "instances", "template", "serviceTemplate", "serviceAccountName"} {
			if value := object.take("spec", name); value != nil {
				ours[name] = value
			}
		}
		for _, name := range []string{"poolMode", "parameters"} {
			if value := object.take("spec", "pgbouncer", name); value != nil {
				ours[name] = value
			}
		}
		for _, name := range fieldNames(reflect.TypeFor[v1alpha1.PgBouncer]()) {
			if value := object.take("spec", "pgbouncer", name); value != nil {
				put(ours, value, "pgbouncer", name)
			}
		}
		if rest, ok := jsontype.At(object.fields, "spec", "pgbouncer").(Fields); ok && len(rest) == 0 {
			object.take("spec", "pgbouncer")
		}
		a.commonMetadata(object)
		if len(object.rest()) > 0 {
			a.note(object, "spec", "stays as it is: it says more than a pooler of a PostgresApp can")
			continue
		}
		a.taken = append(a.taken, i)
		list, _ := a.spec["poolers"].([]any)
		a.spec["poolers"] = append(list, ours)
	}
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
