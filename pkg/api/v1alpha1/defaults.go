package v1alpha1

import (
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
)

// Default values. They are part of the API's meaning: a change would alter databases whose manifests did not change.
const (
	DefaultVersion           = "17"
	DefaultOperatorVersion   = "1.30"
	DefaultInstances         = 1
	DefaultWorkload          = "mixed"
	DefaultSchedule          = "0 2 * * *"
	DefaultRetention         = "30d"
	DefaultCompression       = "gzip"
	DefaultAccessKeyIDKey    = "ACCESS_KEY_ID"
	DefaultSecretKeyKey      = "SECRET_ACCESS_KEY"
	DefaultMonitorInterval   = "30s"
	DefaultRefreshInterval   = "1h"
	DefaultOperatorNamespace = "cnpg-system"
)

// VolumeSnapshotGroup and VolumeSnapshotKind are what a volume is restored from unless another kind is given.
const (
	VolumeSnapshotGroup = "snapshot.storage.k8s.io"
	VolumeSnapshotKind  = "VolumeSnapshot"
)

// SetDefaults fills in what the app leaves out, with constants and names that derive from metadata.name alone. It never changes
// what is there, and twice is the same as once.
func SetDefaults(app *PostgresApp) {
	s := &app.Spec.Settings
	fill(&s.OperatorVersion, DefaultOperatorVersion)
	fill(&s.Database, strings.ReplaceAll(app.Name, "-", "_"))
	fill(&s.Owner, s.Database)
	fill(&s.DatabaseReclaimPolicy, cnpgv1.DatabaseReclaimRetain)
	fillPointer(&s.DeletionProtection, true)
	if s.Cluster == nil {
		defaultCluster(app)
	}
	defaultCredentials(s.Credentials)
	for i := range s.Databases {
		fill(&s.Databases[i].Owner, s.Owner)
		fill(&s.Databases[i].DatabaseReclaimPolicy, cnpgv1.DatabaseReclaimRetain)
	}
	for i := range s.Roles {
		role := &s.Roles[i]
		fillPointer(&role.Login, role.Credentials != nil)
		fill(&role.Database, s.Database)
		defaultCredentials(role.Credentials)
	}
	defaultMonitoring(s)
	if s.Init != nil && s.Init.Job != nil {
		fillPointer(&s.Init.Job.BackoffLimit, 10)
	}
	if s.Network != nil {
		fillPointer(&s.Network.Policy, true)
		fill(&s.Network.OperatorNamespace, DefaultOperatorNamespace)
	}
}

// defaultCluster fills in what an app with a Cluster of its own has.
func defaultCluster(app *PostgresApp) {
	s := &app.Spec.Settings
	if s.Version == "" && s.ImageName == "" && s.ImageCatalogRef == nil {
		s.Version = DefaultVersion
	}
	if s.ImageCatalogRef != nil {
		fillPointer(&s.ImageCatalogRef.APIGroup, cnpgv1.SchemeGroupVersion.Group)
	}
	fill(&s.ClusterName, app.Name+"-postgres")
	fill(&s.Workload, DefaultWorkload)
	fillPointer(&s.Instances, DefaultInstances)
	fillPointer(&s.Lineage, 1)
	if *s.Instances == 1 {
		fillPointer(&s.EnablePDB, false)
	}
	for i := range s.Poolers {
		pooler := &s.Poolers[i]
		fill(&pooler.Type, cnpgv1.PoolerTypeRW)
		fill(&pooler.Name, s.ClusterName+"-pooler-"+string(pooler.Type))
		fill(&pooler.PoolMode, cnpgv1.PgBouncerPoolModeSession)
		fillPointer(&pooler.Instances, 1)
	}
	defaultResources(s)
	defaultBackup(app)
	defaultRestore(s.Restore)
	defaultVolumes(s)
}

func defaultRestore(r *Restore) {
	if r == nil {
		return
	}
	if r.From != nil {
		defaultBackupCredentials(r.From.Credentials)
	}
	if r.VolumeSnapshots != nil {
		defaultSnapshot(&r.VolumeSnapshots.Storage)
		defaultSnapshot(r.VolumeSnapshots.WalStorage)
		for name, source := range r.VolumeSnapshots.TablespaceStorage {
			defaultSnapshot(&source)
			r.VolumeSnapshots.TablespaceStorage[name] = source
		}
	}
}

// defaultSnapshot fills in what a volume is restored from.
func defaultSnapshot(source *corev1.TypedLocalObjectReference) {
	if source == nil {
		return
	}
	fill(&source.Kind, VolumeSnapshotKind)
	defaultGroup(&source.APIGroup, source.Kind)
}

// defaultGroup fills in the API group of a volume's source, which follows from its kind. The core group has no name, but it must be said:
// the operator writes null for a group that is missing, and the Cluster's own definition refuses null.
func defaultGroup(group **string, kind string) {
	if kind == VolumeSnapshotKind {
		fillPointer(group, VolumeSnapshotGroup)
	} else {
		fillPointer(group, corev1.GroupName)
	}
}

// defaultVolumes fills in the API groups of what volumes are made from.
func defaultVolumes(s *Settings) {
	claims := []*corev1.PersistentVolumeClaimSpec{}
	add := func(storage *cnpgv1.StorageConfiguration) {
		if storage != nil && storage.PersistentVolumeClaimTemplate != nil {
			claims = append(claims, storage.PersistentVolumeClaimTemplate)
		}
	}
	add(s.Storage)
	add(s.WalStorage)
	for i := range s.Tablespaces {
		add(&s.Tablespaces[i].Storage)
	}
	if e := s.EphemeralVolumeSource; e != nil && e.VolumeClaimTemplate != nil {
		claims = append(claims, &e.VolumeClaimTemplate.Spec)
	}
	for _, claim := range claims {
		if source := claim.DataSource; source != nil {
			defaultGroup(&source.APIGroup, source.Kind)
		}
		if source := claim.DataSourceRef; source != nil {
			defaultGroup(&source.APIGroup, source.Kind)
		}
	}
}

// defaultResources requests the memory that the limit grants, as Kubernetes itself does: CloudNativePG compares shared_buffers with the
// request. A request alone gets no limit, which would kill a server that was meant to take what the node has left.
func defaultResources(s *Settings) {
	if s.Resources == nil {
		return
	}
	limit, limited := s.Resources.Limits[corev1.ResourceMemory]
	if _, requested := s.Resources.Requests[corev1.ResourceMemory]; !limited || requested {
		return
	}
	requests := s.Resources.Requests.DeepCopy()
	if requests == nil {
		requests = corev1.ResourceList{}
	}
	requests[corev1.ResourceMemory] = limit
	s.Resources.Requests = requests
}

func defaultBackup(app *PostgresApp) {
	b := app.Spec.Backup
	if b == nil {
		return
	}
	fillPointer(&b.Immediate, true)
	fill(&b.Schedule, DefaultSchedule)
	fill(&b.Retention, DefaultRetention)
	fill(&b.Method, MethodPlugin)
	fill(&b.Compression, DefaultCompression)
	if b.Bucket != "" {
		fill(&b.Path, app.Name)
		fill(&b.DestinationPath, "s3://"+b.Bucket+"/"+strings.Trim(b.Path, "/"))
	}
	defaultBackupCredentials(b.Credentials)
}

func defaultBackupCredentials(c *BackupCredentials) {
	switch {
	case c == nil:
	case c.ExistingSecret != nil:
		fill(&c.ExistingSecret.AccessKeyIDKey, DefaultAccessKeyIDKey)
		fill(&c.ExistingSecret.SecretAccessKeyKey, DefaultSecretKeyKey)
	case c.ExternalSecret != nil:
		fill(&c.ExternalSecret.AccessKeyIDProperty, DefaultAccessKeyIDKey)
		fill(&c.ExternalSecret.SecretAccessKeyProperty, DefaultSecretKeyKey)
		defaultExternalSecret(&c.ExternalSecret.ExternalSecretSource)
	}
}

func defaultCredentials(c *Credentials) {
	if c != nil && c.ExternalSecret != nil {
		defaultExternalSecret(c.ExternalSecret)
	}
}

func defaultExternalSecret(e *ExternalSecretSource) {
	fill(&e.SecretStoreRef.Kind, "ClusterSecretStore")
	fill(&e.RefreshInterval, DefaultRefreshInterval)
}

func defaultMonitoring(s *Settings) {
	if s.Monitoring == nil {
		s.Monitoring = &Monitoring{}
	}
	m := s.Monitoring
	fill(&m.Type, MonitorService)
	fill(&m.Interval, DefaultMonitorInterval)
	if m.Alerts == nil {
		m.Alerts = &Alerts{}
	}
	fillPointer(&m.Alerts.Enabled, m.Type != MonitorNone)
	if m.Dashboard != nil && m.Dashboard.Labels == nil {
		m.Dashboard.Labels = map[string]string{"grafana_dashboard": "1"}
	}
}

// fill sets a text that is empty.
func fill[T ~string](target *T, value T) {
	if *target == "" {
		*target = value
	}
}

// fillPointer sets a pointer that is nil.
func fillPointer[T any](target **T, value T) {
	if *target == nil {
		*target = &value
	}
}
