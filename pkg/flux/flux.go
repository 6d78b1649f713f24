// Package flux holds those kinds of Flux that the product writes, with the fields that it sets.
//
// They are types of our own because Flux's API modules (source-controller/api 1.9.3, helm-controller/api 1.6.4) register themselves with
// controller-runtime when the program starts, which a function that talks to no cluster must not carry. The definitions of the same
// versions, which overrides are checked against, tell whether the fields are right.
package flux

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// API versions of the kinds: those that Flux 2.8 still serves.
const (
	SourceAPIVersion = "source.toolkit.fluxcd.io/v1"
	HelmAPIVersion   = "helm.toolkit.fluxcd.io/v2"
)

// Kinds.
const (
	KindHelmRepository = "HelmRepository"
	KindOCIRepository  = "OCIRepository"
	KindHelmRelease    = "HelmRelease"
)

// HelmRepository is an index of charts at an HTTPS address.
type HelmRepository struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              HelmRepositorySpec `json:"spec"`
}

// HelmRepositorySpec is where the index is.
type HelmRepositorySpec struct {
	Interval  string           `json:"interval,omitempty"`
	URL       string           `json:"url"`
	SecretRef *SecretReference `json:"secretRef,omitempty"`
}

// SecretReference is a Secret in the same namespace.
type SecretReference struct {
	Name string `json:"name"`
}

// OCIRepository is an artifact of a registry, a chart here.
type OCIRepository struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              OCIRepositorySpec `json:"spec"`
}

// OCIRepositorySpec is where the artifact is, and which of its layers counts.
type OCIRepositorySpec struct {
	Interval      string           `json:"interval"`
	URL           string           `json:"url"`
	Ref           OCIReference     `json:"ref"`
	LayerSelector LayerSelector    `json:"layerSelector"`
	SecretRef     *SecretReference `json:"secretRef,omitempty"`
}

// OCIReference is a version of an artifact.
type OCIReference struct {
	Tag string `json:"tag"`
}

// LayerSelector chooses a layer of an artifact.
type LayerSelector struct {
	MediaType string `json:"mediaType"`
	Operation string `json:"operation"`
}

// ChartLayer is the layer that holds a chart, taken as it is (https://fluxcd.io/flux/guides/helmreleases).
var ChartLayer = LayerSelector{MediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", Operation: "copy"}

// HelmRelease is a chart that is installed.
type HelmRelease struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              HelmReleaseSpec `json:"spec"`
}

// HelmReleaseSpec is what is installed, and how failures are met.
type HelmReleaseSpec struct {
	Interval  string           `json:"interval"`
	DependsOn []Reference      `json:"dependsOn,omitempty"`
	Chart     *Chart           `json:"chart,omitempty"`
	ChartRef  *SourceReference `json:"chartRef,omitempty"`
	Install   *Action          `json:"install,omitempty"`
	Upgrade   *Action          `json:"upgrade,omitempty"`
	Values    map[string]any   `json:"values,omitempty"`
}

// Reference is another HelmRelease.
type Reference struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// Chart is a chart of a HelmRepository.
type Chart struct {
	Spec ChartSpec `json:"spec"`
}

// ChartSpec names the chart and its version.
type ChartSpec struct {
	Chart     string          `json:"chart"`
	Version   string          `json:"version"`
	SourceRef SourceReference `json:"sourceRef"`
}

// SourceReference is a HelmRepository or an OCIRepository.
type SourceReference struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// Action is how an installation or an upgrade is done.
type Action struct {
	Strategy Strategy `json:"strategy"`
}

// Strategy is what follows a failure.
type Strategy struct {
	Name string `json:"name"`
}

// RetryOnFailure tries again and never rolls back (helm-controller 1.4 and newer).
const RetryOnFailure = "RetryOnFailure"
