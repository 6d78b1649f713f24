package krm

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// expandSimply is an Expander that is just big enough to see the protocol work. An app becomes a Cluster, a Secret for
// spec.secret and a ScheduledBackup for spec.backup. Like the core it passes labels and an annotation on, and makes spec.error and
// spec.warning findings.
func expandSimply(apps []render.Document, defaults *render.Document) (result render.Result) {
	instances := any(int64(1))
	if defaults != nil {
		fields, err := strict.Fields(defaults.YAML)
		if err != nil {
			result.Findings = append(result.Findings, diag.Finding{Severity: diag.Error, Source: defaults.Source, Message: err.Error()})
		}
		instances = get(fields, "spec", "instances")
		if text, ok := instances.(string); ok {
			result.Findings = append(result.Findings, diag.Finding{Severity: diag.Error, Kind: "PostgresDefaults",
				Name: name(fields), Source: defaults.Source, Field: "spec.instances", Message: text + " is no number"})
		}
	}
	for _, document := range apps {
		fields, err := strict.Fields(document.YAML)
		if err != nil {
			result.Findings = append(result.Findings, diag.Finding{Severity: diag.Error, Source: document.Source, Message: err.Error()})
		}
		app := diag.Finding{Kind: "PostgresApp", Name: name(fields), Namespace: word(get(fields, "metadata", "namespace")), Source: document.Source}
		if message := get(fields, "spec", "error"); message != nil {
			result.Findings = append(result.Findings, diag.FromErrors(app, field.ErrorList{field.Invalid(field.NewPath("spec", "error"), "x", word(message))})...)
		}
		if message := get(fields, "spec", "warning"); message != nil {
			app.Severity, app.Field, app.Message = diag.Warning, "spec.warning", word(message)
			result.Findings = append(result.Findings, app)
		}
		if get(fields, "spec", "panic") != nil {
			var nothing map[string]int
			nothing["a"] = 1
		}
		result.Expansions = append(result.Expansions, render.Expansion{Namespace: app.Namespace, Name: app.Name, Objects: objects(fields, app, instances)})
	}
	if result.Findings.Failed() {
		result.Expansions = nil
	}
	return result
}

func objects(fields map[string]any, app diag.Finding, instances any) (objects []manifest.Object) {
	add := func(apiVersion, kind, name string, rest map[string]any) {
		annotations := map[string]any{"postgresapp.dev/owner": "PostgresApp/" + app.Name}
		if team := get(fields, "metadata", "annotations", "example.com/team"); team != nil {
			annotations["example.com/team"] = team
		}
		metadata := map[string]any{"name": name, "annotations": annotations}
		if app.Namespace != "" {
			metadata["namespace"] = app.Namespace
		}
		if labels := get(fields, "metadata", "labels"); labels != nil {
			metadata["labels"] = labels
		}
		rest["apiVersion"], rest["kind"], rest["metadata"] = apiVersion, kind, metadata
		objects = append(objects, manifest.Object{APIVersion: apiVersion, Kind: kind, Namespace: app.Namespace, Name: name, Fields: rest})
	}
	if own := get(fields, "spec", "instances"); own != nil {
		instances = own
	}
	cluster := app.Name + "-postgres"
	if own := get(fields, "spec", "clusterName"); own != nil {
		cluster = word(own)
	}
	add("postgresql.cnpg.io/v1", "Cluster", cluster, map[string]any{"spec": map[string]any{
		"instances": instances, "storage": get(fields, "spec", "storage"), "postgresql": map[string]any{"pg_hba": []any{"local all all peer"}}}})
	if get(fields, "spec", "secret") != nil {
		add("v1", "Secret", app.Name+"-db", map[string]any{"stringData": map[string]any{"password": "${PASSWORD}"}})
	}
	if get(fields, "spec", "backup") != nil {
		add("postgresql.cnpg.io/v1", "ScheduledBackup", cluster, map[string]any{"spec": map[string]any{"schedule": "0 0 2 * * *"}})
	}
	return objects
}

func name(fields map[string]any) string { return word(get(fields, "metadata", "name")) }

func word(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

func get(fields map[string]any, path ...string) any {
	var value any = fields
	for _, step := range path {
		object, _ := value.(map[string]any)
		value = object[step]
	}
	return value
}
