package controller

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/fluxcd/pkg/apis/meta"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// fluxSource is a source of Flux.
type fluxSource interface {
	client.Object
	GetArtifact() *meta.Artifact
}

// sources are the kinds of source and their types.
var sources = map[string]func() fluxSource{
	sourcev1.GitRepositoryKind:    func() fluxSource { return &sourcev1.GitRepository{} },
	sourcev1.OCIRepositoryKind:    func() fluxSource { return &sourcev1.OCIRepository{} },
	sourcev1.BucketKind:           func() fluxSource { return &sourcev1.Bucket{} },
	sourcev1.ExternalArtifactKind: func() fluxSource { return &sourcev1.ExternalArtifact{} },
}

// origin is where a tree comes from.
type origin struct {
	// artifact is the source's own.
	artifact meta.Artifact

	// input is a digest of all that decides what comes of it.
	input string
}

// revision is the source's.
func (o *origin) revision() string { return o.artifact.Revision }

// commit is the revision that people know: the source's own, or what that one was made from.
func (o *origin) commit() string {
	if first := o.artifact.Metadata[v1alpha1.OriginMetadata]; first != "" {
		return first
	}
	return o.artifact.Revision
}

// observe reads the source's artifact.
func (r *Reconciler) observe(ctx context.Context, object *v1alpha1.PostgresAppSource) (*origin, *failure) {
	ref := object.Spec.SourceRef
	name := types.NamespacedName{Namespace: object.SourceNamespace(), Name: ref.Name}
	make, known := sources[ref.Kind]
	if !known { // the CRD's schema refuses it, where that is up to date
		return nil, &failure{reason: invalidSpec, err: fmt.Errorf("spec.sourceRef.kind: %s is not a source", ref.Kind), stalled: true}
	}
	source := make()
	if err := r.Get(ctx, name, source); apierrors.IsNotFound(err) {
		return nil, &failure{reason: v1alpha1.SourceNotFoundReason, err: fmt.Errorf("%s %s does not exist", ref.Kind, name), waits: true}
	} else if err != nil {
		return nil, &failure{reason: v1alpha1.SourceNotReadyReason, err: fmt.Errorf("read %s %s: %w", ref.Kind, name, err)}
	}
	artifact := source.GetArtifact()
	if artifact == nil || artifact.URL == "" {
		return nil, &failure{reason: v1alpha1.SourceNotReadyReason, err: fmt.Errorf("%s %s has no artifact yet", ref.Kind, name), waits: true}
	}
	o := &origin{artifact: *artifact.DeepCopy()}
	o.input = r.input(object, o.artifact)
	return o, nil
}

// input gives a digest of all that decides what comes of a source: its content and revision, what the spec says about the expansion,
// what expands, and the limits.
func (r *Reconciler) input(object *v1alpha1.PostgresAppSource, artifact meta.Artifact) string {
	paths, _ := treePaths(object.Spec.Paths)
	content, err := json.Marshal([]any{object.Spec.SourceRef.Kind, artifact.Digest, artifact.Revision, paths, r.Program, r.Limits, r.MaxExpanded})
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}
