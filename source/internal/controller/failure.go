package controller

import (
	"time"

	"github.com/fluxcd/pkg/runtime/jitter"
	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// failure is why a source is not published, and what helps.
type failure struct {
	// reason is the one of the condition.
	reason string

	// err is what people read.
	err error

	// stalled: trying again is of no use before the spec or the source changes.
	stalled bool

	// doubtful: what was tried may not be to blame, so it is tried again at the next interval.
	doubtful bool

	// waits: the watch on sources tells when there is something to do; until then there is nothing to hurry for.
	waits bool

	// input is what was tried, to be remembered so that it is not tried again.
	input string

	// origin is what the failure is about, if it is not one of circumstances.
	origin *origin
}

// about notes that a failure is what comes of an origin, if it is not one of circumstances.
func (f *failure) about(object *v1alpha1.PostgresAppSource, o *origin) *failure {
	f.origin = o
	if f.stalled {
		if !f.doubtful {
			f.input = o.input
		}
		object.Status.ObservedSourceRevision = o.revision()
	}
	return f
}

// failed writes a failure into the status and decides when to try again.
func (r *Reconciler) failed(object *v1alpha1.PostgresAppSource, f *failure) (ctrl.Result, error) {
	if f.input != "" {
		object.Status.ObservedInput = f.input
	}
	if r.notReady(object, f) {
		r.tell(object, f.origin, corev1.EventTypeWarning, "%s", shorten(f.err.Error(), maxEvent))
	}
	if f.stalled || f.waits {
		return jitter.JitteredRequeueInterval(ctrl.Result{RequeueAfter: max(object.Interval(), time.Second)}), nil
	}
	return ctrl.Result{}, f.err
}
