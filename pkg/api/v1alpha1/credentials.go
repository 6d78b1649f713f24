package v1alpha1

// Credentials says where a role's password comes from: exactly one of its ways.
type Credentials struct {
	// existingSecret is a Secret of type kubernetes.io/basic-auth in the app's namespace, with username and password.
	// +optional
	ExistingSecret *SecretReference `json:"existingSecret,omitempty"`

	// externalSecret makes an ExternalSecret that fetches the password.
	// +optional
	ExternalSecret *ExternalSecretSource `json:"externalSecret,omitempty"`

	// password is a placeholder such as ${TEMPORAL_DB_PASSWORD} that Flux substitutes. A literal password in Git is a warning.
	// +optional
	Password string `json:"password,omitempty"`
}

// SecretReference names a Secret of the app's namespace.
type SecretReference struct {
	// name of the Secret.
	// +required
	Name string `json:"name"`
}

// SecretKeySelector is one key of a Secret of the app's namespace.
type SecretKeySelector struct {
	// name of the Secret.
	// +required
	Name string `json:"name"`

	// key in the Secret.
	// +required
	Key string `json:"key"`
}

// ConfigMapKeySelector is one key of a ConfigMap of the app's namespace.
type ConfigMapKeySelector struct {
	// name of the ConfigMap.
	// +required
	Name string `json:"name"`

	// key in the ConfigMap.
	// +required
	Key string `json:"key"`
}

// ExternalSecretSource is an entry of a secret store of the External Secrets Operator.
type ExternalSecretSource struct {
	// secretStoreRef is the store.
	// +required
	SecretStoreRef SecretStoreReference `json:"secretStoreRef"`

	// remoteRef is the entry in the store.
	// +required
	RemoteRef RemoteReference `json:"remoteRef"`

	// refreshInterval is how often the entry is read again, such as 15m. Defaults to 1h.
	// +optional
	RefreshInterval string `json:"refreshInterval,omitempty"`
}

// SecretStoreReference names a SecretStore or ClusterSecretStore.
type SecretStoreReference struct {
	// name of the store.
	// +required
	Name string `json:"name"`

	// kind of the store: ClusterSecretStore or SecretStore. Defaults to ClusterSecretStore.
	// +optional
	Kind string `json:"kind,omitempty"`
}

// RemoteReference is an entry of a secret store.
type RemoteReference struct {
	// key of the entry.
	// +required
	Key string `json:"key"`

	// property of the entry. Defaults to the whole entry.
	// +optional
	Property string `json:"property,omitempty"`

	// version of the entry. Defaults to the newest.
	// +optional
	Version string `json:"version,omitempty"`
}

// Superuser is access as the role postgres.
type Superuser struct {
	// enabled gives postgres a password. Defaults to false.
	// +optional
	Enabled bool `json:"enabled,omitempty"`

	// secretName is a Secret with the password. When omitted, the operator generates one in Secret <cluster>-superuser.
	// +optional
	SecretName string `json:"secretName,omitempty"`
}
