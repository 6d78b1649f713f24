package krm

import (
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// OwnerAnnotation is on every generated object and names what it was generated from, as <Kind>/<name>. The namespace is not part of
// it, because kustomize and Flux set namespaces after the expansion and do not reach into annotations.
const OwnerAnnotation = "postgresapp.dev/owner"

// Annotations by which kustomize and kpt keep track of resources.
const (
	pathAnnotation        = fn.PathAnnotation
	indexAnnotation       = fn.IndexAnnotation
	packagePathAnnotation = "internal.config.kubernetes.io/package-path"
	legacyPathAnnotation  = "config.kubernetes.io/path"
	legacyIndexAnnotation = "config.kubernetes.io/index"

	// kustomizeIDAnnotation is on every resource that kustomize sends to a transformer, and only there.
	kustomizeIDAnnotation = "kustomize.config.k8s.io/id"
)

// trackingPrefixes are the annotations that belong to whoever runs the function: they connect what goes in with what comes out.
var trackingPrefixes = []string{
	"internal.config.kubernetes.io/",
	"alpha.config.kubernetes.io/",
	"config.k8s.io/",
	"internal.kpt.dev/",
	"kustomize.config.k8s.io/",
}

// Reserved tells whether an annotation speaks about the document that carries it to kustomize, kpt or kubectl. Such an annotation
// must not pass from an app to the objects that it becomes: a copied local-config makes kustomize drop them, a copied previousNames
// breaks its references, a copied path makes kpt write them into the app's own file.
func Reserved(annotation string) bool {
	return tracking(annotation) ||
		strings.HasPrefix(annotation, "config.kubernetes.io/") ||
		annotation == "kubectl.kubernetes.io/last-applied-configuration"
}

// tracking tells whether an annotation must stay on a resource whose content is replaced.
func tracking(annotation string) bool {
	for _, prefix := range trackingPrefixes {
		if strings.HasPrefix(annotation, prefix) {
			return true
		}
	}
	switch annotation {
	case legacyPathAnnotation, legacyIndexAnnotation, "config.kubernetes.io/origin":
		return true
	}
	return false
}

// text is the object as one YAML document without its reserved annotations. The object itself stays as it is.
func text(object *fn.KubeObject) ([]byte, error) {
	document := []byte(object.String())
	reserved := reservedOf(object)
	if len(reserved) == 0 {
		return document, nil
	}
	copied, err := fn.ParseKubeObject(document)
	if err != nil {
		return nil, err
	}
	for _, annotation := range reserved {
		if _, err := copied.RemoveNestedField("metadata", "annotations", annotation); err != nil {
			return nil, err
		}
	}
	if err := copied.RemoveAnnotationsIfEmpty(); err != nil {
		return nil, err
	}
	return []byte(copied.String()), nil
}

func reservedOf(object *fn.KubeObject) (reserved []string) {
	for annotation := range object.GetAnnotations() {
		if Reserved(annotation) {
			reserved = append(reserved, annotation)
		}
	}
	return reserved
}
