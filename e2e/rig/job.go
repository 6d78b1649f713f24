package rig

import (
	"context"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FinishJob sets the status that a Job has after its pod has succeeded, as the Job controller would. The operator
// takes it for the end of a bootstrap and creates the instance's pod, which then stays Pending.
func (r *Rig) FinishJob(ctx context.Context, job *batchv1.Job) error {
	now := metav1.Now()
	succeeded := func(condition batchv1.JobConditionType) batchv1.JobCondition {
		return batchv1.JobCondition{
			Type: condition, Status: corev1.ConditionTrue, LastProbeTime: now, LastTransitionTime: now,
			Reason: batchv1.JobReasonCompletionsReached,
		}
	}
	// The API server demands the start time, both conditions and no pod left uncounted.
	job.Status = batchv1.JobStatus{
		StartTime:      &now,
		CompletionTime: &now,
		Succeeded:      1,
		Conditions: []batchv1.JobCondition{
			succeeded(batchv1.JobSuccessCriteriaMet),
			succeeded(batchv1.JobComplete),
		},
		UncountedTerminatedPods: &batchv1.UncountedTerminatedPods{},
	}
	if err := r.Client.Status().Update(ctx, job); err != nil {
		return fmt.Errorf("finish Job %s/%s: %w", job.Namespace, job.Name, err)
	}
	return nil
}
