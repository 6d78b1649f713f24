package v1alpha1

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	corev1 "k8s.io/api/core/v1"
)

// Methods of a backup.
const (
	MethodPlugin            = "plugin"
	MethodBarmanObjectStore = "barmanObjectStore"
	MethodVolumeSnapshot    = "volumeSnapshot"
)

// Backup says where base backups and the write-ahead log go, and when.
type Backup struct {
	// enabled says whether backups are taken. Defaults to true when a destination is known. Say false where the app needs no backup.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// bucket is the name of an S3 bucket; the archive is then s3://<bucket>/<path>. Or give destinationPath in full.
	// +optional
	Bucket string `json:"bucket,omitempty"`

	// path below the bucket. Defaults to metadata.name.
	// +optional
	Path string `json:"path,omitempty"`

	// destinationPath is the archive's full address: s3://, gs:// or https:// (Azure).
	// +optional
	DestinationPath string `json:"destinationPath,omitempty"`

	// serverName is the folder of lineage 1 in the archive; those of later lineages append their number. Set it where an archive that is
	// to be continued has another name. Defaults to the cluster's name.
	// +optional
	ServerName string `json:"serverName,omitempty"`

	// endpointURL is the address of an S3-compatible store.
	// +optional
	EndpointURL string `json:"endpointURL,omitempty"`

	// endpointCA is the certificate authority of the endpoint, in a Secret of the app's namespace.
	// +optional
	EndpointCA *SecretKeySelector `json:"endpointCA,omitempty"`

	// credentials of the object store.
	// +optional
	Credentials *BackupCredentials `json:"credentials,omitempty"`

	// schedule of base backups in UTC: five fields as crontab has them, six with seconds first, or @daily and its like. Defaults to
	// "0 2 * * *".
	// +optional
	Schedule string `json:"schedule,omitempty"`

	// allowFrequent permits base backups more often than hourly. Defaults to false.
	// +optional
	AllowFrequent bool `json:"allowFrequent,omitempty"`

	// immediate takes a first base backup at once. Defaults to true.
	// +optional
	Immediate *bool `json:"immediate,omitempty"`

	// suspend pauses the schedule; archiving goes on. Defaults to false.
	// +optional
	Suspend bool `json:"suspend,omitempty"`

	// retention is how far back recovery must be possible: a number and d, w or m. Defaults to 30d.
	// +optional
	Retention string `json:"retention,omitempty"`

	// method is plugin (Barman Cloud), barmanObjectStore (in-tree, deprecated) or volumeSnapshot. Defaults to plugin.
	// +optional
	Method string `json:"method,omitempty"`

	// target is the instance that backups are taken from: prefer-standby or primary. Defaults to prefer-standby.
	// +optional
	Target cnpgv1.BackupTarget `json:"target,omitempty"`

	// compression of the write-ahead log and of base backups: gzip, bzip2, lz4, snappy, or xz and zstd for the log only, or none.
	// Defaults to gzip: an idle server archives a 16 MiB segment every five minutes.
	// +optional
	Compression string `json:"compression,omitempty"`

	// encryption in the object store: AES256 or aws:kms. Defaults to the bucket's own setting.
	// +optional
	Encryption string `json:"encryption,omitempty"`

	// wal refines how the write-ahead log is archived, in Barman's own shape.
	// +optional
	WAL *barmanapi.WalBackupConfiguration `json:"wal,omitempty"`

	// data refines how base backups are taken, in Barman's own shape.
	// +optional
	Data *barmanapi.DataBackupConfiguration `json:"data,omitempty"`

	// tags are the tags of the objects in the store.
	// +optional
	Tags map[string]string `json:"tags,omitempty"`

	// historyTags are the tags of the history files in the store.
	// +optional
	HistoryTags map[string]string `json:"historyTags,omitempty"`

	// sidecarResources are those of the plugin's container in every instance. Defaults to 50m and 128Mi, with a limit of 1Gi.
	// +optional
	SidecarResources *corev1.ResourceRequirements `json:"sidecarResources,omitempty"`

	// sidecarEnv adds variables to the plugin's container in every instance, beside the two that S3-compatible stores need.
	// +optional
	SidecarEnv []corev1.EnvVar `json:"sidecarEnv,omitempty"`

	// volumeSnapshot is CloudNativePG's own block for the method of that name.
	// +optional
	VolumeSnapshot *cnpgv1.VolumeSnapshotConfiguration `json:"volumeSnapshot,omitempty"`
}

// IsEnabled tells whether backups are taken: as enabled says, else when there is somewhere to take them to. It is false for nil.
func (b *Backup) IsEnabled() bool {
	switch {
	case b == nil:
		return false
	case b.Enabled != nil:
		return *b.Enabled
	}
	return b.Bucket != "" || b.DestinationPath != "" || b.VolumeSnapshot != nil
}

// BackupCredentials says how the archive is opened: exactly one of its ways.
type BackupCredentials struct {
	// existingSecret is a Secret in the app's namespace.
	// +optional
	ExistingSecret *ObjectStoreSecret `json:"existingSecret,omitempty"`

	// externalSecret makes an ExternalSecret that fetches the keys.
	// +optional
	ExternalSecret *ObjectStoreExternalSecret `json:"externalSecret,omitempty"`

	// accessKeyId is a placeholder such as ${BACKUP_ACCESS_KEY_ID} that Flux substitutes.
	// +optional
	AccessKeyID string `json:"accessKeyId,omitempty"`

	// secretAccessKey is a placeholder such as ${BACKUP_SECRET_ACCESS_KEY} that Flux substitutes.
	// +optional
	SecretAccessKey string `json:"secretAccessKey,omitempty"`

	// inheritFromIAMRole uses the identity of the pod.
	// +optional
	InheritFromIAMRole bool `json:"inheritFromIAMRole,omitempty"`

	// azureCredentials opens an Azure container, in CloudNativePG's own shape.
	// +optional
	AzureCredentials *barmanapi.AzureCredentials `json:"azureCredentials,omitempty"`

	// googleCredentials opens a Google bucket, in CloudNativePG's own shape.
	// +optional
	GoogleCredentials *barmanapi.GoogleCredentials `json:"googleCredentials,omitempty"`
}

// ObjectStoreSecret names a Secret with the keys of an S3 store.
type ObjectStoreSecret struct {
	// name of the Secret.
	// +required
	Name string `json:"name"`

	// accessKeyIdKey is the key of the access key's id. Defaults to ACCESS_KEY_ID.
	// +optional
	AccessKeyIDKey string `json:"accessKeyIdKey,omitempty"`

	// secretAccessKeyKey is the key of the secret access key. Defaults to SECRET_ACCESS_KEY.
	// +optional
	SecretAccessKeyKey string `json:"secretAccessKeyKey,omitempty"`

	// regionKey is the key of the region, where the store needs one.
	// +optional
	RegionKey string `json:"regionKey,omitempty"`

	// sessionTokenKey is the key of a session token.
	// +optional
	SessionTokenKey string `json:"sessionTokenKey,omitempty"`
}

// ObjectStoreExternalSecret fetches the keys of an S3 store from a secret store.
type ObjectStoreExternalSecret struct {
	ExternalSecretSource `json:",inline"`

	// accessKeyIdProperty is the property of the remote entry with the access key's id. Defaults to ACCESS_KEY_ID.
	// +optional
	AccessKeyIDProperty string `json:"accessKeyIdProperty,omitempty"`

	// secretAccessKeyProperty is the property of the remote entry with the secret access key. Defaults to SECRET_ACCESS_KEY.
	// +optional
	SecretAccessKeyProperty string `json:"secretAccessKeyProperty,omitempty"`
}

// Restore says what a new lineage is created from.
type Restore struct {
	// to is the point to recover to. Defaults to the end of the archive.
	// +optional
	To *RestoreTarget `json:"to,omitempty"`

	// fromLineage is the lineage to recover from. Defaults to the one before.
	// +optional
	FromLineage *int32 `json:"fromLineage,omitempty"`

	// from is another archive to recover from, such as another app's.
	// +optional
	From *RestoreSource `json:"from,omitempty"`

	// volumeSnapshots are what the volumes are made of, in CloudNativePG's own shape.
	// +optional
	VolumeSnapshots *cnpgv1.DataSource `json:"volumeSnapshots,omitempty"`
}

// RestoreTarget is one point of the archive: at most one of time, lsn, xid, name and immediate.
type RestoreTarget struct {
	// time is a moment with its zone, such as 2026-11-20T08:00:00Z.
	// +optional
	Time string `json:"time,omitempty"`

	// lsn is a position in the write-ahead log, such as 0/3000060.
	// +optional
	LSN string `json:"lsn,omitempty"`

	// xid is a transaction. Needs backupID.
	// +optional
	XID string `json:"xid,omitempty"`

	// name is a restore point made by pg_create_restore_point. Needs backupID.
	// +optional
	Name string `json:"name,omitempty"`

	// immediate stops as soon as the base backup is consistent. Needs backupID.
	// +optional
	Immediate *bool `json:"immediate,omitempty"`

	// backupID is the base backup to start from, such as 20261120T020000. Defaults to the last one before the target.
	// +optional
	BackupID string `json:"backupID,omitempty"`

	// timeline is the one to follow: latest or a number. Defaults to latest.
	// +optional
	Timeline string `json:"timeline,omitempty"`

	// exclusive stops just before the target. Defaults to false.
	// +optional
	Exclusive *bool `json:"exclusive,omitempty"`
}

// RestoreSource is an archive that another cluster wrote. What is left out is as in backup.
type RestoreSource struct {
	// serverName is the folder of the source in the archive: the name of its Cluster, with -<lineage> from the second on.
	// +required
	ServerName string `json:"serverName"`

	// objectStore is an existing ObjectStore in the app's namespace that holds the archive.
	// +optional
	ObjectStore string `json:"objectStore,omitempty"`

	// bucket of the archive, as in backup.
	// +optional
	Bucket string `json:"bucket,omitempty"`

	// path below the bucket: the name of the other app, as a rule.
	// +optional
	Path string `json:"path,omitempty"`

	// destinationPath is the archive's full address.
	// +optional
	DestinationPath string `json:"destinationPath,omitempty"`

	// endpointURL is the address of an S3-compatible store. Defaults to backup's.
	// +optional
	EndpointURL string `json:"endpointURL,omitempty"`

	// endpointCA is the certificate authority of the endpoint. Defaults to backup's.
	// +optional
	EndpointCA *SecretKeySelector `json:"endpointCA,omitempty"`

	// credentials of the archive. Defaults to backup's.
	// +optional
	Credentials *BackupCredentials `json:"credentials,omitempty"`

	// database in the source. Defaults to the app's.
	// +optional
	Database string `json:"database,omitempty"`

	// owner of the database in the source. Defaults to the app's.
	// +optional
	Owner string `json:"owner,omitempty"`
}
