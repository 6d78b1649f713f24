package v1alpha1

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Database is a further database.
type Database struct {
	// name of the database.
	// +required
	Name string `json:"name"`

	// owner is the app's owner or one of roles. Defaults to the app's owner.
	// +optional
	Owner string `json:"owner,omitempty"`

	// extensions to create in it.
	// +optional
	Extensions []string `json:"extensions,omitempty"`

	// schemas to create in it, in CloudNativePG's own shape.
	// +optional
	Schemas []cnpgv1.SchemaSpec `json:"schemas,omitempty"`

	// databaseReclaimPolicy says what happens to it when its manifest is deleted: retain or delete. Defaults to retain.
	// +optional
	DatabaseReclaimPolicy cnpgv1.DatabaseReclaimPolicy `json:"databaseReclaimPolicy,omitempty"`
}

// Role is a further role.
type Role struct {
	// name of the role.
	// +required
	Name string `json:"name"`

	// login lets the role connect. Defaults to true when it has credentials.
	// +optional
	Login *bool `json:"login,omitempty"`

	// credentials of the role. Without them it has no password.
	// +optional
	Credentials *Credentials `json:"credentials,omitempty"`

	// disablePassword removes the password that the role has. It excludes credentials. Without either the password stays as it is.
	// Defaults to false.
	// +optional
	DisablePassword bool `json:"disablePassword,omitempty"`

	// inRoles are the roles that it is a member of.
	// +optional
	InRoles []string `json:"inRoles,omitempty"`

	// inherit gives the role the privileges of those that it is a member of. Defaults to true.
	// +optional
	Inherit *bool `json:"inherit,omitempty"`

	// connectionLimit is how many connections the role may have at once. Defaults to -1, no limit.
	// +optional
	ConnectionLimit *int64 `json:"connectionLimit,omitempty"`

	// createdb lets the role create databases. Defaults to false.
	// +optional
	CreateDB bool `json:"createdb,omitempty"`

	// createrole lets the role create roles. Defaults to false.
	// +optional
	CreateRole bool `json:"createrole,omitempty"`

	// replication lets the role replicate. Defaults to false.
	// +optional
	Replication bool `json:"replication,omitempty"`

	// bypassrls lets the role see every row, whatever the policies of tables say. Defaults to false.
	// +optional
	BypassRLS bool `json:"bypassrls,omitempty"`

	// superuser makes the role a superuser. Defaults to false.
	// +optional
	Superuser bool `json:"superuser,omitempty"`

	// comment is a text for people.
	// +optional
	Comment string `json:"comment,omitempty"`

	// validUntil is when the password expires.
	// +optional
	ValidUntil *metav1.Time `json:"validUntil,omitempty"`

	// database that the role's Secret leads to. Defaults to the app's.
	// +optional
	Database string `json:"database,omitempty"`
}

// InitDB is how the first initialisation of the data directory is done, in CloudNativePG's own names.
type InitDB struct {
	// dataChecksums finds damage of the disk. Defaults to true.
	// +optional
	DataChecksums *bool `json:"dataChecksums,omitempty"`

	// encoding of the databases. Defaults to UTF8.
	// +optional
	Encoding string `json:"encoding,omitempty"`

	// locale of the databases, for sort order and characters.
	// +optional
	Locale string `json:"locale,omitempty"`

	// localeCollate is the sort order. Defaults to C.
	// +optional
	LocaleCollate string `json:"localeCollate,omitempty"`

	// localeCType is the classification of characters. Defaults to C.
	// +optional
	LocaleCType string `json:"localeCType,omitempty"`

	// localeProvider is where locales come from: libc, icu or builtin. Defaults to libc.
	// +optional
	LocaleProvider string `json:"localeProvider,omitempty"`

	// icuLocale is the locale of the provider icu.
	// +optional
	IcuLocale string `json:"icuLocale,omitempty"`

	// icuRules are additional rules of sorting, of the provider icu.
	// +optional
	IcuRules string `json:"icuRules,omitempty"`

	// builtinLocale is the locale of the provider builtin.
	// +optional
	BuiltinLocale string `json:"builtinLocale,omitempty"`

	// walSegmentSize is the size of a segment of the write-ahead log in MiB, a power of two. Defaults to 16.
	// +optional
	WalSegmentSize *int32 `json:"walSegmentSize,omitempty"`

	// postInitSQL runs as superuser in the database postgres.
	// +optional
	PostInitSQL []string `json:"postInitSQL,omitempty"`

	// postInitTemplateSQL runs as superuser in the database template1.
	// +optional
	PostInitTemplateSQL []string `json:"postInitTemplateSQL,omitempty"`

	// postInitApplicationSQL runs as superuser in the app's database.
	// +optional
	PostInitApplicationSQL []string `json:"postInitApplicationSQL,omitempty"`

	// postInitSQLRefs are files with postInitSQL.
	// +optional
	PostInitSQLRefs *cnpgv1.SQLRefs `json:"postInitSQLRefs,omitempty"`

	// postInitTemplateSQLRefs are files with postInitTemplateSQL.
	// +optional
	PostInitTemplateSQLRefs *cnpgv1.SQLRefs `json:"postInitTemplateSQLRefs,omitempty"`

	// postInitApplicationSQLRefs are files with postInitApplicationSQL.
	// +optional
	PostInitApplicationSQLRefs *cnpgv1.SQLRefs `json:"postInitApplicationSQLRefs,omitempty"`
}

// Init is what runs once in the new database.
type Init struct {
	// sql runs as superuser in the app's database when it is created.
	// +optional
	SQL string `json:"sql,omitempty"`

	// configMapRef is a file of SQL that runs likewise.
	// +optional
	ConfigMapRef *ConfigMapKeySelector `json:"configMapRef,omitempty"`

	// secretRef is a file of SQL that runs likewise.
	// +optional
	SecretRef *SecretKeySelector `json:"secretRef,omitempty"`

	// job runs a container, such as a schema migration, with the connection in its environment.
	// +optional
	Job *InitJob `json:"job,omitempty"`
}

// InitJob is a Job with the app's connection in its environment: DATABASE_URL and the PG* variables.
type InitJob struct {
	// image of the container.
	// +required
	Image string `json:"image"`

	// command of the container. Defaults to the image's.
	// +optional
	Command []string `json:"command,omitempty"`

	// args are the arguments of the command. Defaults to the image's.
	// +optional
	Args []string `json:"args,omitempty"`

	// env adds variables to the environment.
	// +optional
	Env []corev1.EnvVar `json:"env,omitempty"`

	// envFrom adds variables to the environment.
	// +optional
	EnvFrom []corev1.EnvFromSource `json:"envFrom,omitempty"`

	// resources of the container.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// serviceAccountName is the service account of the pod. Defaults to the namespace's own, whose token is not mounted.
	// +optional
	ServiceAccountName string `json:"serviceAccountName,omitempty"`

	// imagePullSecrets are Secrets to pull the image with.
	// +optional
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets,omitempty"`

	// backoffLimit is how often a failed run is tried again. Defaults to 10.
	// +optional
	BackoffLimit *int32 `json:"backoffLimit,omitempty"`

	// activeDeadlineSeconds is when the Job is ended, done or not. Defaults to never.
	// +optional
	ActiveDeadlineSeconds *int64 `json:"activeDeadlineSeconds,omitempty"`
}

// Import copies databases of a PostgreSQL elsewhere when the cluster is created.
type Import struct {
	// type is how much is copied: microservice, one database into the app's, or monolith, several with their roles.
	// +required
	Type cnpgv1.SnapshotType `json:"type"`

	// source is how to connect to the other PostgreSQL.
	// +required
	Source ImportSource `json:"source"`

	// databases to copy.
	// +required
	Databases []string `json:"databases"`

	// roles to copy; monolith only.
	// +optional
	Roles []string `json:"roles,omitempty"`

	// postImportApplicationSQL runs after the import; microservice only.
	// +optional
	PostImportApplicationSQL []string `json:"postImportApplicationSQL,omitempty"`

	// schemaOnly copies no rows. Defaults to false.
	// +optional
	SchemaOnly bool `json:"schemaOnly,omitempty"`

	// pgDumpExtraOptions are passed to pg_dump.
	// +optional
	PgDumpExtraOptions []string `json:"pgDumpExtraOptions,omitempty"`

	// pgRestoreExtraOptions are passed to pg_restore.
	// +optional
	PgRestoreExtraOptions []string `json:"pgRestoreExtraOptions,omitempty"`

	// pgRestorePredataOptions are passed to pg_restore in its first part. Needs operatorVersion 1.28.
	// +optional
	PgRestorePredataOptions []string `json:"pgRestorePredataOptions,omitempty"`

	// pgRestoreDataOptions are passed to pg_restore in its second part. Needs operatorVersion 1.28.
	// +optional
	PgRestoreDataOptions []string `json:"pgRestoreDataOptions,omitempty"`

	// pgRestorePostdataOptions are passed to pg_restore in its last part. Needs operatorVersion 1.28.
	// +optional
	PgRestorePostdataOptions []string `json:"pgRestorePostdataOptions,omitempty"`
}

// ImportSource is a connection to a PostgreSQL elsewhere, in the shape of CloudNativePG's externalClusters.
type ImportSource struct {
	// connectionParameters are host, port, user, dbname, sslmode and the rest of libpq's.
	// +required
	ConnectionParameters map[string]string `json:"connectionParameters"`

	// password of the user.
	// +optional
	Password *corev1.SecretKeySelector `json:"password,omitempty"`

	// sslCert is the certificate of the client.
	// +optional
	SSLCert *corev1.SecretKeySelector `json:"sslCert,omitempty"`

	// sslKey is the key of the client.
	// +optional
	SSLKey *corev1.SecretKeySelector `json:"sslKey,omitempty"`

	// sslRootCert is the certificate authority of the server.
	// +optional
	SSLRootCert *corev1.SecretKeySelector `json:"sslRootCert,omitempty"`
}

// Pooler is a PgBouncer deployment in front of the cluster.
type Pooler struct {
	// name of the Pooler. Defaults to <cluster>-pooler-<type>.
	// +optional
	Name string `json:"name,omitempty"`

	// type is which instances it leads to: rw (the primary), ro (replicas) or r (any). Defaults to rw.
	// +optional
	Type cnpgv1.PoolerType `json:"type,omitempty"`

	// instances of PgBouncer. Defaults to 1.
	// +optional
	Instances *int32 `json:"instances,omitempty"`

	// poolMode is how long a client keeps its connection: session or transaction. Defaults to session.
	// +optional
	PoolMode cnpgv1.PgBouncerPoolMode `json:"poolMode,omitempty"`

	// parameters of PgBouncer.
	// +optional
	Parameters map[string]string `json:"parameters,omitempty"`

	// pgbouncer is the rest of CloudNativePG's own block: TLS secrets, authQuery, pg_hba.
	// +optional
	PgBouncer *PgBouncer `json:"pgbouncer,omitempty"`

	// resources of the PgBouncer container.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// template is that of the pods, in CloudNativePG's own shape.
	// +optional
	Template *cnpgv1.PodTemplateSpec `json:"template,omitempty"`

	// serviceTemplate is that of the Service, in CloudNativePG's own shape.
	// +optional
	ServiceTemplate *cnpgv1.ServiceTemplateSpec `json:"serviceTemplate,omitempty"`

	// serviceAccountName is an existing service account of the pods. Needs operatorVersion 1.29.
	// +optional
	ServiceAccountName string `json:"serviceAccountName,omitempty"`
}

// PgBouncer is what CloudNativePG's Pooler can set beside mode and parameters.
type PgBouncer struct {
	// serverTLSSecret is the client certificate towards PostgreSQL. Needs operatorVersion 1.28.
	// +optional
	ServerTLSSecret *cnpgv1.LocalObjectReference `json:"serverTLSSecret,omitempty"`

	// serverCASecret verifies PostgreSQL. Needs operatorVersion 1.28.
	// +optional
	ServerCASecret *cnpgv1.LocalObjectReference `json:"serverCASecret,omitempty"`

	// clientCASecret verifies clients. Needs operatorVersion 1.28.
	// +optional
	ClientCASecret *cnpgv1.LocalObjectReference `json:"clientCASecret,omitempty"`

	// clientTLSSecret is the certificate towards clients. Needs operatorVersion 1.28.
	// +optional
	ClientTLSSecret *cnpgv1.LocalObjectReference `json:"clientTLSSecret,omitempty"`

	// authQuerySecret is the user that runs authQuery.
	// +optional
	AuthQuerySecret *cnpgv1.LocalObjectReference `json:"authQuerySecret,omitempty"`

	// authQuery finds a user's password.
	// +optional
	AuthQuery string `json:"authQuery,omitempty"`

	// pg_hba are the access rules of PgBouncer.
	// +optional
	PgHBA []string `json:"pg_hba,omitempty"`

	// paused holds connections back. Defaults to false.
	// +optional
	Paused *bool `json:"paused,omitempty"`
}
