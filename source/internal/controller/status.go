package controller

import (
	"context"
	"fmt"
	"strings"

	eventv1 "github.com/fluxcd/pkg/apis/event/v1beta1"
	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/runtime/conditions"
	"github.com/fluxcd/pkg/runtime/patch"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/source/internal/expansion"
)

const (
	// maxMessage is how long a condition's message gets, in bytes. The API server takes 32 KiB, and a status is sent around often.
	maxMessage = 16 << 10

	// maxEvent is how long an event's message gets, in bytes; the API server takes 1024.
	maxEvent = 1000

	// eventTrace is the type of events that are for the cluster alone, and not for notification-controller.
	eventTrace = eventv1.EventTypeTrace
)

// conditionTypes are the conditions that this controller sets.
var conditionTypes = []string{meta.ReadyCondition, meta.ReconcilingCondition, meta.StalledCondition}

// handleRequest notes that a request to reconcile has been seen. It tells whether it is a new one.
func handleRequest(object *v1alpha1.PostgresAppSource) bool {
	token, ok := meta.ReconcileAnnotationValue(object.Annotations)
	if !ok || token == object.Status.LastHandledReconcileAt {
		return false
	}
	object.Status.LastHandledReconcileAt = token
	return true
}

// progressing says what is being done. Ready is left alone while a good artifact is served: the work may well end in the same one.
func progressing(object *v1alpha1.PostgresAppSource, why string) {
	conditions.Delete(object, meta.StalledCondition)
	conditions.Set(object, conditions.TrueCondition(meta.ReconcilingCondition, meta.ProgressingReason, "%s", why))
	if object.Status.Artifact == nil {
		conditions.MarkUnknown(object, meta.ReadyCondition, meta.ProgressingReason, "%s", why)
	}
}

// published says what is published.
func published(object *v1alpha1.PostgresAppSource, origin *origin, artifact *meta.Artifact, report expansion.Report) {
	object.Status.Artifact = artifact
	object.Status.Apps = int32(report.Apps)
	object.Status.ObservedInput = origin.input
	object.Status.ObservedSourceRevision = origin.revision()
	ready(object, list(report.Findings.Warnings(), fmt.Sprintf("%s of %s", count(report.Apps, "PostgresApp"), origin.revision()), maxMessage))
}

func ready(object *v1alpha1.PostgresAppSource, message string) {
	conditions.Delete(object, meta.ReconcilingCondition)
	conditions.Delete(object, meta.StalledCondition)
	conditions.MarkTrue(object, meta.ReadyCondition, meta.SucceededReason, "%s", message)
}

// unchanged ends a reconciliation that had nothing to expand.
func unchanged(object *v1alpha1.PostgresAppSource, origin *origin) {
	if conditions.IsStalled(object) {
		return // with the message that is there
	}
	message := fmt.Sprintf("%s of %s", count(int(object.Status.Apps), "PostgresApp"), origin.revision())
	if before := conditions.GetMessage(object, meta.ReadyCondition); strings.HasPrefix(before, message) {
		message = before // with its warnings
	}
	ready(object, message)
}

// notReady says why a source is not published. It tells whether that is news.
func (r *Reconciler) notReady(object *v1alpha1.PostgresAppSource, f *failure) (news bool) {
	message := shorten(f.err.Error(), maxMessage)
	if f.origin != nil {
		message = f.origin.revision() + ": " + message
	}
	if artifact := object.Status.Artifact; artifact != nil && r.Storage.ArtifactExist(*artifact) {
		message += "\nthe last good one is still published: " + artifact.Metadata[v1alpha1.OriginMetadata]
	} else if artifact != nil {
		message += "\nthe last good one is not in storage any more: what was applied from it stays as it is"
	}
	before := conditions.Get(object, meta.ReadyCondition)
	news = before == nil || before.Status != metav1.ConditionFalse || before.Reason != f.reason || before.Message != message
	conditions.MarkFalse(object, meta.ReadyCondition, f.reason, "%s", message)
	if f.stalled {
		conditions.MarkStalled(object, f.reason, "%s", shorten(f.err.Error(), maxEvent))
		conditions.Delete(object, meta.ReconcilingCondition)
	} else {
		conditions.Delete(object, meta.StalledCondition)
		conditions.Set(object, conditions.TrueCondition(meta.ReconcilingCondition, meta.ProgressingWithRetryReason, "%s", shorten(f.err.Error(), maxEvent)))
	}
	return news
}

// suspended takes away what claims that work is going on.
func suspended(object *v1alpha1.PostgresAppSource) {
	conditions.Delete(object, meta.ReconcilingCondition)
}

// finish writes the object as it has become.
func (r *Reconciler) finish(ctx context.Context, object *v1alpha1.PostgresAppSource, patcher *patch.SerialPatcher) error {
	err := patcher.Patch(ctx, object, r.patchOptions(object)...)
	if !object.DeletionTimestamp.IsZero() {
		err = utilerrors.FilterOut(err, apierrors.IsNotFound) // the finalizer was the last thing that kept it
	}
	return err
}

func (r *Reconciler) patchOptions(object *v1alpha1.PostgresAppSource) []patch.Option {
	if !conditions.IsReconciling(object) && !object.Spec.Suspend {
		object.Status.ObservedGeneration = object.Generation
	}
	return []patch.Option{patch.WithOwnedConditions{Conditions: conditionTypes}, patch.WithFieldOwner(Name)}
}

// tell sends an event, with the revision that notification-controller wants.
func (r *Reconciler) tell(object *v1alpha1.PostgresAppSource, origin *origin, eventType, format string, arguments ...any) {
	var annotations map[string]string
	if origin != nil {
		annotations = map[string]string{
			eventv1.Group + "/" + eventv1.MetaRevisionKey:       origin.revision(),
			eventv1.Group + "/" + eventv1.MetaOriginRevisionKey: origin.commit(),
		}
	}
	reason := conditions.GetReason(object, meta.ReadyCondition)
	r.AnnotatedEventf(object, annotations, eventType, reason, format, arguments...)
}

// list gives findings one to a line after a heading, as many as fit.
func list(findings diag.Findings, heading string, limit int) string {
	var b strings.Builder
	b.WriteString(shorten(heading, limit/2))
	for i, f := range findings {
		line := f.String()
		if b.Len()+len(line)+40 > limit {
			if i == 0 {
				return shorten(b.String()+line, limit)
			}
			fmt.Fprintf(&b, "\n... and %d more", len(findings)-i)
			break
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}

// shorten cuts a text where it is longer than limit bytes, between two characters.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit-4], "") + " ..."
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
