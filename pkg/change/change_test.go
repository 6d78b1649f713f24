package change

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// parse reads objects, one in each document.
func parse(t *testing.T, text string) []Fields {
	t.Helper()
	var objects []Fields
	for _, document := range strings.Split(text, "\n---\n") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		asJSON, err := yaml.YAMLToJSONStrict([]byte(document))
		require.NoError(t, err, document)
		value, err := jsontype.Parse(asJSON)
		require.NoError(t, err, document)
		objects = append(objects, value.(Fields))
	}
	return objects
}

// cluster is a Cluster with more lines in its spec, each indented by two spaces.
func cluster(lines ...string) string {
	spec := "spec:\n  imageName: ghcr.io/cloudnative-pg/postgresql:17.5\n  instances: 3\n"
	for _, line := range lines {
		if strings.HasPrefix(line, "instances:") {
			spec = strings.Replace(spec, "  instances: 3\n", "", 1)
		}
		if strings.HasPrefix(line, "imageName:") {
			spec = strings.Replace(spec, "  imageName: ghcr.io/cloudnative-pg/postgresql:17.5\n", "", 1)
		}
	}
	for _, line := range lines {
		spec += "  " + line + "\n"
	}
	return "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: shop, namespace: sales}\n" + spec
}

// with are objects in one text.
func with(objects ...string) string { return strings.Join(objects, "\n---\n") }

// object is an object of a kind in the Cluster's namespace.
func object(apiVersion, kind, name, rest string) string {
	return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: sales}\n" + rest
}

func store(path, more string) string {
	return object("barmancloud.cnpg.io/v1", "ObjectStore", "nas", "spec:\n  configuration: {destinationPath: '"+path+"'}\n"+more)
}

const (
	archives       = "plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: nas, serverName: shop}}]"
	archivesSecond = "plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: nas, serverName: shop-2}}]"
	fresh          = "bootstrap: {initdb: {database: shop, owner: shop}}"
	recovered      = "bootstrap: {recovery: {source: lineage-1, database: shop, owner: shop}}"
)

// change is a case: what was, what is, and the consequences as "effect object field".
type change struct {
	was, is string
	want    []string
}

func changes() map[string]change {
	const shop = " Cluster sales/shop "
	return map[string]change{
		"nothing changes": {cluster(), cluster(), nil},

		"the volume shrinks":            {cluster("storage: {size: 10Gi}"), cluster("storage: {size: 9Gi}"), []string{"refused" + shop + "spec.storage.size"}},
		"the volume is said otherwise":  {cluster("storage: {size: 1Gi}"), cluster("storage: {size: 1024Mi}"), nil},
		"the volume grows":              {cluster("storage: {size: 10Gi}"), cluster("storage: {size: 11Gi}"), []string{"note" + shop + "spec.storage.size"}},
		"a size that Flux substitutes":  {cluster("storage: {size: 10Gi}"), cluster("storage: {size: '${SIZE}'}"), nil},
		"another storage class":         {cluster("storage: {size: 1Gi, storageClass: a}"), cluster("storage: {size: 1Gi, storageClass: b}"), []string{"ignored" + shop + "spec.storage.storageClass"}},
		"a size in a template shrinks":  {cluster("storage: {pvcTemplate: {resources: {requests: {storage: 2Gi}}}}"), cluster("storage: {size: 1Gi}"), []string{"refused" + shop + "spec.storage.size"}},
		"a WAL volume comes":            {cluster(), cluster("walStorage: {size: 1Gi}"), []string{"restart" + shop + "spec.walStorage"}},
		"a WAL volume goes":             {cluster("walStorage: {size: 1Gi}"), cluster(), []string{"refused" + shop + "spec.walStorage"}},
		"a WAL volume shrinks":          {cluster("walStorage: {size: 2Gi}"), cluster("walStorage: {size: 1Gi}"), []string{"refused" + shop + "spec.walStorage.size"}},
		"a tablespace goes":             {cluster("tablespaces: [{name: fast, storage: {size: 1Gi}}]"), cluster(), []string{"refused" + shop + "spec.tablespaces[fast]"}},
		"a tablespace shrinks":          {cluster("tablespaces: [{name: fast, storage: {size: 2Gi}}]"), cluster("tablespaces: [{name: fast, storage: {size: 1Gi}}]"), []string{"refused" + shop + "spec.tablespaces[fast].storage.size"}},
		"a tablespace comes":            {cluster(), cluster("tablespaces: [{name: fast, storage: {size: 1Gi}}]"), []string{"restart" + shop + "spec.tablespaces[fast]"}},
		"a minor version":               {cluster(), cluster("imageName: ghcr.io/cloudnative-pg/postgresql:17.6"), []string{"restart" + shop + "spec.imageName"}},
		"a major version up":            {cluster(), cluster("imageName: ghcr.io/cloudnative-pg/postgresql:18.1"), []string{"outage" + shop + "spec.imageName"}},
		"a major version down":          {cluster(), cluster("imageName: ghcr.io/cloudnative-pg/postgresql:16.9"), []string{"refused" + shop + "spec.imageName"}},
		"an upgrade to 15":              {cluster("imageName: a/postgresql:14.1"), cluster("imageName: a/postgresql:15.1"), []string{"refused" + shop + "spec.imageName"}},
		"an upgrade in a catalog":       {cluster("imageName: ", "imageCatalogRef: {major: 16}"), cluster("imageName: ", "imageCatalogRef: {major: 17}"), []string{"outage" + shop + "spec.imageCatalogRef"}},
		"an image that Flux names":      {cluster(), cluster("imageName: '${IMAGE}'"), []string{"restart" + shop + "spec.imageName"}},
		"image and parameters":          {cluster(), cluster("imageName: a/postgresql:17.5", "postgresql: {parameters: {work_mem: 8MB}}"), []string{"restart" + shop + "spec.imageName", "note" + shop + "spec.postgresql"}},
		"image and parameters at once":  {cluster("primaryUpdateMethod: switchover"), cluster("primaryUpdateMethod: switchover", "imageName: a/postgresql:17.5", "postgresql: {parameters: {work_mem: 8MB}}"), []string{"refused" + shop + "spec.imageName", "restart" + shop + "spec.imageName", "note" + shop + "spec.postgresql"}},
		"parameters alone, switchover":  {cluster("primaryUpdateMethod: switchover"), cluster("primaryUpdateMethod: switchover", "postgresql: {parameters: {work_mem: 8MB}}"), []string{"note" + shop + "spec.postgresql"}},
		"a parameter at the start":      {cluster(), cluster("postgresql: {parameters: {shared_buffers: 1GB}}"), []string{"restart" + shop + "spec.postgresql"}},
		"fewer connections":             {cluster("postgresql: {parameters: {max_connections: '200'}}"), cluster("postgresql: {parameters: {max_connections: '100'}}"), []string{"restart" + shop + "spec.postgresql", "note" + shop + "spec.postgresql.parameters"}},
		"more connections":              {cluster("postgresql: {parameters: {max_connections: '100'}}"), cluster("postgresql: {parameters: {max_connections: '200'}}"), []string{"restart" + shop + "spec.postgresql"}},
		"a parameter of an extension":   {cluster(), cluster("postgresql: {parameters: {pg_stat_statements.max: '1000'}}"), []string{"note" + shop + "spec.postgresql.parameters"}},
		"a library":                     {cluster(), cluster("postgresql: {shared_preload_libraries: [timescaledb]}"), []string{"restart" + shop + "spec.postgresql"}},
		"rules of access":               {cluster(), cluster("postgresql: {pg_hba: ['host all all all scram-sha-256']}"), []string{"note" + shop + "spec.postgresql"}},
		"no more WAL for standbys":      {cluster("postgresql: {parameters: {wal_level: logical}}"), cluster("postgresql: {parameters: {wal_level: minimal}}"), []string{"refused" + shop + "spec.postgresql.parameters.wal_level"}},
		"resources":                     {cluster(), cluster("resources: {limits: {memory: 1Gi}}"), []string{"restart" + shop + "spec"}},
		"more instances":                {cluster(), cluster("instances: 5"), []string{"note" + shop + "spec.instances"}},
		"fewer instances":               {cluster(), cluster("instances: 2"), []string{"note" + shop + "spec.instances"}},
		"one instance left":             {cluster(), cluster("instances: 1"), []string{"danger" + shop + "spec.instances"}},
		"the default number":            {cluster("instances: 1"), cluster("instances: null"), nil},
		"another user of the files":     {cluster(), cluster("postgresUID: 1000"), []string{"refused" + shop + "spec.postgresUID"}},
		"the default group, said aloud": {cluster(), cluster("postgresGID: 26"), nil},
		"another service account":       {cluster("serviceAccountName: a"), cluster("serviceAccountName: b"), []string{"refused" + shop + "spec.serviceAccountName"}},
		"a first service account":       {cluster(), cluster("serviceAccountName: b"), nil},
		"another prefix of slots":       {cluster(), cluster("replicationSlots: {highAvailability: {slotPrefix: x_}}"), []string{"refused" + shop + "spec.replicationSlots.highAvailability.slotPrefix"}},
		"the superuser goes":            {cluster("enableSuperuserAccess: true"), cluster(), []string{"note" + shop + "spec.enableSuperuserAccess"}},
		"a replica is promoted":         {cluster("replica: {enabled: true, source: a}"), cluster("replica: {enabled: false, source: a}"), []string{"danger" + shop + "spec.replica"}},
		"a primary is demoted":          {cluster("replica: {primary: shop, source: a}"), cluster("replica: {primary: other, source: a}"), []string{"outage" + shop + "spec.replica"}},
		"hibernation":                   {cluster(), strings.Replace(cluster(), "namespace: sales", "namespace: sales, annotations: {cnpg.io/hibernation: 'on'}", 1), []string{"outage" + shop}},
		"the end of hibernation":        {strings.Replace(cluster(), "namespace: sales", "namespace: sales, annotations: {cnpg.io/hibernation: 'on'}", 1), cluster(), []string{"note" + shop}},

		"the lineage is raised": {with(cluster(fresh, archives), store("s3://b", "")), with(cluster(recovered, archivesSecond), store("s3://b", "")),
			[]string{"danger" + shop + "spec.bootstrap"}},
		"the lineage is raised, with a new image and more memory": {cluster(fresh, archives),
			cluster(recovered, archivesSecond, "imageName: a/postgresql:18.1", "resources: {limits: {memory: 1Gi}}"),
			[]string{"danger" + shop + "spec.bootstrap", "danger" + shop + "spec.imageName"}},
		"the target of a restore that is done": {cluster(recovered, archives), cluster("bootstrap: {recovery: {source: lineage-1, database: shop, owner: shop, recoveryTarget: {targetLSN: 0/1}}}", archives),
			[]string{"danger" + shop + "spec.bootstrap"}},
		"another database":         {cluster(fresh), cluster("bootstrap: {initdb: {database: till, owner: shop}}"), []string{"danger" + shop + "spec.bootstrap"}},
		"another owner":            {cluster(fresh), cluster("bootstrap: {initdb: {database: shop, owner: till}}"), []string{"danger" + shop + "spec.bootstrap"}},
		"another encoding":         {cluster(fresh), cluster("bootstrap: {initdb: {database: shop, owner: shop, encoding: LATIN1}}"), []string{"ignored" + shop + "spec.bootstrap"}},
		"the archive is renamed":   {with(cluster(archives), store("s3://b", "")), with(cluster(archivesSecond), store("s3://b", "")), []string{"danger" + shop + "spec"}},
		"the archive moves":        {with(cluster(archives), store("s3://b", "")), with(cluster(archives), store("s3://c", "")), []string{"danger" + shop + "spec"}},
		"a slash more":             {with(cluster(archives), store("s3://b", "")), with(cluster(archives), store("s3://b/", "")), nil},
		"archiving ends":           {with(cluster(archives), store("s3://b", "")), with(cluster(), store("s3://b", "")), []string{"danger" + shop + "spec"}},
		"archiving begins":         {cluster(), with(cluster(archives), store("s3://b", "")), []string{"note" + shop + "spec"}},
		"from in-tree to plugin":   {cluster("backup: {barmanObjectStore: {destinationPath: s3://b}}"), with(cluster(archives), store("s3://b", "")), nil},
		"backups are kept shorter": {store("s3://b", "  retentionPolicy: 6m"), store("s3://b", "  retentionPolicy: 4w"), []string{"danger ObjectStore sales/nas spec.retentionPolicy"}},
		"backups are kept longer":  {store("s3://b", "  retentionPolicy: 30d"), store("s3://b", "  retentionPolicy: 5w"), nil},
		"backups get an end":       {store("s3://b", ""), store("s3://b", "  retentionPolicy: 30d"), []string{"danger ObjectStore sales/nas spec.retentionPolicy"}},
		"in-tree ones, kept shorter": {cluster("backup: {retentionPolicy: 30d, barmanObjectStore: {destinationPath: s3://b}}"), cluster("backup: {retentionPolicy: 7d, barmanObjectStore: {destinationPath: s3://b}}"),
			[]string{"danger" + shop + "spec.backup.retentionPolicy"}},

		"the Cluster goes": {cluster(), "", []string{"danger" + shop}},
		"the Cluster's manifest goes": {strings.Replace(cluster(), "namespace: sales", "namespace: sales, annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}", 1), "",
			[]string{"note" + shop}},
		"the Cluster is renamed": {strings.Replace(cluster(), "namespace: sales", "namespace: sales, annotations: {postgresapp.dev/owner: PostgresApp/shop, kustomize.toolkit.fluxcd.io/prune: disabled}", 1),
			strings.Replace(cluster(fresh), "name: shop, namespace: sales", "name: till, namespace: sales, annotations: {postgresapp.dev/owner: PostgresApp/shop}", 1),
			[]string{"danger Cluster sales/till metadata", "note" + shop}},
		"the Cluster moves to another namespace": {cluster(), strings.Replace(cluster(), "namespace: sales", "namespace: till", 1), []string{"danger Cluster till/shop metadata", "danger" + shop}},
		"a new Cluster":                          {"", cluster(), nil},
		"the schedule goes":                      {with(cluster(), object(cnpgVersion, "ScheduledBackup", "a", scheduled)), cluster(), []string{"danger ScheduledBackup sales/a "}},
		"the schedule is renamed":                {with(cluster(), object(cnpgVersion, "ScheduledBackup", "a", scheduled)), with(cluster(), object(cnpgVersion, "ScheduledBackup", "b", scheduled)), nil},
		"the schedule goes with the Cluster":     {with(cluster(), object(cnpgVersion, "ScheduledBackup", "a", scheduled)), "", []string{"danger" + shop}},
		"snapshots go with the schedule": {with(cluster("backup: {volumeSnapshot: {snapshotOwnerReference: backup}}"), object(cnpgVersion, "ScheduledBackup", "a", scheduled)),
			with(cluster("backup: {volumeSnapshot: {snapshotOwnerReference: backup}}"), object(cnpgVersion, "ScheduledBackup", "b", scheduled)), []string{"danger ScheduledBackup sales/a "}},
		"a database goes":      {object(cnpgVersion, "Database", "a", "spec: {name: a}"), "", []string{"note Database sales/a "}},
		"a database is gone":   {object(cnpgVersion, "Database", "a", "spec: {name: a, databaseReclaimPolicy: delete}"), "", []string{"danger Database sales/a "}},
		"a role goes":          {object(cnpgVersion, "DatabaseRole", "a", "spec: {name: a}"), "", []string{"note DatabaseRole sales/a "}},
		"a role is gone":       {object(cnpgVersion, "DatabaseRole", "a", "spec: {name: a, databaseRoleReclaimPolicy: delete}"), "", []string{"danger DatabaseRole sales/a "}},
		"a pooler goes":        {object(cnpgVersion, "Pooler", "a", ""), "", []string{"outage Pooler sales/a "}},
		"a store goes":         {store("s3://b", ""), "", []string{"note ObjectStore sales/nas "}},
		"a Secret goes":        {with(cluster("superuserSecret: {name: s}"), object("v1", "Secret", "s", "")), cluster("superuserSecret: {name: s}"), []string{"outage Secret sales/s "}},
		"an unread Secret":     {with(cluster(), object("v1", "Secret", "s", "")), cluster(), nil},
		"a namespace goes":     {"apiVersion: v1\nkind: Namespace\nmetadata: {name: sales}", "", []string{"danger Namespace sales "}},
		"a definition goes":    {"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: clusters.postgresql.cnpg.io}", "", []string{"danger CustomResourceDefinition clusters.postgresql.cnpg.io "}},
		"the operator goes":    {"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: cnpg}", "", []string{"danger HelmRelease cnpg "}},
		"something else goes":  {object("v1", "ConfigMap", "a", ""), "", nil},
		"another API's object": {"apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: a}", "", nil},

		"a database is renamed in place": {object(cnpgVersion, "Database", "a", "spec: {name: a}"), object(cnpgVersion, "Database", "a", "spec: {name: b}"), []string{"refused Database sales/a spec.name"}},
		"a database's locale":            {object(cnpgVersion, "Database", "a", "spec: {name: a, locale: C}"), object(cnpgVersion, "Database", "a", "spec: {name: a, locale: de_DE}"), []string{"refused Database sales/a spec.locale"}},
		"a database's first locale":      {object(cnpgVersion, "Database", "a", "spec: {name: a}"), object(cnpgVersion, "Database", "a", "spec: {name: a, locale: C}"), nil},
		"a database's owner":             {object(cnpgVersion, "Database", "a", "spec: {name: a, owner: a}"), object(cnpgVersion, "Database", "a", "spec: {name: a, owner: b}"), nil},
		"a role is renamed in place":     {object(cnpgVersion, "DatabaseRole", "a", "spec: {name: a}"), object(cnpgVersion, "DatabaseRole", "a", "spec: {name: b}"), []string{"refused DatabaseRole sales/a spec.name"}},
		"a pooler of another cluster":    {object(cnpgVersion, "Pooler", "a", "spec: {cluster: {name: a}}"), object(cnpgVersion, "Pooler", "a", "spec: {cluster: {name: b}}"), []string{"refused Pooler sales/a spec.cluster"}},
		"a schedule of another cluster":  {object(cnpgVersion, "ScheduledBackup", "a", "spec: {cluster: {name: a}}"), object(cnpgVersion, "ScheduledBackup", "a", "spec: {cluster: {name: b}}"), []string{"refused ScheduledBackup sales/a spec.cluster"}},
		"a Job changes":                  {object("batch/v1", "Job", "a", "spec: {template: {spec: {restartPolicy: Never}}}"), object("batch/v1", "Job", "a", "spec: {template: {spec: {restartPolicy: OnFailure}}}"), []string{"refused Job sales/a spec.template"}},
		"a Job that Flux makes anew": {object("batch/v1", "Job", "a", "spec: {template: {spec: {restartPolicy: Never}}}"),
			strings.Replace(object("batch/v1", "Job", "a", "spec: {template: {spec: {restartPolicy: OnFailure}}}"), "namespace: sales", "namespace: sales, annotations: {kustomize.toolkit.fluxcd.io/force: enabled}", 1), nil},
	}
}

const (
	cnpgVersion = "postgresql.cnpg.io/v1"
	scheduled   = "spec: {cluster: {name: shop}, backupOwnerReference: self}"
)

func TestConsequences(t *testing.T) {
	for name, test := range changes() {
		t.Run(name, func(t *testing.T) {
			found := Compare(parse(t, test.was), parse(t, test.is))
			var got []string
			for _, c := range found.Consequences {
				got = append(got, string(c.Effect)+" "+c.Object+" "+c.Field)
			}
			assert.Equal(t, test.want, got, "%v", found.Consequences)
		})
	}
}

// TestSingleInstance says what a restart means where there is nothing to switch to, and where a person must switch.
func TestSingleInstance(t *testing.T) {
	single := Compare(parse(t, cluster("instances: 1")), parse(t, cluster("instances: 1", "resources: {limits: {memory: 1Gi}}")))
	require.Len(t, single.Consequences, 1)
	assert.Equal(t, "restart: Cluster sales/shop: spec: resources: part of the pods, which are replaced; clients cannot connect while the only instance restarts",
		single.Consequences[0].String())

	supervised := Compare(parse(t, cluster("primaryUpdateStrategy: supervised")), parse(t, cluster("primaryUpdateStrategy: supervised", "logLevel: debug")))
	require.Len(t, supervised.Consequences, 1)
	assert.Contains(t, supervised.Consequences[0].Message, "kubectl cnpg promote")
}

// TestRestoreOrder is what whoever restores at night reads.
func TestRestoreOrder(t *testing.T) {
	found := Compare(parse(t, cluster(fresh, archives)), parse(t, cluster(recovered, archivesSecond)))
	require.Len(t, found.Consequences, 1)
	message := found.Consequences[0].Message
	var last int
	for _, step := range []string{"1. Suspend", "2. kubectl delete clusters.postgresql.cnpg.io shop -n sales", "3. Apply", "one more lineage with restore.fromLineage"} {
		at := strings.Index(message, step)
		assert.Greater(t, at, last-1, step)
		last = at
	}
}

func TestWrite(t *testing.T) {
	was := with(cluster("instances: 1", "env: [{name: TOKEN, value: hunter2}]"), object("v1", "Secret", "s", "stringData: {password: hunter2, user: a}"),
		object("v1", "ConfigMap", "gone", ""), object("v1", "ConfigMap", "sql", "data: {a.sql: \"one\\ntwo\\nthree\\n\"}"),
		object("monitoring.coreos.com/v1", "PrometheusRule", "r", "spec: {groups: [{name: g, rules: [{alert: A, expr: 'a'}, {alert: B, expr: b}]}]}"))
	is := with(cluster("instances: 2", "env: [{name: TOKEN, value: hunter3}]"), object("v1", "Secret", "s", "stringData: {password: hunter3, user: a}"),
		object("v1", "Service", "new", ""), object("v1", "ConfigMap", "sql", "data: {a.sql: \"one\\n2\\nthree\\n\"}"),
		object("monitoring.coreos.com/v1", "PrometheusRule", "r", "spec: {groups: [{name: g, rules: [{alert: B, expr: c}]}]}"))
	var out strings.Builder
	require.NoError(t, Compare(parse(t, was), parse(t, is)).Write(&out))
	assert.Equal(t, `~ Cluster sales/shop
    ~ spec.env[TOKEN].value: another value, not shown
    ~ spec.instances: 1 -> 2

~ Secret sales/s
    ~ stringData.password: another value, not shown

+ Service sales/new

~ ConfigMap sales/sql
    ~ data.a.sql:
        @@ -1,3 +1,3 @@
         one
        -two
        +2
         three

~ PrometheusRule sales/r
    - spec.groups[g].rules[A]
    ~ spec.groups[g].rules[B].expr: b -> c

- ConfigMap sales/gone

What this means for what runs
RESTART: Cluster sales/shop, spec
    env: part of the pods, which are replaced
NOTE: Cluster sales/shop, spec.instances
    1 more: each is cloned from the primary, and has volumes of its own
`, out.String())

	out.Reset()
	require.NoError(t, Compare(parse(t, was), parse(t, was)).Write(&out))
	assert.Empty(t, out.String())
}

// TestLeaves names elements of lists where their names tell them apart.
func TestLeaves(t *testing.T) {
	object := parse(t, "a: {b: 1, c: {}}\nlist: [{name: x, v: 1}, {name: z}]\ntwins: [{name: x}, {name: x}]\nplain: [a, [b]]\nnone: []\nnothing: null")[0]
	assert.Equal(t, Fields{"a.b": int64(1), "a.c": Fields{}, "list[x].name": "x", "list[x].v": int64(1), "list[z].name": "z",
		"twins[0].name": "x", "twins[1].name": "x", "plain[0]": "a", "plain[1][0]": "b", "none": []any{}}, Leaves(object))
}

// TestSameObject takes an object by its group, whatever its version.
func TestSameObject(t *testing.T) {
	found := Compare(parse(t, "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: HelmRepository\nmetadata: {name: a}"),
		parse(t, "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: a}"))
	require.Len(t, found.Objects, 1)
	assert.Equal(t, []Field{{"apiVersion", "source.toolkit.fluxcd.io/v1beta2", "source.toolkit.fluxcd.io/v1"}}, found.Objects[0].Fields)
}
