// Package expand turns a plan into Kubernetes objects. Every kind of object has one file with one pure builder; the list in this file
// names them all, in the order in which the objects are written.
package expand

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// Object is a typed Kubernetes object with its apiVersion and kind filled in.
type Object = metav1.Object

// Built is an object with the key of its kind in overrides.
type Built struct {
	Key    string
	Object Object
}

// builders is the table of contents: what an app becomes. A builder returns nil when the app does not ask for its kind.
var builders = []struct {
	key   string
	build func(*plan.Plan) []Object
}{
	{"cluster", clusters},
	{"database", databases},
	{"databaseRole", databaseRoles},
	{"secret", secrets},
	{"externalSecret", externalSecrets},
	{"objectStore", objectStores},
	{"scheduledBackup", scheduledBackups},
	{"pooler", poolers},
	{"service", services},
	{"serviceMonitor", serviceMonitors},
	{"podMonitor", podMonitors},
	{"prometheusRule", prometheusRules},
	{"configMap", configMaps},
	{"networkPolicy", networkPolicies},
	{"job", jobs},
}

// Expand returns everything that the app becomes.
func Expand(p *plan.Plan) []Built {
	var built []Built
	for _, builder := range builders {
		for _, object := range builder.build(p) {
			built = append(built, Built{Key: builder.key, Object: object})
		}
	}
	return built
}
