// Package platform turns the plan of a platform into Kubernetes objects. Every kind of object has one file with one pure builder; the list in
// this file names them all, in the order in which the objects are written.
package platform

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/expand"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// builders is the table of contents: what a platform becomes. A builder returns nil when the platform does not ask for its kind.
var builders = []struct {
	key   string
	build func(*plan.Platform) []metav1.Object
}{
	{"namespace", namespaces},
	{"helmRepository", helmRepositories},
	{"ociRepository", ociRepositories},
	{"helmRelease", operatorReleases},
	{"barmanCloudHelmRelease", pluginReleases},
	{"podMonitor", podMonitors},
	{"prometheusRule", prometheusRules},
	{"networkPolicy", networkPolicies},
	{"configMap", configMaps},
}

// Expand returns everything that the platform becomes.
func Expand(p *plan.Platform) []expand.Built {
	var built []expand.Built
	for _, builder := range builders {
		for _, object := range builder.build(p) {
			built = append(built, expand.Built{Key: builder.key, Object: object})
		}
	}
	return built
}
