package expand

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// databaseRoles builds the roles that the operator creates, beside the Cluster. The owner of a Cluster's own database is made with
// the Cluster; on a shared cluster it is a role like the others.
func databaseRoles(p *plan.Plan) []Object {
	if !p.HasDatabaseRoles() {
		return nil
	}
	var list []Object
	roles := p.Roles
	if p.Shared != nil {
		roles = append([]plan.Role{p.Owner}, roles...)
	}
	for _, role := range roles {
		configuration := roleConfiguration(role)
		if beside := besideSecret(p, role); beside != "" {
			configuration.PasswordSecret = &cnpgv1.LocalObjectReference{Name: beside}
		}
		list = append(list, &cnpgv1.DatabaseRole{
			TypeMeta:   metadata.Type(cnpgv1.SchemeGroupVersion.String(), "DatabaseRole"),
			ObjectMeta: besideCluster(p, p.RoleObjectName(role)),
			Spec: cnpgv1.DatabaseRoleSpec{
				RoleConfiguration: configuration,
				ClusterRef:        corev1.LocalObjectReference{Name: p.Cluster},
				ReclaimPolicy:     cnpgv1.DatabaseRoleReclaimRetain,
			},
		})
	}
	return list
}

// roleConfiguration is a role as CloudNativePG describes it, in a DatabaseRole and in a Cluster alike.
func roleConfiguration(role plan.Role) cnpgv1.RoleConfiguration {
	c := cnpgv1.RoleConfiguration{Name: role.Name, Ensure: cnpgv1.EnsurePresent, Login: true}
	if role.Secret != "" && role.Credentials != nil {
		c.PasswordSecret = &cnpgv1.LocalObjectReference{Name: role.Secret}
	}
	if s := role.Spec; s != nil {
		c.Login, c.InRoles, c.Comment, c.ValidUntil = *s.Login, s.InRoles, s.Comment, s.ValidUntil
		c.CreateDB, c.CreateRole, c.Replication, c.Superuser = s.CreateDB, s.CreateRole, s.Replication, s.Superuser
		c.BypassRLS, c.Inherit, c.DisablePassword = s.BypassRLS, s.Inherit, s.DisablePassword
		c.ConnectionLimit = or(s.ConnectionLimit, 0)
	}
	return c
}
