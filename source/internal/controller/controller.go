// Package controller reconciles PostgresAppSources: it takes the artifact of a Flux source, expands every PostgresApp in it, and
// publishes the tree as an ExternalArtifact.
//
// It reads sources and writes ExternalArtifacts. It reads no Secrets, decrypts nothing and applies nothing: what is in the tree reaches
// the cluster through kustomize-controller, with the rights that the Kustomization has.
package controller

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/artifact/storage"
	"github.com/fluxcd/pkg/http/fetch"
	"github.com/fluxcd/pkg/runtime/conditions"
	fluxcontroller "github.com/fluxcd/pkg/runtime/controller"
	"github.com/fluxcd/pkg/runtime/jitter"
	"github.com/fluxcd/pkg/runtime/patch"
	corev1 "k8s.io/api/core/v1"
	kuberecorder "k8s.io/client-go/tools/record"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/source/internal/archive"
	"github.com/homelab-foundations/postgresapp/source/internal/expansion"
)

// Name of the controller, as the manager of its fields and the reporter of its events.
const Name = "postgresapp-source"

// Reconciler publishes the expanded trees.
type Reconciler struct {
	client.Client
	kuberecorder.EventRecorder
	fluxcontroller.Metrics

	// Reader reads past the cache what this controller has written itself: a stale status would make it do its work twice.
	Reader client.Reader

	// Storage holds the published artifacts.
	Storage *storage.Storage

	// Expander expands a tree.
	Expander expansion.Expander

	// Version of postgresapp, for people.
	Version string

	// Program identifies what expands: another one may make something else of the same tree.
	Program string

	// WorkDir is an existing directory for trees in work.
	WorkDir string

	// Limits bound the archives of sources.
	Limits archive.Limits

	// MaxExpanded is how many bytes an expanded tree may have.
	MaxExpanded int64

	// FetchRetries is how often a download is tried again before the reconciliation fails.
	FetchRetries int

	// FetchTimeout is how long a download may take, with its retries.
	FetchTimeout time.Duration

	// NoCrossNamespaceRefs refuses sources in other namespaces.
	NoCrossNamespaceRefs bool

	fetcher *fetch.ArchiveFetcher
}

// What the controller may do, and no more: a test on a real API server runs it with these rights.
//
// +kubebuilder:rbac:groups=source.postgresapp.dev,resources=postgresappsources,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=source.postgresapp.dev,resources=postgresappsources/status,verbs=patch
// +kubebuilder:rbac:groups=source.postgresapp.dev,resources=postgresappsources/finalizers,verbs=update
// +kubebuilder:rbac:groups=source.toolkit.fluxcd.io,resources=gitrepositories;ocirepositories;buckets,verbs=get;list;watch
// +kubebuilder:rbac:groups=source.toolkit.fluxcd.io,resources=externalartifacts,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=source.toolkit.fluxcd.io,resources=externalartifacts/status,verbs=patch
// +kubebuilder:rbac:groups="",resources=events,verbs=create;patch

// Reconcile brings one PostgresAppSource up to date.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (result ctrl.Result, err error) {
	start := time.Now()
	object := &v1alpha1.PostgresAppSource{}
	if err := r.Reader.Get(ctx, request.NamespacedName, object); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	patcher := patch.NewSerialPatcher(object, r.Client)
	defer func() {
		if e := r.finish(ctx, object, patcher); e != nil && err == nil {
			err = e
		}
		r.RecordSuspend(ctx, object, object.Spec.Suspend)
		r.RecordReadiness(ctx, object)
		r.RecordReconciling(ctx, object)
		r.RecordStalled(ctx, object)
		r.RecordDuration(ctx, object, start)
	}()

	if !object.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, r.finalize(ctx, object)
	}
	if controllerutil.AddFinalizer(object, v1alpha1.Finalizer) {
		// Before anything is published that would have to be cleaned up.
		if err := patcher.Patch(ctx, object, patch.WithFieldOwner(Name)); err != nil {
			return ctrl.Result{}, err
		}
	}
	if object.Spec.Suspend {
		suspended(object)
		return ctrl.Result{}, nil
	}
	requested := handleRequest(object)
	if failed := r.reconcile(ctx, object, patcher, requested); failed != nil {
		return r.failed(object, failed)
	}
	r.collect(ctx, object.Status.Artifact)
	return jitter.JitteredRequeueInterval(ctrl.Result{RequeueAfter: object.Interval()}), nil
}

// reconcile is the way from a source to a published artifact. Where nothing has changed, it ends after the comparison.
func (r *Reconciler) reconcile(ctx context.Context, object *v1alpha1.PostgresAppSource, patcher *patch.SerialPatcher, requested bool) *failure {
	if failed := r.validate(object); failed != nil {
		return failed
	}
	origin, failed := r.observe(ctx, object)
	if failed != nil {
		return failed
	}
	drifted, failed := r.drift(ctx, object, origin, requested)
	if failed != nil {
		return failed
	}
	switch drifted.remedy {
	case remedyNone:
		unchanged(object, origin)
		return nil
	case remedyAnnounce:
		progressing(object, drifted.why)
		return r.announceAgain(ctx, object, origin)
	}
	progressing(object, drifted.why)
	object.Status.ObservedInput = "" // should this process end in the midst of it, the next one begins anew
	if err := patcher.Patch(ctx, object, r.patchOptions(object)...); err != nil {
		return &failure{reason: v1alpha1.PublishFailedReason, err: err}
	}
	return counted(r.produce(ctx, object, origin))
}

// produce fetches, expands and publishes.
func (r *Reconciler) produce(ctx context.Context, object *v1alpha1.PostgresAppSource, origin *origin) *failure {
	work, err := os.MkdirTemp(r.WorkDir, "tree-")
	if err != nil {
		return &failure{reason: v1alpha1.PublishFailedReason, err: fmt.Errorf("make a directory to work in: %w", err)}
	}
	defer os.RemoveAll(work)
	dir, failed := r.fetch(ctx, origin, work)
	if failed != nil {
		return failed.about(object, origin)
	}
	report, failed := r.expand(ctx, object, dir)
	if failed != nil {
		return failed.about(object, origin)
	}
	artifact, changed, failed := r.publish(ctx, object, origin, dir)
	if failed != nil {
		return failed
	}
	recovered := conditions.IsFalse(object, meta.ReadyCondition)
	published(object, origin, artifact, report)
	if changed || recovered {
		r.tell(object, origin, corev1.EventTypeNormal, "expanded %s of %s %s into %s", count(report.Apps, "PostgresApp"),
			object.Spec.SourceRef.Kind, origin.revision(), artifact.Revision)
	}
	if warnings := report.Findings.Warnings(); len(warnings) > 0 {
		r.tell(object, origin, eventTrace, "%s", list(warnings, "", maxEvent))
	}
	return nil
}
