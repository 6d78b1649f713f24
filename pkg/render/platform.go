package render

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/platform"
)

// platform expands one platform.
func (r *renderer) platform(fields v1alpha1.Fields, subject diag.Finding) (Expansion, bool) {
	p := r.platformPlan(fields, subject)
	if p == nil {
		return Expansion{}, false
	}
	borrows := len(p.Spec.Monitoring.Relabelings)+len(p.Spec.Monitoring.MetricRelabelings) > 0
	objects, ok := r.objects(subject, platform.Expand(p), p.Spec.Overrides, func(object manifest.Object, overridden bool) field.ErrorList {
		if overridden || !borrows || object.Kind != "PodMonitor" {
			return nil // what is not borrowed was read already
		}
		return conforms(object)
	})
	if !ok {
		return Expansion{}, false
	}
	r.archives, r.subjects = append(r.archives, nil), append(r.subjects, subject)
	return Expansion{Namespace: p.Platform.Namespace, Name: p.Platform.Name, Objects: objects}, true
}

// platformPlan derives the plan of a platform, which is nil when there are errors.
func (r *renderer) platformPlan(fields v1alpha1.Fields, subject diag.Finding) *plan.Platform {
	loaded, errs := v1alpha1.LoadPlatform(fields)
	if len(errs) > 0 {
		r.findings = append(r.findings, diag.FromErrors(subject, errs)...)
		if meant, doubtful := v1alpha1.LoadMeantPlatform(fields); meant != nil {
			v1alpha1.SetPlatformDefaults(meant)
			_, errs, _ := plan.MakePlatform(meant)
			r.found(subject, certain(errs, doubtful), nil, ownOrigin)
		}
		return nil
	}
	v1alpha1.SetPlatformDefaults(loaded)
	p, errs, warnings := plan.MakePlatform(loaded)
	r.found(subject, errs, warnings, ownOrigin)
	return p
}

// ownOrigin is that of settings which are nobody else's.
func ownOrigin(string) string { return "" }
