package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/expand"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Apps expands PostgresApps, all with the same PostgresDefaults, which may be nil, and PostgresPlatforms, which have none. It is pure: the
// same documents give the same result, whatever the door, the machine and the day. It finds the errors of all documents before it gives up,
// and then gives no objects.
func Apps(documents []Document, defaults *Document) Result {
	r := renderer{}
	shared, ok := r.defaults(defaults)
	expansions := make([]Expansion, 0, len(documents))
	for _, document := range documents {
		expansion, expanded := r.expand(document, shared, ok)
		if expanded {
			expansions = append(expansions, expansion)
		}
	}
	r.together(expansions)
	r.findings.Sort()
	if r.findings.Failed() {
		return Result{Findings: r.findings}
	}
	return Result{Expansions: expansions, Findings: r.findings}
}

type renderer struct {
	findings diag.Findings

	// archives of what was expanded, in its order and nil where there is none, with what to say about each.
	archives []*plan.Archive
	subjects []diag.Finding
}

// expand expands one document.
func (r *renderer) expand(document Document, defaults v1alpha1.Fields, defaultsRight bool) (Expansion, bool) {
	fields, subject, ok := r.read(document)
	switch {
	case !ok:
		return Expansion{}, false
	case subject.Kind == v1alpha1.KindPostgresPlatform:
		return r.platform(fields, subject)
	}
	return r.app(fields, subject, defaults, defaultsRight)
}

// read parses a document. Whatever does not say that it is a platform is taken for an app, whose errors say what is wrong with it.
func (r *renderer) read(document Document) (v1alpha1.Fields, diag.Finding, bool) {
	subject := diag.Finding{Kind: v1alpha1.KindPostgresApp, Source: document.Source}
	fields, err := strict.FieldsAt(strict.Text{YAML: document.YAML, Before: document.Before})
	if err != nil {
		r.fail(subject, "", err.Error())
		return nil, subject, false
	}
	if kind, ok := fields["kind"].(string); ok && strict.Closest(kind, v1alpha1.ExpandableKinds()) == v1alpha1.KindPostgresPlatform {
		subject.Kind = v1alpha1.KindPostgresPlatform
	}
	name(&subject, fields)
	return fields, subject, true
}

// defaults reads the shared defaults. They are checked even when there is no app.
func (r *renderer) defaults(document *Document) (v1alpha1.Fields, bool) {
	if document == nil {
		return nil, true
	}
	subject := diag.Finding{Kind: v1alpha1.KindPostgresDefaults, Source: document.Source}
	fields, err := strict.FieldsAt(strict.Text{YAML: document.YAML, Before: document.Before})
	if err != nil {
		r.fail(subject, "", err.Error())
		return nil, false
	}
	name(&subject, fields)
	errs := v1alpha1.CheckDefaults(fields)
	r.findings = append(r.findings, diag.FromErrors(subject, errs)...)
	return fields, len(errs) == 0
}

// Planned is what the objects of a document are made of: the plan of an app, or that of a platform.
type Planned struct {
	App      *plan.Plan
	Platform *plan.Platform
}

// Plan derives what a document's objects are made of, without making them, to explain it. Both plans are nil when there are errors.
func Plan(document Document, defaults *Document) (Planned, diag.Findings) {
	r := renderer{}
	shared, right := r.defaults(defaults)
	var made Planned
	fields, subject, ok := r.read(document)
	switch {
	case ok && subject.Kind == v1alpha1.KindPostgresPlatform:
		made.Platform = r.platformPlan(fields, subject)
	case ok:
		made.App = r.plan(fields, subject, shared, right)
	}
	r.findings.Sort()
	if r.findings.Failed() {
		return Planned{}, r.findings
	}
	return made, r.findings
}

// plan derives the plan of an app, which is nil when there are errors. With wrong defaults the app alone is checked, so that its own
// errors are told as well.
func (r *renderer) plan(fields v1alpha1.Fields, subject diag.Finding, defaults v1alpha1.Fields, defaultsRight bool) *plan.Plan {
	if !defaultsRight {
		defaults = nil
	}
	loaded, errs := v1alpha1.Load(fields, defaults)
	if len(errs) > 0 {
		r.findings = append(r.findings, diag.FromErrors(subject, errs)...)
		if defaultsRight {
			r.behindUnknownFields(fields, defaults, subject)
		}
		return nil
	}
	if !defaultsRight {
		return nil
	}
	v1alpha1.SetDefaults(loaded.PostgresApp)
	made, errs, warnings := plan.Make(loaded.PostgresApp)
	r.found(subject, errs, warnings, func(path string) string { return origin(loaded, path) })
	return made
}

// behindUnknownFields finds the other mistakes of an app with unknown fields, so that they are told in one go. What an unknown field may
// have been meant to say is not called missing.
func (r *renderer) behindUnknownFields(fields, defaults v1alpha1.Fields, subject diag.Finding) {
	loaded, doubtful := v1alpha1.LoadMeant(fields, defaults)
	if loaded == nil {
		return
	}
	v1alpha1.SetDefaults(loaded.PostgresApp)
	_, errs, _ := plan.Make(loaded.PostgresApp)
	r.found(subject, certain(errs, doubtful), nil, func(path string) string { return origin(loaded, path) })
}

// certain are the errors that stay whatever the unknown fields in doubtful objects were meant to say.
func certain(errs field.ErrorList, doubtful []string) field.ErrorList {
	return slices.DeleteFunc(errs, func(err *field.Error) bool {
		return slices.ContainsFunc(doubtful, func(object string) bool {
			return err.Field == object || err.Type == field.ErrorTypeRequired && (object == "" || strings.HasPrefix(err.Field, object+"."))
		})
	})
}

// found takes up what is wrong with a resource and what is dangerous. origin says where a setting comes from that is not its own.
func (r *renderer) found(subject diag.Finding, errs field.ErrorList, warnings []plan.Warning, origin func(path string) string) {
	for _, warning := range warnings {
		finding := subject
		finding.Severity, finding.Field, finding.Message = diag.Warning, warning.Field, warning.Message+origin(warning.Field)
		r.findings = append(r.findings, finding)
	}
	for _, err := range errs {
		finding := subject
		finding.Severity, finding.Field, finding.Message = diag.Error, err.Field, err.ErrorBody()+origin(err.Field)
		r.findings = append(r.findings, finding)
	}
}

// app expands one app.
func (r *renderer) app(fields v1alpha1.Fields, subject diag.Finding, defaults v1alpha1.Fields, defaultsRight bool) (Expansion, bool) {
	p := r.plan(fields, subject, defaults, defaultsRight)
	if p == nil {
		return Expansion{}, false
	}
	borrowed := p.Spec.Borrows()
	objects, ok := r.objects(subject, expand.Expand(p), p.Spec.Overrides, func(object manifest.Object, overridden bool) (errs field.ErrorList) {
		if borrowed && !overridden {
			// Reading the definitions takes longer than everything else together, and what the app does not borrow was read already.
			errs = conforms(object)
		}
		return append(errs, fits(object, p)...)
	})
	if !ok {
		return Expansion{}, false
	}
	r.archives, r.subjects = append(r.archives, p.Archive), append(r.subjects, subject)
	return Expansion{Namespace: p.App.Namespace, Name: p.App.Name, Objects: objects}, true
}

// objects finishes what was built: the user's overrides, then what holds for all doors. check returns what else is wrong with an object.
func (r *renderer) objects(subject diag.Finding, all []expand.Built, overrides map[string]v1alpha1.Patch,
	check func(object manifest.Object, overridden bool) field.ErrorList) ([]manifest.Object, bool) {
	var objects []manifest.Object
	var errs field.ErrorList
	used := map[string]bool{}
	for _, built := range all {
		object, err := manifest.From(built.Object)
		if err != nil {
			errs = append(errs, field.InternalError(field.NewPath("spec"), err))
			break
		}
		patch, overridden := overrides[built.Key]
		if overridden {
			used[built.Key] = true
			errs = append(errs, override(object, patch.Fields, field.NewPath("spec", "overrides", built.Key), namedBy[subject.Kind])...)
			object = manifest.Of(object.Fields)
		}
		errs = append(errs, check(object, overridden)...)
		guardSubstitution(object)
		for _, warning := range deprecated(object) {
			finding := subject
			finding.Severity, finding.Message = diag.Warning, warning
			r.findings = append(r.findings, finding)
		}
		objects = append(objects, object)
	}
	for _, key := range slices.Sorted(maps.Keys(overrides)) {
		if !used[key] {
			errs = append(errs, field.Forbidden(field.NewPath("spec", "overrides", key), "the "+v1alpha1.Noun(subject.Kind)+" makes no object of this kind"))
		}
	}
	r.findings = append(r.findings, diag.FromErrors(subject, once(errs))...)
	return objects, len(errs) == 0
}

// once leaves out what was said before: an override reaches all objects of its kind.
func once(errs field.ErrorList) (all field.ErrorList) {
	said := map[string]bool{}
	for _, err := range errs {
		if text := err.Error(); !said[text] {
			said[text] = true
			all = append(all, err)
		}
	}
	return all
}

func (r *renderer) fail(subject diag.Finding, path, message string) {
	subject.Severity, subject.Field, subject.Message = diag.Error, path, message
	r.findings = append(r.findings, subject)
}

// name fills in what a document says about itself, as far as it does.
func name(subject *diag.Finding, fields v1alpha1.Fields) {
	if metadata, ok := fields["metadata"].(v1alpha1.Fields); ok {
		subject.Name, _ = metadata["name"].(string)
		subject.Namespace, _ = metadata["namespace"].(string)
	}
}

// origin says where a setting was written that the app inherited.
func origin(loaded *v1alpha1.Loaded, path string) string {
	if from := loaded.Origin(path); from != "" {
		return fmt.Sprintf(" (set by %s)", strings.TrimSpace(from))
	}
	return ""
}
