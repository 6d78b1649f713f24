package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
)

// PostgresApp is one application's PostgreSQL: a small description that expands into the complete set of CloudNativePG
// manifests during the build that renders the repository.
type PostgresApp struct {
	metav1.TypeMeta `json:",inline"`

	// metadata.name is the name of the application; every object's name derives from it. metadata.namespace is optional: most
	// repositories set it later, by kustomize's `namespace:` or Flux's `targetNamespace`. Labels and annotations are passed on to
	// every object.
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec describes the database. Everything is optional except storage.size.
	// +required
	Spec PostgresAppSpec `json:"spec"`
}

// PostgresAppSpec is the settings of the app, and defaults that lose to them.
type PostgresAppSpec struct {
	Settings `json:",inline"`

	// defaults holds any of the other fields. A value here is used where the spec itself says nothing: objects are merged field by
	// field, lists are taken as a whole. It lets a patch or a shared file set what many apps have in common without overruling one.
	// +optional
	Defaults *Settings `json:"defaults,omitempty"`
}

// PostgresDefaults is the function configuration that expands every PostgresApp of a build, with its spec as their defaults.
type PostgresDefaults struct {
	metav1.TypeMeta `json:",inline"`

	// metadata.name names these defaults in messages.
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec holds any field of a PostgresApp's spec. It loses to the app's spec and to the app's spec.defaults.
	// +optional
	Spec Settings `json:"spec,omitempty"`
}

// Settings is everything that can be said about an app's PostgreSQL.
type Settings struct {
	// version is the PostgreSQL major version, such as "17". It selects the newest standard image known to this release, pinned to
	// its full version. At most one of version, imageName and imageCatalogRef. Defaults to "17".
	// +optional
	Version string `json:"version,omitempty"`

	// imageName is the exact PostgreSQL image. Its tag must begin with the PostgreSQL version, as CloudNativePG requires.
	// +optional
	ImageName string `json:"imageName,omitempty"`

	// imageCatalogRef takes the image from an ImageCatalog or ClusterImageCatalog, in CloudNativePG's own shape.
	// +optional
	ImageCatalogRef *cnpgv1.ImageCatalogRef `json:"imageCatalogRef,omitempty"`

	// operatorVersion is the CloudNativePG version that runs in the target cluster: 1.27, 1.28, 1.29 or 1.30. A field that it does
	// not know is an error. Defaults to "1.30".
	// +optional
	OperatorVersion string `json:"operatorVersion,omitempty"`

	// clusterName is the name of the Cluster. Defaults to <metadata.name>-postgres.
	// +optional
	ClusterName string `json:"clusterName,omitempty"`

	// instances is the number of PostgreSQL instances: one primary, the rest replicas. Defaults to 1.
	// +optional
	Instances *int32 `json:"instances,omitempty"`

	// hibernate stops all instances and keeps the data. Defaults to false.
	// +optional
	Hibernate bool `json:"hibernate,omitempty"`

	// cluster makes the app a database and a role on this shared Cluster instead of a Cluster of its own.
	// +optional
	Cluster *ClusterReference `json:"cluster,omitempty"`

	// database is the name of the app's database. Defaults to metadata.name with "-" as "_".
	// +optional
	Database string `json:"database,omitempty"`

	// owner is the role that owns the database. Defaults to the database's name.
	// +optional
	Owner string `json:"owner,omitempty"`

	// schemas to create in the app's database, in CloudNativePG's own shape.
	// +optional
	Schemas []cnpgv1.SchemaSpec `json:"schemas,omitempty"`

	// extensions to create in the app's database. Preload libraries and image volumes that they need are added.
	// +optional
	Extensions []string `json:"extensions,omitempty"`

	// databaseReclaimPolicy says what happens to the database of a shared cluster when its manifest is deleted: retain or delete.
	// Defaults to retain.
	// +optional
	DatabaseReclaimPolicy cnpgv1.DatabaseReclaimPolicy `json:"databaseReclaimPolicy,omitempty"`

	// databases are further databases beside the app's own.
	// +optional
	Databases []Database `json:"databases,omitempty"`

	// roles are further roles beside the owner.
	// +optional
	Roles []Role `json:"roles,omitempty"`

	// credentials says where the owner's password comes from. When omitted, the operator generates one in Secret <cluster>-app.
	// +optional
	Credentials *Credentials `json:"credentials,omitempty"`

	// superuser gives access as postgres. Off by default.
	// +optional
	Superuser *Superuser `json:"superuser,omitempty"`

	// storage is the data volume of each instance, in CloudNativePG's own shape. storage.size is required.
	// +optional
	Storage *cnpgv1.StorageConfiguration `json:"storage,omitempty"`

	// walStorage is a volume of its own for the write-ahead log. It cannot be removed later.
	// +optional
	WalStorage *cnpgv1.StorageConfiguration `json:"walStorage,omitempty"`

	// resources of each PostgreSQL container, in Kubernetes' own shape. The memory request defaults to the limit. Parameters are tuned
	// to the limit.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// workload is what PostgreSQL is tuned for: web, oltp, dw, mixed or desktop. Defaults to mixed.
	// +optional
	Workload string `json:"workload,omitempty"`

	// maxConnections is the parameter max_connections, from which memory settings derive. Defaults to a number that fits the memory.
	// +optional
	MaxConnections *int32 `json:"maxConnections,omitempty"`

	// postgresql is CloudNativePG's own block: parameters, pg_hba, synchronous, shared_preload_libraries, extensions and the rest.
	// Its parameters always win over tuning.
	// +optional
	PostgreSQL *cnpgv1.PostgresConfiguration `json:"postgresql,omitempty"`

	// initdb is CloudNativePG's own block for the first initialisation: encoding, locale, checksums, SQL after creation.
	// +optional
	InitDB *InitDB `json:"initdb,omitempty"`

	// init is what runs once in the new database: SQL, or a Job with the connection wired.
	// +optional
	Init *Init `json:"init,omitempty"`

	// backup is on when a destination is known, off by `enabled: false`. Neither is a warning.
	// +optional
	Backup *Backup `json:"backup,omitempty"`

	// lineage is the number of the archive that this cluster writes. To restore, raise it by one: the cluster is then created from
	// the archive of the lineage before. Defaults to 1.
	// +optional
	Lineage *int32 `json:"lineage,omitempty"`

	// restore makes a restore more precise: to a point in time, from an older lineage or from another app's archive.
	// +optional
	Restore *Restore `json:"restore,omitempty"`

	// import copies databases of a PostgreSQL elsewhere when the cluster is created.
	// +optional
	Import *Import `json:"import,omitempty"`

	// replica makes this a replica cluster of another one, in CloudNativePG's own shape; its source is an entry of externalClusters.
	// +optional
	Replica *cnpgv1.ReplicaClusterConfiguration `json:"replica,omitempty"`

	// externalClusters are other PostgreSQL clusters that replica refers to, in CloudNativePG's own shape.
	// +optional
	ExternalClusters []cnpgv1.ExternalCluster `json:"externalClusters,omitempty"`

	// poolers are PgBouncer connection pools in front of the cluster.
	// +optional
	Poolers []Pooler `json:"poolers,omitempty"`

	// monitoring says how Prometheus finds the metrics, and which alerts and dashboards come along.
	// +optional
	Monitoring *Monitoring `json:"monitoring,omitempty"`

	// network restricts who may connect. No NetworkPolicy is made when it is omitted.
	// +optional
	Network *Network `json:"network,omitempty"`

	// services are CloudNativePG's managed services: further ones, and default ones to leave out.
	// +optional
	Services *cnpgv1.ManagedServices `json:"services,omitempty"`

	// deletionProtection keeps Flux, Argo CD and kpt from deleting the Cluster and its object store when their manifests go.
	// Defaults to true.
	// +optional
	DeletionProtection *bool `json:"deletionProtection,omitempty"`

	// inheritedMetadata is set by the operator on every object and pod that it makes for the Cluster.
	// +optional
	InheritedMetadata *cnpgv1.EmbeddedObjectMetadata `json:"inheritedMetadata,omitempty"`

	// overrides reach every field of every emitted object: a merge patch for each kind of object, checked against that kind's schema.
	// The keys are the kinds in lower camel case, such as cluster or scheduledBackup.
	// +optional
	Overrides map[string]Patch `json:"overrides,omitempty"`

	ClusterSettings `json:",inline"`
}

// ClusterReference names a Cluster that several apps share.
type ClusterReference struct {
	// name of the Cluster.
	// +required
	Name string `json:"name"`

	// namespace of the Cluster. Defaults to the app's own.
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// ClusterSettings are fields of CloudNativePG's Cluster that pass through in their own shape and meaning.
type ClusterSettings struct {
	// description is a text for people.
	// +optional
	Description string `json:"description,omitempty"`

	// imagePullPolicy is when the PostgreSQL image is pulled: Always, IfNotPresent or Never. Defaults to Kubernetes' own.
	// +optional
	ImagePullPolicy corev1.PullPolicy `json:"imagePullPolicy,omitempty"`

	// imagePullSecrets are Secrets to pull the PostgreSQL image with.
	// +optional
	ImagePullSecrets []cnpgv1.LocalObjectReference `json:"imagePullSecrets,omitempty"`

	// schedulerName is the scheduler of the pods. Defaults to Kubernetes' own.
	// +optional
	SchedulerName string `json:"schedulerName,omitempty"`

	// priorityClassName is the priority class of the pods.
	// +optional
	PriorityClassName string `json:"priorityClassName,omitempty"`

	// postgresUID is the user of the image, as a number. Defaults to 26.
	// +optional
	PostgresUID *int64 `json:"postgresUID,omitempty"`

	// postgresGID is the group of the image, as a number. Defaults to 26.
	// +optional
	PostgresGID *int64 `json:"postgresGID,omitempty"`

	// affinity says on which nodes the pods run, and with which tolerations. Anti-affinity between instances is on by default.
	// +optional
	Affinity *cnpgv1.AffinityConfiguration `json:"affinity,omitempty"`

	// topologySpreadConstraints is how the pods are spread. From three instances on they are spread over zones, where there are some,
	// unless this says otherwise.
	// +optional
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty"`

	// certificates are used instead of those that the operator issues and renews.
	// +optional
	Certificates *cnpgv1.CertificatesConfiguration `json:"certificates,omitempty"`

	// serviceAccountTemplate adds metadata to the service account, for IRSA or workload identity.
	// +optional
	ServiceAccountTemplate *cnpgv1.ServiceAccountTemplate `json:"serviceAccountTemplate,omitempty"`

	// serviceAccountName is an existing service account to use. Needs operatorVersion 1.29.
	// +optional
	ServiceAccountName string `json:"serviceAccountName,omitempty"`

	// primaryUpdateStrategy says whether the operator restarts the primary by itself for a change: unsupervised or supervised.
	// Defaults to unsupervised.
	// +optional
	PrimaryUpdateStrategy cnpgv1.PrimaryUpdateStrategy `json:"primaryUpdateStrategy,omitempty"`

	// primaryUpdateMethod says what happens to the primary in a change: restart or switchover. Defaults to restart.
	// +optional
	PrimaryUpdateMethod cnpgv1.PrimaryUpdateMethod `json:"primaryUpdateMethod,omitempty"`

	// enablePDB makes the operator protect the instances by PodDisruptionBudgets. Defaults to true for two instances or more. A budget
	// for a single one would only block the draining of its node.
	// +optional
	EnablePDB *bool `json:"enablePDB,omitempty"`

	// replicationSlots says how CloudNativePG manages replication slots.
	// +optional
	ReplicationSlots *cnpgv1.ReplicationSlotsConfiguration `json:"replicationSlots,omitempty"`

	// minSyncReplicas is the older way to ask for synchronous replication; postgresql.synchronous is the newer.
	// +optional
	MinSyncReplicas *int32 `json:"minSyncReplicas,omitempty"`

	// maxSyncReplicas belongs to minSyncReplicas.
	// +optional
	MaxSyncReplicas *int32 `json:"maxSyncReplicas,omitempty"`

	// podSelectorRefs are pod selectors to use in pg_hba as ${podselector:NAME}. Needs operatorVersion 1.29.
	// +optional
	PodSelectorRefs []cnpgv1.PodSelectorRef `json:"podSelectorRefs,omitempty"`

	// tablespaces are made, each on a volume of its own.
	// +optional
	Tablespaces []cnpgv1.TablespaceConfiguration `json:"tablespaces,omitempty"`

	// ephemeralVolumeSource is a volume for temporary files.
	// +optional
	EphemeralVolumeSource *corev1.EphemeralVolumeSource `json:"ephemeralVolumeSource,omitempty"`

	// ephemeralVolumesSizeLimit bounds shared memory and temporary files.
	// +optional
	EphemeralVolumesSizeLimit *cnpgv1.EphemeralVolumesSizeLimitConfiguration `json:"ephemeralVolumesSizeLimit,omitempty"`

	// projectedVolumeTemplate is mounted at /projected in every instance.
	// +optional
	ProjectedVolumeTemplate *corev1.ProjectedVolumeSource `json:"projectedVolumeTemplate,omitempty"`

	// env adds variables to the PostgreSQL container.
	// +optional
	Env []corev1.EnvVar `json:"env,omitempty"`

	// envFrom adds variables to the PostgreSQL container.
	// +optional
	EnvFrom []corev1.EnvFromSource `json:"envFrom,omitempty"`

	// seccompProfile is that of the pods. Defaults to RuntimeDefault.
	// +optional
	SeccompProfile *corev1.SeccompProfile `json:"seccompProfile,omitempty"`

	// podSecurityContext replaces the operator's. Needs operatorVersion 1.28.
	// +optional
	PodSecurityContext *corev1.PodSecurityContext `json:"podSecurityContext,omitempty"`

	// securityContext replaces the operator's for containers. Needs operatorVersion 1.28.
	// +optional
	SecurityContext *corev1.SecurityContext `json:"securityContext,omitempty"`

	// probes tunes how the kubelet finds out whether instances live and are ready.
	// +optional
	Probes *cnpgv1.ProbesConfiguration `json:"probes,omitempty"`

	// livenessProbeTimeout is how long an instance has to answer before it is restarted, in seconds. Defaults to 30.
	// +optional
	LivenessProbeTimeout *int32 `json:"livenessProbeTimeout,omitempty"`

	// startDelay is how long an instance has to start, in seconds. Defaults to 3600.
	// +optional
	StartDelay *int32 `json:"startDelay,omitempty"`

	// stopDelay is how long an instance has to stop, in seconds. Defaults to 1800.
	// +optional
	StopDelay *int32 `json:"stopDelay,omitempty"`

	// smartShutdownTimeout is how long an instance that stops waits for its clients, in seconds. Defaults to 180.
	// +optional
	SmartShutdownTimeout *int32 `json:"smartShutdownTimeout,omitempty"`

	// switchoverDelay is how long the old primary has to hand over, in seconds. Defaults to 3600.
	// +optional
	SwitchoverDelay *int32 `json:"switchoverDelay,omitempty"`

	// failoverDelay is how long a failed primary is waited for, in seconds. Defaults to 0.
	// +optional
	FailoverDelay *int32 `json:"failoverDelay,omitempty"`

	// primaryLease tunes the election of the primary. Needs operatorVersion 1.30.
	// +optional
	PrimaryLease *cnpgv1.PrimaryLeaseConfiguration `json:"primaryLease,omitempty"`

	// nodeMaintenanceWindow tells the operator that nodes are being maintained.
	// +optional
	NodeMaintenanceWindow *cnpgv1.NodeMaintenanceWindow `json:"nodeMaintenanceWindow,omitempty"`

	// logLevel is how much the instances log: error, warning, info, debug or trace. Defaults to info.
	// +optional
	LogLevel string `json:"logLevel,omitempty"`
}
