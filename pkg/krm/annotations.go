package krm

import (
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

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

// trackingPrefixes begin the annotations that belong to whoever runs the function: they connect what goes in with what comes out.
var trackingPrefixes = []string{
	"internal.config.kubernetes.io/",
	"alpha.config.kubernetes.io/",
	"config.k8s.io/",
	"internal.kpt.dev/",
	"kustomize.config.k8s.io/",
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
