package v1alpha1

import (
	"time"

	"github.com/fluxcd/pkg/apis/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// Kind is the kind of PostgresAppSource.
	Kind = "PostgresAppSource"

	// Finalizer keeps a PostgresAppSource until its artifact is gone.
	Finalizer = "finalizers.source.postgresapp.dev"

	// VersionMetadata is the key in an artifact's metadata that tells which version of postgresapp made it.
	VersionMetadata = "postgresapp.dev/version"

	// OriginMetadata is the key in an artifact's metadata that tells the revision of the source. kustomize-controller reports it, and
	// notification-controller finds the commit by it.
	OriginMetadata = "org.opencontainers.image.revision"

	// DefaultInterval is how often a published artifact is checked when the interval is not given.
	DefaultInterval = 10 * time.Minute
)

// Reasons of the condition Ready, beside Flux's own Succeeded, Progressing and Suspended.
const (
	// SourceNotFoundReason: the source does not exist. It is looked at again when it appears.
	SourceNotFoundReason = "SourceNotFound"

	// SourceNotReadyReason: the source has no artifact yet.
	SourceNotReadyReason = "SourceNotReady"

	// FetchFailedReason: the source's artifact cannot be had, or is not what its digest says. It is tried again.
	FetchFailedReason = "FetchFailed"

	// ArchiveRefusedReason: the source's artifact is larger than allowed, or holds what no honest source does.
	ArchiveRefusedReason = "ArchiveRefused"

	// ExpansionFailedReason: the tree holds mistakes. The message names each with its file and field.
	ExpansionFailedReason = "ExpansionFailed"

	// ArtifactTakenReason: there is an ExternalArtifact of the same name that is somebody else's.
	ArtifactTakenReason = "ArtifactTaken"

	// PublishFailedReason: the artifact cannot be stored or announced. It is tried again.
	PublishFailedReason = "PublishFailed"

	// AccessDeniedReason: the source is in another namespace, and the controller was told not to follow.
	AccessDeniedReason = "AccessDenied"
)

// PostgresAppSourceSpec says what to expand.
type PostgresAppSourceSpec struct {
	// sourceRef names the Flux source whose tree is expanded.
	// +required
	SourceRef SourceReference `json:"sourceRef"`

	// paths are the directories that are expanded, as the Flux Kustomizations that use the tree name them: each with all that its
	// kustomization refers to, or, without a kustomization, with all below it. The published tree is always whole. Defaults to everything,
	// which is right unless the tree holds apps that are not meant for this cluster and cannot be expanded.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=1024
	Paths []string `json:"paths,omitempty"`

	// interval is how often the published artifact is checked: whether it is still there, whole and announced. A new revision of the
	// source is expanded at once, whatever the interval is. Defaults to 10m.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:Pattern="^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
	Interval *metav1.Duration `json:"interval,omitempty"`

	// suspend stops all work on this source. What is published stays published.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// SourceReference names a Flux source.
type SourceReference struct {
	// kind of the source.
	// +required
	// +kubebuilder:validation:Enum=GitRepository;OCIRepository;Bucket;ExternalArtifact
	Kind string `json:"kind"`

	// name of the source.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// namespace of the source. Defaults to the namespace of the PostgresAppSource. Another one is refused where the controller runs with
	// --no-cross-namespace-refs.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// PostgresAppSourceStatus says what was found and what is published.
type PostgresAppSourceStatus struct {
	// observedGeneration is the generation of the spec that the conditions are about.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions are Ready; Reconciling while there is work to do; and Stalled when only a change of the spec or of the source helps.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedSourceRevision is the revision of the source that was last expanded, or refused.
	// +optional
	ObservedSourceRevision string `json:"observedSourceRevision,omitempty"`

	// observedInput is a digest of all that decided the result: the source's artifact, the spec, and the version of postgresapp. An
	// input that was seen is not expanded again.
	// +optional
	ObservedInput string `json:"observedInput,omitempty"`

	// apps is the number of PostgresApps in the published tree.
	// +optional
	Apps int32 `json:"apps,omitempty"`

	// artifact is what is published as the ExternalArtifact of the same name. It is the last good one while a newer revision of the
	// source cannot be expanded.
	// +optional
	Artifact *meta.Artifact `json:"artifact,omitempty"`

	meta.ReconcileRequestStatus `json:",inline"`
}

// PostgresAppSource publishes the tree of a Flux source with every PostgresApp in it expanded, as an ExternalArtifact of the same name.
// A Flux Kustomization that names that one as its sourceRef applies the tree with its own overlays, decryption, substitution and pruning.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=pgsrc,categories=all;fluxcd;fluxcd-sources
// +kubebuilder:metadata:annotations="kustomize.toolkit.fluxcd.io/substitute=disabled"
// +kubebuilder:printcolumn:name="Source",type="string",JSONPath=".spec.sourceRef.name"
// +kubebuilder:printcolumn:name="Apps",type="integer",JSONPath=".status.apps"
// +kubebuilder:printcolumn:name="Ready",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].status"
// +kubebuilder:printcolumn:name="Status",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].message"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp"
type PostgresAppSource struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// +required
	Spec PostgresAppSourceSpec `json:"spec"`
	// +optional
	Status PostgresAppSourceStatus `json:"status,omitempty"`
}

// PostgresAppSourceList is a list of PostgresAppSources.
//
// +kubebuilder:object:root=true
type PostgresAppSourceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []PostgresAppSource `json:"items"`
}

// GetConditions returns the conditions of the status.
func (s *PostgresAppSource) GetConditions() []metav1.Condition { return s.Status.Conditions }

// SetConditions replaces the conditions of the status.
func (s *PostgresAppSource) SetConditions(conditions []metav1.Condition) {
	s.Status.Conditions = conditions
}

// Interval is how often the published artifact is checked.
func (s *PostgresAppSource) Interval() time.Duration {
	if s.Spec.Interval == nil {
		return DefaultInterval
	}
	return s.Spec.Interval.Duration
}

// SourceNamespace is the namespace of the source.
func (s *PostgresAppSource) SourceNamespace() string {
	if s.Spec.SourceRef.Namespace != "" {
		return s.Spec.SourceRef.Namespace
	}
	return s.Namespace
}
