package plan

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// resources checks requests against limits, for PostgreSQL and for the backup's sidecar.
func (m *maker) resources() {
	path := m.spec.Child("resources")
	m.requirements(path, m.Spec.Resources)
	if r := m.Spec.Resources; r != nil {
		m.memory(path, r)
	}
	if b := m.Spec.Backup; b != nil {
		m.requirements(m.spec.Child("backup", "sidecarResources"), b.SidecarResources)
	}
}

// minimalMemory is less than an idle PostgreSQL takes beside the operator's instance manager; a limit below it is a wrong unit.
// minimalRequest is less than anybody would reserve; a request may be far below what is used.
const (
	minimalMemory  = 64 << 20
	minimalRequest = 1 << 20
)

// memory finds amounts that no PostgreSQL can run with, such as 512m, which is half a byte. Where limit and request are one, only one of them
// was written.
func (m *checker) memory(path *field.Path, r *corev1.ResourceRequirements) {
	limit, limited := r.Limits[corev1.ResourceMemory]
	request, requested := r.Requests[corev1.ResourceMemory]
	if limited {
		m.enoughMemory(path.Child("limits").Key("memory"), limit, minimalMemory)
	}
	if requested && (!limited || limit.Cmp(request) != 0) {
		m.enoughMemory(path.Child("requests").Key("memory"), request, minimalRequest)
	}
}

func (m *checker) enoughMemory(path *field.Path, amount resource.Quantity, minimum int64) {
	if amount.Sign() <= 0 || amount.Value() >= minimum {
		return
	}
	remedy := ""
	// Thousandths were meant as Mi, and so was a number without a unit.
	if number := strings.TrimSuffix(amount.String(), "m"); strings.Trim(number, "0123456789") == "" {
		remedy = ": did you mean " + number + "Mi?"
	}
	m.invalid(path, amount.String(), "is too little memory for PostgreSQL%s", remedy)
}

// requirements checks the resources of any container.
func (m *checker) requirements(path *field.Path, r *corev1.ResourceRequirements) {
	if r == nil {
		return
	}
	m.resourceNames(path.Child("limits"), r.Limits)
	m.resourceNames(path.Child("requests"), r.Requests)
	huge := false
	for _, name := range sortedKeys(r.Requests) {
		request, at := r.Requests[name], path.Child("requests").Key(string(name))
		limit, limited := r.Limits[name]
		pages := isHugePages(name)
		huge = huge || pages
		switch {
		case request.Sign() < 0:
			m.invalid(at, request.String(), "must not be negative")
		case pages && !limited:
			m.required(path.Child("limits").Key(string(name)), "the same as the request: huge pages are not overcommitted")
		case pages && request.Cmp(limit) != 0:
			m.invalid(at, request.String(), "must equal the limit, %s: huge pages are not overcommitted", limit.String())
		case limited && request.Cmp(limit) > 0:
			m.invalid(at, request.String(), "must not be more than the limit, %s", limit.String())
		}
	}
	for _, name := range sortedKeys(r.Limits) {
		limit := r.Limits[name]
		huge = huge || isHugePages(name)
		if limit.Sign() <= 0 && !isHugePages(name) {
			m.invalid(path.Child("limits").Key(string(name)), limit.String(), "must be more than nothing")
		}
	}
	if huge && !gives(r, corev1.ResourceMemory) && !gives(r, corev1.ResourceCPU) {
		m.required(path.Child("requests"), "huge pages need a request of memory or cpu beside them")
	}
}

// resourceNames checks what is asked for: Kubernetes knows few names without a domain.
func (m *checker) resourceNames(path *field.Path, list corev1.ResourceList) {
	known := []string{string(corev1.ResourceCPU), string(corev1.ResourceMemory), string(corev1.ResourceEphemeralStorage)}
	for _, name := range sortedKeys(list) {
		text := string(name)
		if slices.Contains(known, text) || isHugePages(name) || strings.Contains(text, "/") {
			continue
		}
		remedy := "must be cpu, memory, ephemeral-storage, hugepages-<size>, or a name with a domain such as example.com/device"
		if neighbour := strict.Closest(text, known); neighbour != "" {
			remedy = "is no resource: did you mean " + neighbour + ", or a name with a domain such as example.com/" + text + "?"
		}
		m.invalid(path.Key(text), text, "%s", remedy)
	}
}

func isHugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}

// gives tells whether a resource is requested, or limited, which requests it too.
func gives(r *corev1.ResourceRequirements, name corev1.ResourceName) bool {
	_, requested := r.Requests[name]
	_, limited := r.Limits[name]
	return requested || limited
}

// sortedKeys are the keys of a map in the order in which findings name them.
func sortedKeys[K ~string, V any](of map[K]V) []K { return slices.Sorted(maps.Keys(of)) }

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

// hugePagesBytes is the sum of huge pages that are granted.
func (p *Plan) hugePagesBytes() int64 {
	if p.Spec.Resources == nil {
		return 0
	}
	var sum resource.Quantity
	for name, limit := range p.Spec.Resources.Limits {
		if isHugePages(name) {
			sum.Add(limit)
		}
	}
	return sum.Value()
}
