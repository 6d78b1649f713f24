package plan

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// initdb checks the first initialisation.
func (m *maker) initdb() {
	i, path := m.Spec.InitDB, m.spec.Child("initdb")
	if i == nil {
		return
	}
	if size := i.WalSegmentSize; size != nil && (*size < 1 || *size > 1024 || *size&(*size-1) != 0) {
		m.invalid(path.Child("walSegmentSize"), *size, "must be a power of two between 1 and 1024, in MiB")
	}
	if i.LocaleProvider != "" {
		oneOf(&m.checker, path.Child("localeProvider"), i.LocaleProvider, "libc", "icu", "builtin")
	}
	for _, only := range []struct{ field, value, provider string }{
		{"builtinLocale", i.BuiltinLocale, "builtin"}, {"icuLocale", i.IcuLocale, "icu"}, {"icuRules", i.IcuRules, "icu"},
	} {
		if only.value != "" && i.LocaleProvider != only.provider {
			m.invalid(path.Child(only.field), only.value, "needs localeProvider: %s", only.provider)
		}
	}
	if i.LocaleProvider == "builtin" {
		if m.Image.Major != 0 && m.Image.Major < 17 {
			m.invalid(path.Child("localeProvider"), i.LocaleProvider, "needs PostgreSQL 17, and the image has %d", m.Image.Major)
		} else if i.BuiltinLocale == "" && i.Locale == "" {
			m.required(path.Child("builtinLocale"), "the locale of the provider builtin, such as C.UTF-8")
		}
	}
	m.sqlRefs(path.Child("postInitSQLRefs"), i.PostInitSQLRefs)
	m.sqlRefs(path.Child("postInitTemplateSQLRefs"), i.PostInitTemplateSQLRefs)
	m.sqlRefs(path.Child("postInitApplicationSQLRefs"), i.PostInitApplicationSQLRefs)
	if m.Recovery != nil || m.Copied() {
		m.warn(path, "left out: a cluster that is copied from another one is not initialised")
	}
}

// sqlRefs checks references to files of SQL.
func (m *maker) sqlRefs(path *field.Path, refs *cnpgv1.SQLRefs) {
	if refs == nil {
		return
	}
	for i, ref := range refs.SecretRefs {
		m.keyReference(path.Child("secretRefs").Index(i), ref.Name, ref.Key, "Secret", "init.sql")
	}
	for i, ref := range refs.ConfigMapRefs {
		m.keyReference(path.Child("configMapRefs").Index(i), ref.Name, ref.Key, "ConfigMap", "init.sql")
	}
}

// keyReference checks a reference to one key of a Secret or ConfigMap.
func (m *maker) keyReference(path *field.Path, name, key, kind, example string) {
	m.objectReference(path.Child("name"), name, "the name of the "+kind)
	if key == "" {
		m.required(path.Child("key"), "the key in the %s, such as %s", kind, example)
	}
}

// initialisation checks what runs once in a new database.
func (m *maker) initialisation() {
	i, path := m.Spec.Init, m.spec.Child("init")
	if i == nil {
		return
	}
	sql := i.SQL != "" || i.ConfigMapRef != nil || i.SecretRef != nil
	switch {
	case !sql && i.Job == nil:
		m.required(path, "at least one of sql, configMapRef, secretRef and job")
	case sql && m.Shared != nil:
		m.forbidden(path, "only a new Cluster runs SQL when it is created: on a shared cluster use init.job")
	case sql && (m.Recovery != nil || m.Copied()):
		m.warn(path, "left out: a database that is copied holds already what was run when it was new")
	}
	if r := i.ConfigMapRef; r != nil {
		m.keyReference(path.Child("configMapRef"), r.Name, r.Key, "ConfigMap", "init.sql")
	}
	if r := i.SecretRef; r != nil {
		m.keyReference(path.Child("secretRef"), r.Name, r.Key, "Secret", "init.sql")
	}
	if i.Job != nil {
		m.job(path.Child("job"), i.Job)
	}
}

// jobSuffix is what the name of the Job has behind the app's, and how long that is: -init- and eight digits.
const jobSuffix = len("-init-00000000")

func (m *maker) job(path *field.Path, job *v1alpha1.InitJob) {
	if job.Image == "" {
		m.required(path.Child("image"), "the image that runs the migration")
	}
	m.container(path, job)
	m.requirements(path.Child("resources"), job.Resources)
	if job.BackoffLimit != nil && *job.BackoffLimit < 0 {
		m.invalid(path.Child("backoffLimit"), *job.BackoffLimit, "must not be negative")
	}
	if job.ActiveDeadlineSeconds != nil && *job.ActiveDeadlineSeconds < 1 {
		m.invalid(path.Child("activeDeadlineSeconds"), *job.ActiveDeadlineSeconds, "must be at least 1")
	}
	// Pods carry the name of their Job as a label, which holds 63 characters.
	if longest := 63 - jobSuffix; len(m.App.Name) > longest {
		m.forbidden(path, "the Job's name would be too long for a label: give the app a name of at most %d characters", longest)
	}
}
