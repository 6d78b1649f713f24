package plan

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// Platform is a valid platform with all that was derived from it. Builders of objects read it and change nothing.
type Platform struct {
	// Platform is the platform with its defaults filled in.
	Platform *v1alpha1.PostgresPlatform

	// Spec is its settings.
	Spec *v1alpha1.PostgresPlatformSpec

	// Namespace is where the operator runs.
	Namespace string

	// Operator is what is installed.
	Operator cnpg.Release
}

// MakePlatform derives the plan of a platform whose defaults are filled in. The plan is nil when there are errors.
func MakePlatform(platform *v1alpha1.PostgresPlatform) (*Platform, field.ErrorList, []Warning) {
	m := &platformMaker{Platform: &Platform{Platform: platform, Spec: &platform.Spec}, spec: field.NewPath("spec")}
	m.identity()
	m.operator()
	m.warnings = slices.DeleteFunc(m.warnings, func(w Warning) bool { return m.failed(w.Field) })
	if len(m.errs) > 0 {
		return nil, m.errs, m.warnings
	}
	return m.Platform, nil, m.warnings
}

// platformMaker collects what MakePlatform finds out.
type platformMaker struct {
	checker
	*Platform
	spec *field.Path
}

// identity checks the platform's name, and where it goes.
func (m *platformMaker) identity() {
	metadata := field.NewPath("metadata")
	object := &m.Platform.Platform.ObjectMeta
	switch {
	case object.Name == "" && object.GenerateName != "":
		m.required(metadata.Child("name"), "generateName cannot be built from, because the name must be the same in every build")
	case object.Name == "":
		m.required(metadata.Child("name"), "the name of the platform")
	case m.noPlaceholder(metadata.Child("name"), object.Name):
		m.serviceName(metadata.Child("name"), object.Name)
	}
	m.labels(metadata.Child("labels"), object.Labels)
	m.annotations(metadata.Child("annotations"), object.Annotations)

	m.Namespace = m.Spec.OperatorNamespace
	if at := m.spec.Child("operatorNamespace"); m.noPlaceholder(at, m.Namespace) {
		m.namespaceName(at, m.Namespace)
	}
	if object.Namespace != "" && object.Namespace != m.Namespace {
		m.invalid(metadata.Child("namespace"), object.Namespace, "the platform's objects go to spec.operatorNamespace, %s: set that field, and leave this one out",
			m.Namespace)
	}
}

// operator finds the release to install.
func (m *platformMaker) operator() {
	at := m.spec.Child("operatorVersion")
	if m.noPlaceholder(at, m.Spec.OperatorVersion) {
		release, err := cnpg.FindRelease(m.Spec.OperatorVersion)
		if err != nil {
			m.refused(at, m.Spec.OperatorVersion, err)
		}
		m.Operator = release
	}
	if at := m.spec.Child("replicas"); *m.Spec.Replicas < 1 {
		m.invalid(at, *m.Spec.Replicas, "must be at least 1: without the operator nothing fails over and no change is carried out")
	}
	m.requirements(m.spec.Child("resources"), m.Spec.Resources)
}
