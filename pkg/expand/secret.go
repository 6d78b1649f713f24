package expand

import (
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// secrets builds a Secret for each password and each key that Flux substitutes. Where the operator, a secret store or the user makes
// the Secret, there is none of ours.
func secrets(p *plan.Plan) []Object {
	var list []Object
	for _, role := range append([]plan.Role{p.Owner}, p.Roles...) {
		if role.Credentials == nil || role.Credentials.Password == "" {
			continue
		}
		list = append(list, connectionSecret(p, role.Secret, role, role.Connection))
		if beside := besideSecret(p, role); beside != "" {
			secret := connectionSecret(p, beside, role, role.Connection)
			secret.ObjectMeta = besideCluster(p, beside)
			secret.Labels[cnpg.ReloadLabel] = "true"
			list = append(list, secret)
		}
	}
	if p.Owner.Credentials != nil && p.Owner.Credentials.Password != "" {
		for _, pooler := range p.Poolers {
			list = append(list, connectionSecret(p, pooler.Secret, p.Owner, pooler.Connection))
		}
	}
	if p.Archive != nil {
		list = append(list, archiveSecret(p, *p.Archive)...)
	}
	if r := p.Recovery; r != nil && r.OwnStore && (p.Archive == nil || r.Source.CredentialsSecret != p.Archive.CredentialsSecret) {
		list = append(list, archiveSecret(p, *r.Source)...)
	}
	return list
}

// connectionSecret holds what CloudNativePG's own Secret of an application would hold, so that an application finds the same keys
// wherever the password comes from.
func connectionSecret(p *plan.Plan, name string, role plan.Role, connection plan.Connection) *corev1.Secret {
	secret := &corev1.Secret{
		TypeMeta:   metadata.Type("v1", "Secret"),
		ObjectMeta: meta(p, name, componentDatabase),
		Type:       corev1.SecretTypeBasicAuth,
		StringData: connectionData(role.Name, connection, literalPassword(role.Credentials.Password)),
	}
	// With the label the operator applies a changed password at once.
	secret.Labels[cnpg.ReloadLabel] = "true"
	return secret
}

// besideSecret is the name of a second Secret with a role's password: a shared cluster in another namespace cannot read the app's.
func besideSecret(p *plan.Plan, role plan.Role) string {
	if p.Shared == nil || p.Shared.Namespace == "" || !role.Emitted() {
		return ""
	}
	return role.Secret + "-password"
}

// password is a password as it stands alone, within a URL, and within a line of .pgpass. All three are literals, or templates.
type password struct {
	plain, url, pgpass string
}

// literalPassword escapes a password. A ${VARIABLE} stays as it is: Flux substitutes it as text, so that its value must need no
// escaping.
func literalPassword(text string) password {
	if substitution.HasVariable(text) {
		return password{plain: text, url: text, pgpass: text}
	}
	return password{
		plain:  text,
		url:    strings.ReplaceAll(url.QueryEscape(text), "+", "%20"),
		pgpass: strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(text),
	}
}

// connectionData is the keys of a connection, as CreateSecret in pkg/specs/secrets.go of CloudNativePG 1.30.0 names them, without
// those that hold the namespace.
func connectionData(user string, c plan.Connection, pw password) map[string]string {
	address := c.Host + ":" + strconv.Itoa(plan.Port)
	database := url.PathEscape(c.Database)
	return map[string]string{
		"username": user,
		"user":     user,
		"password": pw.plain,
		"host":     c.Host,
		"port":     strconv.Itoa(plan.Port),
		"dbname":   c.Database,
		"uri":      "postgresql://" + url.User(user).String() + ":" + pw.url + "@" + address + "/" + database,
		"jdbc-uri": "jdbc:postgresql://" + address + "/" + database + "?password=" + pw.url + "&user=" + url.QueryEscape(user),
		"pgpass":   strings.Join([]string{c.Host, strconv.Itoa(plan.Port), c.Database, user, pw.pgpass}, ":") + "\n",
	}
}

// archiveSecret holds the keys of an object store that Flux substitutes.
func archiveSecret(p *plan.Plan, a plan.Archive) []Object {
	if a.Credentials == nil || a.Credentials.AccessKeyID == "" {
		return nil
	}
	return []Object{&corev1.Secret{
		TypeMeta:   metadata.Type("v1", "Secret"),
		ObjectMeta: protect(p, meta(p, a.CredentialsSecret, componentBackup)),
		Type:       corev1.SecretTypeOpaque,
		StringData: map[string]string{
			v1alpha1.DefaultAccessKeyIDKey: a.Credentials.AccessKeyID,
			v1alpha1.DefaultSecretKeyKey:   a.Credentials.SecretAccessKey,
		},
	}}
}
