package controller

import (
	"context"

	"github.com/fluxcd/pkg/runtime/predicates"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// sourceIndex finds the resources that use a source, by its kind, namespace and name.
const sourceIndex = ".metadata.source"

// Options are about the work as a whole.
type Options struct {
	// Concurrent is the number of resources that are worked on at once.
	Concurrent int

	// RateLimiter says when to try again what failed.
	RateLimiter workqueue.TypedRateLimiter[reconcile.Request]
}

// SetupWithManager makes the manager run the controller.
func (r *Reconciler) SetupWithManager(ctx context.Context, manager ctrl.Manager, options Options) error {
	r.fetcher = r.newFetcher()
	if err := manager.GetFieldIndexer().IndexField(ctx, &v1alpha1.PostgresAppSource{}, sourceIndex, func(o client.Object) []string {
		object := o.(*v1alpha1.PostgresAppSource)
		return []string{sourceKey(object.Spec.SourceRef.Kind, object.SourceNamespace(), object.Spec.SourceRef.Name)}
	}); err != nil {
		return err
	}
	b := ctrl.NewControllerManagedBy(manager).
		For(&v1alpha1.PostgresAppSource{}, builder.WithPredicates(
			predicate.Or(predicate.GenerationChangedPredicate{}, predicates.ReconcileRequestedPredicate{}))).
		Owns(&sourcev1.ExternalArtifact{}, builder.WithPredicates(predicate.ResourceVersionChangedPredicate{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: options.Concurrent, RateLimiter: options.RateLimiter})
	for kind, make := range sources {
		b = b.Watches(make(), handler.EnqueueRequestsFromMapFunc(r.usersOf(kind)), builder.WithPredicates(artifactChanged{}))
	}
	return b.Complete(r)
}

// usersOf gives the resources that use a source.
func (r *Reconciler) usersOf(kind string) handler.MapFunc {
	return func(ctx context.Context, source client.Object) (requests []reconcile.Request) {
		var users v1alpha1.PostgresAppSourceList
		key := sourceKey(kind, source.GetNamespace(), source.GetName())
		if err := r.List(ctx, &users, client.MatchingFields{sourceIndex: key}); err != nil {
			ctrl.LoggerFrom(ctx).Error(err, "find the users of a source", "source", key)
			return nil
		}
		for i := range users.Items {
			requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&users.Items[i])})
		}
		return requests
	}
}

func sourceKey(kind, namespace, name string) string { return kind + "/" + namespace + "/" + name }

// artifactChanged lets those changes of a source through that are about its artifact, and its coming and going.
type artifactChanged struct{ predicate.Funcs }

// Update implements predicate.Predicate.
func (artifactChanged) Update(e event.UpdateEvent) bool {
	before, ok := e.ObjectOld.(fluxSource)
	if !ok {
		return false
	}
	after, ok := e.ObjectNew.(fluxSource)
	if !ok || after.GetArtifact() == nil {
		return false
	}
	return before.GetArtifact() == nil || !equality.Semantic.DeepEqual(before.GetArtifact(), after.GetArtifact())
}
