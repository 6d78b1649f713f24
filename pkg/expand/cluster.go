package expand

import (
	"slices"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// clusters builds the Cluster of an app that has its own.
func clusters(p *plan.Plan) []Object {
	if p.Shared != nil {
		return nil
	}
	s := p.Spec
	cluster := &cnpgv1.Cluster{
		TypeMeta:   metadata.Type(cnpgv1.SchemeGroupVersion.String(), "Cluster"),
		ObjectMeta: protect(p, meta(p, p.Cluster, componentDatabase)),
		Spec: cnpgv1.ClusterSpec{
			ImageName:                 p.Image.Name,
			ImageCatalogRef:           p.Image.Catalog,
			Instances:                 int(*s.Instances),
			PostgresConfiguration:     postgresConfiguration(p),
			Bootstrap:                 bootstrap(p),
			ReplicaCluster:            s.Replica,
			ExternalClusters:          externalClusters(p),
			StorageConfiguration:      *s.Storage,
			WalStorage:                s.WalStorage,
			Plugins:                   plugins(p),
			Backup:                    inClusterBackup(p),
			Monitoring:                monitoring(p),
			Managed:                   managed(p),
			InheritedMetadata:         s.InheritedMetadata,
			TopologySpreadConstraints: topologySpread(p),
		},
	}
	if s.Hibernate {
		cluster.Annotations[cnpg.HibernationKey] = cnpg.HibernationOn
	}
	if s.Resources != nil {
		cluster.Spec.Resources = *s.Resources
	}
	if su := s.Superuser; su != nil && su.Enabled {
		cluster.Spec.EnableSuperuserAccess = &su.Enabled
		if su.SecretName != "" {
			cluster.Spec.SuperuserSecret = &cnpgv1.LocalObjectReference{Name: su.SecretName}
		}
	}
	passThrough(&cluster.Spec, &s.ClusterSettings, *s.Instances)
	return []Object{cluster}
}

// postgresConfiguration is CloudNativePG's own block with what was derived.
func postgresConfiguration(p *plan.Plan) cnpgv1.PostgresConfiguration {
	var c cnpgv1.PostgresConfiguration
	if p.Spec.PostgreSQL != nil {
		c = *p.Spec.PostgreSQL
	}
	c.Parameters = p.Parameters
	c.AdditionalLibraries = p.Libraries
	if *p.Spec.Instances == 1 {
		c.Synchronous = nil
	}
	c.Extensions = slices.Clone(c.Extensions)
	for _, volume := range p.Volumes {
		extension := cnpgv1.ExtensionConfiguration{
			Name:                 volume.Name,
			ImageVolumeSource:    corev1.ImageVolumeSource{Reference: volume.Reference},
			ExtensionControlPath: volume.ExtensionControlPath,
			DynamicLibraryPath:   volume.DynamicLibraryPath,
			LdLibraryPath:        volume.LDLibraryPath,
		}
		for _, variable := range volume.Env {
			extension.Env = append(extension.Env, cnpgv1.ExtensionEnvVar{Name: variable.Name, Value: variable.Value})
		}
		c.Extensions = append(c.Extensions, extension)
	}
	return c
}

// bootstrap says what the cluster is created from. CloudNativePG reads it once; it stays as it is from then on.
func bootstrap(p *plan.Plan) *cnpgv1.BootstrapConfiguration {
	var secret *cnpgv1.LocalObjectReference
	if p.Owner.Credentials != nil {
		secret = &cnpgv1.LocalObjectReference{Name: p.Owner.Secret}
	}
	if source := p.ReplicaSource(); source != nil && p.Copied() {
		if len(source.ConnectionParameters) > 0 && source.PluginConfiguration == nil && source.BarmanObjectStore == nil {
			return &cnpgv1.BootstrapConfiguration{PgBaseBackup: &cnpgv1.BootstrapPgBaseBackup{
				Source: source.Name, Database: p.Spec.Database, Owner: p.Spec.Owner, Secret: secret,
			}}
		}
		return &cnpgv1.BootstrapConfiguration{Recovery: &cnpgv1.BootstrapRecovery{
			Source: source.Name, Database: p.Spec.Database, Owner: p.Spec.Owner, Secret: secret,
		}}
	}
	if r := p.Recovery; r != nil {
		return &cnpgv1.BootstrapConfiguration{Recovery: &cnpgv1.BootstrapRecovery{
			Source: r.SourceName, VolumeSnapshots: r.Snapshots, RecoveryTarget: r.Target, Database: r.Database, Owner: r.Owner, Secret: secret,
		}}
	}
	return &cnpgv1.BootstrapConfiguration{InitDB: initDB(p, secret)}
}

// initDB is the start of an empty cluster.
func initDB(p *plan.Plan, secret *cnpgv1.LocalObjectReference) *cnpgv1.BootstrapInitDB {
	i := &cnpgv1.BootstrapInitDB{Database: p.Spec.Database, Owner: p.Spec.Owner, Secret: secret}
	if p.Image.Major < 18 {
		// The default since PostgreSQL 18. It cannot be turned on later without stopping the server.
		checksums := true
		i.DataChecksums = &checksums
	}
	if u := p.Spec.InitDB; u != nil {
		if u.DataChecksums != nil {
			i.DataChecksums = u.DataChecksums
		}
		i.Encoding, i.Locale, i.LocaleCollate, i.LocaleCType = u.Encoding, u.Locale, u.LocaleCollate, u.LocaleCType
		i.LocaleProvider, i.IcuLocale, i.IcuRules, i.BuiltinLocale = u.LocaleProvider, u.IcuLocale, u.IcuRules, u.BuiltinLocale
		if u.WalSegmentSize != nil {
			i.WalSegmentSize = int(*u.WalSegmentSize)
		}
		i.PostInitSQL, i.PostInitTemplateSQL = u.PostInitSQL, u.PostInitTemplateSQL
		i.PostInitApplicationSQL = slices.Clone(u.PostInitApplicationSQL)
		i.PostInitSQLRefs, i.PostInitTemplateSQLRefs = u.PostInitSQLRefs, u.PostInitTemplateSQLRefs
		i.PostInitApplicationSQLRefs = u.PostInitApplicationSQLRefs.DeepCopy()
	}
	if u := p.Spec.Init; u != nil {
		if u.SQL != "" {
			i.PostInitApplicationSQL = append(i.PostInitApplicationSQL, u.SQL)
		}
		if (u.ConfigMapRef != nil || u.SecretRef != nil) && i.PostInitApplicationSQLRefs == nil {
			i.PostInitApplicationSQLRefs = &cnpgv1.SQLRefs{}
		}
		if r := u.ConfigMapRef; r != nil {
			i.PostInitApplicationSQLRefs.ConfigMapRefs = append(i.PostInitApplicationSQLRefs.ConfigMapRefs,
				cnpgv1.ConfigMapKeySelector{LocalObjectReference: cnpgv1.LocalObjectReference{Name: r.Name}, Key: r.Key})
		}
		if r := u.SecretRef; r != nil {
			i.PostInitApplicationSQLRefs.SecretRefs = append(i.PostInitApplicationSQLRefs.SecretRefs,
				cnpgv1.SecretKeySelector{LocalObjectReference: cnpgv1.LocalObjectReference{Name: r.Name}, Key: r.Key})
		}
	}
	if u := p.Spec.Import; u != nil {
		i.Import = &cnpgv1.Import{
			Source: cnpgv1.ImportSource{ExternalCluster: plan.ImportSourceName}, Type: u.Type, Databases: u.Databases, Roles: u.Roles,
			PostImportApplicationSQL: u.PostImportApplicationSQL, SchemaOnly: u.SchemaOnly,
			PgDumpExtraOptions: u.PgDumpExtraOptions, PgRestoreExtraOptions: u.PgRestoreExtraOptions,
			PgRestorePredataOptions: u.PgRestorePredataOptions, PgRestoreDataOptions: u.PgRestoreDataOptions,
			PgRestorePostdataOptions: u.PgRestorePostdataOptions,
		}
	}
	return i
}

// externalClusters are the other clusters that the bootstrap or a replica refers to.
func externalClusters(p *plan.Plan) []cnpgv1.ExternalCluster {
	clusters := slices.Clone(p.Spec.ExternalClusters)
	if r := p.Recovery; r != nil && r.Source != nil {
		clusters = append(clusters, recoverySource(r))
	} else if i := p.Spec.Import; i != nil && p.Recovery == nil {
		clusters = append(clusters, cnpgv1.ExternalCluster{
			Name: plan.ImportSourceName, ConnectionParameters: i.Source.ConnectionParameters, Password: i.Source.Password,
			SSLCert: i.Source.SSLCert, SSLKey: i.Source.SSLKey, SSLRootCert: i.Source.SSLRootCert,
		})
	}
	return clusters
}

// recoverySource is the archive to restore from. The server name always stands there: by default the plugin would take the new
// cluster's.
func recoverySource(r *plan.Recovery) cnpgv1.ExternalCluster {
	if r.Source.InTree {
		store := barmanObjectStore(*r.Source)
		store.Data = nil
		return cnpgv1.ExternalCluster{Name: r.SourceName, BarmanObjectStore: store}
	}
	return cnpgv1.ExternalCluster{Name: r.SourceName, PluginConfiguration: &cnpgv1.PluginConfiguration{
		Name: cnpg.BarmanPlugin,
		Parameters: map[string]string{
			cnpg.BarmanObjectParameter: r.Source.ObjectStore,
			cnpg.BarmanServerParameter: r.Source.ServerName,
		},
	}}
}

// plugins is the archiving by the Barman Cloud plugin.
func plugins(p *plan.Plan) []cnpgv1.PluginConfiguration {
	if p.Archive == nil || p.Archive.InTree {
		return nil
	}
	archiver := true
	return []cnpgv1.PluginConfiguration{{
		Name:          cnpg.BarmanPlugin,
		IsWALArchiver: &archiver,
		Parameters: map[string]string{
			cnpg.BarmanObjectParameter: p.Archive.ObjectStore,
			cnpg.BarmanServerParameter: p.Archive.ServerName,
		},
	}}
}

// inClusterBackup is what the Cluster itself must know of backups: the in-tree archive, and volume snapshots.
func inClusterBackup(p *plan.Plan) *cnpgv1.BackupConfiguration {
	b := p.Spec.Backup
	if !b.IsEnabled() {
		return nil
	}
	var c cnpgv1.BackupConfiguration
	if p.Archive != nil && p.Archive.InTree {
		c.BarmanObjectStore, c.RetentionPolicy = barmanObjectStore(*p.Archive), b.Retention
		c.BarmanObjectStore.Tags, c.BarmanObjectStore.HistoryTags = b.Tags, b.HistoryTags
	}
	if b.Method == v1alpha1.MethodVolumeSnapshot {
		c.VolumeSnapshot = b.VolumeSnapshot
	}
	if c.BarmanObjectStore == nil && c.VolumeSnapshot == nil {
		return nil
	}
	c.Target = b.Target
	return &c
}

// monitoring is what the Cluster itself must know of monitoring.
func monitoring(p *plan.Plan) *cnpgv1.MonitoringConfiguration {
	m := p.Spec.Monitoring
	if m.TLS == nil && m.DisableDefaultQueries == nil && m.CustomQueriesConfigMap == nil && m.CustomQueriesSecret == nil && m.MetricsQueriesTTL == nil {
		return nil
	}
	return &cnpgv1.MonitoringConfiguration{
		TLSConfig: m.TLS, DisableDefaultQueries: m.DisableDefaultQueries, CustomQueriesConfigMap: m.CustomQueriesConfigMap,
		CustomQueriesSecret: m.CustomQueriesSecret, MetricsQueriesTTL: m.MetricsQueriesTTL,
	}
}

// managed is the services, and the roles where the operator has no DatabaseRole yet.
func managed(p *plan.Plan) *cnpgv1.ManagedConfiguration {
	m := cnpgv1.ManagedConfiguration{Services: p.Spec.Services}
	if !p.HasDatabaseRoles() {
		for _, role := range p.Roles {
			m.Roles = append(m.Roles, roleConfiguration(role))
		}
	}
	if m.Services == nil && m.Roles == nil {
		return nil
	}
	return &m
}

// topologySpread spreads three instances and more over zones where there are some. The user's own constraints replace it.
func topologySpread(p *plan.Plan) []corev1.TopologySpreadConstraint {
	if p.Spec.TopologySpreadConstraints != nil {
		return p.Spec.TopologySpreadConstraints
	}
	if *p.Spec.Instances < 3 {
		return nil
	}
	return []corev1.TopologySpreadConstraint{{
		MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector: &metav1.LabelSelector{MatchLabels: instanceSelector(p)},
	}}
}

// instanceSelector matches the PostgreSQL pods. Poolers and jobs carry the cluster's label too.
func instanceSelector(p *plan.Plan) map[string]string {
	return map[string]string{cnpg.ClusterLabel: p.Cluster, cnpg.PodRoleLabel: cnpg.PodRoleInstance}
}
