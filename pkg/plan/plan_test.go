package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Blocks that many specs have. quiet is a database whose loss nobody would mind.
const (
	storage = "storage: {size: 10Gi}\n"
	quiet   = storage + "backup: {enabled: false}\n"
	backup  = "backup: {bucket: backups, credentials: {existingSecret: {name: keys}}}\n"
	saved   = storage + backup
)

// app is the app shop with a spec, its defaults filled in.
func app(t *testing.T, spec string) *v1alpha1.PostgresApp {
	t.Helper()
	fields, err := strict.Fields([]byte(spec))
	require.NoError(t, err)
	loaded, errs := v1alpha1.Load(v1alpha1.Fields{
		"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresApp, "metadata": v1alpha1.Fields{"name": "shop"}, "spec": fields,
	}, nil)
	require.Empty(t, errs)
	v1alpha1.SetDefaults(loaded.PostgresApp)
	return loaded.PostgresApp
}

// planned is the plan of an app that is right.
func planned(t *testing.T, spec string) *plan.Plan {
	t.Helper()
	made, errs, _ := plan.Make(app(t, spec))
	require.Empty(t, errs)
	return made
}

// refused are the errors about an app that is wrong.
func refused(t *testing.T, spec string) []string {
	t.Helper()
	made, errs, _ := plan.Make(app(t, spec))
	assert.Nil(t, made, "there is no plan beside an error")
	messages := make([]string, 0, len(errs))
	for _, err := range errs {
		messages = append(messages, err.Error())
	}
	return messages
}

// TestNothingSaid plans the least that a spec can say, for an own cluster and for a shared one: no field that is left out may be needed.
func TestNothingSaid(t *testing.T) {
	own := planned(t, "storage: {size: 10Gi}")
	assert.Equal(t, "shop-postgres", own.Cluster)
	assert.Nil(t, own.Shared)
	assert.Nil(t, own.Archive)
	assert.Nil(t, own.Schedule)
	assert.Nil(t, own.Recovery)
	assert.Empty(t, own.Databases, "the cluster itself creates the app's database")
	assert.Equal(t, plan.Connection{Host: "shop-postgres-rw", Database: "shop"}, own.Owner.Connection)
	assert.NotEmpty(t, own.Alerts)

	shared := planned(t, "cluster: {name: postgres}\ncredentials: {existingSecret: {name: db}}\n")
	assert.Equal(t, "postgres", shared.Cluster)
	assert.NotNil(t, shared.Shared)
	assert.Empty(t, shared.Alerts, "whoever has the cluster watches it")
	require.Len(t, shared.Databases, 1)
	assert.Equal(t, "shop", shared.Databases[0].ObjectName)
}

// TestEmptyBlocks plans blocks that say nothing, alone and all together: they are as good as left out, or an error, and never more.
func TestEmptyBlocks(t *testing.T) {
	blocks := []string{"storage", "walStorage", "resources", "postgresql", "initdb", "backup", "restore", "monitoring", "network", "services",
		"superuser", "affinity", "certificates", "replicationSlots", "probes", "primaryLease", "ephemeralVolumesSizeLimit", "ephemeralVolumeSource",
		"projectedVolumeTemplate", "serviceAccountTemplate", "inheritedMetadata", "seccompProfile", "securityContext", "podSecurityContext",
		"nodeMaintenanceWindow", "replica", "import", "imageCatalogRef", "init", "credentials", "overrides", "cluster"}
	all := ""
	for _, block := range blocks {
		all += block + ": {}\n"
		for _, spec := range []string{block + ": {}\n", block + ": {}\nlineage: 2\n", block + ": {}\ninstances: 3\npoolers: [{}]\nroles: [{}]\ndatabases: [{}]\n"} {
			assert.NotPanics(t, func() { tryPlan(t, spec) }, spec)
		}
	}
	assert.NotPanics(t, func() { tryPlan(t, all) })
}

// tryPlan plans whatever can be loaded.
func tryPlan(t *testing.T, spec string) {
	t.Helper()
	fields, err := strict.Fields([]byte(spec))
	require.NoError(t, err)
	loaded, errs := v1alpha1.Load(v1alpha1.Fields{
		"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresApp, "metadata": v1alpha1.Fields{"name": "shop"}, "spec": fields,
	}, nil)
	if len(errs) > 0 {
		return
	}
	v1alpha1.SetDefaults(loaded.PostgresApp)
	made, errs, _ := plan.Make(loaded.PostgresApp)
	assert.Equal(t, len(errs) > 0, made == nil, "a plan or errors")
}

func TestWarnings(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		want []plan.Warning
	}{
		"none": {quiet, nil},
		"no backup": {storage, []plan.Warning{{Field: "spec.backup",
			Message: "nothing is backed up: give a bucket or destinationPath and its credentials, or say enabled: false if the data can be lost"}}},
		"no backup, but of a block": {storage + "backup: {schedule: 0 3 * * *}\n", []plan.Warning{{Field: "spec.backup",
			Message: "nothing is backed up: give a bucket or destinationPath and its credentials, or say enabled: false if the data can be lost"}}},
		"a literal password": {quiet + "credentials: {password: s3cr3t}\n", []plan.Warning{{Field: "spec.credentials.password",
			Message: "a literal password is readable by everybody who can read the repository: write ${VARIABLE} and let Flux substitute it from a " +
				"Secret, or use externalSecret or existingSecret"}}},
		"a literal key": {storage + "backup: {bucket: backups, credentials: {accessKeyId: AKIA, secretAccessKey: s3cr3t}}\n", []plan.Warning{
			{Field: "spec.backup.credentials.secretAccessKey",
				Message: "a literal key is readable by everybody who can read the repository: write ${VARIABLE} and let Flux substitute it from a " +
					"Secret, or use externalSecret or existingSecret"}}},
		"a budget of one": {quiet + "enablePDB: true\n", []plan.Warning{{Field: "spec.enablePDB",
			Message: "a disruption budget for a single instance blocks the draining of its node: leave it out, or run two instances"}}},
		"synchronous with itself": {quiet + "postgresql: {synchronous: {method: any, number: 1}}\n", []plan.Warning{{Field: "spec.postgresql.synchronous",
			Message: "left out: a single instance has no standby to wait for"}}},
		"synchronous with everybody": {quiet + "instances: 2\npostgresql: {synchronous: {method: any, number: 1}}\n", []plan.Warning{
			{Field: "spec.postgresql.synchronous", Message: "every standby must confirm each commit: writes stop as soon as one of them is down; use a smaller " +
				"number, more instances, or dataDurability: preferred"}}},
		"synchronous with one of two": {quiet + "instances: 3\npostgresql: {synchronous: {method: any, number: 1}}\n", nil},
		"synchronous where possible":  {quiet + "instances: 2\npostgresql: {synchronous: {method: any, number: 1, dataDurability: preferred}}\n", nil},
		"a superuser": {quiet + "roles: [{name: boss, superuser: true}]\n", []plan.Warning{{Field: "spec.roles[0].superuser",
			Message: "role boss may do anything in every database of the cluster"}}},
		"a time without a zone": {saved + "lineage: 2\nrestore: {to: {time: '2026-11-20 08:00:00'}}\n", []plan.Warning{{Field: "spec.restore.to.time",
			Message: "has no time zone and is taken as UTC: write 2026-11-20T08:00:00Z"}}},
		"first initialisation of a restored cluster": {saved + "lineage: 2\ninitdb: {encoding: UTF8}\ninit: {sql: SELECT 1}\n", []plan.Warning{
			{Field: "spec.initdb", Message: "left out: a cluster that is copied from another one is not initialised"},
			{Field: "spec.init", Message: "left out: a database that is copied holds already what was run when it was new"}}},
		"an import of a restored cluster": {saved + "lineage: 2\nimport: {type: microservice, databases: [a], source: {connectionParameters: {host: h}}}\n",
			[]plan.Warning{{Field: "spec.import", Message: "left out: the restored database holds already what was imported when it was new"}}},
		"clusters without a replica": {quiet + "externalClusters: [{name: a, connectionParameters: {host: h}}]\n", []plan.Warning{
			{Field: "spec.externalClusters", Message: "nothing refers to it: it serves replica"}}},
		"a rolling tag": {quiet + "imageName: ghcr.io/cloudnative-pg/postgresql:17-standard-trixie\n", []plan.Warning{{Field: "spec.imageName",
			Message: `tag "17-standard-trixie" moves on by itself, so that a restart may bring another minor version: name the full version, or add the digest`}}},
		"an image that Flux substitutes": {quiet + "imageName: ${IMAGE}\npostgresql: {parameters: {io_method: worker, vacuum_defer_cleanup_age: '0'}}\n",
			[]plan.Warning{{Field: "spec.imageName", Message: "the PostgreSQL version is not known before Flux substitutes the image: nothing that depends on it is " +
				"checked or tuned"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs, warnings := plan.Make(app(t, test.spec))
			require.Empty(t, errs)
			assert.ElementsMatch(t, test.want, warnings)
		})
	}
}

// TestOneMistakeOneError: what follows from a mistake is not told as another one.
func TestOneMistakeOneError(t *testing.T) {
	for name, test := range map[string]struct{ spec, want string }{
		"a size that is wrong is not weighed against parameters": {
			"storage: {size: '10'}\nbackup: {enabled: false}\npostgresql: {parameters: {max_wal_size: 4GB}}\n",
			`spec.storage.size: Invalid value: "10": is too small for an empty PostgreSQL, which takes about 64Mi: did you mean 10Gi?`,
		},
		"memory that is wrong is not tuned for": {
			quiet + "resources: {limits: {memory: 512m}}\n",
			`spec.resources.limits[memory]: Invalid value: "512m": is too little memory for PostgreSQL: did you mean 512Mi?`,
		},
		"an image that is wrong has no extensions": {
			quiet + "version: '12'\nextensions: [postgis]\n",
			`spec.version: Invalid value: "12": there is no image for PostgreSQL 12: use one of 13, 14, 15, 16, 17, 18, or set imageName`,
		},
		"a parameter that is wrong is not weighed": {
			quiet + "postgresql: {parameters: {shared_buffers: lots}}\nresources: {limits: {memory: 1Gi}}\n",
			`spec.postgresql.parameters[shared_buffers]: Invalid value: "lots": is not a number: use a number with kB, MB or GB, such as 64MB`,
		},
		"an owner that is called like a wrong database": {
			quiet + "database: template1\n",
			`spec.database: Invalid value: "template1": is reserved by PostgreSQL: use another one`,
		},
		"a backup that goes nowhere cannot be restored from": {
			storage + "backup: {enabled: true}\nlineage: 2\n",
			"spec.backup.bucket: Required value: where backups go: a bucket, or destinationPath in full; or enabled: false",
		},
		"a definition's error about what was found already": {
			quiet + "instances: 3\npostgresql: {synchronous: {method: all, number: 1}}\n",
			`spec.postgresql.synchronous.method: Unsupported value: "all": supported values: "any", "first"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, []string{test.want}, refused(t, test.spec))
		})
	}
}
