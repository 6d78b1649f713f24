// Package plan derives from an app everything that its objects need: names, image, parameters, archive, recovery, connections. It
// parses rather than checks: whatever the objects are computed from has its own typed place in the Plan, and what cannot be parsed
// is an error with its field and the remedy. All errors are found in one pass.
//
// The package is pure. It knows CloudNativePG's rules and PostgreSQL's, and nothing of YAML, kustomize or files.
package plan

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
	"github.com/homelab-foundations/postgresapp/pkg/schedule"
)

// Plan is a valid app with all that was derived from it. Builders of objects read it and change nothing.
type Plan struct {
	// App is the app with its defaults filled in.
	App *v1alpha1.PostgresApp

	// Spec is the app's settings.
	Spec *v1alpha1.Settings

	// Cluster is the name of the Cluster that holds the database, the app's own or a shared one.
	Cluster string

	// Shared is the Cluster that the app is a guest of, or nil when it has its own.
	Shared *v1alpha1.ClusterReference

	// Target is the operator's version.
	Target cnpg.Version

	// Image is the PostgreSQL that runs.
	Image Image

	// Parameters is the server configuration: what was tuned, overlaid with what the user set.
	Parameters map[string]string

	// Tuned explains the parameters that were derived, in the order of their derivation.
	Tuned []Derivation

	// Libraries are preloaded by the server.
	Libraries []string

	// Volumes are the extension images to mount, beside those of the user.
	Volumes []postgres.Volume

	// Databases are the Database objects to emit, the app's own first.
	Databases []Database

	// Owner is the role that owns the app's database, Roles are the others.
	Owner Role
	Roles []Role

	// Archive is where the write-ahead log and base backups go, or nil.
	Archive *Archive

	// Schedule is when base backups are taken, or nil.
	Schedule *schedule.Schedule

	// Recovery is what the cluster is created from, or nil when it starts empty.
	Recovery *Recovery

	// Poolers with their connections.
	Poolers []Pooler

	// Alerts are the rules that watch the cluster.
	Alerts []monitoringv1.RuleGroup
}

// Derivation is one derived value and its reason, for people.
type Derivation struct {
	Name, Value, Reason string
}

// Warning is something legal but dangerous.
type Warning struct {
	Field, Message string
}

// Make derives the plan of an app whose defaults are filled in. The plan is nil when there are errors.
func Make(app *v1alpha1.PostgresApp) (*Plan, field.ErrorList, []Warning) {
	m := &maker{Plan: &Plan{App: app, Spec: &app.Spec.Settings}, spec: field.NewPath("spec"), names: map[string]string{}}
	m.identity()
	m.target()
	if m.Shared == nil {
		m.storage()
		m.resources()
		m.image()
		m.instances()
		m.superuser()
		m.backup()
		m.lineage()
		m.importing()
		m.replica()
		m.initdb()
		m.passThrough()
	}
	m.extensions()
	m.roles()
	m.databases()
	m.initialisation()
	if m.Shared == nil {
		m.postgresql()
		m.poolers()
		m.services()
		m.admission()
	}
	m.monitoring()
	m.network()
	m.overrides(m.spec.Child("overrides"), m.Spec.Overrides, OverrideKeys)
	m.definitions()
	m.alerts()
	// Where a field is wrong, there is no need to say that it is dangerous.
	m.warnings = slices.DeleteFunc(m.warnings, func(w Warning) bool { return m.failed(w.Field) })
	if len(m.errs) > 0 {
		return nil, m.errs, m.warnings
	}
	return m.Plan, nil, m.warnings
}

// maker collects what Make finds out.
type maker struct {
	checker
	*Plan
	spec *field.Path

	// resolved are the extensions to create, by the path of the list that asked for them.
	resolved map[string][]string

	// preload and needed are the libraries and parameters that extensions need.
	preload []string
	needed  []Derivation

	// imageFailed and archiveFailed tell that there is an error about the image, or about an archive that is wanted, so that what follows
	// from it is not said as well.
	imageFailed, archiveFailed bool

	// names are those of objects, with the names of what they are made for.
	names map[string]string

	// nodePorts are those that Services take on all nodes, with the fields that say so.
	nodePorts map[nodePort]string
}
