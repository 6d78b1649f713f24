package controller

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	sourcev1 "github.com/fluxcd/source-controller/api/v1"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// invalidSpec is the reason for a spec that the CRD's schema lets pass and that makes no sense.
const invalidSpec = "InvalidSpec"

// minInterval is the shortest interval at which artifacts are checked.
const minInterval = time.Second

// validate checks what the CRD's schema cannot.
func (r *Reconciler) validate(object *v1alpha1.PostgresAppSource) *failure {
	refuse := func(reason, format string, arguments ...any) *failure {
		return &failure{reason: reason, err: fmt.Errorf(format, arguments...), stalled: true}
	}
	ref := object.Spec.SourceRef
	if r.NoCrossNamespaceRefs && object.SourceNamespace() != object.Namespace {
		return refuse(v1alpha1.AccessDeniedReason, "spec.sourceRef.namespace: %s %s/%s is in another namespace, and cross-namespace references are "+
			"disabled: use a source in namespace %s", ref.Kind, ref.Namespace, ref.Name, object.Namespace)
	}
	if ref.Kind == sourcev1.ExternalArtifactKind && ref.Name == object.Name && object.SourceNamespace() == object.Namespace {
		return refuse(invalidSpec, "spec.sourceRef: the ExternalArtifact %s is what this resource publishes: name another source, or give this "+
			"resource another name", ref.Name)
	}
	if _, err := treePaths(object.Spec.Paths); err != nil {
		return refuse(invalidSpec, "%w", err)
	}
	if object.Interval() < minInterval {
		return refuse(invalidSpec, "spec.interval: %s is too short: at least %s", object.Interval(), minInterval)
	}
	return nil
}

// treePaths gives spec.paths as paths below the root of a tree, sorted.
func treePaths(given []string) (paths []string, _ error) {
	for i, one := range given {
		below, err := treePath(one)
		if err != nil {
			return nil, fmt.Errorf("spec.paths[%d]: %w", i, err)
		}
		paths = append(paths, below)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

func treePath(given string) (string, error) {
	if strings.ContainsAny(given, "\\\x00") {
		return "", fmt.Errorf("%q holds characters that do not belong in a path: separate directories with /", given)
	}
	below := path.Clean(strings.TrimLeft(given, "/"))
	if !filepath.IsLocal(below) {
		return "", fmt.Errorf("%q leads out of the tree: name a directory of the source, such as ./clusters/production", given)
	}
	return below, nil
}
