package manifest

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// From takes a typed object with its apiVersion and kind, and drops what its type writes although nobody said it.
func From(typed metav1.Object) (Object, error) {
	value, err := jsontype.Encode(typed)
	if err != nil {
		return Object{}, err
	}
	fields := value.(map[string]any)
	object := Of(fields)
	for _, path := range append(noise[object.Kind], "status", "metadata.creationTimestamp") {
		drop(fields, strings.Split(path, "."))
	}
	if object.APIVersion == "" || object.Kind == "" || object.Name == "" {
		return Object{}, fmt.Errorf("object %T has no apiVersion, kind or name", typed)
	}
	return object, nil
}

// Of wraps the fields of an object.
func Of(fields map[string]any) Object {
	object := Object{Fields: fields}
	object.APIVersion, _ = fields["apiVersion"].(string)
	object.Kind, _ = fields["kind"].(string)
	if metadata, ok := fields["metadata"].(map[string]any); ok {
		object.Name, _ = metadata["name"].(string)
		object.Namespace, _ = metadata["namespace"].(string)
	}
	return object
}

// noise lists, for each kind, what its Go type writes although it is empty. Each path is dropped only while it is: an empty selector
// elsewhere has a meaning. [] stands for every element of a list.
var noise = map[string][]string{
	"Cluster": {
		"spec.affinity",
		"spec.resources",
		"spec.postgresql.syncReplicaElectionConstraint.enabled",
		"spec.postgresql.syncReplicaElectionConstraint",
		// A bool that is always written, which CloudNativePG 1.27 does not know.
		"spec.postgresql.synchronous.failoverQuorum",
		"spec.postgresql",
		"spec.backup.volumeSnapshot.onlineConfiguration",
		"spec.tablespaces.[].owner",
		"spec.managed.services.additional.[].serviceTemplate.spec",
	},
	"Database": {"spec.extensions.[].ensure", "spec.schemas.[].ensure"},
	"Job": {
		"spec.template.metadata.creationTimestamp",
		"spec.template.metadata",
		"spec.template.spec.containers.[].resources",
	},
	"Pooler": {
		"spec.template.metadata",
		"spec.template.spec.containers.[].resources",
		"spec.serviceTemplate.metadata",
		"spec.serviceTemplate.spec",
	},
	"PodMonitor":     {"spec.namespaceSelector", "spec.podMetricsEndpoints.[].tlsConfig.cert"},
	"ServiceMonitor": {"spec.namespaceSelector", "spec.endpoints.[].tlsConfig.cert"},
}

// drop removes the value at path if it is empty.
func drop(value any, path []string) {
	switch value := value.(type) {
	case []any:
		if path[0] == "[]" {
			for _, element := range value {
				drop(element, path[1:])
			}
		}
	case map[string]any:
		if len(path) > 1 {
			drop(value[path[0]], path[1:])
			return
		}
		switch v := value[path[0]].(type) {
		case nil:
			delete(value, path[0])
		case string:
			if v == "" {
				delete(value, path[0])
			}
		case bool:
			if !v {
				delete(value, path[0])
			}
		case map[string]any:
			if len(v) == 0 || path[0] == "status" {
				delete(value, path[0])
			}
		}
	}
}
