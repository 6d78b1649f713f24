package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"

	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// TestLineage: the names of what is read and what is written, by hand. Nobody may ever write where somebody else has written.
func TestLineage(t *testing.T) {
	const from = "restore:\n  from: "
	type source struct {
		name, server, destination, store, secret string
		own                                      bool
	}
	for name, test := range map[string]struct {
		spec                 string
		lineage              string // the name of what a new lineage must have anew
		archive, archiveSite string // server and place that are written
		source               *source
	}{
		"the first starts empty": {
			saved, "shop-postgres", "shop-postgres", "s3://backups/shop", nil,
		},
		"the second reads the first": {
			saved + "lineage: 2\n", "shop-postgres-2", "shop-postgres-2", "s3://backups/shop",
			&source{"lineage-1", "shop-postgres", "s3://backups/shop", "shop-postgres-backup", "keys", false},
		},
		"the third reads the second": {
			saved + "lineage: 3\n", "shop-postgres-3", "shop-postgres-3", "s3://backups/shop",
			&source{"lineage-2", "shop-postgres-2", "s3://backups/shop", "shop-postgres-backup", "keys", false},
		},
		"the third reads the first": {
			saved + "lineage: 3\nrestore: {fromLineage: 1}\n", "shop-postgres-3", "shop-postgres-3", "s3://backups/shop",
			&source{"lineage-1", "shop-postgres", "s3://backups/shop", "shop-postgres-backup", "keys", false},
		},
		"a cluster of another name": {
			saved + "clusterName: orders\nlineage: 2\n", "orders-2", "orders-2", "s3://backups/shop",
			&source{"lineage-1", "orders", "s3://backups/shop", "orders-backup", "keys", false},
		},
		"an archive of another name": {
			storage + "backup: {bucket: backups, serverName: old, credentials: {existingSecret: {name: keys}}}\nlineage: 2\n",
			"shop-postgres-2", "old-2", "s3://backups/shop",
			&source{"lineage-1", "old", "s3://backups/shop", "shop-postgres-backup", "keys", false},
		},
		"the operator's own Barman Cloud": {
			storage + "backup: {method: barmanObjectStore, bucket: backups, credentials: {existingSecret: {name: keys}}}\nlineage: 2\n",
			"shop-postgres-2", "shop-postgres-2", "s3://backups/shop",
			&source{"lineage-1", "shop-postgres", "s3://backups/shop", "shop-postgres-backup", "keys", false},
		},
		"another app of the same bucket, from the start": {
			saved + from + "{serverName: billing-postgres, path: billing}\n", "shop-postgres", "shop-postgres", "s3://backups/shop",
			&source{"origin", "billing-postgres", "s3://backups/billing", "shop-postgres-origin", "keys", true},
		},
		"another app of the same bucket, later": {
			saved + "lineage: 2\n" + from + "{serverName: billing-postgres-4, path: /billing/}\n", "shop-postgres-2", "shop-postgres-2", "s3://backups/shop",
			&source{"origin", "billing-postgres-4", "s3://backups/billing", "shop-postgres-origin", "keys", true},
		},
		"another server of the same folder": {
			saved + from + "{serverName: old-shop}\n", "shop-postgres", "shop-postgres", "s3://backups/shop",
			&source{"origin", "old-shop", "s3://backups/shop", "shop-postgres-backup", "keys", false},
		},
		"another bucket, in which the folder is called the same": {
			saved + from + "{serverName: shop-postgres, bucket: old-backups}\n", "shop-postgres", "shop-postgres", "s3://backups/shop",
			&source{"origin", "shop-postgres", "s3://old-backups/shop", "shop-postgres-origin", "keys", true},
		},
		"another store altogether": {
			saved + from + "{serverName: shop-postgres, destinationPath: 's3://old/x', endpointURL: 'https://s3.example.com', credentials: {accessKeyId: '${I}', secretAccessKey: '${K}'}}\n",
			"shop-postgres", "shop-postgres", "s3://backups/shop",
			&source{"origin", "shop-postgres", "s3://old/x", "shop-postgres-origin", "shop-postgres-origin-credentials", true},
		},
		"a store that is there already": {
			saved + from + "{serverName: shop-postgres, objectStore: old-store}\n", "shop-postgres", "shop-postgres", "s3://backups/shop",
			&source{"origin", "shop-postgres", "", "old-store", "", false},
		},
		"another archive, without one of its own": {
			quiet + from + "{serverName: billing-postgres, bucket: backups, path: billing, credentials: {inheritFromIAMRole: true}}\n", "shop-postgres", "", "",
			&source{"origin", "billing-postgres", "s3://backups/billing", "shop-postgres-origin", "", true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, test.spec)
			assert.Equal(t, test.lineage, p.LineageName())
			if test.archive == "" {
				assert.Nil(t, p.Archive)
			} else {
				require.NotNil(t, p.Archive)
				assert.Equal(t, test.archive, p.Archive.ServerName)
				assert.Equal(t, test.archiveSite, p.Archive.DestinationPath)
			}
			if test.source == nil {
				assert.Nil(t, p.Recovery)
				return
			}
			require.NotNil(t, p.Recovery)
			require.NotNil(t, p.Recovery.Source)
			assert.Equal(t, *test.source, source{p.Recovery.SourceName, p.Recovery.Source.ServerName, p.Recovery.Source.DestinationPath,
				p.Recovery.Source.ObjectStore, p.Recovery.Source.CredentialsSecret, p.Recovery.OwnStore})
			assert.Equal(t, "shop", p.Recovery.Database)
			assert.Equal(t, "shop", p.Recovery.Owner)
			if p.Archive != nil {
				assert.NotEqual(t, p.Archive.Place(), p.Recovery.Source.Place())
			}
		})
	}
}

func TestRestoreTakesOtherNames(t *testing.T) {
	p := planned(t, saved+"restore: {from: {serverName: billing-postgres, path: billing, database: billing, owner: accountant}}\n")
	assert.Equal(t, "billing", p.Recovery.Database)
	assert.Equal(t, "accountant", p.Recovery.Owner)
	assert.Equal(t, "shop", p.Owner.Name, "the app's owner is another matter")
}

func TestRestoreInheritsTheEndpoint(t *testing.T) {
	const s3 = storage + "backup: {bucket: backups, endpointURL: 'https://minio:9000', endpointCA: {name: ca, key: ca.crt}, wal: {maxParallel: 8, compression: lz4}, " +
		"credentials: {existingSecret: {name: keys}}}\n"
	p := planned(t, s3+"restore: {from: {serverName: billing-postgres, path: billing}}\n")
	source := p.Recovery.Source
	assert.Equal(t, "https://minio:9000", source.EndpointURL)
	require.NotNil(t, source.EndpointCA)
	assert.Equal(t, "ca", source.EndpointCA.Name)
	require.NotNil(t, source.WAL)
	assert.Equal(t, 8, source.WAL.MaxParallel, "how the log is read is this cluster's matter")
	assert.Empty(t, source.WAL.Compression, "how it was written is not")

	p = planned(t, s3+"restore: {from: {serverName: billing-postgres, path: billing, endpointURL: 'https://s3.example.com'}}\n")
	assert.Equal(t, "https://s3.example.com", p.Recovery.Source.EndpointURL)
	assert.Nil(t, p.Recovery.Source.EndpointCA, "a certificate belongs to its endpoint")
}

func TestRestoreSnapshots(t *testing.T) {
	const snapshots = "restore: {volumeSnapshots: {storage: {name: shop-1}}}\n"
	for name, test := range map[string]struct{ spec, source string }{
		"alone":                             {quiet + snapshots, ""},
		"beside an archive that is not its": {saved + snapshots, ""},
		"with the log that follows":         {saved + "lineage: 2\n" + snapshots, "lineage-1"},
		"with another cluster's log":        {quiet + "restore: {volumeSnapshots: {storage: {name: shop-1}}, from: {serverName: old, objectStore: store}}\n", "origin"},
	} {
		t.Run(name, func(t *testing.T) {
			r := planned(t, test.spec).Recovery
			require.NotNil(t, r)
			require.NotNil(t, r.Snapshots)
			assert.Equal(t, "shop-1", r.Snapshots.Storage.Name)
			assert.Equal(t, "VolumeSnapshot", r.Snapshots.Storage.Kind)
			assert.Equal(t, test.source, r.SourceName)
			assert.Equal(t, test.source != "", r.Source != nil)
			assert.Nil(t, r.Target)
		})
	}
}

func TestRestoreTarget(t *testing.T) {
	yes, no := true, false
	for name, test := range map[string]struct {
		to   string
		want *cnpgv1.RecoveryTarget
	}{
		"a time":                      {"{time: '2026-11-20T08:00:00Z'}", &cnpgv1.RecoveryTarget{TargetTime: "2026-11-20T08:00:00Z"}},
		"a time as PostgreSQL has it": {"{time: '2026-11-20 10:00:00.5+02'}", &cnpgv1.RecoveryTarget{TargetTime: "2026-11-20T10:00:00.500000+02:00"}},
		"a time without quotes":       {"{time: 2026-11-20T08:00:00Z, exclusive: true}", &cnpgv1.RecoveryTarget{TargetTime: "2026-11-20T08:00:00Z", Exclusive: &yes}},
		"a position":                  {"{lsn: 0/3000060, timeline: latest}", &cnpgv1.RecoveryTarget{TargetLSN: "0/3000060", TargetTLI: "latest"}},
		"a transaction":               {"{xid: '0', backupID: 20261120T020000, timeline: '3'}", &cnpgv1.RecoveryTarget{TargetXID: "0", BackupID: "20261120T020000", TargetTLI: "3"}},
		"the largest transaction":     {"{xid: '4294967295', backupID: b}", &cnpgv1.RecoveryTarget{TargetXID: "4294967295", BackupID: "b"}}, // 2^32 - 1
		"a name":                      {"{name: before, backupID: b}", &cnpgv1.RecoveryTarget{TargetName: "before", BackupID: "b"}},
		"the end of a base backup":    {"{immediate: true, backupID: b}", &cnpgv1.RecoveryTarget{TargetImmediate: &yes, BackupID: "b"}},
		"not immediate is no target":  {"{immediate: false, time: '2026-11-20T08:00:00Z', exclusive: false}", &cnpgv1.RecoveryTarget{TargetTime: "2026-11-20T08:00:00Z", Exclusive: &no}},
		"a base backup alone":         {"{backupID: b}", &cnpgv1.RecoveryTarget{BackupID: "b"}},
		"what Flux substitutes":       {"{name: '${POINT}', backupID: '${BACKUP}'}", &cnpgv1.RecoveryTarget{TargetName: "${POINT}", BackupID: "${BACKUP}"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, saved+"lineage: 2\nrestore: {to: "+test.to+"}\n")
			assert.Equal(t, test.want, p.Recovery.Target)
		})
	}
}

func TestPlace(t *testing.T) {
	base := plan.Archive{EndpointURL: "https://minio:9000", DestinationPath: "s3://backups/shop", ServerName: "shop-postgres"}
	same := base
	same.EndpointURL, same.DestinationPath = "https://minio:9000/", "s3://backups/shop/"
	assert.Equal(t, base.Place(), same.Place(), "a slash at the end changes nothing")
	for name, change := range map[string]func(*plan.Archive){
		"another server":   func(a *plan.Archive) { a.ServerName = "shop-postgres-2" },
		"another folder":   func(a *plan.Archive) { a.DestinationPath = "s3://backups/orders" },
		"another endpoint": func(a *plan.Archive) { a.EndpointURL = "" },
	} {
		other := base
		change(&other)
		assert.NotEqual(t, base.Place(), other.Place(), name)
	}
}
