package controller

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/runtime/conditions"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// collectTimeout is how long the removal of old artifacts may take.
const collectTimeout = 5 * time.Second

// publish archives the tree in dir and announces it. changed tells whether the artifact is another one than before.
//
// The artifact's revision comes from its content, not from the source: a new version of postgresapp may make something else of the same
// commit, and a commit that changes nothing here needs no apply.
func (r *Reconciler) publish(ctx context.Context, object *v1alpha1.PostgresAppSource, origin *origin, dir string) (_ *meta.Artifact, changed bool, _ *failure) {
	failed := func(doing string, err error) (*meta.Artifact, bool, *failure) {
		return nil, false, &failure{reason: v1alpha1.PublishFailedReason, err: fmt.Errorf("%s: %w", doing, err)}
	}
	content, size, err := digestTree(dir)
	if err != nil {
		return failed("read the expanded tree", err)
	}
	if size > r.MaxExpanded {
		return nil, false, mistakes(fmt.Errorf("the expanded tree has %d bytes, more than the %d that are allowed", size, r.MaxExpanded)).about(object, origin)
	}
	artifact := r.Storage.NewArtifactFor(sourcev1.ExternalArtifactKind, object, "", content+".tar.gz")
	if err := r.Storage.MkdirAll(artifact); err != nil {
		return failed("make the artifact's directory", err)
	}
	if err := r.Storage.Archive(&artifact, dir, nil); err != nil {
		return failed("store the artifact", err)
	}
	artifact.Revision = "latest@" + artifact.Digest
	artifact.Metadata = r.metadata(origin)
	before := object.Status.Artifact
	if changed = before == nil || before.Revision != artifact.Revision; !changed {
		artifact.LastUpdateTime = before.LastUpdateTime
	}
	if err := r.announce(ctx, object, artifact); err != nil {
		return failed("announce the artifact", err)
	}
	return &artifact, changed, nil
}

func (r *Reconciler) metadata(origin *origin) map[string]string {
	return map[string]string{v1alpha1.OriginMetadata: origin.commit(), v1alpha1.VersionMetadata: r.Version}
}

// announceAgain makes the ExternalArtifact what it should be, from an artifact that is in storage.
func (r *Reconciler) announceAgain(ctx context.Context, object *v1alpha1.PostgresAppSource, origin *origin) *failure {
	artifact := object.Status.Artifact.DeepCopy()
	r.Storage.SetArtifactURL(artifact)
	if err := r.announce(ctx, object, *artifact); err != nil {
		return &failure{reason: v1alpha1.PublishFailedReason, err: fmt.Errorf("announce the artifact: %w", err)}
	}
	object.Status.Artifact = artifact
	unchanged(object, origin)
	return nil
}

// announce writes the ExternalArtifact, where it is not what it should be.
func (r *Reconciler) announce(ctx context.Context, object *v1alpha1.PostgresAppSource, artifact meta.Artifact) error {
	external, failed := r.current(ctx, object)
	if failed != nil {
		return failed.err
	}
	if external == nil {
		external = &sourcev1.ExternalArtifact{ObjectMeta: metav1.ObjectMeta{Namespace: object.Namespace, Name: object.Name}}
		describe(object, external)
		if err := r.Create(ctx, external, client.FieldOwner(Name)); err != nil {
			return err
		}
	}
	before := external.DeepCopy()
	if describe(object, external); !equality.Semantic.DeepEqual(before, external) {
		if err := r.Patch(ctx, external, client.MergeFrom(before), client.FieldOwner(Name)); err != nil {
			return err
		}
		before = external.DeepCopy()
	}
	external.Status.Artifact = &artifact
	conditions.MarkTrue(external, meta.ReadyCondition, meta.SucceededReason, "%s", announcement(artifact))
	if equality.Semantic.DeepEqual(before.Status, external.Status) {
		return nil
	}
	return r.Status().Patch(ctx, external, client.MergeFrom(before), client.FieldOwner(Name))
}

func announcement(artifact meta.Artifact) string {
	return fmt.Sprintf("%s, expanded by postgresapp %s", artifact.Metadata[v1alpha1.OriginMetadata], artifact.Metadata[v1alpha1.VersionMetadata])
}

// describe sets what an ExternalArtifact says about where it comes from.
func describe(object *v1alpha1.PostgresAppSource, external *sourcev1.ExternalArtifact) {
	if external.Labels == nil {
		external.Labels = map[string]string{}
	}
	external.Labels["app.kubernetes.io/managed-by"] = Name
	external.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind, Name: object.Name, UID: object.UID,
		Controller: ptr.To(true), BlockOwnerDeletion: ptr.To(true),
	}}
	external.Spec.SourceRef = &meta.NamespacedObjectKindReference{
		APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind, Name: object.Name, Namespace: object.Namespace,
	}
}

// collect removes artifacts that nobody needs any more. What could not be removed is tried again at the next opportunity.
func (r *Reconciler) collect(ctx context.Context, artifact *meta.Artifact) {
	if artifact == nil {
		return
	}
	if _, err := r.Storage.GarbageCollect(ctx, *artifact, collectTimeout); err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "remove old artifacts", "path", artifact.Path)
	}
}

// digestTree gives a digest of the paths, run bits and contents of all files in dir, and their size in bytes.
func digestTree(dir string) (digest string, size int64, err error) {
	h := sha256.New()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			fmt.Fprintf(h, "%q\n", name)
			return nil
		}
		fmt.Fprintf(h, "%q %t %d\n", name, info.Mode()&0o111 != 0, info.Size())
		size += info.Size()
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = io.Copy(h, file)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), size, err
}
