package render

import (
	"maps"
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// override applies a merge patch to an object and checks the result against the schema of its kind, so that a typo in a patch is an
// error like any other. What a patch must not reach is left out, and the rest is checked all the same. naming is the remedy for a patch
// of a name.
func override(object manifest.Object, patch map[string]any, path *field.Path, naming string) (errs field.ErrorList) {
	patch = maps.Clone(patch)
	for _, name := range []string{"apiVersion", "kind"} {
		if _, ok := patch[name]; ok {
			errs = append(errs, field.Forbidden(path.Child(name), "a patch changes an object's content, not what it is"))
			delete(patch, name)
		}
	}
	if metadata, ok := patch["metadata"].(map[string]any); ok {
		metadata = maps.Clone(metadata)
		patch["metadata"] = metadata
		for _, name := range slices.Sorted(maps.Keys(metadata)) {
			switch name {
			case "labels", "annotations":
				continue
			case "name", "namespace":
				errs = append(errs, field.Forbidden(path.Child("metadata", name), "other objects refer to it: set "+naming))
			default:
				errs = append(errs, field.Forbidden(path.Child("metadata", name), "a patch reaches labels and annotations: the rest belongs to the API server"))
			}
			delete(metadata, name)
		}
		errs = append(errs, labelled(metadata, path.Child("metadata"))...)
	}
	mergePatch(object.Fields, patch)
	if typed, known := typed[object.Kind]; known {
		return append(errs, strict.Into(object.Fields, typed(), path, strict.Options{Secret: func(string) bool { return object.Kind == "Secret" }})...)
	}
	return append(errs, cnpg.Validate(object.APIVersion, object.Kind, object.Fields, path)...)
}

// labelled checks the labels and annotations of a patch, for which the API server has rules of its own. That they are texts, the
// definition of the kind has said.
func labelled(metadata map[string]any, path *field.Path) field.ErrorList {
	texts := func(name string) map[string]string {
		entries, _ := metadata[name].(map[string]any)
		texts := make(map[string]string, len(entries))
		for key, value := range entries {
			texts[key], _ = value.(string)
		}
		return texts
	}
	return append(plan.Labels(path.Child("labels"), texts("labels")), plan.Annotations(path.Child("annotations"), texts("annotations"))...)
}

// namedBy are the fields that names and namespaces of objects follow from, by the kind that is expanded.
var namedBy = map[string]string{
	v1alpha1.KindPostgresApp:      "clusterName, or metadata of the PostgresApp",
	v1alpha1.KindPostgresPlatform: "operatorNamespace, source.namespace or monitoring.dashboards.namespace; names are fixed",
}

// typed are Kubernetes' own kinds, whose definitions are their types.
var typed = map[string]func() any{
	"ConfigMap":     func() any { return &corev1.ConfigMap{} },
	"Job":           func() any { return &batchv1.Job{} },
	"Namespace":     func() any { return &corev1.Namespace{} },
	"NetworkPolicy": func() any { return &networkingv1.NetworkPolicy{} },
	"Secret":        func() any { return &corev1.Secret{} },
	"Service":       func() any { return &corev1.Service{} },
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
