package plan

import (
	"slices"

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
	if m.Shared != nil {
		m.sharedOwner(path)
	}
	for i := range m.Spec.Roles {
		m.Roles = append(m.Roles, m.role(m.spec.Child("roles").Index(i), i))
	}
}

// sharedOwner checks what the owner of a database on a shared cluster needs.
func (m *maker) sharedOwner(credentials *field.Path) {
	if m.Spec.Credentials == nil {
		m.required(credentials, "the password of role %s: the operator generates none for a database on a shared cluster; "+
			"use externalSecret, existingSecret or password: ${VARIABLE}", m.Spec.Owner)
	}
	if !m.HasDatabaseRoles() {
		m.warn(m.spec.Child("operatorVersion"), "CloudNativePG %s has no DatabaseRole: add the roles to the PostgresApp of the cluster, as roles: "+
			"[{name: %s, credentials: {existingSecret: {name: %s}}}]", m.Target, m.Spec.Owner, m.Owner.Secret)
	}
}

// role checks a further role and finds its Secret.
func (m *maker) role(at *field.Path, i int) Role {
	role := &m.Spec.Roles[i]
	name := at.Child("name")
	switch {
	case role.Name == "":
		m.required(name, "the name of the role")
	case role.Name == m.Spec.Owner:
		m.invalid(name, role.Name, "is the app's owner, which is made already: remove it here")
	case slices.ContainsFunc(m.Spec.Roles[:i], func(other v1alpha1.Role) bool { return other.Name == role.Name }):
		m.invalid(name, role.Name, "is in the list already: keep one of the two")
	case m.roleName(name, role.Name, "") && m.HasDatabaseRoles():
		m.emittedName(name, "DatabaseRole", m.prefix(), role.Name)
	}
	m.credentials(at.Child("credentials"), role.Credentials)
	if role.DisablePassword && role.Credentials != nil {
		m.forbidden(at.Child("disablePassword"), "credentials give the role a password: keep one of the two")
	}
	switch limit := role.ConnectionLimit; {
	case limit == nil:
	case *limit < -1:
		m.invalid(at.Child("connectionLimit"), *limit, "must be -1, which is no limit, or more")
	case *limit == 0:
		m.invalid(at.Child("connectionLimit"), *limit, "CloudNativePG cannot say 0 and would set no limit: to keep the role from connecting, set login: false")
	}
	if role.Superuser {
		m.warn(at.Child("superuser"), "role %s may do anything in every database of the cluster", role.Name)
	}
	if role.Database != "" && !m.hasDatabase(role.Database) {
		m.invalid(at.Child("database"), role.Database, "must be the app's database, %s, or one of databases", m.Spec.Database)
	}
	r := Role{Name: role.Name, Spec: role, Credentials: role.Credentials, Connection: Connection{Host: m.host(), Database: role.Database}}
	switch existing := m.existing(role.Credentials); {
	case existing != "":
		r.Secret = existing
	case role.Credentials != nil && role.Name != "":
		r.Secret = m.roleSecret(name, role.Name)
	}
	return r
}

// roleSecret names the Secret of a role. Some names are those of the operator's own Secrets, or of ours.
func (m *maker) roleSecret(path *field.Path, name string) string {
	secret := m.emittedName(path, "Secret", m.prefix(), name)
	taken := []string{cnpg.ApplicationSecretSuffix}
	if m.Shared == nil {
		taken = append(taken, cnpg.SuperuserSecretSuffix, cnpg.ServerCASecretSuffix, cnpg.ServerSecretSuffix, cnpg.ReplicationSecretSuffix,
			archiveSecretSuffix, originSecretSuffix)
	}
	for _, suffix := range taken {
		if secret == m.prefix()+suffix {
			m.invalid(path, name, "its Secret would be %s, which belongs to the cluster: use another name, or credentials.existingSecret", secret)
		}
	}
	return secret
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

func (m *maker) externalSecret(path *field.Path, e *v1alpha1.ExternalSecretSource) {
	m.objectReference(path.Child("secretStoreRef", "name"), e.SecretStoreRef.Name, "the name of the secret store")
	oneOf(&m.checker, path.Child("secretStoreRef", "kind"), e.SecretStoreRef.Kind, "ClusterSecretStore", "SecretStore")
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
		m.forbidden(path.Child("secretName"), "the operator ignores the Secret and removes the password unless superuser is enabled: add enabled: true, or remove it")
	}
	m.objectReference(path.Child("secretName"), s.SecretName, "the name of a Secret of type kubernetes.io/basic-auth")
}
