package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// TestOwner: wherever the password comes from, its Secret has the name that the operator would give to its own.
func TestOwner(t *testing.T) {
	const external = "credentials: {externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: shop}}}\n"
	for name, test := range map[string]struct {
		spec, owner, secret, host, database string
		emitted                             bool
	}{
		"the operator's":          {quiet, "shop", "shop-postgres-app", "shop-postgres-rw", "shop", false},
		"of another name":         {quiet + "clusterName: pg\nowner: boss\ndatabase: till\n", "boss", "pg-app", "pg-rw", "till", false},
		"Flux substitutes it":     {quiet + "credentials: {password: '${P}'}\n", "shop", "shop-postgres-app", "shop-postgres-rw", "shop", true},
		"a secret store's":        {quiet + external, "shop", "shop-postgres-app", "shop-postgres-rw", "shop", true},
		"the user's":              {quiet + "credentials: {existingSecret: {name: db}}\n", "shop", "db", "shop-postgres-rw", "shop", false},
		"on a shared cluster":     {"cluster: {name: pg}\n" + external, "shop", "shop-app", "pg-rw", "shop", true},
		"on one in another place": {"cluster: {name: pg, namespace: db}\n" + external, "shop", "shop-app", "pg-rw.db", "shop", true},
		"the user's, shared":      {"cluster: {name: pg}\ncredentials: {existingSecret: {name: db}}\n", "shop", "db", "pg-rw", "shop", false},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, test.spec)
			assert.Equal(t, test.owner, p.Owner.Name)
			assert.Equal(t, test.secret, p.Owner.Secret)
			assert.Equal(t, plan.Connection{Host: test.host, Database: test.database}, p.Owner.Connection)
			assert.Equal(t, test.emitted, p.Owner.Emitted())
		})
	}
}

func TestRoles(t *testing.T) {
	const roles = `roles:
- {name: read_only}
- {name: Writer, credentials: {password: "${W}"}, database: visibility}
- {name: cron, credentials: {existingSecret: {name: cron-db}}}
databases: [{name: visibility}]
`
	for name, test := range map[string]struct {
		spec    string
		objects []string
		secrets []string
	}{
		"own cluster": {quiet + roles,
			[]string{"shop-postgres-read-only", "shop-postgres-writer", "shop-postgres-cron"}, []string{"", "shop-postgres-writer", "cron-db"}},
		"shared cluster": {"cluster: {name: pg, namespace: db}\ncredentials: {password: '${P}'}\n" + roles,
			[]string{"shop-read-only", "shop-writer", "shop-cron"}, []string{"", "shop-writer", "cron-db"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, test.spec)
			require.Len(t, p.Roles, 3)
			for i, role := range p.Roles {
				assert.Equal(t, test.objects[i], p.RoleObjectName(role))
				assert.Equal(t, test.secrets[i], role.Secret)
				assert.Equal(t, i == 1, role.Emitted())
			}
			assert.Equal(t, "shop", p.Roles[0].Connection.Database)
			assert.Equal(t, "visibility", p.Roles[1].Connection.Database)
		})
	}
	shared := planned(t, "cluster: {name: pg}\ncredentials: {password: '${P}'}\n")
	assert.Equal(t, "shop", shared.RoleObjectName(shared.Owner), "the owner is the app's main role on a shared cluster")
}

func TestHasDatabaseRoles(t *testing.T) {
	assert.False(t, planned(t, quiet+"operatorVersion: '1.29'\n").HasDatabaseRoles())
	assert.True(t, planned(t, quiet).HasDatabaseRoles())
}

func TestDatabases(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		want []plan.Database
	}{
		"the cluster makes the app's own": {quiet, nil},
		"with something to create in it": {quiet + "extensions: [pg_trgm]\n", []plan.Database{
			{ObjectName: "shop-postgres-shop", Name: "shop", Owner: "shop", Extensions: []string{"pg_trgm"}, ReclaimPolicy: "retain"}}},
		"requirements come first": {quiet + "extensions: [earthdistance]\n", []plan.Database{
			{ObjectName: "shop-postgres-shop", Name: "shop", Owner: "shop", Extensions: []string{"cube", "earthdistance"}, ReclaimPolicy: "retain"}}},
		"names people use": {quiet + "extensions: [uuid_ossp, pgvector, vector]\n", []plan.Database{
			{ObjectName: "shop-postgres-shop", Name: "shop", Owner: "shop", Extensions: []string{"uuid-ossp", "vector"}, ReclaimPolicy: "retain"}}},
		"a module has nothing to create": {quiet + "extensions: [auto_explain]\n", nil},
		"further ones": {quiet + "database: Main\nowner: boss\ndatabases: [{name: Audit_Log}, {name: x, owner: boss, databaseReclaimPolicy: delete, extensions: [citext]}]\n",
			[]plan.Database{
				{ObjectName: "shop-postgres-audit-log", Name: "Audit_Log", Owner: "boss", ReclaimPolicy: "retain"},
				{ObjectName: "shop-postgres-x", Name: "x", Owner: "boss", Extensions: []string{"citext"}, ReclaimPolicy: "delete"}}},
		"on a shared cluster": {"cluster: {name: pg}\ncredentials: {password: '${P}'}\ndatabases: [{name: audit}]\nextensions: [postgis]\n", []plan.Database{
			{ObjectName: "shop", Name: "shop", Owner: "shop", Extensions: []string{"postgis"}, ReclaimPolicy: "retain"},
			{ObjectName: "shop-audit", Name: "audit", Owner: "shop", ReclaimPolicy: "retain"}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, planned(t, test.spec).Databases)
		})
	}
}

func TestPoolers(t *testing.T) {
	p := planned(t, quiet+`
instances: 2
credentials: {password: "${P}"}
poolers:
- {parameters: {default_pool_size: "10"}}
- {name: readers, type: ro, instances: 3}
`)
	require.Len(t, p.Poolers, 2)
	assert.Equal(t, plan.Connection{Host: "shop-postgres-pooler-rw", Database: "shop"}, p.Poolers[0].Connection)
	assert.Equal(t, "shop-postgres-pooler-rw-app", p.Poolers[0].Secret)
	assert.Equal(t, plan.Connection{Host: "readers", Database: "shop"}, p.Poolers[1].Connection)
	assert.Equal(t, "readers-app", p.Poolers[1].Secret)

	p = planned(t, quiet+"poolers: [{}]\n")
	assert.Empty(t, p.Poolers[0].Secret, "the operator's password is not ours to write")
}

// TestPoolSum: instances times default_pool_size, of the poolers that lead to the primary, against max_connections. PgBouncer's default is
// 20, PostgreSQL's is 100.
func TestPoolSum(t *testing.T) {
	sum := func(demand, limit string) []string {
		return []string{"spec.poolers: Invalid value: " + demand + ": the pools may open " + demand + " connections to one instance (instances x " +
			"default_pool_size), max_connections is " + limit + ": lower instances or parameters.default_pool_size, or raise maxConnections"}
	}
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"exactly as many":              {"poolers: [{instances: 5}]", nil},                                                      // 5 * 20 = 100
		"one too many":                 {"poolers: [{instances: 3, parameters: {default_pool_size: '34'}}]", sum("102", "100")}, // 3 * 34 = 102
		"two poolers":                  {"poolers: [{instances: 3}, {type: r, instances: 3}]", sum("120", "100")},               // 6 * 20 = 120
		"replicas have their own":      {"instances: 2\npoolers: [{instances: 5}, {type: ro, instances: 5}]", nil},              // 5 * 20 on each
		"a server that takes more":     {"maxConnections: 120\npoolers: [{instances: 3}, {type: r, instances: 3}]", nil},
		"by the parameter":             {"postgresql: {parameters: {max_connections: '50'}}\npoolers: [{instances: 3}]", sum("60", "50")},
		"of a small machine":           {"resources: {limits: {memory: 512Mi}}\npoolers: [{instances: 2}]", sum("40", "25")}, // 25 up to 1Gi: timescaledb-tune
		"a size that Flux substitutes": {"poolers: [{instances: 6, parameters: {default_pool_size: '${SIZE}'}}]", sum("120", "100")},
		"a server that Flux decides":   {"postgresql: {parameters: {max_connections: '${MAX}'}}\npoolers: [{instances: 50}]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if test.want == nil {
				planned(t, quiet+test.spec)
				return
			}
			assert.Equal(t, test.want, refused(t, quiet+test.spec))
		})
	}
}
