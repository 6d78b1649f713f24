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

// Apps expands PostgresApps, all with the same PostgresDefaults, which may be nil. It is pure: the same documents give the same result,
// whatever the door, the machine and the day. It finds the errors of all documents before it gives up, and then gives no objects.
func Apps(apps []Document, defaults *Document) Result {
	r := renderer{}
	shared, ok := r.defaults(defaults)
	expansions := make([]Expansion, 0, len(apps))
	for _, app := range apps {
		expansion, expanded := r.app(app, shared, ok)
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

	// plans of the expanded apps, in their order, with what to say about each.
	plans    []*plan.Plan
	subjects []diag.Finding
}

// defaults reads the shared defaults. They are checked even when there is no app.
func (r *renderer) defaults(document *Document) (v1alpha1.Fields, bool) {
	if document == nil {
		return nil, true
	}
	subject := diag.Finding{Kind: v1alpha1.KindPostgresDefaults, Source: document.Source}
	fields, err := strict.Fields(document.YAML)
	if err != nil {
		r.fail(subject, "", err.Error())
		return nil, false
	}
	name(&subject, fields)
	errs := v1alpha1.CheckDefaults(fields)
	r.findings = append(r.findings, diag.FromErrors(subject, errs)...)
	return fields, len(errs) == 0
}

// Plan derives what an app's objects are made of, without making them, to explain it.
func Plan(app Document, defaults *Document) (*plan.Plan, diag.Findings) {
	r := renderer{}
	shared, right := r.defaults(defaults)
	made, _ := r.plan(app, shared, right)
	r.findings.Sort()
	if r.findings.Failed() {
		return nil, r.findings
	}
	return made, r.findings
}

// plan reads one app and derives its plan, which is nil when there are errors. With wrong defaults the app alone is checked, so that
// its own errors are told as well.
func (r *renderer) plan(document Document, defaults v1alpha1.Fields, defaultsRight bool) (*plan.Plan, diag.Finding) {
	subject := diag.Finding{Kind: v1alpha1.KindPostgresApp, Source: document.Source}
	fields, err := strict.Fields(document.YAML)
	if err != nil {
		r.fail(subject, "", err.Error())
		return nil, subject
	}
	name(&subject, fields)
	if !defaultsRight {
		defaults = nil
	}
	loaded, errs := v1alpha1.Load(fields, defaults)
	if len(errs) > 0 {
		r.findings = append(r.findings, diag.FromErrors(subject, errs)...)
		if defaultsRight {
			r.behindUnknownFields(fields, defaults, subject)
		}
		return nil, subject
	}
	if !defaultsRight {
		return nil, subject
	}
	v1alpha1.SetDefaults(loaded.PostgresApp)
	made, errs, warnings := plan.Make(loaded.PostgresApp)
	for _, warning := range warnings {
		finding := subject
		finding.Severity, finding.Field, finding.Message = diag.Warning, warning.Field, warning.Message+origin(loaded, warning.Field)
		r.findings = append(r.findings, finding)
	}
	r.refuse(subject, errs, loaded)
	return made, subject
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
	errs = slices.DeleteFunc(errs, func(err *field.Error) bool {
		return slices.ContainsFunc(doubtful, func(object string) bool {
			return err.Field == object || err.Type == field.ErrorTypeRequired && (object == "" || strings.HasPrefix(err.Field, object+"."))
		})
	})
	r.refuse(subject, errs, loaded)
}

// refuse adds what is wrong with an app's settings, and says where an inherited one was written.
func (r *renderer) refuse(subject diag.Finding, errs field.ErrorList, loaded *v1alpha1.Loaded) {
	for _, err := range errs {
		finding := subject
		finding.Severity, finding.Field, finding.Message = diag.Error, err.Field, err.ErrorBody()+origin(loaded, err.Field)
		r.findings = append(r.findings, finding)
	}
}

// app expands one app.
func (r *renderer) app(document Document, defaults v1alpha1.Fields, defaultsRight bool) (Expansion, bool) {
	made, subject := r.plan(document, defaults, defaultsRight)
	if made == nil {
		return Expansion{}, false
	}
	objects, errs := r.objects(made, subject)
	if len(errs) > 0 {
		r.findings = append(r.findings, diag.FromErrors(subject, errs)...)
		return Expansion{}, false
	}
	r.plans, r.subjects = append(r.plans, made), append(r.subjects, subject)
	return Expansion{Namespace: made.App.Namespace, Name: made.App.Name, Objects: objects}, true
}

// objects builds the app's objects and finishes them: user's overrides, then what holds for all doors.
func (r *renderer) objects(p *plan.Plan, subject diag.Finding) ([]manifest.Object, field.ErrorList) {
	var objects []manifest.Object
	var errs field.ErrorList
	used := map[string]bool{}
	borrowed := p.Spec.Borrows()
	for _, built := range expand.Expand(p) {
		object, err := manifest.From(built.Object)
		if err != nil {
			return nil, field.ErrorList{field.InternalError(field.NewPath("spec"), err)}
		}
		if patch, ok := p.Spec.Overrides[built.Key]; ok {
			used[built.Key] = true
			errs = append(errs, override(object, patch.Fields, field.NewPath("spec", "overrides", built.Key))...)
			object = manifest.Of(object.Fields)
		} else if borrowed {
			// Reading the definitions takes longer than everything else together, and what the app does not borrow was read already.
			errs = append(errs, conforms(object)...)
		}
		errs = append(errs, fits(object, p)...)
		guardSubstitution(object)
		for _, warning := range deprecated(object) {
			finding := subject
			finding.Severity, finding.Message = diag.Warning, warning
			r.findings = append(r.findings, finding)
		}
		objects = append(objects, object)
	}
	for _, key := range slices.Sorted(maps.Keys(p.Spec.Overrides)) {
		if !used[key] {
			errs = append(errs, field.Forbidden(field.NewPath("spec", "overrides", key), "the app makes no object of this kind"))
		}
	}
	return objects, errs
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
