package cnpg

// MaxClusterNameLength is how long the name of a Cluster may be, which also has to be a DNS-1035 label (validateName in
// internal/webhook/v1/cluster_webhook.go, CloudNativePG 1.30.0).
const MaxClusterNameLength = 50

// API groups with their versions.
const (
	APIVersion            = "postgresql.cnpg.io/v1"
	ObjectStoreAPIVersion = "barmancloud.cnpg.io/v1"
)

// Names that the operator gives to what it makes for a Cluster (api/v1, pkg/specs and pkg/utils of CloudNativePG 1.30.0).
const (
	// ServiceReadWriteSuffix and its neighbours follow the cluster's name in the names of its Services.
	ServiceReadWriteSuffix = "-rw"
	ServiceReadOnlySuffix  = "-ro"
	ServiceReadSuffix      = "-r"
	ServiceAnySuffix       = "-any"

	// ApplicationSecretSuffix follows the cluster's name in the name of the Secret with the owner's connection.
	ApplicationSecretSuffix = "-app"

	// SuperuserSecretSuffix follows the cluster's name in the name of the Secret with the superuser's connection.
	SuperuserSecretSuffix = "-superuser"

	// ServerCASecretSuffix follows the cluster's name in the name of the Secret with the server's certificate authority.
	ServerCASecretSuffix = "-ca"

	// ServerCAKey is the key of the certificate in that Secret.
	ServerCAKey = "ca.crt"

	// ServerSecretSuffix and ReplicationSecretSuffix follow the cluster's name in the names of the Secrets with the certificates of the
	// server and of the replication user.
	ServerSecretSuffix      = "-server"
	ReplicationSecretSuffix = "-replication"

	// ClientCertificateSecretSuffix follows the name of a DatabaseRole in the name of the Secret with its certificate.
	ClientCertificateSecretSuffix = "-client-cert"

	// OperatorNamespace is where the operator's manifest and the documentation of its chart put it.
	OperatorNamespace = "cnpg-system"
)

// Labels and annotations that the operator reads or writes (pkg/utils/labels_annotations.go of CloudNativePG 1.30.0).
const (
	ClusterLabel      = "cnpg.io/cluster"
	PodRoleLabel      = "cnpg.io/podRole"
	PodRoleInstance   = "instance"
	PodRolePooler     = "pooler"
	JobRoleLabel      = "cnpg.io/jobRole"
	PoolerNameLabel   = "cnpg.io/poolerName"
	UserTypeLabel     = "cnpg.io/userType"
	ReloadLabel       = "cnpg.io/reload"
	OperatorNameLabel = "app.kubernetes.io/name"
	OperatorName      = "cloudnative-pg"

	// InstanceRoleLabel tells the primary from its replicas. It replaces the label "role", deprecated since 1.24.
	InstanceRoleLabel   = "cnpg.io/instanceRole"
	InstanceRolePrimary = "primary"
	InstanceRoleReplica = "replica"

	HibernationKey = "cnpg.io/hibernation"
	HibernationOn  = "on"

	// ValidationKey with ValidationDisabled keeps admission from checking the resource.
	ValidationKey      = "cnpg.io/validation"
	ValidationDisabled = "disabled"

	// SkipEmptyWALArchiveCheckKey lets a new cluster write into an archive that is in use, which can destroy it.
	SkipEmptyWALArchiveCheckKey = "cnpg.io/skipEmptyWalArchiveCheck"

	// PasswordPassthroughKey on a Secret keeps the operator from hashing its password (1.30).
	PasswordPassthroughKey = "cnpg.io/passwordPassthrough"
)

// Ports (docs/src/security.md of CloudNativePG 1.30.0; the plugin's from its own Service).
const (
	PostgreSQLPort      = 5432
	MetricsPort         = 9187
	StatusPort          = 8000
	PoolerPort          = 5432
	PoolerMetricsPort   = 9127
	OperatorWebhookPort = 9443
	OperatorMetricsPort = 8080
	PluginPort          = 9090
	MetricsPortName     = "metrics"
	PostgreSQLPortName  = "postgresql"
	StatusPortName      = "status"
)

// BarmanPlugin is the name of the Barman Cloud plugin, BarmanObjectParameter and BarmanServerParameter are its parameters.
const (
	BarmanPlugin          = "barman-cloud.cloudnative-pg.io"
	BarmanObjectParameter = "barmanObjectName"
	BarmanServerParameter = "serverName"
)
