package render

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// fits checks that the target version of the operator knows every field of an object. Where the field comes from the app, the error names
// the app's, else the version.
func fits(object manifest.Object, p *plan.Plan) (errs field.ErrorList) {
	for _, missing := range cnpg.Check(object.Kind, object.Fields, p.Target) {
		path := "spec.operatorVersion"
		if object.Kind == "Cluster" {
			if own := appPath(object.Kind, missing.Path); own != "spec" {
				path = own
			}
		}
		errs = append(errs, &field.Error{Type: field.ErrorTypeForbidden, Field: path, Detail: object.Kind + " " + object.Name + ": " + missing.String()})
	}
	return errs
}

// conforms checks an object against the definition of its kind. What the plan checks has better words; this is the net below it.
func conforms(object manifest.Object) field.ErrorList {
	errs := cnpg.Validate(object.APIVersion, object.Kind, object.Fields, nil)
	for _, err := range errs {
		err.Detail = object.Kind + " " + object.Name + ": " + err.Field + ": " + err.Detail
		err.Field = appPath(object.Kind, err.Field)
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

// ways lead from fields of objects to those of the app that they come from, the longer before the shorter.
var ways = map[string][][2]string{
	"Cluster": {
		{"spec.bootstrap.initdb.import", "spec.import"},
		{"spec.bootstrap.initdb.postInitApplicationSQL", "spec.init"},
		{"spec.bootstrap.initdb", "spec.initdb"},
		{"spec.bootstrap.recovery.recoveryTarget", "spec.restore.to"},
		{"spec.bootstrap.recovery", "spec.restore"},
		{"spec.backup.barmanObjectStore", "spec.backup"},
		{"spec.backup.retentionPolicy", "spec.backup.retention"},
		{"spec.managed.services", "spec.services"},
		{"spec.managed.roles", "spec.roles"},
		{"spec.maxStartDelay", "spec.startDelay"},
		{"spec.maxStopDelay", "spec.stopDelay"},
		{"spec.maxSwitchoverDelay", "spec.switchoverDelay"},
		{"spec.bootstrap", "spec"},
		{"spec.managed", "spec"},
		{"spec.plugins", "spec.backup"},
		{"spec.superuserSecret", "spec.superuser"},
		{"spec.enableSuperuserAccess", "spec.superuser"},
		{"spec", "spec"},
	},
	"ObjectStore": {
		{"spec.instanceSidecarConfiguration.env", "spec.backup.sidecarEnv"},
		{"spec.instanceSidecarConfiguration.resources", "spec.backup.sidecarResources"},
		{"spec.retentionPolicy", "spec.backup.retention"},
		{"spec.configuration", "spec.backup"},
	},
	"ScheduledBackup": {{"spec", "spec.backup"}},
	"ServiceMonitor":  {{"spec.endpoints[0]", "spec.monitoring"}},
	"PodMonitor":      {{"spec.podMetricsEndpoints[0]", "spec.monitoring"}},
	"PrometheusRule":  {{"spec", "spec.monitoring.alerts"}},
	"Database":        {{"spec", "spec.databases"}},
	"DatabaseRole":    {{"spec", "spec.roles"}},
	"Pooler":          {{"spec", "spec.poolers"}},
}

// appPath is the field of the app that an object's field comes from, or the nearest that is known.
func appPath(kind, path string) string {
	for _, way := range ways[kind] {
		rest, found := strings.CutPrefix(path, way[0])
		switch {
		case !found || rest != "" && rest[0] != '.' && rest[0] != '[':
		case kind == "Cluster" || kind == "ServiceMonitor" || kind == "PodMonitor" || strings.Count(way[0], ".") > 0:
			return way[1] + rest
		default:
			return way[1] // of several objects, the name tells which
		}
	}
	return "spec"
}
