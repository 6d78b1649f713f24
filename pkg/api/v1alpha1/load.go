package v1alpha1

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
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

// origin is one document's settings.
type origin struct {
	name     string // "" for the spec itself
	settings Fields
	own      bool // the app's spec.defaults
}

// Load decodes an app, and lets it inherit what it does not say itself: first from its spec.defaults, then from the spec of
// defaults, which may be nil and which CheckDefaults must have passed. Objects are merged field by field, lists and single values are
// taken whole, and null in a stronger document inherits nothing. Where fields exclude each other, such as version and imageName, the
// stronger document's choice sets the weaker one's aside.
//
// Every error is returned. The loaded app is nil when there is one. Neither document is changed.
func Load(app, defaults Fields) (*Loaded, field.ErrorList) {
	errs, ours := header(app, KindPostgresApp)
	if !ours {
		return nil, errs
	}
	spec, ok := app["spec"].(Fields)
	if !ok {
		spec = Fields{} // an app may leave everything to its defaults
	}
	loaded := &Loaded{origins: originsOf(spec, defaults)}

	var typed PostgresApp
	errs = append(errs, strict.Into(answerNulls(app, loaded.origins), &typed, nil, options())...)
	if app["spec"] == nil && defaults == nil && !slices.ContainsFunc(slices.Collect(maps.Keys(app)), isSetting) {
		errs = append(errs, field.Required(field.NewPath("spec"), "give at least spec.storage.size"))
	}
	guest, from := guestOf(loaded.origins)
	if guest != nil {
		errs = append(errs, refuseDedicated(spec, guest, from)...)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	typed.Spec.Defaults = nil
	if len(loaded.origins) > 1 {
		merged := withoutNulls(mergeAll(loaded.origins, guest != nil), nil)
		typed.Spec = PostgresAppSpec{}
		if errs := strict.Into(merged, &typed.Spec, field.NewPath("spec"), options()); len(errs) > 0 {
			return nil, errs
		}
	}
	loaded.PostgresApp = &typed
	return loaded, nil
}

// LoadMeant loads an app that Load refuses for nothing but unknown fields, as it was probably meant: see strict.Meant, which also tells
// what doubtful is. It serves to find further mistakes in one go. The loaded app is nil where more is wrong.
func LoadMeant(app, defaults Fields) (loaded *Loaded, doubtful []string) {
	meant, doubtful := strict.Meant(app, &PostgresApp{}, nil, options())
	loaded, errs := Load(meant, defaults)
	if len(errs) > 0 {
		return nil, nil
	}
	return loaded, doubtful
}

// CheckDefaults returns everything that does not fit in a document of kind PostgresDefaults.
func CheckDefaults(defaults Fields) field.ErrorList {
	errs, ours := header(defaults, KindPostgresDefaults)
	if !ours {
		return errs
	}
	var typed PostgresDefaults
	return append(errs, strict.Into(defaults, &typed, nil, options())...)
}

// originsOf lists where settings of an app come from, strongest first.
func originsOf(spec, defaults Fields) []origin {
	origins := []origin{{settings: spec}}
	if own, _ := spec["defaults"].(Fields); own != nil {
		origins = append(origins, origin{name: "spec.defaults", settings: own, own: true})
	}
	if shared, _ := defaults["spec"].(Fields); shared != nil {
		name := KindPostgresDefaults
		if text, ok := jsontype.At(defaults, "metadata", "name").(string); ok {
			name += " " + text
		}
		origins = append(origins, origin{name: name, settings: shared})
	}
	return origins
}

// Origin names where the setting at path was written when the spec itself does not have it, such as "spec.defaults", or "". A field that
// is missing belongs to the document that has the object around it.
func (l *Loaded) Origin(path string) string {
	steps, ok := stepsBelowSpec(path)
	if !ok {
		return ""
	}
	for n := len(steps); n > 0; n-- {
		for _, o := range l.origins {
			if o.has(steps[:n]) {
				return o.name
			}
		}
		if steps[n-1].isKey {
			return "" // an entry that nobody wrote, such as a parameter that was derived
		}
	}
	return ""
}

// header checks the fields that say what a document is. It tells whether the rest is worth reading: that of another kind or of an encrypted
// document would be wrong in every line.
func header(document Fields, kind string) (errs field.ErrorList, ours bool) {
	if _, encrypted := document["sops"]; encrypted {
		return field.ErrorList{field.Forbidden(field.NewPath("sops"), "the document is encrypted, and its values cannot be computed with: leave "+
			kind+" in plain text and keep secrets in a Secret that it refers to")}, false
	}
	switch have := document["kind"].(type) {
	case nil:
		errs = append(errs, field.Required(field.NewPath("kind"), "write kind: "+kind))
	case string:
		if have != kind {
			errs = append(errs, field.NotSupported(field.NewPath("kind"), have, []string{kind}))
			if strict.Closest(have, []string{kind}) == "" {
				return errs, false
			}
		}
	}
	switch have := document["apiVersion"].(type) {
	case nil:
		errs = append(errs, field.Required(field.NewPath("apiVersion"), "write apiVersion: "+APIVersion))
	case string:
		if have != APIVersion {
			errs = append(errs, field.NotSupported(field.NewPath("apiVersion"), have, []string{APIVersion}))
		}
	}
	return errs, true
}

// dedicatedOnly are the settings that only an app with a Cluster of its own has. An app on a shared cluster does not inherit them.
var dedicatedOnly = []string{"version", "imageName", "imageCatalogRef", "hibernate", "superuser", "storage", "walStorage", "resources",
	"maxConnections", "workload", "postgresql", "initdb", "backup", "lineage", "restore", "import", "replica", "externalClusters", "poolers",
	"services", "network", "monitoring", "clusterName", "instances", "inheritedMetadata", "description", "imagePullPolicy", "imagePullSecrets",
	"schedulerName", "priorityClassName", "postgresUID", "postgresGID", "affinity", "topologySpreadConstraints", "certificates",
	"serviceAccountTemplate", "serviceAccountName", "primaryUpdateStrategy", "primaryUpdateMethod", "enablePDB", "replicationSlots",
	"minSyncReplicas", "maxSyncReplicas", "podSelectorRefs", "tablespaces", "ephemeralVolumeSource", "ephemeralVolumesSizeLimit",
	"projectedVolumeTemplate", "env", "envFrom", "seccompProfile", "podSecurityContext", "securityContext", "probes",
	"livenessProbeTimeout", "startDelay", "stopDelay", "smartShutdownTimeout", "switchoverDelay", "failoverDelay", "primaryLease",
	"nodeMaintenanceWindow", "logLevel"}

// guestOf returns the shared cluster that the app is a guest of, or nil, and the origin that says so.
func guestOf(origins []origin) (cluster Fields, from string) {
	for _, o := range origins {
		if value, said := o.settings["cluster"]; said {
			cluster, _ = value.(Fields)
			return cluster, o.name
		}
	}
	return nil, ""
}

// refuseDedicated refuses, for an app on a shared cluster, what only a Cluster of its own has.
func refuseDedicated(spec, cluster Fields, from string) (errs field.ErrorList) {
	remedy := "say it in the PostgresApp or Cluster of that name"
	if from != "" {
		remedy = "say it there, or write cluster: null for a Cluster of the app's own"
	}
	where := "the shared cluster"
	if name, ok := cluster["name"].(string); ok {
		where += " " + name
	}
	if from != "" {
		where += " of " + from
	}
	for _, name := range slices.Sorted(maps.Keys(spec)) {
		if spec[name] != nil && slices.Contains(dedicatedOnly, name) {
			errs = append(errs, field.Forbidden(field.NewPath("spec", name), fmt.Sprintf("it belongs to %s: %s", where, remedy)))
		}
	}
	return errs
}
