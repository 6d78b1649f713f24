package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// fits checks that the operator's version knows every field of an object. Fields that pass through have the same path in the app; for
// the others the error names the version.
func fits(object manifest.Object, p *plan.Plan) (errs field.ErrorList) {
	for _, missing := range cnpg.Check(object.Kind, object.Fields, p.Target) {
		path := field.NewPath("spec", "operatorVersion")
		if name, ok := strings.CutPrefix(missing.Path, "spec."); ok && object.Kind == "Cluster" && passesThrough(name) {
			path = field.NewPath("spec", name)
		}
		errs = append(errs, field.Forbidden(path, fmt.Sprintf("%s %s: %s", object.Kind, object.Name, missing)))
	}
	return errs
}

// deprecated says what of an object the operator will drop. The in-tree Barman Cloud is not told here but with its own remedy, and once.
func deprecated(object manifest.Object) (warnings []string) {
	for _, d := range cnpg.Deprecations(object.Kind, object.Fields) {
		if strings.Contains(d.Path, "barmanObjectStore") || d.Path == "spec.backup.retentionPolicy" || d.Path == "spec.method" {
			continue
		}
		warnings = append(warnings, fmt.Sprintf("%s %s: %s %s", object.Kind, object.Name, d.Path, d))
	}
	return warnings
}

// passesThrough tells whether a field of a Cluster's spec has the same path in an app's.
func passesThrough(path string) bool {
	name, _, _ := strings.Cut(path, ".")
	switch name {
	case "bootstrap", "externalClusters", "managed", "plugins", "monitoring", "backup", "superuserSecret", "enableSuperuserAccess":
		return false
	}
	return true
}

func sortedKeys(fields map[string]any) []string { return slices.Sorted(maps.Keys(fields)) }
