package v1alpha1

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Fields of documents, as Load takes them: the parsed form of a PostgresApp or of PostgresDefaults.
type Fields = map[string]any

// Loaded is an app with its defaults merged in.
type Loaded struct {
	*PostgresApp

	// origins are the places that a setting may come from, strongest first.
	origins []origin
}

type origin struct {
	name     string // "" for the spec itself
	settings Fields
}

// Load decodes an app, and lets it inherit what it does not say itself: first from its spec.defaults, then from the spec of
// defaults, which may be nil and which CheckDefaults must have passed. Objects are merged field by field, lists and single values are
// taken whole, and null in the stronger document inherits nothing. Where fields exclude each other, such as version and imageName, the
// stronger document's choice sets the weaker one's aside.
//
// Every error is returned. The loaded app is nil when there is one.
func Load(app, defaults Fields) (*Loaded, field.ErrorList) {
	var typed PostgresApp
	errs := header(app, KindPostgresApp)
	errs = append(errs, strict.Into(app, &typed, nil, options())...)
	spec, ok := app["spec"].(Fields)
	if app["spec"] == nil {
		errs = append(errs, field.Required(field.NewPath("spec"), "give at least spec.storage.size"))
	}
	errs = append(errs, refuseDedicated(spec)...)
	if len(errs) > 0 || !ok {
		return nil, errs
	}
	typed.Spec.Defaults = nil
	loaded := &Loaded{PostgresApp: &typed, origins: []origin{{"", spec}}}
	merged := spec
	if own, _ := spec["defaults"].(Fields); own != nil {
		merged = inherit(without(spec, "defaults"), own)
		loaded.origins = append(loaded.origins, origin{"spec.defaults", own})
	}
	if shared, _ := defaults["spec"].(Fields); shared != nil {
		merged = inherit(without(merged, "defaults"), shared)
		name, _ := nested(defaults, "metadata", "name")
		loaded.origins = append(loaded.origins, origin{fmt.Sprintf("%s %v", KindPostgresDefaults, name), shared})
	}
	if len(loaded.origins) == 1 {
		return loaded, nil
	}
	typed.Spec = PostgresAppSpec{}
	if errs := strict.Into(merged, &typed.Spec, field.NewPath("spec"), options()); len(errs) > 0 {
		return nil, errs
	}
	return loaded, nil
}

// without is a deep copy of fields without one of them.
func without(fields Fields, name string) Fields {
	fields = runtime.DeepCopyJSON(fields)
	delete(fields, name)
	return fields
}

// CheckDefaults returns everything that does not fit in a document of kind PostgresDefaults.
func CheckDefaults(defaults Fields) field.ErrorList {
	var typed PostgresDefaults
	errs := header(defaults, KindPostgresDefaults)
	return append(errs, strict.Into(defaults, &typed, nil, options())...)
}

// Origin names where the setting at path was written when the spec itself does not have it, such as "spec.defaults", or "".
func (l *Loaded) Origin(path string) string {
	steps := strings.Split(strings.TrimPrefix(path, "spec."), ".")
	for _, origin := range l.origins {
		if _, ok := nested(origin.settings, steps...); ok {
			return origin.name
		}
	}
	return ""
}

// dedicatedOnly are the settings that only an app with a Cluster of its own has. An app on a shared cluster does not inherit them.
var dedicatedOnly = []string{"version", "imageName", "imageCatalogRef", "hibernate", "superuser", "storage", "walStorage", "resources",
	"maxConnections", "workload", "postgresql", "initdb", "backup", "lineage", "restore", "import", "replica", "externalClusters", "poolers",
	"services", "network", "clusterName", "instances", "inheritedMetadata", "description", "imagePullPolicy", "imagePullSecrets",
	"schedulerName", "priorityClassName", "postgresUID", "postgresGID", "affinity", "topologySpreadConstraints", "certificates",
	"serviceAccountTemplate", "serviceAccountName", "primaryUpdateStrategy", "primaryUpdateMethod", "enablePDB", "replicationSlots",
	"minSyncReplicas", "maxSyncReplicas", "podSelectorRefs", "tablespaces", "ephemeralVolumeSource", "ephemeralVolumesSizeLimit",
	"projectedVolumeTemplate", "env", "envFrom", "seccompProfile", "podSecurityContext", "securityContext", "probes",
	"livenessProbeTimeout", "startDelay", "stopDelay", "smartShutdownTimeout", "switchoverDelay", "failoverDelay", "primaryLease",
	"nodeMaintenanceWindow", "logLevel"}

// refuseDedicated refuses, for an app on a shared cluster, what only a Cluster of its own has.
func refuseDedicated(spec Fields) (errs field.ErrorList) {
	cluster, shared := spec["cluster"].(Fields)
	if !shared {
		return nil
	}
	for _, name := range dedicatedOnly {
		if spec[name] != nil {
			errs = append(errs, field.Forbidden(field.NewPath("spec", name),
				fmt.Sprintf("it belongs to the shared cluster %v: say it in the PostgresApp or Cluster of that name", cluster["name"])))
		}
	}
	return errs
}

// header checks the fields that say what a document is.
func header(document Fields, kind string) (errs field.ErrorList) {
	if document["kind"] != kind {
		errs = append(errs, field.NotSupported(field.NewPath("kind"), text(document["kind"]), []string{kind}))
	}
	if version := text(document["apiVersion"]); version != APIVersion {
		errs = append(errs, field.NotSupported(field.NewPath("apiVersion"), version, []string{APIVersion}))
	}
	if _, encrypted := document["sops"]; encrypted {
		errs = append(errs, field.Forbidden(field.NewPath("sops"), "the document is encrypted, and its values cannot be computed with: leave "+
			kind+" in plain text and keep secrets in a Secret that it refers to"))
	}
	return errs
}

// exclusive lists fields of which a document chooses one; the choice of a stronger document sets those of weaker ones aside.
var exclusive = []struct {
	at     []string
	fields []string
}{
	{nil, []string{"version", "imageName", "imageCatalogRef"}},
	{[]string{"credentials"}, []string{"existingSecret", "externalSecret", "password"}},
	{[]string{"backup"}, []string{"bucket", "destinationPath"}},
	{[]string{"backup", "credentials"}, []string{"existingSecret", "externalSecret", "accessKeyId", "inheritFromIAMRole", "azureCredentials", "googleCredentials"}},
	{[]string{"restore", "to"}, []string{"time", "lsn", "xid", "name", "immediate"}},
	{nil, []string{"serviceAccountName", "serviceAccountTemplate"}},
}

// inherit merges weak into strong and returns the result. Both keep their values.
func inherit(strong, weak Fields) Fields {
	weak = runtime.DeepCopyJSON(withoutNulls(weak))
	if strong["cluster"] != nil {
		for _, name := range dedicatedOnly {
			delete(weak, name)
		}
	}
	for _, choice := range exclusive {
		chosen, _ := nested(strong, choice.at...)
		offered, _ := nested(weak, choice.at...)
		strongFields, ok := chosen.(Fields)
		weakFields, also := offered.(Fields)
		if !ok || !also {
			continue
		}
		for _, name := range choice.fields {
			if _, ok := strongFields[name]; ok {
				for _, other := range choice.fields {
					if other != name {
						delete(weakFields, other)
					}
				}
				if choice.at != nil && name != "accessKeyId" {
					delete(weakFields, "secretAccessKey")
				}
			}
		}
	}
	return merge(strong, weak)
}

func merge(strong, weak Fields) Fields {
	for key, value := range weak {
		have, ok := strong[key]
		if !ok {
			strong[key] = value
			continue
		}
		if haveFields, ok := have.(Fields); ok {
			if fields, ok := value.(Fields); ok {
				strong[key] = merge(haveFields, fields)
			}
		}
	}
	return strong
}

// withoutNulls returns fields without those that are null, which count as absent. Patches keep theirs: there null removes.
func withoutNulls(value any) Fields {
	fields, _ := value.(Fields)
	kept := make(Fields, len(fields))
	for key, element := range fields {
		switch element := element.(type) {
		case nil:
		case Fields:
			if key == "overrides" {
				kept[key] = element
			} else {
				kept[key] = withoutNulls(element)
			}
		default:
			kept[key] = element
		}
	}
	return kept
}

// nested returns the value at the end of steps.
func nested(fields Fields, steps ...string) (any, bool) {
	var value any = fields
	for _, step := range steps {
		object, ok := value.(Fields)
		if !ok {
			return nil, false
		}
		step, _, _ = strings.Cut(step, "[")
		if value, ok = object[step]; !ok {
			return nil, false
		}
	}
	return value, true
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
