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
	loaded, errs := v1alpha1.LoadPlatform(fields)
	if len(errs) > 0 {
		r.findings = append(r.findings, diag.FromErrors(subject, errs)...)
		return Expansion{}, false
	}
	v1alpha1.SetPlatformDefaults(loaded)
	p, errs, warnings := plan.MakePlatform(loaded)
	r.found(subject, errs, warnings, func(string) string { return "" })
	if p == nil {
		return Expansion{}, false
	}
	objects, ok := r.objects(subject, platform.Expand(p), nil, func(manifest.Object, bool) field.ErrorList { return nil })
	if !ok {
		return Expansion{}, false
	}
	r.archives, r.subjects = append(r.archives, nil), append(r.subjects, subject)
	return Expansion{Namespace: loaded.Namespace, Name: loaded.Name, Objects: objects}, true
}
