package plan

import (
	"fmt"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
)

// leaseProblem says what is wrong with the timings of the primary's lease, or "" (validatePrimaryLease in
// internal/webhook/v1/cluster_webhook.go, CloudNativePG 1.30.0, whose defaults are 15, 10 and 2 seconds).
func leaseProblem(lease *cnpgv1.PrimaryLeaseConfiguration) string {
	or := func(pointer *int32, otherwise int32) int32 {
		if pointer != nil {
			return *pointer
		}
		return otherwise
	}
	duration, renew, retry := or(lease.LeaseDurationSeconds, 15), or(lease.RenewDeadlineSeconds, 10), or(lease.RetryPeriodSeconds, 2)
	switch {
	case duration < 1 || renew < 1 || retry < 1 || or(lease.ReleasedLeaseDurationSeconds, 1) < 1:
		return "its times must be at least one second"
	case duration <= renew:
		return fmt.Sprintf("leaseDurationSeconds, %d, must be more than renewDeadlineSeconds, %d", duration, renew)
	case 5*renew <= 6*retry:
		return fmt.Sprintf("renewDeadlineSeconds, %d, must be more than 1.2 times retryPeriodSeconds, %d", renew, retry)
	}
	return ""
}
