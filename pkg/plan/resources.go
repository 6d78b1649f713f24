package plan

import (
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// resources checks requests against limits, for PostgreSQL and for the backup's sidecar.
func (m *maker) resources() {
	m.requirements(m.spec.Child("resources"), m.Spec.Resources)
	if b := m.Spec.Backup; b != nil {
		m.requirements(m.spec.Child("backup", "sidecarResources"), b.SidecarResources)
	}
}

func (m *maker) requirements(path *field.Path, r *corev1.ResourceRequirements) {
	if r == nil {
		return
	}
	for _, name := range sortedNames(r.Requests) {
		request := r.Requests[corev1.ResourceName(name)]
		limit, limited := r.Limits[corev1.ResourceName(name)]
		switch {
		case request.Sign() < 0:
			m.invalid(path.Child("requests").Key(name), request.String(), "must not be negative")
		case limited && request.Cmp(limit) > 0:
			m.invalid(path.Child("requests").Key(name), request.String(), "must not be more than the limit, %s", limit.String())
		case limited && strings.HasPrefix(name, corev1.ResourceHugePagesPrefix) && request.Cmp(limit) != 0:
			m.invalid(path.Child("requests").Key(name), request.String(), "must equal the limit, %s: huge pages are not overcommitted", limit.String())
		}
	}
	huge := false
	for _, name := range append(sortedNames(r.Limits), sortedNames(r.Requests)...) {
		huge = huge || strings.HasPrefix(name, corev1.ResourceHugePagesPrefix)
	}
	for _, name := range sortedNames(r.Limits) {
		if limit := r.Limits[corev1.ResourceName(name)]; limit.Sign() <= 0 && !strings.HasPrefix(name, corev1.ResourceHugePagesPrefix) {
			m.invalid(path.Child("limits").Key(name), limit.String(), "must be more than nothing")
		}
	}
	_, memory := r.Requests[corev1.ResourceMemory]
	_, memoryLimit := r.Limits[corev1.ResourceMemory]
	_, cpu := r.Requests[corev1.ResourceCPU]
	_, cpuLimit := r.Limits[corev1.ResourceCPU]
	if huge && !memory && !memoryLimit && !cpu && !cpuLimit {
		m.required(path.Child("requests"), "huge pages need a request of memory or cpu beside them")
	}
}

func sortedNames(list corev1.ResourceList) []string {
	names := make([]string, 0, len(list))
	for name := range list {
		names = append(names, string(name))
	}
	sort.Strings(names)
	return names
}

// memoryBytes is the memory of a PostgreSQL container: its limit, or 0 when there is none.
func (p *Plan) memoryBytes() int64 {
	if p.Spec.Resources == nil {
		return 0
	}
	limit := p.Spec.Resources.Limits[corev1.ResourceMemory]
	return limit.Value()
}

// memoryRequest is what CloudNativePG's admission compares shared_buffers with, or 0 when there is no request.
func (p *Plan) memoryRequest() int64 {
	if p.Spec.Resources == nil {
		return 0
	}
	request := p.Spec.Resources.Requests[corev1.ResourceMemory]
	return request.Value()
}

// milliCPU is the processor time of a PostgreSQL container: its limit, else its request, else 0.
func (p *Plan) milliCPU() int64 {
	if p.Spec.Resources == nil {
		return 0
	}
	if limit, ok := p.Spec.Resources.Limits[corev1.ResourceCPU]; ok {
		return limit.MilliValue()
	}
	request := p.Spec.Resources.Requests[corev1.ResourceCPU]
	return request.MilliValue()
}

// hugePages tells whether huge pages are requested.
func (p *Plan) hugePages() bool {
	if p.Spec.Resources == nil {
		return false
	}
	for name := range p.Spec.Resources.Limits {
		if strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) {
			return true
		}
	}
	for name := range p.Spec.Resources.Requests {
		if strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) {
			return true
		}
	}
	return false
}
