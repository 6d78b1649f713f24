package plan

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/schedule"
)

// Archive is a place in an object store that a cluster writes its write-ahead log and base backups to.
type Archive struct {
	// ObjectStore is the name of the ObjectStore object that describes it, for the plugin.
	ObjectStore string

	// InTree tells that the operator's own deprecated Barman Cloud is used instead of the plugin.
	InTree bool

	// DestinationPath, EndpointURL and EndpointCA are the store.
	DestinationPath string
	EndpointURL     string
	EndpointCA      *v1alpha1.SecretKeySelector

	// ServerName is the folder below the destination: the cluster's name, with the lineage from the second on.
	ServerName string

	// Credentials open the store.
	Credentials *v1alpha1.BackupCredentials

	// CredentialsSecret is the Secret that Credentials lead to, or "" when they need none.
	CredentialsSecret string

	// WAL and Data are how the log and base backups are written.
	WAL  *barmanapi.WalBackupConfiguration
	Data *barmanapi.DataBackupConfiguration
}

// Place identifies the archive: two clusters that write to one place destroy each other's backups.
func (a Archive) Place() string {
	return strings.TrimSuffix(a.EndpointURL, "/") + " " + strings.TrimSuffix(a.DestinationPath, "/") + "/" + a.ServerName
}

// backup finds the archive and the schedule.
func (m *maker) backup() {
	b, path := m.Spec.Backup, m.spec.Child("backup")
	if !b.IsEnabled() {
		if b == nil || b.Enabled == nil {
			m.warn(path, "nothing is backed up: give a bucket or destinationPath and its credentials, or say enabled: false if the data can be lost")
		}
		return
	}
	if b.Target != "" {
		oneOf(&m.checker, path.Child("target"), b.Target, cnpgv1.BackupTargetPrimary, cnpgv1.BackupTargetStandby)
	}
	m.schedule(path, b)
	known := oneOf(&m.checker, path.Child("method"), b.Method, v1alpha1.MethodPlugin, v1alpha1.MethodBarmanObjectStore, v1alpha1.MethodVolumeSnapshot)
	switch {
	case b.Method == v1alpha1.MethodVolumeSnapshot:
		m.volumeSnapshot(path, b)
	case !known:
	case b.VolumeSnapshot != nil:
		m.forbidden(path.Child("volumeSnapshot"), "it belongs to method: volumeSnapshot, and the method is %s: change one of the two", b.Method)
	case b.DestinationPath == "":
		m.required(path.Child("bucket"), "where backups go: a bucket, or destinationPath in full; or enabled: false")
	}
	if b.DestinationPath == "" {
		m.archiveFailed = b.Method != v1alpha1.MethodVolumeSnapshot
		return
	}
	m.archive(path, b)
}

// archive checks where the write-ahead log and base backups go.
func (m *maker) archive(path *field.Path, b *v1alpha1.Backup) {
	m.retention(path.Child("retention"), b.Retention)
	m.destination(path, b.Bucket, b.DestinationPath, b.EndpointURL)
	if b.Bucket != "" && b.DestinationPath != "s3://"+b.Bucket+"/"+strings.Trim(b.Path, "/") {
		m.forbidden(path.Child("destinationPath"), "bucket and destinationPath exclude each other: keep one")
	}
	if b.Path != "" && b.Bucket == "" {
		m.forbidden(path.Child("path"), "path belongs to bucket: with destinationPath write the whole address there")
	}
	if strings.ContainsAny(b.ServerName, "/ ") {
		m.invalid(path.Child("serverName"), b.ServerName, "must be the name of one folder: what lies above it belongs to path or destinationPath")
	}
	m.secretKey(path.Child("endpointCA"), b.EndpointCA)
	m.backupCredentials(path.Child("credentials"), b.Credentials, b.DestinationPath)
	wal, data := m.compression(path, b)
	m.Archive = &Archive{
		ObjectStore:       m.Cluster + "-backup",
		InTree:            b.Method == v1alpha1.MethodBarmanObjectStore,
		DestinationPath:   b.DestinationPath,
		EndpointURL:       b.EndpointURL,
		EndpointCA:        b.EndpointCA,
		ServerName:        m.serverName(*m.Spec.Lineage),
		Credentials:       b.Credentials,
		CredentialsSecret: credentialsSecret(b.Credentials, m.Cluster+archiveSecretSuffix),
		WAL:               wal,
		Data:              data,
	}
	if !m.Archive.InTree {
		return
	}
	m.inTree(path, b)
	m.warn(path.Child("method"), "the operator's own Barman Cloud is deprecated since CloudNativePG 1.26 and announced to be removed in 1.31: "+
		"install the Barman Cloud plugin and leave method out; the archive stays readable")
	for _, sidecar := range []struct {
		name  string
		given bool
	}{{"sidecarEnv", b.SidecarEnv != nil}, {"sidecarResources", b.SidecarResources != nil}} {
		if sidecar.given {
			m.warn(path.Child(sidecar.name), "left out: only the plugin has a container of its own")
		}
	}
}

// inTree checks what the operator's own Barman Cloud knows only from some version on.
func (m *maker) inTree(path *field.Path, b *v1alpha1.Backup) {
	if m.Archive.Data != nil && m.Archive.Data.Compression == "lz4" && m.Target.Less(cnpg.V1_30) {
		at := path.Child("compression")
		if b.Data != nil && b.Data.Compression != "" {
			at = path.Child("data", "compression")
		}
		m.invalid(at, "lz4", "CloudNativePG knows it for base backups from 1.30 on: raise operatorVersion, or use gzip")
	}
	if c := b.Credentials; c != nil && c.AzureCredentials != nil && c.AzureCredentials.UseDefaultAzureCredentials && m.Target.Less(cnpg.V1_29) {
		m.forbidden(path.Child("credentials", "azureCredentials", "useDefaultAzureCredentials"),
			"CloudNativePG knows it from 1.29 on: raise operatorVersion, or use inheritFromAzureAD")
	}
}

// Suffixes of the Secrets with the keys of object stores, behind the cluster's name.
const (
	archiveSecretSuffix = "-backup-credentials"
	originSecretSuffix  = "-origin-credentials"
)

var (
	// retentionPattern is Barman Cloud's (api/v1 of plugin-barman-cloud 0.15.0).
	retentionPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[1-9][0-9]*[dwm]$`) })

	// looseRetention is a retention as people say it.
	looseRetention = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([1-9][0-9]*) *(?:([dDwWmM])(?:ays?|eeks?|onths?)?)?$`)
	})
)

func (m *maker) retention(path *field.Path, text string) {
	if !m.noPlaceholder(path, text) || retentionPattern().MatchString(text) {
		return
	}
	remedy := ""
	if match := looseRetention().FindStringSubmatch(text); match != nil {
		unit := strings.ToLower(match[2])
		if unit == "" {
			unit = "d"
		}
		remedy = ": did you mean " + match[1] + unit + "?"
	}
	m.invalid(path, text, "must be a whole number above zero and d for days, w for weeks or m for months, such as 30d%s", remedy)
}

// schedule finds when base backups are taken.
func (m *maker) schedule(path *field.Path, b *v1alpha1.Backup) {
	path = path.Child("schedule")
	if !m.noPlaceholder(path, b.Schedule) {
		return
	}
	s, err := schedule.Normalize(b.Schedule, schedule.AllowFrequent(b.AllowFrequent))
	if err != nil {
		m.invalid(path, b.Schedule, "%s", err)
		return
	}
	for _, warning := range s.Warnings {
		m.warn(path, "%s", warning)
	}
	m.Schedule = &s
}

// destination checks the address of an archive.
func (m *maker) destination(path *field.Path, bucket, destination, endpoint string) {
	name := path.Child("destinationPath")
	if bucket != "" {
		name = path.Child("bucket")
		if !placeholder(bucket) && strings.ContainsAny(bucket, "/: ") {
			m.invalid(name, bucket, "must be the bucket's name alone: a folder goes to path, a full address to destinationPath")
			return
		}
	}
	const addresses = "must be an address such as s3://bucket/folder, gs://bucket/folder or https://account.blob.core.windows.net/container"
	m.address(name, destination, addresses, "s3", "gs", "https", "http")
	m.address(path.Child("endpointURL"), endpoint, "must be an address such as https://s3.example.com or http://minio.minio.svc:9000", "https", "http")
	m.endpointPort(path.Child("endpointURL"), endpoint)
}

// address checks a URL. What Flux substitutes may hold anything.
func (m *maker) address(path *field.Path, text, remedy string, schemes ...string) {
	if text == "" || placeholder(text) {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err == nil && u.User != nil:
		m.invalid(path, "(hidden)", "must hold no user and password: write the address alone, and the keys below credentials")
	case err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme):
		m.invalid(path, text, "%s", remedy)
	}
}

// compression splits the one field into what the log and what base backups can have.
func (m *maker) compression(path *field.Path, b *v1alpha1.Backup) (*barmanapi.WalBackupConfiguration, *barmanapi.DataBackupConfiguration) {
	wal, data := barmanapi.WalBackupConfiguration{}, barmanapi.DataBackupConfiguration{}
	if b.WAL != nil {
		wal = *b.WAL
	}
	if b.Data != nil {
		data = *b.Data
	}
	if b.Compression != "none" {
		compression := barmanapi.CompressionType(b.Compression)
		if oneOf(&m.checker, path.Child("compression"), compression, "gzip", "bzip2", "lz4", "snappy", "xz", "zstd", "none") && wal.Compression == "" {
			wal.Compression = compression
		}
		if data.Compression == "" {
			// Base backups are written by a library that knows fewer formats.
			if data.Compression = compression; compression == "xz" || compression == "zstd" {
				data.Compression = barmanapi.CompressionTypeGzip
			}
		}
	}
	if b.Encryption != "" {
		encryption := barmanapi.EncryptionType(b.Encryption)
		oneOf(&m.checker, path.Child("encryption"), encryption, "AES256", "aws:kms")
		if wal.Encryption == "" {
			wal.Encryption = encryption
		}
		if data.Encryption == "" {
			data.Encryption = encryption
		}
	}
	if b.WAL != nil && b.WAL.Compression != "" {
		oneOf(&m.checker, path.Child("wal", "compression"), b.WAL.Compression, "gzip", "bzip2", "lz4", "snappy", "xz", "zstd")
	}
	if b.Data != nil && b.Data.Compression != "" {
		oneOf(&m.checker, path.Child("data", "compression"), b.Data.Compression, "gzip", "bzip2", "lz4", "snappy")
	}
	if b.WAL != nil && b.WAL.Encryption != "" {
		oneOf(&m.checker, path.Child("wal", "encryption"), b.WAL.Encryption, "AES256", "aws:kms")
	}
	if b.Data != nil && b.Data.Encryption != "" {
		oneOf(&m.checker, path.Child("data", "encryption"), b.Data.Encryption, "AES256", "aws:kms")
	}
	if b.WAL != nil && b.WAL.MaxParallel < 0 {
		m.invalid(path.Child("wal", "maxParallel"), b.WAL.MaxParallel, "must be at least 1")
	}
	if b.Data != nil && b.Data.Jobs != nil && *b.Data.Jobs < 1 {
		m.invalid(path.Child("data", "jobs"), *b.Data.Jobs, "must be at least 1")
	}
	var walOut *barmanapi.WalBackupConfiguration
	var dataOut *barmanapi.DataBackupConfiguration
	if b.WAL != nil || wal.Compression != "" || wal.Encryption != "" {
		walOut = &wal
	}
	if b.Data != nil || data.Compression != "" || data.Encryption != "" {
		dataOut = &data
	}
	return walOut, dataOut
}

func (m *maker) secretKey(path *field.Path, s *v1alpha1.SecretKeySelector) {
	if s != nil {
		m.keyReference(path, s.Name, s.Key, "Secret", "ca.crt")
	}
}

// volumeSnapshot checks what belongs to the method of that name.
func (m *maker) volumeSnapshot(path *field.Path, b *v1alpha1.Backup) {
	if b.VolumeSnapshot == nil || b.VolumeSnapshot.ClassName == "" {
		m.required(path.Child("volumeSnapshot", "className"), "the VolumeSnapshotClass that takes the snapshots")
	}
	if b.DestinationPath == "" {
		m.warn(path, "snapshots alone restore to the moment they were taken: give a bucket too, and the write-ahead log goes there for points in between")
	}
}
