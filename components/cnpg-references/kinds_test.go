package cnpgreferences_test

import (
	"fmt"
	"reflect"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

// kind is a kind that holds references, with the Go type that says where.
type kind struct {
	apiVersion string
	goType     reflect.Type

	// complete is set where every reference of the type has to be covered or
	// excluded with a reason. In Kubernetes' own kinds we follow only what has
	// to do with PostgreSQL.
	complete bool
}

var kinds = map[string]kind{
	"Cluster":             {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.Cluster](), true},
	"Pooler":              {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.Pooler](), true},
	"Database":            {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.Database](), true},
	"DatabaseRole":        {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.DatabaseRole](), true},
	"Backup":              {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.Backup](), true},
	"ScheduledBackup":     {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.ScheduledBackup](), true},
	"Publication":         {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.Publication](), true},
	"Subscription":        {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.Subscription](), true},
	"ImageCatalog":        {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.ImageCatalog](), true},
	"ClusterImageCatalog": {"postgresql.cnpg.io/v1", reflect.TypeFor[cnpgv1.ClusterImageCatalog](), true},
	"ObjectStore":         {"barmancloud.cnpg.io/v1", reflect.TypeFor[objectStore](), true},
	"ServiceMonitor":      {"monitoring.coreos.com/v1", reflect.TypeFor[monitoringv1.ServiceMonitor](), true},
	"PodMonitor":          {"monitoring.coreos.com/v1", reflect.TypeFor[monitoringv1.PodMonitor](), true},

	"ConfigMap":               {"v1", reflect.TypeFor[corev1.ConfigMap](), false},
	"Pod":                     {"v1", reflect.TypeFor[corev1.Pod](), false},
	"Service":                 {"v1", reflect.TypeFor[corev1.Service](), false},
	"ServiceAccount":          {"v1", reflect.TypeFor[corev1.ServiceAccount](), false},
	"Deployment":              {"apps/v1", reflect.TypeFor[appsv1.Deployment](), false},
	"StatefulSet":             {"apps/v1", reflect.TypeFor[appsv1.StatefulSet](), false},
	"DaemonSet":               {"apps/v1", reflect.TypeFor[appsv1.DaemonSet](), false},
	"Job":                     {"batch/v1", reflect.TypeFor[batchv1.Job](), false},
	"CronJob":                 {"batch/v1", reflect.TypeFor[batchv1.CronJob](), false},
	"HorizontalPodAutoscaler": {"autoscaling/v2", reflect.TypeFor[autoscalingv2.HorizontalPodAutoscaler](), false},
	"NetworkPolicy":           {"networking.k8s.io/v1", reflect.TypeFor[networkingv1.NetworkPolicy](), false},
	"Ingress":                 {"networking.k8s.io/v1", reflect.TypeFor[networkingv1.Ingress](), false},
	"PodDisruptionBudget":     {"policy/v1", reflect.TypeFor[policyv1.PodDisruptionBudget](), false},
	"Role":                    {"rbac.authorization.k8s.io/v1", reflect.TypeFor[rbacv1.Role](), false},
	"ExternalSecret":          {"external-secrets.io/v1", reflect.TypeFor[externalSecret](), false},
	"Certificate":             {"cert-manager.io/v1", reflect.TypeFor[certificate](), false},
	"HelmRelease":             {"helm.toolkit.fluxcd.io/v2", reflect.TypeFor[helmRelease](), false},
	"HelmRepository":          {"source.toolkit.fluxcd.io/v1", reflect.TypeFor[chartSource](), false},
	"OCIRepository":           {"source.toolkit.fluxcd.io/v1", reflect.TypeFor[chartSource](), false},
}

// objectStore has the shape of the Barman Cloud plugin's ObjectStore v0.15.0
// (plugin-barman-cloud, api/v1/objectstore_types.go).
type objectStore struct {
	Spec struct {
		Configuration                barmanapi.BarmanObjectStoreConfiguration `json:"configuration"`
		RetentionPolicy              string                                   `json:"retentionPolicy"`
		InstanceSidecarConfiguration struct {
			Env                            []corev1.EnvVar             `json:"env"`
			RetentionPolicyIntervalSeconds int                         `json:"retentionPolicyIntervalSeconds"`
			Resources                      corev1.ResourceRequirements `json:"resources"`
			AdditionalContainerArgs        []string                    `json:"additionalContainerArgs"`
			LogLevel                       string                      `json:"logLevel"`
		} `json:"instanceSidecarConfiguration"`
	} `json:"spec"`
}

// externalSecret, certificate and helmRelease have the fields that matter here
// of external-secrets.io/v1, cert-manager.io/v1 and helm.toolkit.fluxcd.io/v2.
type externalSecret struct {
	Spec struct {
		Target struct {
			Name string `json:"name"`
		} `json:"target"`
		SecretStoreRef struct {
			Name string `json:"name"`
		} `json:"secretStoreRef"`
	} `json:"spec"`
}

type certificate struct {
	Spec struct {
		SecretName string `json:"secretName"`
	} `json:"spec"`
}

type helmRelease struct {
	Spec struct {
		ChartRef named `json:"chartRef"`
		Chart    struct {
			Spec struct {
				SourceRef named        `json:"sourceRef"`
				Verify    verification `json:"verify"`
			} `json:"spec"`
		} `json:"chart"`
		DependsOn  []named `json:"dependsOn"`
		ValuesFrom []named `json:"valuesFrom"`
		KubeConfig struct {
			SecretRef named `json:"secretRef"`
		} `json:"kubeConfig"`
		ServiceAccountName string `json:"serviceAccountName"`
	} `json:"spec"`
}

// chartSource has the fields that matter here of HelmRepository and OCIRepository, source.toolkit.fluxcd.io/v1. The first has neither proxy
// nor verification nor account.
type chartSource struct {
	Spec struct {
		SecretRef          named        `json:"secretRef"`
		CertSecretRef      named        `json:"certSecretRef"`
		ProxySecretRef     named        `json:"proxySecretRef"`
		Verify             verification `json:"verify"`
		ServiceAccountName string       `json:"serviceAccountName"`
	} `json:"spec"`
}

type verification struct {
	SecretRef named `json:"secretRef"`
}

type named struct {
	Name string `json:"name"`
}

// object returns an object of the kind with one field set. The path is
// kustomize's, which does not tell lists from maps: the Go type does.
func object(kindName, name, path string, value any) (map[string]any, error) {
	k, ok := kinds[kindName]
	if !ok {
		return nil, fmt.Errorf("no Go type for kind %s", kindName)
	}
	content, err := nest(k.goType, splitPath(path), value)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kindName, path, err)
	}
	object := content.(map[string]any)
	metadata, _ := object["metadata"].(map[string]any)
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata["name"] = name
	object["metadata"] = metadata
	object["apiVersion"], object["kind"] = k.apiVersion, kindName
	return object, nil
}

// nest wraps a value into the maps and lists that lead to it.
func nest(t reflect.Type, path []string, value any) (any, error) {
	switch t.Kind() {
	case reflect.Pointer:
		return nest(t.Elem(), path, value)
	case reflect.Slice:
		item, err := nest(t.Elem(), path, value)
		return []any{item}, err
	}
	if len(path) == 0 {
		return value, nil
	}
	switch t.Kind() {
	case reflect.Map:
		item, err := nest(t.Elem(), path[1:], value)
		return map[string]any{path[0]: item}, err
	case reflect.Struct:
		field, ok := jsonField(t, path[0])
		if !ok {
			return nil, fmt.Errorf("%s has no field %q", t, path[0])
		}
		item, err := nest(field, path[1:], value)
		return map[string]any{path[0]: item}, err
	}
	return nil, fmt.Errorf("%s ends before %q", t, path)
}

// jsonField finds a struct's field by its name in JSON, embedded ones too.
func jsonField(t reflect.Type, name string) (reflect.Type, bool) {
	for field := range fields(t) {
		if field.name == name {
			return field.goType, true
		}
	}
	return nil, false
}

type jsonMember struct {
	name   string
	goType reflect.Type
}

// fields goes through the fields of a struct as JSON shows them.
func fields(t reflect.Type) func(yield func(jsonMember) bool) {
	return func(yield func(jsonMember) bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "-" || !f.IsExported():
			case name == "" && f.Anonymous:
				embedded := f.Type
				if embedded.Kind() == reflect.Pointer {
					embedded = embedded.Elem()
				}
				if embedded.Kind() != reflect.Struct { // such as the number in metav1.Duration
					continue
				}
				for member := range fields(embedded) {
					if !yield(member) {
						return
					}
				}
			case !yield(jsonMember{name, f.Type}):
				return
			}
		}
	}
}

// splitPath splits at slashes that have no backslash in front, as kustomize does.
func splitPath(path string) []string {
	parts := strings.Split(strings.ReplaceAll(path, `\/`, "\x00"), "/")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "\x00", "/")
	}
	return parts
}
