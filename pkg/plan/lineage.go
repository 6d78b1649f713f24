package plan

import (
	"fmt"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// Recovery is what a cluster is created from.
type Recovery struct {
	// Source is the archive to recover from; nil with volume snapshots alone.
	Source *Archive

	// SourceName is the name of the source among the Cluster's externalClusters.
	SourceName string

	// OwnStore tells that the source needs an ObjectStore of its own, because it lies in another store than the archive that this
	// cluster writes. It must not carry a retention: the backups belong to somebody else.
	OwnStore bool

	// Target is the point to recover to; nil is the end of the archive.
	Target *cnpgv1.RecoveryTarget

	// Snapshots to recover from, or nil.
	Snapshots *cnpgv1.DataSource

	// Database and Owner are the names in the source.
	Database, Owner string
}

// serverName is the folder of a lineage in the archive. The first has the cluster's own name, which is what CloudNativePG would
// choose, so that an existing archive is found; the user may know of another one.
func (p *Plan) serverName(lineage int32) string {
	if b := p.Spec.Backup; b != nil && b.ServerName != "" {
		return ofLineage(b.ServerName, lineage)
	}
	return ofLineage(p.Cluster, lineage)
}

// LineageName is the cluster's name with its lineage, for objects that a new lineage must have anew.
func (p *Plan) LineageName() string { return ofLineage(p.Cluster, *p.Spec.Lineage) }

// ofLineage gives every lineage but the first its number.
func ofLineage(name string, lineage int32) string {
	if lineage <= 1 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, lineage)
}

// lineage finds what the cluster is created from. CloudNativePG reads it once, when the cluster does not exist; it refuses to write
// into an archive that another cluster wrote, which is why every lineage has a folder of its own.
func (m *maker) lineage() {
	n, path := *m.Spec.Lineage, m.spec.Child("lineage")
	r, restore := m.Spec.Restore, m.spec.Child("restore")
	switch {
	case n < 1:
		m.invalid(path, n, "must be 1, the first, or more")
		return
	case m.Copied():
		return // it is created from the cluster that it follows, and its own lineage only names the archive that it writes
	case n == 1 && r == nil:
		return
	case n == 1 && r.From == nil && r.VolumeSnapshots == nil:
		m.forbidden(restore, "lineage 1 starts empty: to restore, raise lineage to 2; to start from another app's archive, give restore.from")
		return
	}
	m.Recovery = &Recovery{Database: m.Spec.Database, Owner: m.Spec.Owner}
	if r == nil {
		r = &v1alpha1.Restore{}
	}
	m.restoreTarget(restore.Child("to"), r)
	if r.VolumeSnapshots != nil {
		m.snapshots(restore.Child("volumeSnapshots"), r.VolumeSnapshots)
	}
	switch {
	case r.From != nil:
		if r.FromLineage != nil {
			m.forbidden(restore.Child("fromLineage"), "it counts lineages of this app, and restore.from names another archive: keep one")
		}
		m.sourceElsewhere(restore.Child("from"), r.From)
	case r.VolumeSnapshots != nil && (n == 1 || m.Archive == nil):
		// The snapshots alone: there is no archive with the log that follows them.
		if r.FromLineage != nil {
			m.invalid(restore.Child("fromLineage"), *r.FromLineage, "no archive of an earlier lineage is known: remove it, or give restore.from")
		}
		if r.To != nil {
			m.forbidden(restore.Child("to"), "a point in time needs the write-ahead log that follows the snapshot: give restore.from, the archive that holds it")
		}
	default:
		m.sourceLineage(path, restore, r, n)
	}
}

// sourceLineage recovers from an earlier lineage of the same app.
func (m *maker) sourceLineage(path, restore *field.Path, r *v1alpha1.Restore, n int32) {
	from := n - 1
	if r.FromLineage != nil {
		from = *r.FromLineage
	}
	switch {
	case from < 1 || from >= n:
		earlier := "must be 1, the lineage before"
		if n > 2 {
			earlier = fmt.Sprintf("must be an earlier lineage, between 1 and %d", n-1)
		}
		m.invalid(restore.Child("fromLineage"), from, "%s", earlier)
	case m.Archive == nil && !m.archiveFailed:
		m.invalid(path, n, "a restore reads the archive of lineage %d: give backup its bucket or destinationPath, or restore.from", from)
	case m.Archive != nil:
		source := *m.Archive
		source.ServerName = m.serverName(from)
		m.Recovery.Source, m.Recovery.SourceName = &source, fmt.Sprintf("lineage-%d", from)
	}
}

// sourceElsewhere recovers from an archive that another cluster wrote.
func (m *maker) sourceElsewhere(path *field.Path, from *v1alpha1.RestoreSource) {
	if from.ServerName == "" {
		m.required(path.Child("serverName"), "the folder of the source in its archive: the name of its Cluster, with -<lineage> from the second on")
	}
	if from.Database != "" {
		m.Recovery.Database = from.Database
	}
	if from.Owner != "" {
		m.Recovery.Owner = from.Owner
	}
	m.databaseName(path.Child("database"), from.Database, "")
	m.roleName(path.Child("owner"), from.Owner, "")
	m.secretKey(path.Child("endpointCA"), from.EndpointCA)
	source := Archive{ServerName: from.ServerName, EndpointURL: from.EndpointURL, EndpointCA: from.EndpointCA, Credentials: from.Credentials}
	m.Recovery.Source, m.Recovery.SourceName = &source, originName
	if from.ObjectStore != "" {
		m.objectReference(path.Child("objectStore"), from.ObjectStore, "")
		if from.Bucket != "" || from.Path != "" || from.DestinationPath != "" || from.EndpointURL != "" || from.EndpointCA != nil || from.Credentials != nil {
			m.forbidden(path.Child("objectStore"), "the ObjectStore says where the archive is and how it is opened: leave the other fields out but serverName, "+
				"database and owner")
		}
		source.ObjectStore = from.ObjectStore
		if m.Archive != nil && from.ObjectStore == m.Archive.ObjectStore && from.ServerName == m.Archive.ServerName {
			m.sourceIsOwn(path)
		}
		return
	}
	if m.Archive != nil {
		source.InTree = m.Archive.InTree
		if w := m.Archive.WAL; w != nil && w.MaxParallel > 0 {
			// How the log is written is the source's own matter; how it is read is this cluster's.
			source.WAL = &barmanapi.WalBackupConfiguration{MaxParallel: w.MaxParallel}
		}
		if from.EndpointURL == "" {
			source.EndpointURL, source.EndpointCA = m.Archive.EndpointURL, m.Archive.EndpointCA
		}
		if from.Credentials == nil {
			source.Credentials, source.CredentialsSecret = m.Archive.Credentials, m.Archive.CredentialsSecret
		}
	}
	if !m.sourceDestination(path, from, &source) {
		return
	}
	m.destination(path, from.Bucket, source.DestinationPath, source.EndpointURL)
	if from.Credentials != nil || m.Archive == nil {
		m.backupCredentials(path.Child("credentials"), from.Credentials, source.DestinationPath)
		source.CredentialsSecret = credentialsSecret(from.Credentials, m.Cluster+originSecretSuffix)
	}
	source.ObjectStore = m.Cluster + "-origin"
	m.Recovery.OwnStore = !source.InTree
	if m.Archive == nil {
		return
	}
	if !source.InTree && from.Credentials == nil && source.EndpointURL == m.Archive.EndpointURL && source.DestinationPath == m.Archive.DestinationPath {
		source.ObjectStore, m.Recovery.OwnStore = m.Archive.ObjectStore, false
	}
	if source.Place() == m.Archive.Place() {
		m.sourceIsOwn(path)
	}
}

// originName is the name of another cluster's archive among the Cluster's externalClusters.
const originName = "origin"

// sourceDestination finds the address of another cluster's archive. What is left out is as in backup.
func (m *maker) sourceDestination(path *field.Path, from *v1alpha1.RestoreSource, source *Archive) bool {
	if from.Bucket != "" && from.DestinationPath != "" {
		m.forbidden(path.Child("destinationPath"), "bucket and destinationPath exclude each other: keep one")
	}
	bucket := from.Bucket
	if bucket == "" && from.Path != "" && m.Spec.Backup != nil {
		bucket = m.Spec.Backup.Bucket
	}
	folder := from.Path
	if folder == "" {
		folder = m.App.Name
	}
	switch {
	case from.DestinationPath != "" && from.Path != "", bucket == "" && from.Path != "":
		m.forbidden(path.Child("path"), "path belongs to bucket: with destinationPath write the whole address there")
		return false
	case from.DestinationPath != "":
		source.DestinationPath = from.DestinationPath
	case bucket != "":
		source.DestinationPath = "s3://" + bucket + "/" + strings.Trim(folder, "/")
	case m.Archive != nil:
		source.DestinationPath = m.Archive.DestinationPath
	default:
		m.required(path.Child("bucket"), "where the archive to restore from is: objectStore, bucket or destinationPath")
		return false
	}
	return true
}

func (m *maker) sourceIsOwn(path *field.Path) {
	m.forbidden(path, "the cluster would be restored from the very archive that it writes, %s, which CloudNativePG refuses: raise lineage by one",
		m.Archive.ServerName)
}

// restoreTarget reads the point to recover to.
func (m *maker) restoreTarget(path *field.Path, r *v1alpha1.Restore) {
	to := r.To
	if to == nil {
		return
	}
	given := 0
	for _, ok := range []bool{to.Time != "", to.LSN != "", to.XID != "", to.Name != "", value(to.Immediate)} {
		if ok {
			given++
		}
	}
	switch {
	case given > 1:
		m.forbidden(path, "time, lsn, xid, name and immediate exclude each other: keep one")
	case given == 0 && to.BackupID == "" && to.Timeline == "":
		m.required(path, "one of time, lsn, xid, name and immediate; leave it out to restore everything that was archived")
	}
	target := &cnpgv1.RecoveryTarget{BackupID: to.BackupID, TargetTLI: to.Timeline, TargetXID: to.XID, TargetName: to.Name, TargetLSN: to.LSN,
		Exclusive: to.Exclusive}
	if value(to.Immediate) {
		target.TargetImmediate = to.Immediate
	}
	m.targetTime(path.Child("time"), to.Time, target)
	for _, check := range []struct {
		name, value string
		check       func(string) error
	}{{"lsn", to.LSN, checkLSN}, {"xid", to.XID, postgres.CheckTargetXID}, {"name", to.Name, postgres.CheckTargetName},
		{"timeline", to.Timeline, postgres.CheckTargetTLI}} {
		if check.value == "" || placeholder(check.value) {
			continue
		}
		if err := check.check(check.value); err != nil {
			m.refused(path.Child(check.name), check.value, err)
		}
	}
	if to.BackupID == "" && r.VolumeSnapshots == nil && (to.XID != "" || to.Name != "" || value(to.Immediate)) {
		m.required(path.Child("backupID"), "only a time or an lsn tells which base backup to start from: "+
			"list them with kubectl get backups, and give the status.backupId of the last one before the target")
	}
	if to.BackupID != "" && r.VolumeSnapshots != nil {
		m.forbidden(path.Child("backupID"), "the snapshot is the base backup: remove it")
	}
	m.Recovery.Target = target
}

func checkLSN(text string) error {
	_, err := postgres.ParseLSN(text)
	return err
}

// targetTime reads a point in time. It is computed with: the operator and the server must mean the same by it.
func (m *maker) targetTime(path *field.Path, text string, target *cnpgv1.RecoveryTarget) {
	if text == "" || !m.noPlaceholder(path, text) {
		return
	}
	time, err := postgres.ParseTargetTime(text)
	if err != nil {
		m.refused(path, text, err)
		return
	}
	if !time.HasZone {
		m.warn(path, "has no time zone and is taken as UTC: write %s", time.RFC3339())
	}
	target.TargetTime = time.RFC3339()
}

// snapshots checks the volumes to start from (validateVolumeSnapshotSource in internal/webhook/v1/cluster_webhook.go, CloudNativePG 1.30.0).
func (m *maker) snapshots(path *field.Path, s *cnpgv1.DataSource) {
	m.Recovery.Snapshots = s
	m.snapshot(path.Child("storage"), &s.Storage, "the VolumeSnapshot of the data volume")
	if s.WalStorage == nil {
		return
	}
	m.snapshot(path.Child("walStorage"), s.WalStorage, "the VolumeSnapshot of the volume for the write-ahead log")
	if m.Spec.WalStorage == nil {
		m.forbidden(path.Child("walStorage"), "the app has no walStorage to restore it to: add that")
	}
}

func (m *maker) snapshot(path *field.Path, source *corev1.TypedLocalObjectReference, what string) {
	m.objectReference(path.Child("name"), source.Name, what)
	if !oneOf(&m.checker, path.Child("kind"), source.Kind, v1alpha1.VolumeSnapshotKind, "PersistentVolumeClaim") {
		return
	}
	group := ""
	if source.Kind == v1alpha1.VolumeSnapshotKind {
		group = v1alpha1.VolumeSnapshotGroup
	}
	if have := value(source.APIGroup); have != group {
		m.invalid(path.Child("apiGroup"), have, "must be %q for a %s, or left out", group, source.Kind)
	}
}
