// Package metadata is the head of every object that is emitted: what it is, the standard labels, whose it is.
package metadata

import (
	"maps"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// Labels of every object (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/).
const (
	NameLabel      = "app.kubernetes.io/name"
	InstanceLabel  = "app.kubernetes.io/instance"
	ComponentLabel = "app.kubernetes.io/component"
	ManagedByLabel = "app.kubernetes.io/managed-by"
)

// Manager is the value of ManagedByLabel.
const Manager = "postgresapp"

// Type is an object's apiVersion and kind.
func Type(apiVersion, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}
}

// Owner is the resource that objects are made of.
type Owner struct {
	// Kind of the resource, and its metadata. Its namespace is that of the objects.
	Kind string
	*metav1.ObjectMeta

	// Application is the value of NameLabel.
	Application string
}

// Of is what every object of an owner carries: its namespace, the standard labels, its owner, and what the user wrote on the owner itself. The
// user's labels win, but for the two by which objects find each other and are found again.
func Of(owner Owner, name, component string) metav1.ObjectMeta {
	labels := map[string]string{NameLabel: owner.Application, InstanceLabel: owner.Name}
	maps.Copy(labels, owner.Labels)
	labels[ComponentLabel] = component
	labels[ManagedByLabel] = Manager
	annotations := map[string]string{}
	for key, value := range owner.Annotations {
		if !reserved(key) {
			annotations[key] = value
		}
	}
	annotations[v1alpha1.OwnerAnnotation] = v1alpha1.Owner(owner.Kind, owner.Name)
	return metav1.ObjectMeta{Name: name, Namespace: owner.Namespace, Labels: labels, Annotations: annotations}
}

// Selected adds the labels by which a program selects the object. They win over those of the owner, but not over what the object is.
func Selected(meta metav1.ObjectMeta, labels map[string]string) metav1.ObjectMeta {
	component, manager := meta.Labels[ComponentLabel], meta.Labels[ManagedByLabel]
	maps.Copy(meta.Labels, labels)
	meta.Labels[ComponentLabel], meta.Labels[ManagedByLabel] = component, manager
	return meta
}

// reserved tells whether an annotation belongs to the tools that carry the owner, so that a child must not have it: kustomize and kpt
// would lose track of their own.
func reserved(key string) bool {
	for _, prefix := range []string{"internal.config.kubernetes.io/", "config.kubernetes.io/", "config.k8s.io/", "kustomize.config.k8s.io/",
		"alpha.config.kubernetes.io/", "internal.kpt.dev/", "kubectl.kubernetes.io/"} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
