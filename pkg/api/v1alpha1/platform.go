package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PostgresPlatform is the operator's side of a Kubernetes cluster: a small description that expands into what installs CloudNativePG and the
// Barman Cloud plugin by Flux, watches them and fences them in.
type PostgresPlatform struct {
	metav1.TypeMeta `json:",inline"`

	// metadata.name is the name of the platform, which stands in the labels of what it becomes. The objects have names of their own: those
	// that the operator's documentation uses. Labels and annotations are passed on to every object. The namespace is spec.operatorNamespace.
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec describes the installation. Everything is optional.
	// +optional
	Spec PostgresPlatformSpec `json:"spec,omitempty"`
}

// PostgresPlatformSpec is the settings of the platform.
type PostgresPlatformSpec struct {
	// operatorVersion is the CloudNativePG to install: a minor version, which is its newest release known to this one, or a full one such as
	// "1.29.1". The version of the Helm chart follows from it. Defaults to "1.30".
	// +optional
	OperatorVersion string `json:"operatorVersion,omitempty"`

	// operatorNamespace is where the operator and the plugin run. Defaults to cnpg-system.
	// +optional
	OperatorNamespace string `json:"operatorNamespace,omitempty"`

	// createNamespace makes the namespace, with the labels of the restricted pod security standard. Defaults to true.
	// +optional
	CreateNamespace *bool `json:"createNamespace,omitempty"`

	// replicas is the number of the operator's pods, of which one leads. Defaults to 1.
	// +optional
	Replicas *int32 `json:"replicas,omitempty"`

	// resources of the operator's pods. Defaults to requests of 100m and 256Mi, and limits of 200m and 256Mi.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`
}
