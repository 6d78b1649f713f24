package plan_test

import (
	"testing"

	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

func TestImage(t *testing.T) {
	newest, ok := postgres.FullVersion(17)
	require.True(t, ok)
	newest16, ok := postgres.FullVersion(16)
	require.True(t, ok)
	const repository = "ghcr.io/cloudnative-pg/postgresql:"
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for name, test := range map[string]struct {
		spec         string
		image        string
		major, minor int
	}{
		"the default":           {quiet, repository + newest + "-standard-trixie", 17, -2},
		"a major version":       {quiet + "version: '16'\n", repository + newest16 + "-standard-trixie", 16, -2},
		"a minor version":       {quiet + "version: '17.6'\n", repository + "17.6-standard-trixie", 17, 6},
		"with in-tree backups":  {storage + "backup: {method: barmanObjectStore, bucket: b, credentials: {existingSecret: {name: k}}}\n", repository + newest + "-system-trixie", 17, -2},
		"in full":               {quiet + "imageName: registry.example.com:5000/pg:16.4-12\n", "registry.example.com:5000/pg:16.4-12", 16, 4},
		"with a digest":         {quiet + "imageName: " + repository + "18" + digest + "\n", repository + "18" + digest, 18, -1},
		"what Flux substitutes": {quiet + "imageName: ${IMAGE}\n", "${IMAGE}", 0, -1},
		"a catalog":             {quiet + "imageCatalogRef: {kind: ClusterImageCatalog, name: pg, major: 15}\n", "", 15, -1},
	} {
		t.Run(name, func(t *testing.T) {
			image := planned(t, test.spec).Image
			assert.Equal(t, test.image, image.Name)
			assert.Equal(t, test.major, image.Major)
			if test.minor != -2 { // whatever is the newest
				assert.Equal(t, test.minor, image.Minor)
			}
			assert.Equal(t, test.image == "", image.Catalog != nil)
		})
	}
}

// TestCompression splits the one field into what the log and what base backups can have: the formats of barman-cloud-wal-archive and of
// barman-cloud-backup are not the same (api/v1 of plugin-barman-cloud 0.15.0).
func TestCompression(t *testing.T) {
	type formats struct{ wal, data string }
	for spec, want := range map[string]formats{
		"":                         {"gzip", "gzip"}, // the default
		"compression: lz4":         {"lz4", "lz4"},
		"compression: bzip2":       {"bzip2", "bzip2"},
		"compression: snappy":      {"snappy", "snappy"},
		"compression: zstd":        {"zstd", "gzip"},
		"compression: xz":          {"xz", "gzip"},
		"compression: none":        {"", ""},
		"wal: {compression: zstd}": {"zstd", "gzip"},
		"data: {compression: lz4}": {"gzip", "lz4"},
		"compression: none, wal: {compression: lz4}": {"lz4", ""},
	} {
		archive := planned(t, storage+"backup: {bucket: b, credentials: {existingSecret: {name: k}}, "+spec+"}\n").Archive
		var got formats
		if archive.WAL != nil {
			got.wal = string(archive.WAL.Compression)
		}
		if archive.Data != nil {
			got.data = string(archive.Data.Compression)
		}
		assert.Equal(t, want, got, spec)
	}
}

func TestArchive(t *testing.T) {
	archive := planned(t, storage+`
backup:
  bucket: backups
  path: /shop/orders/
  endpointURL: https://minio:9000
  endpointCA: {name: minio, key: ca.crt}
  credentials: {accessKeyId: "${ID}", secretAccessKey: "${KEY}"}
  encryption: AES256
  wal: {maxParallel: 4}
  data: {immediateCheckpoint: true, encryption: aws:kms}
`).Archive
	require.NotNil(t, archive)
	assert.Equal(t, "shop-postgres-backup", archive.ObjectStore)
	assert.False(t, archive.InTree)
	assert.Equal(t, "s3://backups/shop/orders", archive.DestinationPath)
	assert.Equal(t, "https://minio:9000", archive.EndpointURL)
	assert.Equal(t, "ca.crt", archive.EndpointCA.Key)
	assert.Equal(t, "shop-postgres", archive.ServerName)
	assert.Equal(t, "shop-postgres-backup-credentials", archive.CredentialsSecret)
	assert.Equal(t, &barmanapi.WalBackupConfiguration{Compression: "gzip", Encryption: "AES256", MaxParallel: 4}, archive.WAL)
	assert.Equal(t, &barmanapi.DataBackupConfiguration{Compression: "gzip", Encryption: "aws:kms", ImmediateCheckpoint: true}, archive.Data)
}

func TestCredentialsSecretOfTheArchive(t *testing.T) {
	for credentials, want := range map[string]string{
		"{existingSecret: {name: keys}}":                                            "keys",
		"{externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: shop}}}": "shop-postgres-backup-credentials",
		"{accessKeyId: '${ID}', secretAccessKey: '${KEY}'}":                         "shop-postgres-backup-credentials",
		"{inheritFromIAMRole: true}":                                                "",
	} {
		assert.Equal(t, want, planned(t, storage+"backup: {bucket: b, credentials: "+credentials+"}\n").Archive.CredentialsSecret, credentials)
	}
}

func TestSchedule(t *testing.T) {
	assert.Equal(t, "0 0 2 * * *", planned(t, saved).Schedule.Spec, "02:00 UTC every day, seconds first")
	p := planned(t, storage+"backup: {method: volumeSnapshot, schedule: '@weekly', volumeSnapshot: {className: longhorn}}\n")
	assert.Equal(t, "0 0 0 * * 0", p.Schedule.Spec)
	assert.Nil(t, p.Archive, "snapshots need no archive")
	assert.Nil(t, planned(t, quiet).Schedule)
}

// TestParameters: the user wins over extensions, extensions win over tuning.
func TestParameters(t *testing.T) {
	const machine = quiet + "resources: {limits: {memory: 1Gi}}\n"
	p := planned(t, machine)
	assert.Equal(t, "256MB", p.Parameters["shared_buffers"], "a quarter of 1Gi")
	reasons := map[string]string{}
	for _, derivation := range p.Derived() {
		reasons[derivation.Name] = derivation.Reason
	}
	assert.NotEmpty(t, reasons["shared_buffers"])

	p = planned(t, machine+"maxConnections: 40\npostgresql: {parameters: {shared_buffers: 128MB, work_mem: '${WORK_MEM}', log_statement: ddl}}\n")
	assert.Equal(t, "128MB", p.Parameters["shared_buffers"])
	assert.Equal(t, "${WORK_MEM}", p.Parameters["work_mem"], "Flux substitutes it later")
	assert.Equal(t, "ddl", p.Parameters["log_statement"])
	assert.Equal(t, "40", p.Parameters["max_connections"])
	for _, derivation := range p.Derived() {
		assert.NotContains(t, []string{"shared_buffers", "work_mem", "log_statement", "max_connections"}, derivation.Name, "what the user set was not derived")
	}

	// timescaledb asks for more locks (README of timescaledb-oss), and pg_stat_statements is loaded by one of its own parameters.
	p = planned(t, quiet+"version: '18'\nextensions: [timescaledb, pg_stat_statements]\n")
	assert.Equal(t, "128", p.Parameters["max_locks_per_transaction"])
	assert.Equal(t, "top", p.Parameters["pg_stat_statements.track"])
	p = planned(t, quiet+"version: '18'\nextensions: [timescaledb, pg_stat_statements]\n"+
		"postgresql: {parameters: {max_locks_per_transaction: '256', pg_stat_statements.max: '1000'}}\n")
	assert.Equal(t, "256", p.Parameters["max_locks_per_transaction"])
	assert.NotContains(t, p.Parameters, "pg_stat_statements.track", "the user's parameter loads it already")
}

func TestLibraries(t *testing.T) {
	p := planned(t, quiet+"version: '18'\nextensions: [timescaledb, pg_ivm]\ndatabases: [{name: x, extensions: [timescaledb]}]\n"+
		"postgresql: {shared_preload_libraries: [passwordcheck, timescaledb]}\n")
	assert.Equal(t, []string{"passwordcheck", "timescaledb", "pg_ivm"}, p.Libraries, "the user's first, each once")
	var volumes []string
	for _, volume := range p.Volumes {
		volumes = append(volumes, volume.Name)
	}
	assert.Equal(t, []string{"timescaledb-oss", "pg-ivm"}, volumes, "each once, although two databases want it")
	assert.Nil(t, planned(t, quiet).Libraries)
}

func TestReplica(t *testing.T) {
	const clusters = "externalClusters: [{name: a, connectionParameters: {host: h}}, {name: shop-postgres, connectionParameters: {host: i}}]\n"
	for name, test := range map[string]struct {
		replica          string
		standby, primary bool
	}{
		"alone":               {"{enabled: true, source: a}", true, false},
		"promoted":            {"{enabled: false, source: a}", false, false},
		"of a topology":       {"{primary: a, source: a}", true, false},
		"primary by its name": {"{primary: shop-postgres, source: a}", false, true},
		"primary by self":     {"{self: a, primary: a, source: shop-postgres}", false, true},
		"replica by self":     {"{self: a, primary: shop-postgres, source: shop-postgres}", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, quiet+clusters+"replica: "+test.replica+"\n")
			assert.Equal(t, test.standby, p.IsReplica())
			assert.Equal(t, test.primary, p.IsPrimary())
			require.NotNil(t, p.ReplicaSource())
		})
	}
	assert.False(t, planned(t, quiet).IsReplica())
	assert.Nil(t, planned(t, quiet).ReplicaSource())
}

// TestPromotionToken accepts what the operator would: base64 of an object with six texts (pkg/utils/parser.go, CloudNativePG 1.30.0).
func TestPromotionToken(t *testing.T) {
	// {"latestCheckpointTimelineID":"1","redoWalFile":"2","databaseSystemIdentifier":"3","latestCheckpointREDOLocation":"4",
	// "timeOfLatestCheckpoint":"5","operatorVersion":"6"}
	const token = "eyJsYXRlc3RDaGVja3BvaW50VGltZWxpbmVJRCI6IjEiLCJyZWRvV2FsRmlsZSI6IjIiLCJkYXRhYmFzZVN5c3RlbUlkZW50aWZpZXIiOiIzIiwibGF0ZXN0Q2hlY2twb2lu" +
		"dFJFRE9Mb2NhdGlvbiI6IjQiLCJ0aW1lT2ZMYXRlc3RDaGVja3BvaW50IjoiNSIsIm9wZXJhdG9yVmVyc2lvbiI6IjYifQ=="
	const replica = quiet + "externalClusters: [{name: a, connectionParameters: {host: h}}]\nreplica: {self: a, primary: a, source: a, promotionToken: "
	planned(t, replica+"'"+token+"'}\n")
	planned(t, replica+"'${TOKEN}'}\n")
	for _, wrong := range []string{"e30=", token[:40], "{}"} { // e30= is {}
		assert.Equal(t, []string{`spec.replica.promotionToken: Invalid value: "(hidden)": must be the whole status.demotionToken of the cluster that was the primary`},
			refused(t, replica+"'"+wrong+"'}\n"))
	}
}
