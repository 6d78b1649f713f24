package render

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// override applies a merge patch to an object and checks the result against the schema of its kind, so that a typo in a patch is an
// error like any other.
func override(object manifest.Object, patch map[string]any, path *field.Path) (errs field.ErrorList) {
	for _, name := range []string{"apiVersion", "kind"} {
		if _, ok := patch[name]; ok {
			errs = append(errs, field.Forbidden(path.Child(name), "a patch changes an object's content, not what it is"))
		}
	}
	if metadata, ok := patch["metadata"].(map[string]any); ok {
		for _, name := range []string{"name", "namespace"} {
			if _, ok := metadata[name]; ok {
				errs = append(errs, field.Forbidden(path.Child("metadata", name), "other objects refer to it: set clusterName, or metadata of the PostgresApp"))
			}
		}
	}
	if len(errs) > 0 {
		return errs
	}
	mergePatch(object.Fields, patch)
	return cnpg.Validate(object.APIVersion, object.Kind, object.Fields, path)
}

// mergePatch applies a JSON merge patch (RFC 7386) to target.
func mergePatch(target, patch map[string]any) {
	for key, value := range patch {
		switch value := value.(type) {
		case nil:
			delete(target, key)
		case map[string]any:
			inner, ok := target[key].(map[string]any)
			if !ok {
				inner = map[string]any{}
			}
			mergePatch(inner, value)
			target[key] = inner
		default:
			target[key] = value
		}
	}
}
