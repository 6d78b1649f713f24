package plan

import (
	"regexp"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// The rules in this file are those of the API server for the pod of a Job (pkg/apis/core/validation/validation.go, Kubernetes 1.36). What
// the operator's kinds have of containers is not checked as closely when they are applied, as no pod is made then.

// container checks what the user says of the Job's container.
func (m *maker) container(path *field.Path, job *v1alpha1.InitJob) {
	if job.Image != strings.TrimSpace(job.Image) {
		m.invalid(path.Child("image"), job.Image, "must not begin or end with a space")
	}
	m.environment(path.Child("env"), job.Env)
	m.environmentFrom(path.Child("envFrom"), job.EnvFrom)
	if r := job.Resources; r != nil {
		m.containerResources(path.Child("resources"), r)
	}
	if job.ServiceAccountName != "" {
		m.objectReference(path.Child("serviceAccountName"), job.ServiceAccountName, "the name of the service account")
	}
	seen := map[string]bool{}
	for i, secret := range job.ImagePullSecrets {
		at := path.Child("imagePullSecrets").Index(i).Child("name")
		m.objectReference(at, secret.Name, "the name of the Secret")
		m.once(at, secret.Name, seen)
	}
}

// once refuses a name that was there before.
func (m *maker) once(path *field.Path, name string, seen map[string]bool) {
	if seen[name] {
		m.report(field.Duplicate(path, name))
	}
	seen[name] = true
}

func (m *maker) environment(path *field.Path, env []corev1.EnvVar) {
	seen := map[string]bool{}
	for i := range env {
		variable, at := &env[i], path.Index(i)
		switch {
		case variable.Name == "":
			m.required(at.Child("name"), "the name of the variable")
		case len(validation.IsRelaxedEnvVarName(variable.Name)) > 0:
			m.invalid(at.Child("name"), variable.Name, "must be printable characters other than =, at least one")
		default:
			m.once(at.Child("name"), variable.Name, seen)
		}
		m.valueFrom(at, variable)
	}
}

func (m *maker) valueFrom(path *field.Path, variable *corev1.EnvVar) {
	from := variable.ValueFrom
	if from == nil {
		return
	}
	path = path.Child("valueFrom")
	given := 0
	for _, ok := range []bool{from.FieldRef != nil, from.ResourceFieldRef != nil, from.ConfigMapKeyRef != nil, from.SecretKeyRef != nil,
		from.FileKeyRef != nil} {
		if ok {
			given++
		}
	}
	switch {
	case given == 0:
		m.required(path, "one of fieldRef, resourceFieldRef, configMapKeyRef and secretKeyRef")
	case given > 1:
		m.forbidden(path, "its sources exclude each other: keep one")
	case variable.Value != "":
		m.forbidden(path, "value says already what the variable holds: keep one of the two")
	}
	if from.FileKeyRef != nil {
		m.forbidden(path.Child("fileKeyRef"), "the Job has no volumes to read a file from: use secretKeyRef or configMapKeyRef")
	}
	if ref := from.ConfigMapKeyRef; ref != nil {
		m.dataKey(path.Child("configMapKeyRef"), ref.Name, ref.Key, "ConfigMap")
	}
	if ref := from.SecretKeyRef; ref != nil {
		m.dataKey(path.Child("secretKeyRef"), ref.Name, ref.Key, "Secret")
	}
	if ref := from.FieldRef; ref != nil {
		m.fieldRef(path.Child("fieldRef"), ref)
	}
	if ref := from.ResourceFieldRef; ref != nil {
		m.resourceFieldRef(path.Child("resourceFieldRef"), ref)
	}
}

// dataKey checks a reference to one key of a Secret or ConfigMap.
func (m *maker) dataKey(path *field.Path, name, key, kind string) {
	m.objectReference(path.Child("name"), name, "the name of the "+kind)
	switch {
	case key == "":
		m.required(path.Child("key"), "the key in the %s", kind)
	case !placeholder(key) && len(validation.IsConfigMapKey(key)) > 0:
		m.invalid(path.Child("key"), key, "must be letters, digits, -, _ and ., 253 of them at most, as keys of a %s are", kind)
	}
}

// podFields are the fields of a pod that a variable can have.
var podFields = []string{"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
	"status.hostIPs", "status.podIP", "status.podIPs"}

// podMetadata is one label or annotation of a pod.
var podMetadata = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^metadata\.(labels|annotations)\['([^']*)'\]$`) })

func (m *maker) fieldRef(path *field.Path, ref *corev1.ObjectFieldSelector) {
	if ref.APIVersion != "" && ref.APIVersion != "v1" {
		m.invalid(path.Child("apiVersion"), ref.APIVersion, "must be v1, or left out")
	}
	at := path.Child("fieldPath")
	parts := podMetadata().FindStringSubmatch(ref.FieldPath)
	switch {
	case ref.FieldPath == "":
		m.required(at, "the field of the pod, such as metadata.name")
	case parts == nil:
		oneOf(&m.checker, at, ref.FieldPath, podFields...)
	case parts[1] == "labels":
		m.labelKey(at, parts[2])
	default:
		m.labelKey(at, strings.ToLower(parts[2]))
	}
}

// containerAmounts are the amounts of a container that a variable can have, beside those of huge pages.
var containerAmounts = []string{"limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory",
	"requests.ephemeral-storage"}

// divisors of an amount are 1 and one unit; processors have thousandths alone.
var (
	byteDivisor      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^1([kMGTPE]|[KMGTPE]i)?$`) })
	processorDivisor = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^1m?$`) })
)

func (m *maker) resourceFieldRef(path *field.Path, ref *corev1.ResourceFieldSelector) {
	at := path.Child("resource")
	pages := strings.HasPrefix(ref.Resource, "limits."+corev1.ResourceHugePagesPrefix) ||
		strings.HasPrefix(ref.Resource, "requests."+corev1.ResourceHugePagesPrefix)
	switch {
	case ref.Resource == "":
		m.required(at, "the amount, such as limits.memory")
	case !pages:
		oneOf(&m.checker, at, ref.Resource, containerAmounts...)
	}
	divisor, allowed := ref.Divisor.String(), byteDivisor
	if strings.HasSuffix(ref.Resource, ".cpu") {
		allowed = processorDivisor
	}
	if !ref.Divisor.IsZero() && !allowed().MatchString(divisor) {
		m.invalid(path.Child("divisor"), divisor, "must be 1 or one unit, such as 1Mi of memory and 1m of cpu")
	}
}

func (m *maker) environmentFrom(path *field.Path, sources []corev1.EnvFromSource) {
	for i := range sources {
		source, at := &sources[i], path.Index(i)
		if source.Prefix != "" && len(validation.IsRelaxedEnvVarName(source.Prefix)) > 0 {
			m.invalid(at.Child("prefix"), source.Prefix, "must be printable characters other than =")
		}
		switch {
		case source.ConfigMapRef == nil && source.SecretRef == nil:
			m.required(at, "one of configMapRef and secretRef")
		case source.ConfigMapRef != nil && source.SecretRef != nil:
			m.forbidden(at, "configMapRef and secretRef exclude each other: give each an entry of its own")
		}
		if ref := source.ConfigMapRef; ref != nil {
			m.objectReference(at.Child("configMapRef", "name"), ref.Name, "the name of the ConfigMap")
		}
		if ref := source.SecretRef; ref != nil {
			m.objectReference(at.Child("secretRef", "name"), ref.Name, "the name of the Secret")
		}
	}
}

// containerResources checks what the resources of a container must be beyond what requirements does.
func (m *maker) containerResources(path *field.Path, r *corev1.ResourceRequirements) {
	if len(r.Claims) > 0 {
		m.forbidden(path.Child("claims"), "the Job's pod has no resourceClaims that they could name")
	}
	for _, list := range []struct {
		name    string
		amounts corev1.ResourceList
	}{{"limits", r.Limits}, {"requests", r.Requests}} {
		for _, name := range sortedKeys(list.amounts) {
			m.amount(path.Child(list.name).Key(string(name)), name, list.amounts[name], r.Limits)
		}
	}
}

// amount checks one amount. Huge pages come in whole ones, and what has a domain in its name is counted and never overcommitted.
func (m *maker) amount(path *field.Path, name corev1.ResourceName, amount resource.Quantity, limits corev1.ResourceList) {
	text := string(name)
	switch {
	case isHugePages(name):
		page, err := resource.ParseQuantity(strings.TrimPrefix(text, corev1.ResourceHugePagesPrefix))
		if err != nil || page.Sign() <= 0 {
			m.invalid(path, text, "must have the size of a page in its name, as in hugepages-2Mi")
		} else if amount.Sign() <= 0 || amount.Value()%page.Value() != 0 {
			m.invalid(path, amount.String(), "must be a number of whole pages of %s", page.String())
		}
	case strings.Contains(text, "/"):
		if len(validation.IsQualifiedName(text)) > 0 || strings.HasPrefix(text, corev1.DefaultResourceRequestsPrefix) {
			m.invalid(path, text, "must be a name with a domain such as example.com/device")
		} else if amount.MilliValue()%1000 != 0 {
			m.invalid(path, amount.String(), "must be a whole number")
		} else if limit, limited := limits[name]; !limited || limit.Cmp(amount) != 0 {
			m.invalid(path, amount.String(), "must be the same as the limit, because only cpu, memory and ephemeral-storage are overcommitted")
		}
	case amount.Sign() < 0:
		m.invalid(path, amount.String(), "must not be negative")
	case name != corev1.ResourceCPU && amount.MilliValue()%1000 != 0:
		m.invalid(path, amount.String(), "must be whole bytes, such as 512Mi: m is a thousandth")
	}
}

// networkPort checks one port of a rule of a NetworkPolicy (pkg/apis/networking/validation/validation.go, Kubernetes 1.36).
func (m *checker) networkPort(path *field.Path, p networkingv1.NetworkPolicyPort) {
	if p.Protocol != nil {
		oneOf(m, path.Child("protocol"), *p.Protocol, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
	}
	number := p.Port != nil && p.Port.Type == intstr.Int
	switch {
	case number:
		m.portNumber(path.Child("port"), p.Port.IntVal)
	case p.Port != nil && !number && !placeholder(p.Port.StrVal) && len(validation.IsValidPortName(p.Port.StrVal)) > 0:
		m.invalid(path.Child("port"), p.Port.StrVal, portRule)
	}
	switch {
	case p.EndPort == nil:
	case !number:
		m.forbidden(path.Child("endPort"), "a range begins with port, given as a number")
	case *p.EndPort < p.Port.IntVal || *p.EndPort > maxPort:
		m.invalid(path.Child("endPort"), *p.EndPort, "must be between port, %d, and %d", p.Port.IntVal, maxPort)
	}
}
