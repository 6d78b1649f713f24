package expand

import (
	"maps"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// Labels of every object (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/).
const (
	nameLabel      = "app.kubernetes.io/name"
	instanceLabel  = "app.kubernetes.io/instance"
	componentLabel = "app.kubernetes.io/component"
	managedByLabel = "app.kubernetes.io/managed-by"
)

// Components of an app.
const (
	componentDatabase   = "database"
	componentBackup     = "backup"
	componentMonitoring = "monitoring"
	componentMetrics    = "metrics"
	componentPooler     = "pooler"
	componentNetwork    = "network"
	componentInit       = "init"
)

// Annotations that keep an object when its manifest goes: Flux, Argo CD and kpt each have their own.
const (
	fluxPrune   = "kustomize.toolkit.fluxcd.io/prune"
	argoOptions = "argocd.argoproj.io/sync-options"
	kptDeletion = "client.lifecycle.config.k8s.io/deletion"
)

// typeMeta is an object's apiVersion and kind.
func typeMeta(apiVersion, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}
}

// metadata is what every object of the app carries: its namespace, the standard labels, its owner, and what the user wrote on the app
// itself. The user's labels win, but for the two by which objects find each other and are found again.
func metadata(p *plan.Plan, name, component string) metav1.ObjectMeta {
	labels := map[string]string{nameLabel: "postgresql", instanceLabel: p.App.Name}
	maps.Copy(labels, p.App.Labels)
	labels[componentLabel] = component
	labels[managedByLabel] = "postgresapp"
	annotations := map[string]string{}
	for key, value := range p.App.Annotations {
		if !reserved(key) {
			annotations[key] = value
		}
	}
	annotations[v1alpha1.OwnerAnnotation] = v1alpha1.Owner(v1alpha1.KindPostgresApp, p.App.Name)
	return metav1.ObjectMeta{Name: name, Namespace: p.App.Namespace, Labels: labels, Annotations: annotations}
}

// besideCluster is the metadata of an object that must live in the namespace of the Cluster, which for a shared one may be another.
func besideCluster(p *plan.Plan, name, component string) metav1.ObjectMeta {
	meta := metadata(p, name, component)
	if p.Shared != nil && p.Shared.Namespace != "" {
		meta.Namespace = p.Shared.Namespace
	}
	return meta
}

// selected adds the labels by which a program selects the object. They win over those of the app, but not over what the object is.
func selected(meta metav1.ObjectMeta, labels map[string]string) metav1.ObjectMeta {
	component, manager := meta.Labels[componentLabel], meta.Labels[managedByLabel]
	maps.Copy(meta.Labels, labels)
	meta.Labels[componentLabel], meta.Labels[managedByLabel] = component, manager
	return meta
}

// protect keeps an object with data from being deleted together with its manifest.
func protect(p *plan.Plan, meta metav1.ObjectMeta) metav1.ObjectMeta {
	if *p.Spec.DeletionProtection {
		meta.Annotations[fluxPrune] = "disabled"
		meta.Annotations[argoOptions] = argoProtection(meta.Annotations[argoOptions])
		meta.Annotations[kptDeletion] = "detach"
	}
	return meta
}

// argoProtection adds the options that protect an object from Argo CD to those that the user has set.
func argoProtection(options string) string {
	var kept []string
	for option := range strings.SplitSeq(options, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(option), "=")
		if name != "" && name != "Prune" && name != "Delete" {
			kept = append(kept, strings.TrimSpace(option))
		}
	}
	return strings.Join(append(kept, "Prune=false", "Delete=false"), ",")
}

// reserved tells whether an annotation belongs to the tools that carry the app, so that a child must not have it: kustomize and kpt
// would lose track of their own.
func reserved(key string) bool {
	for _, prefix := range []string{"internal.config.kubernetes.io/", "config.kubernetes.io/", "config.k8s.io/", "kustomize.config.k8s.io/",
		"alpha.config.kubernetes.io/", "internal.kpt.dev/", "kubectl.kubernetes.io/"} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
