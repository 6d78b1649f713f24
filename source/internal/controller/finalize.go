package controller

import (
	"context"
	"fmt"

	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// finalize removes the ExternalArtifact and the artifacts of a resource that is being deleted. What was applied from them stays in the
// cluster: that is the Kustomization's.
func (r *Reconciler) finalize(ctx context.Context, object *v1alpha1.PostgresAppSource) error {
	if !controllerutil.ContainsFinalizer(object, v1alpha1.Finalizer) {
		return nil
	}
	external := &sourcev1.ExternalArtifact{}
	err := r.Reader.Get(ctx, client.ObjectKeyFromObject(object), external)
	if err == nil && owns(object, external) {
		err = r.Delete(ctx, external, client.Preconditions{UID: &external.UID})
	}
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("delete ExternalArtifact %s: %w", object.Name, err)
	}
	if _, err := r.Storage.RemoveAll(r.Storage.NewArtifactFor(sourcev1.ExternalArtifactKind, object, "", "*")); err != nil {
		return fmt.Errorf("remove the artifacts: %w", err)
	}
	controllerutil.RemoveFinalizer(object, v1alpha1.Finalizer)
	return nil
}
