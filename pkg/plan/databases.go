package plan

import (
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// Database is a Database object: a database that the operator creates, or the app's own with extensions or schemas to create in it.
type Database struct {
	// ObjectName is the name of the object.
	ObjectName string

	// Name and Owner are the database's and its owner's in PostgreSQL.
	Name, Owner string

	// Extensions are created in it, in this order.
	Extensions []string

	// Schemas are created in it.
	Schemas []cnpgv1.SchemaSpec

	// ReclaimPolicy says what happens to it when the object is deleted.
	ReclaimPolicy cnpgv1.DatabaseReclaimPolicy
}

// databases lists the Database objects. The app's own database is created with the cluster, so that it needs an object only for what
// is to be created in it; on a shared cluster the object creates it.
func (m *maker) databases() {
	own := Database{
		Name: m.Spec.Database, Owner: m.Spec.Owner, ReclaimPolicy: m.Spec.DatabaseReclaimPolicy,
		Extensions: m.resolved["spec.extensions"], Schemas: m.Spec.Schemas,
	}
	oneOf(&m.checker, m.spec.Child("databaseReclaimPolicy"), m.Spec.DatabaseReclaimPolicy, cnpgv1.DatabaseReclaimRetain, cnpgv1.DatabaseReclaimDelete)
	m.schemas(m.spec.Child("schemas"), m.Spec.Schemas)
	if m.Shared != nil || len(own.Extensions) > 0 || len(own.Schemas) > 0 {
		m.add(m.spec.Child("database"), own)
	}
	seen := []string{m.Spec.Database}
	for i := range m.Spec.Databases {
		database, path := &m.Spec.Databases[i], m.spec.Child("databases").Index(i)
		oneOf(&m.checker, path.Child("databaseReclaimPolicy"), database.DatabaseReclaimPolicy, cnpgv1.DatabaseReclaimRetain, cnpgv1.DatabaseReclaimDelete)
		m.schemas(path.Child("schemas"), database.Schemas)
		if !m.hasRole(database.Owner) {
			m.invalid(path.Child("owner"), database.Owner, "must be the app's owner, %s, or one of roles", m.Spec.Owner)
		}
		switch {
		case database.Name == "":
			m.required(path.Child("name"), "the name of the database")
			continue
		case database.Name == m.Spec.Database:
			m.invalid(path.Child("name"), database.Name, "is the app's own database, which is made already: remove it here")
			continue
		case slices.Contains(seen, database.Name):
			m.invalid(path.Child("name"), database.Name, "is in the list already: keep one of the two")
			continue
		}
		seen = append(seen, database.Name)
		if m.databaseName(path.Child("name"), database.Name, "") {
			m.add(path.Child("name"), Database{Name: database.Name, Owner: database.Owner, ReclaimPolicy: database.DatabaseReclaimPolicy,
				Extensions: m.resolved[path.Child("extensions").String()], Schemas: database.Schemas})
		}
	}
}

// hasRole tells whether the app makes a role of that name.
func (m *maker) hasRole(name string) bool {
	if name == m.Spec.Owner {
		return true
	}
	for i := range m.Spec.Roles {
		if m.Spec.Roles[i].Name == name {
			return true
		}
	}
	return false
}

// hasDatabase tells whether the app makes a database of that name.
func (m *maker) hasDatabase(name string) bool {
	if name == m.Spec.Database {
		return true
	}
	for i := range m.Spec.Databases {
		if m.Spec.Databases[i].Name == name {
			return true
		}
	}
	return false
}

// add names the object of a database. On a shared cluster the app's own is the app's main object.
func (m *maker) add(path *field.Path, database Database) {
	if m.Shared != nil && database.Name == m.Spec.Database {
		database.ObjectName = m.App.Name
	} else {
		database.ObjectName = m.emittedName(path, "Database", m.prefix(), database.Name)
	}
	m.Databases = append(m.Databases, database)
}

func (m *maker) schemas(path *field.Path, schemas []cnpgv1.SchemaSpec) {
	var seen []string
	for i, schema := range schemas {
		at := path.Index(i).Child("name")
		switch {
		case schema.Name == "":
			m.required(at, "the name of the schema")
		case slices.Contains(seen, schema.Name):
			m.invalid(at, schema.Name, "is in the list already: keep one of the two")
		case strings.HasPrefix(schema.Name, "pg_"):
			m.invalid(at, schema.Name, "names that begin with pg_ belong to PostgreSQL: use another one")
		case len(schema.Name) > postgres.MaxIdentifierLength:
			m.invalid(at, schema.Name, "has %d bytes, and PostgreSQL keeps at most %d", len(schema.Name), postgres.MaxIdentifierLength)
		}
		seen = append(seen, schema.Name)
		if schema.Ensure != "" {
			oneOf(&m.checker, path.Index(i).Child("ensure"), schema.Ensure, cnpgv1.EnsurePresent, cnpgv1.EnsureAbsent)
		}
	}
}
