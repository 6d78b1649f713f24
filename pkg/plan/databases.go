package plan

import (
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
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

// extensions finds what all extensions of all databases need of the server.
func (m *maker) extensions() {
	m.resolved = map[string][]string{}
	m.extensionsOf(m.spec.Child("extensions"), m.Spec.Extensions)
	for i := range m.Spec.Databases {
		m.extensionsOf(m.spec.Child("databases").Index(i).Child("extensions"), m.Spec.Databases[i].Extensions)
	}
}

// extensionsOf resolves the extensions of one database. On a shared cluster the image is somebody else's, and so is what it preloads.
func (m *maker) extensionsOf(path *field.Path, names []string) {
	if len(names) == 0 {
		return
	}
	server := postgres.Server{Major: m.Image.Major, Image: m.Image.Parsed, Libraries: m.libraries()}
	if p := m.Spec.PostgreSQL; p != nil {
		for name := range p.Parameters {
			server.Parameters = append(server.Parameters, name)
		}
		for _, extension := range p.Extensions {
			server.Volumes = append(server.Volumes, extension.Name)
		}
	}
	for _, volume := range m.Volumes {
		server.Volumes = append(server.Volumes, volume.Name)
	}
	for _, needed := range m.needed {
		server.Parameters = append(server.Parameters, needed.Name)
	}
	if m.Image.Major == 0 {
		server.Major = postgres.DefaultMajor
	}
	var create []string
	for _, need := range postgres.ResolveExtensions(names, server) {
		at := path
		for i, name := range names {
			if name == need.Requested {
				at = path.Index(i)
			}
		}
		if need.Create {
			create = append(create, need.Name)
		}
		if m.Shared != nil {
			continue
		}
		m.need(at, need)
	}
	m.resolved[path.String()] = create
}

// need takes up what one extension needs of the server.
func (m *maker) need(path *field.Path, need postgres.Need) {
	switch need.Availability {
	case postgres.Unavailable:
		m.invalid(path, need.Name, "%s", need.Remedy)
		return
	case postgres.Unverified:
		m.warn(path, "%s", need.Remedy)
	case postgres.Mountable:
		m.warn(path, "%s", need.Remedy)
	}
	if need.Preload != "" {
		m.preload = append(m.preload, need.Preload)
	}
	for _, parameter := range need.Parameters {
		m.needed = append(m.needed, Derivation{Name: parameter.Name, Value: parameter.Value, Reason: "extension " + need.Name + " needs it"})
	}
	if need.Volume != nil {
		m.Volumes = append(m.Volumes, *need.Volume)
	}
}

// databases lists the Database objects. The app's own database is created with the cluster, so that it needs an object only for what
// is to be created in it; on a shared cluster the object creates it.
func (m *maker) databases() {
	own := Database{
		Name: m.Spec.Database, Owner: m.Spec.Owner, ReclaimPolicy: m.Spec.DatabaseReclaimPolicy,
		Extensions: m.resolved["spec.extensions"], Schemas: m.Spec.Schemas,
	}
	oneOf(m, m.spec.Child("databaseReclaimPolicy"), m.Spec.DatabaseReclaimPolicy, cnpgv1.DatabaseReclaimRetain, cnpgv1.DatabaseReclaimDelete)
	m.schemas(m.spec.Child("schemas"), m.Spec.Schemas)
	if m.Shared != nil || len(own.Extensions) > 0 || len(own.Schemas) > 0 {
		m.add(own)
	}
	seen := map[string]bool{m.Spec.Database: true}
	roles := map[string]bool{m.Spec.Owner: true}
	for _, role := range m.Spec.Roles {
		roles[role.Name] = true
	}
	for i := range m.Spec.Databases {
		database, path := &m.Spec.Databases[i], m.spec.Child("databases").Index(i)
		if database.Name == "" {
			m.required(path.Child("name"), "the name of the database")
			continue
		}
		m.databaseName(path.Child("name"), database.Name)
		if seen[database.Name] {
			m.errs = append(m.errs, field.Duplicate(path.Child("name"), database.Name))
		}
		seen[database.Name] = true
		if !roles[database.Owner] {
			m.invalid(path.Child("owner"), database.Owner, "must be the app's owner, %s, or one of roles", m.Spec.Owner)
		}
		oneOf(m, path.Child("databaseReclaimPolicy"), database.DatabaseReclaimPolicy, cnpgv1.DatabaseReclaimRetain, cnpgv1.DatabaseReclaimDelete)
		m.schemas(path.Child("schemas"), database.Schemas)
		m.add(Database{Name: database.Name, Owner: database.Owner, ReclaimPolicy: database.DatabaseReclaimPolicy,
			Extensions: m.resolved[path.Child("extensions").String()], Schemas: database.Schemas})
	}
}

func (m *maker) add(database Database) {
	database.ObjectName = m.prefix() + "-" + objectName(database.Name)
	if m.Shared != nil && database.Name == m.Spec.Database {
		database.ObjectName = m.App.Name
	}
	m.Databases = append(m.Databases, database)
}

func (m *maker) schemas(path *field.Path, schemas []cnpgv1.SchemaSpec) {
	seen := map[string]bool{}
	for i, schema := range schemas {
		switch {
		case schema.Name == "":
			m.required(path.Index(i).Child("name"), "the name of the schema")
		case seen[schema.Name]:
			m.errs = append(m.errs, field.Duplicate(path.Index(i).Child("name"), schema.Name))
		case strings.HasPrefix(schema.Name, "pg_"):
			m.invalid(path.Index(i).Child("name"), schema.Name, "names that begin with pg_ belong to PostgreSQL")
		}
		seen[schema.Name] = true
		if schema.Ensure != "" {
			oneOf(m, path.Index(i).Child("ensure"), schema.Ensure, cnpgv1.EnsurePresent, cnpgv1.EnsureAbsent)
		}
	}
}

// initialisation checks what runs once in a new database.
func (m *maker) initialisation() {
	i, path := m.Spec.Init, m.spec.Child("init")
	if i == nil {
		return
	}
	if i.SQL == "" && i.ConfigMapRef == nil && i.SecretRef == nil && i.Job == nil {
		m.required(path, "at least one of sql, configMapRef, secretRef and job")
	}
	if m.Shared != nil && (i.SQL != "" || i.ConfigMapRef != nil || i.SecretRef != nil) {
		m.forbidden(path, "only a new Cluster runs SQL when it is created: on a shared cluster use init.job")
	}
	if m.Recovery != nil && (i.SQL != "" || i.ConfigMapRef != nil || i.SecretRef != nil) {
		m.warn(path, "left out: a restored database holds already what was run when it was new")
	}
	if r := i.ConfigMapRef; r != nil {
		m.objectReference(path.Child("configMapRef", "name"), r.Name, "the name of the ConfigMap")
		if r.Key == "" {
			m.required(path.Child("configMapRef", "key"), "the key in the ConfigMap, such as init.sql")
		}
	}
	if r := i.SecretRef; r != nil {
		m.secretKey(path.Child("secretRef"), &v1alpha1.SecretKeySelector{Name: r.Name, Key: r.Key})
	}
	if job := i.Job; job != nil {
		if job.Image == "" {
			m.required(path.Child("job", "image"), "the image that runs the migration")
		}
		m.requirements(path.Child("job", "resources"), job.Resources)
		if job.BackoffLimit != nil && *job.BackoffLimit < 0 {
			m.invalid(path.Child("job", "backoffLimit"), *job.BackoffLimit, "must not be negative")
		}
		if job.ActiveDeadlineSeconds != nil && *job.ActiveDeadlineSeconds < 1 {
			m.invalid(path.Child("job", "activeDeadlineSeconds"), *job.ActiveDeadlineSeconds, "must be at least 1")
		}
	}
}
