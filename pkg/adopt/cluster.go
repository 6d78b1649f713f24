package adopt

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// quote makes texts of parameters that YAML reads as something else. The API server refuses them as they are.
func (a *adopter) quote() {
	for _, name := range quoteParameters(a.cluster.fields) {
		a.note(a.cluster, "spec.postgresql.parameters."+name, "is a text now: without quotes the API server refuses it")
	}
}

func quoteParameters(cluster Fields) (quoted []string) {
	parameters, _ := jsontype.At(cluster, "spec", "postgresql", "parameters").(Fields)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		switch value := parameters[name].(type) {
		case string:
			continue
		case bool:
			parameters[name] = "off"
			if value {
				parameters[name] = "on"
			}
		default:
			parameters[name] = fmt.Sprint(value)
		}
		quoted = append(quoted, name)
	}
	return quoted
}

// image takes over which PostgreSQL runs.
func (a *adopter) image() {
	name, catalog := a.cluster.take("spec", "imageName"), a.cluster.take("spec", "imageCatalogRef")
	a.set(name, "imageName")
	a.set(catalog, "imageCatalogRef")
	if name == nil && catalog == nil {
		// Without an image the operator takes the newest major version that it knows.
		major := postgres.Majors()[len(postgres.Majors())-1]
		a.set(strconv.Itoa(major), "version")
		a.note(a.cluster, "spec.imageName", "was left to the operator: version %d is what it takes today; set the version that runs", major)
	}
}

// Fields that have the same name and shape in a Cluster and in a PostgresApp, beside those of ClusterSettings.
var sameNames = []string{"instances", "storage", "walStorage", "resources", "postgresql", "replica", "inheritedMetadata"}

// sameNames takes over the fields that are the same in both.
func (a *adopter) sameNames() {
	a.noOps()
	for _, name := range append(fieldNames(reflect.TypeFor[v1alpha1.ClusterSettings]()), sameNames...) {
		value := a.cluster.take("spec", name)
		if fields, ok := value.(Fields); ok && len(fields) == 0 {
			continue
		}
		a.set(value, name)
	}
	a.set(a.cluster.take("spec", "managed", "services"), "services")
	if jsontype.At(a.spec, "postgresql", "parameters", "max_connections") == nil {
		// An app may hold as many connections as it was given: fewer, tuned to the memory, would be a surprise.
		a.set(int64(serverMaxConnections), "maxConnections")
	}
}

// serverMaxConnections is PostgreSQL's default of max_connections, which CloudNativePG keeps.
const serverMaxConnections = 100

// noOps drops what says nothing.
func (a *adopter) noOps() {
	if jsontype.At(a.cluster.fields, "spec", "nodeMaintenanceWindow", "inProgress") != true {
		a.cluster.take("spec", "nodeMaintenanceWindow")
	}
	if instances := jsontype.At(a.cluster.fields, "spec", "instances"); instances == nil || instances == int64(1) {
		// A single instance has no standby. Where the number is a placeholder, the environment may have more.
		a.cluster.takeIf(int64(0), "spec", "minSyncReplicas")
		a.cluster.takeIf(int64(0), "spec", "maxSyncReplicas")
	}
}

// superuser takes over the access as postgres.
func (a *adopter) superuser() {
	enabled := a.cluster.take("spec", "enableSuperuserAccess") == true
	secret := a.cluster.takeText("spec", "superuserSecret", "name")
	switch {
	case enabled:
		a.set(true, "superuser", "enabled")
		if secret != "" {
			a.set(secret, "superuser", "secretName")
		}
	case secret != "":
		a.note(a.cluster, "spec.superuserSecret", "is gone: without enableSuperuserAccess the operator ignores it")
	}
}

// monitoring takes over how metrics are found. The operator's PodMonitor becomes one of ours.
func (a *adopter) monitoring() {
	for _, name := range []string{"tls", "disableDefaultQueries", "customQueriesConfigMap", "customQueriesSecret", "metricsQueriesTTL"} {
		a.set(a.cluster.take("spec", "monitoring", name), "monitoring", name)
	}
	relabelings, metrics := a.cluster.take("spec", "monitoring", "podMonitorRelabelings"), a.cluster.take("spec", "monitoring", "podMonitorMetricRelabelings")
	if a.cluster.take("spec", "monitoring", "enablePodMonitor") != true {
		a.set(v1alpha1.MonitorNone, "monitoring", "type")
		return
	}
	a.set(v1alpha1.MonitorPod, "monitoring", "type")
	a.set(relabelings, "monitoring", "relabelings")
	a.set(metrics, "monitoring", "metricRelabelings")
}

// fieldNames are the JSON names of a struct's fields.
func fieldNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
