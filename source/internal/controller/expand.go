package controller

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/source/internal/expansion"
)

// expand expands the tree in dir in place.
func (r *Reconciler) expand(ctx context.Context, object *v1alpha1.PostgresAppSource, dir string) (expansion.Report, *failure) {
	paths, err := treePaths(object.Spec.Paths)
	if err != nil {
		return expansion.Report{}, &failure{reason: invalidSpec, err: err, stalled: true}
	}
	for _, path := range paths {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || !info.IsDir() {
			return expansion.Report{}, mistakes(fmt.Errorf("spec.paths: the source has no directory %s", path))
		}
	}
	report, err := r.Expander.Expand(ctx, dir, paths)
	switch {
	case err != nil:
		return report, &failure{reason: v1alpha1.ExpansionFailedReason, err: err}
	case report.Findings.Failed():
		return report, mistakes(errors.New(list(report.Findings.Errors(), report.Problem, maxMessage)))
	case report.Problem != "":
		failed := mistakes(errors.New(shorten(report.Problem, maxMessage)))
		failed.doubtful = true
		return report, failed
	}
	return report, nil
}

// mistakes is the failure of a tree that stays wrong until somebody corrects it.
func mistakes(err error) *failure {
	return &failure{reason: v1alpha1.ExpansionFailedReason, err: err, stalled: true}
}
