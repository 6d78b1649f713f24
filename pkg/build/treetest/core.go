// Package treetest makes random trees of kustomizations, and a core of which everything shows in what an app becomes, for tests of what
// rewrites trees.
package treetest

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// FunctionName is the name of the program that is Expand as a function.
const FunctionName = "postgresapp-simple"

// Expand is a core of which everything shows that an app can have: a ConfigMap with the spec, the labels and the annotations; a
// Cluster that refers to it, and a Deployment that does so too; with spec.monitored, a ConfigMap in a namespace of its own. spec.error and
// spec.warning are findings. Defaults lose to the spec.
func Expand(apps []render.Document, defaults *render.Document) (result render.Result) {
	shared := decode(defaults)
	for _, document := range apps {
		app := decode(&document)
		meta, _ := app["metadata"].(map[string]any)
		spec := map[string]any{}
		for _, from := range []any{shared["spec"], app["spec"]} {
			fields, _ := from.(map[string]any)
			for name, value := range fields {
				spec[name] = value
			}
		}
		kind, _ := app["kind"].(string)
		name, _ := meta["name"].(string)
		namespace, _ := meta["namespace"].(string)
		finding := diag.Finding{Kind: kind, Namespace: namespace, Name: name, Source: document.Source}
		if message, ok := spec["error"].(string); ok {
			path := field.NewPath("spec", "error")
			result.Findings = append(result.Findings, diag.FromErrors(finding, field.ErrorList{field.Forbidden(path, message)})...)
		}
		if message, ok := spec["warning"].(string); ok {
			finding.Severity, finding.Field, finding.Message = diag.Warning, "spec.warning", message
			result.Findings = append(result.Findings, finding)
		}
		result.Expansions = append(result.Expansions, render.Expansion{Namespace: namespace, Name: name, Objects: made(kind, name, namespace, meta, spec)})
	}
	if result.Findings.Failed() {
		result.Expansions = nil
	}
	return result
}

func made(kind, name, namespace string, meta, spec map[string]any) (objects []manifest.Object) {
	text, err := yaml.Marshal(spec)
	if err != nil {
		panic(err)
	}
	annotations := map[string]any{"postgresapp.dev/owner": kind + "/" + name}
	own, _ := meta["annotations"].(map[string]any)
	for key, value := range own {
		if !strings.Contains(key, "config.kubernetes.io/") && !strings.Contains(key, "config.k8s.io/") {
			annotations[key] = value
		}
	}
	add := func(apiVersion, kind, object, space string, fields map[string]any) {
		metadata := map[string]any{"name": object, "annotations": annotations}
		if labels, ok := meta["labels"]; ok {
			metadata["labels"] = labels
		}
		if space != "" {
			metadata["namespace"] = space
		}
		all := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": metadata}
		for key, value := range fields {
			all[key] = value
		}
		objects = append(objects, manifest.Object{APIVersion: apiVersion, Kind: kind, Namespace: space, Name: object, Fields: all})
	}
	settings := name + "-settings"
	add("postgresql.cnpg.io/v1", "Cluster", name+"-postgres", namespace, map[string]any{"spec": map[string]any{
		"instances": spec["instances"], "imageName": "postgres:17", "settings": settings,
		"env": []any{map[string]any{"name": "A", "valueFrom": map[string]any{"configMapKeyRef": map[string]any{"name": settings}}}},
	}})
	add("v1", "ConfigMap", settings, namespace, map[string]any{"data": map[string]any{"spec": string(text)}})
	add("apps/v1", "Deployment", name, namespace, map[string]any{"spec": map[string]any{
		"selector": map[string]any{"matchLabels": map[string]any{"app": name}},
		"template": map[string]any{
			"metadata": map[string]any{"labels": map[string]any{"app": name}},
			"spec": map[string]any{"containers": []any{map[string]any{"name": "main", "image": "postgres:17",
				"envFrom": []any{map[string]any{"configMapRef": map[string]any{"name": settings}}}}}},
		},
	}})
	if spec["monitored"] == true {
		add("v1", "ConfigMap", name+"-dashboard", "monitoring", map[string]any{"data": map[string]any{"owner": namespace + "/" + name}})
	}
	return objects
}

func decode(document *render.Document) map[string]any {
	if document == nil {
		return nil
	}
	var fields map[string]any
	if err := yaml.Unmarshal(document.YAML, &fields); err != nil {
		panic(err)
	}
	return fields
}
