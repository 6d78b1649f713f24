package expand

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
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

// meta is what every object of the app carries.
func meta(p *plan.Plan, name, component string) metav1.ObjectMeta {
	owner := metadata.Owner{Kind: v1alpha1.KindPostgresApp, ObjectMeta: &p.App.ObjectMeta, Application: "postgresql"}
	return metadata.Of(owner, name, component)
}

// besideCluster is the metadata of an object that must live in the namespace of the Cluster, which for a shared one may be another.
func besideCluster(p *plan.Plan, name string) metav1.ObjectMeta {
	object := meta(p, name, componentDatabase)
	if p.Shared != nil && p.Shared.Namespace != "" {
		object.Namespace = p.Shared.Namespace
	}
	return object
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
