package plan

import (
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// Role is a role with its password's Secret.
type Role struct {
	// Name of the role in PostgreSQL.
	Name string

	// Spec is what the user said about it; nil for the owner.
	Spec *v1alpha1.Role

	// Credentials say where the password comes from; nil when the operator generates it, or when there is none.
	Credentials *v1alpha1.Credentials

	// Secret is the name of the Secret with the password and, unless it is the user's own, the whole connection. It is "" when the
	// role has no password.
	Secret string

	// Connection is what the Secret leads to.
	Connection Connection
}

// Connection is how a role reaches its database.
type Connection struct {
	Host, Database string
}

// Port of PostgreSQL, and of a Pooler.
const Port = 5432

// Emitted tells whether the Secret is one of ours.
func (r Role) Emitted() bool { return r.Credentials != nil && r.Credentials.ExistingSecret == nil }

// host is the name of the primary's Service. It holds no namespace but a shared cluster's, which is a field: a build does not know
// the app's own.
func (p *Plan) host() string {
	host := p.Cluster + cnpg.ServiceReadWriteSuffix
	if p.Shared != nil && p.Shared.Namespace != "" {
		host += "." + p.Shared.Namespace
	}
	return host
}

// roles finds the owner and the further roles.
func (m *maker) roles() {
	path := m.spec.Child("credentials")
	m.Owner = Role{
		Name:        m.Spec.Owner,
		Credentials: m.Spec.Credentials,
		Secret:      m.ownerSecret(),
		Connection:  Connection{Host: m.host(), Database: m.Spec.Database},
	}
	m.credentials(path, m.Spec.Credentials)
	if existing := m.existing(m.Spec.Credentials); existing != "" {
		m.Owner.Secret = existing
	}
	if m.Shared != nil && m.Spec.Credentials == nil {
		m.required(path, "the password of role %s: the operator generates none for a database on a shared cluster; "+
			"use externalSecret, existingSecret or password: ${VARIABLE}", m.Spec.Owner)
	}
	if m.Shared != nil && !m.HasDatabaseRoles() {
		m.warn(m.spec.Child("operatorVersion"), "CloudNativePG %s has no DatabaseRole: add the roles to the PostgresApp of the cluster, as roles: "+
			"[{name: %s, credentials: {existingSecret: {name: %s}}}]", m.Target, m.Spec.Owner, m.Owner.Secret)
	}
	seen := map[string]bool{m.Spec.Owner: true}
	for i := range m.Spec.Roles {
		role, at := &m.Spec.Roles[i], m.spec.Child("roles").Index(i)
		if role.Name == "" {
			m.required(at.Child("name"), "the name of the role")
		}
		m.roleName(at.Child("name"), role.Name)
		if seen[role.Name] {
			m.errs = append(m.errs, field.Duplicate(at.Child("name"), role.Name))
		}
		seen[role.Name] = true
		m.credentials(at.Child("credentials"), role.Credentials)
		if role.DisablePassword && role.Credentials != nil {
			m.forbidden(at.Child("disablePassword"), "credentials give the role a password: keep one of the two")
		}
		if limit := role.ConnectionLimit; limit != nil && *limit < -1 {
			m.invalid(at.Child("connectionLimit"), *limit, "must be -1, which is no limit, or more")
		}
		if role.Superuser {
			m.warn(at.Child("superuser"), "role %s may do anything in every database of the cluster", role.Name)
		}
		r := Role{Name: role.Name, Spec: role, Credentials: role.Credentials, Connection: Connection{Host: m.host(), Database: role.Database}}
		if role.Credentials != nil {
			r.Secret = m.prefix() + "-" + objectName(role.Name)
			if existing := m.existing(role.Credentials); existing != "" {
				r.Secret = existing
			}
		}
		m.Roles = append(m.Roles, r)
	}
}

// HasDatabaseRoles tells whether the operator knows the kind DatabaseRole; before, roles stand in the Cluster.
func (p *Plan) HasDatabaseRoles() bool { return !p.Target.Less(cnpg.V1_30) }

// RoleObjectName is the name of a role's object. The owner of a database on a shared cluster is the app's main role there.
func (p *Plan) RoleObjectName(role Role) string {
	if p.Shared != nil && role.Name == p.Owner.Name {
		return p.App.Name
	}
	return p.prefix() + "-" + objectName(role.Name)
}

// prefix is what the names of an app's objects begin with: the cluster's name, or the app's when the cluster is somebody else's.
func (p *Plan) prefix() string {
	if p.Shared != nil {
		return p.App.Name
	}
	return p.Cluster
}

// ownerSecret is the Secret with the owner's connection. Wherever the password comes from, it has the name that the operator would
// give to its own, so that applications need not be changed.
func (p *Plan) ownerSecret() string { return p.prefix() + cnpg.ApplicationSecretSuffix }

func (m *maker) existing(c *v1alpha1.Credentials) string {
	if c == nil || c.ExistingSecret == nil {
		return ""
	}
	return c.ExistingSecret.Name
}

// credentials checks that exactly one source of a password is given.
func (m *maker) credentials(path *field.Path, c *v1alpha1.Credentials) {
	if c == nil {
		return
	}
	given := 0
	for _, ok := range []bool{c.ExistingSecret != nil, c.ExternalSecret != nil, c.Password != ""} {
		if ok {
			given++
		}
	}
	switch {
	case given == 0:
		m.required(path, "one of existingSecret, externalSecret and password; leave credentials out to let the operator generate a password")
	case given > 1:
		m.forbidden(path, "existingSecret, externalSecret and password exclude each other: keep one")
	}
	if c.ExistingSecret != nil {
		m.objectReference(path.Child("existingSecret", "name"), c.ExistingSecret.Name, "the name of a Secret of type kubernetes.io/basic-auth")
	}
	if c.ExternalSecret != nil {
		m.externalSecret(path.Child("externalSecret"), c.ExternalSecret)
	}
	if c.Password != "" && !placeholder(c.Password) {
		m.warn(path.Child("password"), "a literal password is readable by everybody who can read the repository: "+
			"write ${VARIABLE} and let Flux substitute it from a Secret, or use externalSecret or existingSecret")
	}
}

// objectReference checks the name of an object that must exist.
func (m *maker) objectReference(path *field.Path, name, what string) {
	if name == "" {
		m.required(path, "%s", what)
		return
	}
	if placeholder(name) {
		return
	}
	for _, problem := range validation.IsDNS1123Subdomain(name) {
		m.invalid(path, name, "%s", problem)
	}
}

func (m *maker) externalSecret(path *field.Path, e *v1alpha1.ExternalSecretSource) {
	m.objectReference(path.Child("secretStoreRef", "name"), e.SecretStoreRef.Name, "the name of the secret store")
	oneOf(m, path.Child("secretStoreRef", "kind"), e.SecretStoreRef.Kind, "ClusterSecretStore", "SecretStore")
	if e.RemoteRef.Key == "" {
		m.required(path.Child("remoteRef", "key"), "the entry of the secret store")
	}
	m.duration(path.Child("refreshInterval"), e.RefreshInterval)
}

// superuser checks the access as postgres.
func (m *maker) superuser() {
	s, path := m.Spec.Superuser, m.spec.Child("superuser")
	if s == nil || s.SecretName == "" {
		return
	}
	if !s.Enabled {
		m.forbidden(path.Child("secretName"), "without enabled: true the operator ignores the Secret and removes the password")
	}
	m.objectReference(path.Child("secretName"), s.SecretName, "")
}
