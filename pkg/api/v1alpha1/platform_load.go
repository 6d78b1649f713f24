package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// LoadPlatform decodes a platform. Every error is returned; the platform is nil when there is one.
func LoadPlatform(platform Fields) (*PostgresPlatform, field.ErrorList) {
	errs, ours := header(platform, KindPostgresPlatform)
	if !ours {
		return nil, errs
	}
	var typed PostgresPlatform
	if errs = append(errs, strict.Into(platform, &typed, nil, platformOptions())...); len(errs) > 0 {
		return nil, errs
	}
	return &typed, nil
}

// SetPlatformDefaults fills in what the platform leaves out, with constants alone. It never changes what is there, and twice is the same as
// once.
func SetPlatformDefaults(platform *PostgresPlatform) {
	s := &platform.Spec
	fill(&s.OperatorVersion, DefaultOperatorVersion)
	fill(&s.OperatorNamespace, DefaultOperatorNamespace)
	fillPointer(&s.CreateNamespace, true)
	fillPointer(&s.Replicas, 1)
	if s.Resources == nil {
		s.Resources = operatorResources()
	}
}

// operatorResources are those of a homelab: half of the memory is in use with a dozen clusters.
func operatorResources() *corev1.ResourceRequirements {
	memory := resource.MustParse("256Mi")
	return &corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: memory},
		Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("200m"), corev1.ResourceMemory: memory},
	}
}

// platformOptions are the hints, shapes and secrets of a platform's fields.
func platformOptions() strict.Options { return strict.Options{Secret: Secret} }
