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
	for _, of := range noise {
		if of.kind == object.Kind || of.kind == "" {
			for _, path := range of.paths {
				drop(fields, path)
			}
		}
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

// noise lists what the Go type of a kind, or of every kind, writes although it is empty. Each path is dropped only while it is: an empty
// selector elsewhere has a meaning. [] stands for every element of a list.
var noise = [...]struct {
	kind  string
	paths []string
}{
	{"Cluster", []string{
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
	}},
	{"Database", []string{"spec.extensions.[].ensure", "spec.schemas.[].ensure"}},
	{"Namespace", []string{"spec"}},
	{"Job", []string{
		"spec.template.metadata.creationTimestamp",
		"spec.template.metadata",
		"spec.template.spec.containers.[].resources",
	}},
	{"Pooler", []string{
		"spec.template.metadata",
		"spec.template.spec.containers.[].resources",
		"spec.serviceTemplate.metadata",
		"spec.serviceTemplate.spec",
	}},
	{"PodMonitor", []string{"spec.namespaceSelector", "spec.podMetricsEndpoints.[].tlsConfig.cert"}},
	{"ServiceMonitor", []string{"spec.namespaceSelector", "spec.endpoints.[].tlsConfig.cert"}},
	{"", []string{"status", "metadata.creationTimestamp"}},
}

// drop removes the value at path if it is empty.
func drop(value any, path string) {
	name, rest, inner := strings.Cut(path, ".")
	switch value := value.(type) {
	case []any:
		if name == "[]" {
			for _, element := range value {
				drop(element, rest)
			}
		}
	case map[string]any:
		if inner {
			drop(value[name], rest)
			return
		}
		switch v := value[name].(type) {
		case nil:
			delete(value, name)
		case string:
			if v == "" {
				delete(value, name)
			}
		case bool:
			if !v {
				delete(value, name)
			}
		case map[string]any:
			if len(v) == 0 || name == "status" {
				delete(value, name)
			}
		}
	}
}
