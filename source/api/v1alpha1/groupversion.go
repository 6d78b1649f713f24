// Package v1alpha1 holds the API of the source extension: PostgresAppSource, which names a Flux source to expand.
//
// The group is not the one of PostgresApp: resources of that group are input of a build and never reach a cluster, this one is a
// resource of the cluster.
//
// +kubebuilder:object:generate=true
// +groupName=source.postgresapp.dev
package v1alpha1

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/scheme"
)

// GroupVersion of the API.
var GroupVersion = schema.GroupVersion{Group: "source.postgresapp.dev", Version: "v1alpha1"}

var (
	schemeBuilder = &scheme.Builder{GroupVersion: GroupVersion}

	// AddToScheme adds the API's types to a scheme.
	AddToScheme = schemeBuilder.AddToScheme
)

func init() {
	schemeBuilder.Register(&PostgresAppSource{}, &PostgresAppSourceList{})
}
