package controller

import (
	"context"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/runtime/conditions"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// remedy is what has to be done about a difference between what is and what should be.
type remedy int

const (
	// remedyNone: everything is as it should be, or as good as it can be.
	remedyNone remedy = iota

	// remedyAnnounce: the artifact is there, the cluster does not know it as it should.
	remedyAnnounce

	// remedyProduce: the tree has to be expanded.
	remedyProduce
)

// drifted is a difference and its remedy.
type drifted struct {
	remedy remedy
	why    string
}

// drift compares what is published with what should be.
func (r *Reconciler) drift(ctx context.Context, object *v1alpha1.PostgresAppSource, origin *origin, requested bool) (drifted, *failure) {
	current, failed := r.current(ctx, object)
	if failed != nil {
		return drifted{}, failed
	}
	artifact, stalled := object.Status.Artifact, conditions.IsStalled(object)
	reason := conditions.GetReason(object, meta.ReadyCondition)
	switch {
	case object.Status.ObservedInput != origin.input:
		// What is stored is about to be replaced: whether it is damaged does not matter.
		return drifted{remedyProduce, "expanding revision " + origin.revision()}, nil
	case stalled && (requested || reason != v1alpha1.ExpansionFailedReason && reason != v1alpha1.ArchiveRefusedReason):
		return drifted{remedyProduce, "trying revision " + origin.revision() + " again"}, nil
	case artifact == nil && stalled:
		return drifted{}, nil // the first revision is known to be wrong
	case artifact == nil:
		return drifted{remedyProduce, "expanding revision " + origin.revision()}, nil
	}
	if damage := r.damage(ctx, *artifact); damage != "" {
		return drifted{remedyProduce, damage}, nil
	}
	// Where the newest revision is known to be wrong, this is the last good one.
	if !r.announced(object, current) {
		return drifted{remedyAnnounce, "the ExternalArtifact is missing or was changed"}, nil
	}
	return drifted{}, nil
}

// damage says what is wrong with an artifact in storage, or "". A file that is not what its digest says is removed, so that nobody gets
// it any more.
func (r *Reconciler) damage(ctx context.Context, artifact meta.Artifact) string {
	if !r.Storage.ArtifactExist(artifact) {
		return "the artifact is not in storage any more"
	}
	if err := r.Storage.VerifyArtifact(artifact); err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "the artifact in storage is damaged", "path", artifact.Path)
		if err := os.Remove(r.Storage.LocalPath(artifact)); err != nil {
			ctrl.LoggerFrom(ctx).Error(err, "remove a damaged artifact", "path", artifact.Path)
		}
		return "the artifact in storage is damaged"
	}
	return ""
}

// current reads the ExternalArtifact of the same name, nil if there is none, and makes sure that it is this resource's.
func (r *Reconciler) current(ctx context.Context, object *v1alpha1.PostgresAppSource) (*sourcev1.ExternalArtifact, *failure) {
	current := &sourcev1.ExternalArtifact{}
	if err := r.Reader.Get(ctx, client.ObjectKeyFromObject(object), current); client.IgnoreNotFound(err) != nil {
		return nil, &failure{reason: v1alpha1.PublishFailedReason, err: fmt.Errorf("read ExternalArtifact %s: %w", object.Name, err)}
	} else if err != nil {
		return nil, nil
	}
	if !owns(object, current) {
		return nil, &failure{reason: v1alpha1.ArtifactTakenReason, waits: true, err: fmt.Errorf("ExternalArtifact %s exists and is not this "+
			"resource's: remove it, or give this resource another name", object.Name)}
	}
	return current, nil
}

// owns tells whether an ExternalArtifact is what a resource of this name and kind publishes.
func owns(object *v1alpha1.PostgresAppSource, artifact *sourcev1.ExternalArtifact) bool {
	ref := artifact.Spec.SourceRef
	return ref != nil && ref.Kind == v1alpha1.Kind && ref.Name == object.Name &&
		(ref.Namespace == "" || ref.Namespace == object.Namespace)
}

// announced tells whether the cluster knows the artifact as it should.
func (r *Reconciler) announced(object *v1alpha1.PostgresAppSource, current *sourcev1.ExternalArtifact) bool {
	if current == nil {
		return false
	}
	artifact := object.Status.Artifact.DeepCopy()
	r.Storage.SetArtifactURL(artifact) // it may be advertised at another address than before
	wanted := current.DeepCopy()
	describe(object, wanted)
	return equality.Semantic.DeepEqual(wanted, current) && equality.Semantic.DeepEqual(current.Status.Artifact, artifact) &&
		conditions.IsReady(current)
}
