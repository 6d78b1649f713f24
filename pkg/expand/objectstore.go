package expand

import (
	"slices"

	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// ObjectStore is the Barman Cloud plugin's description of an object store (api/v1 of plugin-barman-cloud 0.15.0). The plugin's own
// module would bring controller-runtime and cert-manager along.
type ObjectStore struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              ObjectStoreSpec `json:"spec"`
}

// ObjectStoreSpec is the store, and how the plugin's container runs beside PostgreSQL.
type ObjectStoreSpec struct {
	Configuration                barmanapi.BarmanObjectStoreConfiguration `json:"configuration"`
	RetentionPolicy              string                                   `json:"retentionPolicy,omitempty"`
	InstanceSidecarConfiguration *InstanceSidecarConfiguration            `json:"instanceSidecarConfiguration,omitempty"`
}

// InstanceSidecarConfiguration is the plugin's container.
type InstanceSidecarConfiguration struct {
	Env       []corev1.EnvVar              `json:"env,omitempty"`
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`
}

// objectStores builds the store that the cluster archives to, and the one that it is restored from where that is another.
func objectStores(p *plan.Plan) []Object {
	var stores []Object
	if p.Archive != nil && !p.Archive.InTree {
		store := objectStore(p, *p.Archive)
		store.Spec.RetentionPolicy = p.Spec.Backup.Retention
		store.Spec.Configuration.Tags, store.Spec.Configuration.HistoryTags = p.Spec.Backup.Tags, p.Spec.Backup.HistoryTags
		stores = append(stores, store)
	}
	if r := p.Recovery; r != nil && r.OwnStore {
		// No retention: the backups belong to another cluster, whose own store decides how long they are kept.
		stores = append(stores, objectStore(p, *r.Source))
	}
	return stores
}

func objectStore(p *plan.Plan, a plan.Archive) *ObjectStore {
	return &ObjectStore{
		TypeMeta:   metadata.Type("barmancloud.cnpg.io/v1", "ObjectStore"),
		ObjectMeta: protect(p, meta(p, a.ObjectStore, componentBackup)),
		Spec: ObjectStoreSpec{
			Configuration: objectStoreConfiguration(a),
			InstanceSidecarConfiguration: &InstanceSidecarConfiguration{
				Env:       sidecarEnv(p, a.EndpointURL),
				Resources: sidecarResources(p),
			},
		},
	}
}

// sidecarEnv is the environment of the plugin's container. The user's variables win.
func sidecarEnv(p *plan.Plan, endpoint string) []corev1.EnvVar {
	var own []corev1.EnvVar
	if p.Spec.Backup != nil {
		own = p.Spec.Backup.SidecarEnv
	}
	env := slices.DeleteFunc(checksumEnv(endpoint), func(variable corev1.EnvVar) bool {
		return slices.ContainsFunc(own, func(o corev1.EnvVar) bool { return o.Name == variable.Name })
	})
	return append(env, own...)
}

// checksumEnv keeps the S3 client from sending the checksums that many S3-compatible stores do not understand (object_stores.md of
// plugin-barman-cloud). Amazon's own store, which has no endpoint URL, does.
func checksumEnv(endpoint string) []corev1.EnvVar {
	if endpoint == "" {
		return nil
	}
	return []corev1.EnvVar{
		{Name: "AWS_REQUEST_CHECKSUM_CALCULATION", Value: "when_required"},
		{Name: "AWS_RESPONSE_CHECKSUM_VALIDATION", Value: "when_required"},
	}
}

// sidecarResources of the plugin's container. The default limit holds what a restore was seen to take, 1Gi; a base backup takes half of
// it, and without a limit a leak would be the node's (plugin-barman-cloud issues 711 and 765). The request is what it takes at rest.
func sidecarResources(p *plan.Plan) *corev1.ResourceRequirements {
	if b := p.Spec.Backup; b != nil && b.SidecarResources != nil {
		return b.SidecarResources
	}
	return &corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("128Mi")},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")},
	}
}
