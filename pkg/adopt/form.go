package adopt

import (
	"fmt"
	"slices"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/change"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/schedule"
)

// form is what a Cluster and the objects around it say, wherever they say it.
type form struct {
	// spec and metadata are the Cluster's own, without what the other parts of the form hold.
	spec, metadata Fields

	// archive is where it writes to, recovery what it was made from, schedule when base backups are taken, monitor how it is scraped,
	// roles those that the operator makes. Each is nil where there is none.
	archive, recovery, schedule, monitor, roles Fields
}

func (f *form) leaves() Fields {
	parts := Fields{}
	for name, part := range map[string]Fields{"spec": f.spec, "metadata": f.metadata, "archive": f.archive, "recovery": f.recovery,
		"schedule": f.schedule, "monitor": f.monitor, "roles": f.roles} {
		if part != nil {
			parts[name] = part
		}
	}
	return change.Leaves(parts)
}

// read brings objects into their form.
func read(objects []Fields) (*form, error) {
	r := &reader{adopter: &adopter{spec: Fields{}}}
	for _, object := range objects {
		if is(object, "Cluster") && r.cluster == nil {
			object = clone(object)
			quoteParameters(object)
			if jsontype.At(object, "spec", "instances") == nil {
				put(object, int64(1), "spec", "instances") // the default of the definition, where the type has 0
			}
			canonical, err := canonical(object)
			if err != nil {
				return nil, err
			}
			r.cluster = newSource(canonical)
			continue
		}
		r.around = append(r.around, object)
	}
	if r.cluster == nil {
		return nil, fmt.Errorf("there is no Cluster")
	}
	f := &form{}
	f.archive = r.archive()
	f.recovery = r.recovery()
	f.schedule = r.schedule()
	f.monitor = r.monitor()
	f.roles = r.roles()
	f.spec, _ = r.cluster.fields["spec"].(Fields)
	f.metadata, _ = jsontype.At(r.cluster.fields, "metadata").(Fields)
	delete(f.metadata, "namespace")
	r.defaults(f)
	return f, nil
}

// canonical writes a Cluster as its type does, so that quantities compare by their value.
func canonical(object Fields) (Fields, error) {
	var typed cnpgv1.Cluster
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, &typed); err != nil {
		return nil, fmt.Errorf("Cluster %v: %w", jsontype.At(object, "metadata", "name"), err)
	}
	written, err := manifest.From(&typed)
	return written.Fields, err
}

// quantities writes resources as their type does.
func quantities(resources any) any {
	fields, ok := resources.(Fields)
	if !ok {
		return nil
	}
	var typed corev1.ResourceRequirements
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(fields, &typed); err != nil {
		return resources
	}
	written, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&typed)
	if err != nil {
		return resources
	}
	return written
}

// reader takes objects apart by the same means as adopting does.
type reader struct {
	*adopter
}

func (r *reader) archive() Fields {
	written := r.written()
	if written == nil {
		return nil
	}
	archive := written.settings
	archive["serverName"] = written.serverName
	archive["method"] = orDefault(text(jsontype.At(r.spec, "backup", "method")), v1alpha1.MethodPlugin)
	archive["sidecarEnv"] = jsontype.At(r.spec, "backup", "sidecarEnv")
	archive["sidecarResources"] = quantities(jsontype.At(r.spec, "backup", "sidecarResources"))
	path := []string{"spec", "retentionPolicy"}
	if written.store == r.cluster {
		path = []string{"spec", "backup", "retentionPolicy"}
	}
	archive["retention"] = written.store.take(path...)
	if written.store != r.cluster {
		archive["rest"] = jsontype.At(written.store.rest(), "spec")
	}
	return archive
}

func (r *reader) recovery() Fields {
	at := []string{"spec", "bootstrap", "recovery"}
	recovery, _ := r.cluster.take(at...).(Fields)
	if recovery == nil {
		return nil
	}
	name := text(takeFrom(recovery, "source"))
	if from := r.restoredFrom(name); from != nil {
		recovery["from"] = Fields{"serverName": from.serverName, "store": from.settings}
		r.dropExternal(name)
	}
	for _, field := range []string{"database", "owner"} {
		recovery[field] = orDefault(text(recovery[field]), defaultDatabase)
	}
	return recovery
}

// schedule is the schedule that goes with the Cluster's backup; others stay as they are.
func (r *reader) schedule() Fields {
	var found Fields
	var index int
	for i, s := range r.belonging("ScheduledBackup") {
		if found != nil && i > index {
			continue
		}
		found, index = Fields{}, i
		spec := text(jsontype.At(s.fields, "spec", "schedule"))
		if normal, err := schedule.Normalize(spec, schedule.AllowFrequent(true)); err == nil {
			spec = normal.Spec
		}
		found["spec"] = spec
		found["method"] = methodOf(s)
		for _, name := range []string{"immediate", "suspend"} {
			found[name] = jsontype.At(s.fields, "spec", name) == true
		}
		for _, name := range []string{"backupOwnerReference", "online", "onlineConfiguration"} {
			if value := jsontype.At(s.fields, "spec", name); value != nil {
				found[name] = value
			}
		}
		found["target"] = orDefault(orDefault(text(jsontype.At(s.fields, "spec", "target")), text(jsontype.At(r.cluster.fields, "spec", "backup", "target"))), "prefer-standby")
	}
	return found
}

// monitor is how the instances are scraped: by the operator's PodMonitor, or by ours.
func (r *reader) monitor() Fields {
	if r.cluster.take("spec", "monitoring", "enablePodMonitor") == true {
		m := Fields{"kind": "PodMonitor"}
		for theirs, ours := range map[string]string{"podMonitorRelabelings": "relabelings", "podMonitorMetricRelabelings": "metricRelabelings"} {
			if value := r.cluster.take("spec", "monitoring", theirs); value != nil {
				m[ours] = value
			}
		}
		return m
	}
	for _, object := range r.around {
		if object["kind"] != "PodMonitor" || jsontype.At(object, "metadata", "name") != r.cluster.name() {
			continue
		}
		m := Fields{"kind": "PodMonitor"}
		endpoints, _ := jsontype.At(object, "spec", "podMetricsEndpoints").([]any)
		if len(endpoints) == 0 {
			return m
		}
		endpoint, _ := endpoints[0].(Fields)
		for _, name := range []string{"relabelings", "metricRelabelings"} {
			if value := jsontype.At(endpoint, name); value != nil {
				m[name] = value
			}
		}
		return m
	}
	return nil
}

// roles are those in the Cluster and those beside it, by name.
func (r *reader) roles() Fields {
	list, _ := r.cluster.take("spec", "managed", "roles").([]any)
	list = slices.Clone(list)
	for _, s := range r.belonging("DatabaseRole") {
		s.take("spec", "cluster")
		s.take("spec", "databaseRoleReclaimPolicy")
		list = append(list, s.fields["spec"])
	}
	roles := Fields{}
	for _, entry := range list {
		role, _ := entry.(Fields)
		role = clone(role)
		for field, usual := range map[string]any{"ensure": "present", "login": false, "inherit": true, "superuser": false, "createdb": false,
			"createrole": false, "replication": false, "bypassrls": false, "disablePassword": false, "connectionLimit": int64(-1)} {
			if role[field] == usual {
				delete(role, field)
			}
		}
		roles[text(role["name"])] = role
	}
	if len(roles) == 0 {
		return nil
	}
	return roles
}

// defaults writes what the operator's admission would (api/v1/cluster_defaults.go, CloudNativePG 1.30.0), where that may stand for a field
// that one of the two sides does not have.
func (r *reader) defaults(f *form) {
	if f.recovery == nil && jsontype.At(f.spec, "bootstrap", "pg_basebackup") == nil {
		for _, field := range []string{"database", "owner"} {
			if jsontype.At(f.spec, "bootstrap", "initdb", field) == nil {
				put(f.spec, defaultDatabase, "bootstrap", "initdb", field)
			}
		}
	}
	for field, usual := range map[string]any{"instances": int64(1), "enableSuperuserAccess": false, "enablePDB": true,
		"minSyncReplicas": int64(0), "maxSyncReplicas": int64(0)} {
		if f.spec[field] == usual {
			delete(f.spec, field)
		}
	}
	if backup, ok := f.spec["backup"].(Fields); ok {
		if backup["target"] == "prefer-standby" {
			delete(backup, "target")
		}
		if len(backup) == 0 {
			delete(f.spec, "backup")
		}
	}
}
