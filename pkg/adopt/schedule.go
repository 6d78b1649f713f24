package adopt

import (
	"maps"
	"reflect"
	"slices"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// schedule takes over when base backups are taken, from the one ScheduledBackup that fits the archive.
func (a *adopter) schedule(written *archive) {
	schedules := a.belonging("ScheduledBackup")
	method := v1alpha1.MethodVolumeSnapshot
	switch {
	case written != nil && written.store == a.cluster:
		method = v1alpha1.MethodBarmanObjectStore
	case written != nil:
		method = v1alpha1.MethodPlugin
	case jsontype.At(a.spec, "backup", "volumeSnapshot") == nil:
		for _, i := range slices.Sorted(maps.Keys(schedules)) {
			a.taken = append(a.taken, i)
			a.note(schedules[i], "spec.cluster", "is gone: the cluster has no backup that it could take")
		}
		return
	}
	chosen := -1
	for _, i := range slices.Sorted(maps.Keys(schedules)) {
		theirs := methodOf(schedules[i])
		snapshots := theirs == v1alpha1.MethodVolumeSnapshot && jsontype.At(a.spec, "backup", "volumeSnapshot") != nil
		if chosen < 0 && (theirs == method || snapshots) {
			chosen, method = i, theirs
			continue
		}
		if chosen >= 0 && reflect.DeepEqual(schedules[i].fields["spec"], newSource(a.around[chosen]).fields["spec"]) {
			a.taken = append(a.taken, i)
			continue
		}
		a.note(schedules[i], "spec", "stays as it is: a PostgresApp has one schedule")
	}
	if method != v1alpha1.MethodPlugin {
		a.set(method, "backup", "method")
	}
	if chosen < 0 {
		a.note(a.cluster, "spec.backup", "had no ScheduledBackup, without which nothing can be restored: it has one now")
		return
	}
	a.taken = append(a.taken, chosen)
	a.scheduled(schedules[chosen])
}

// methodOf is the method of a ScheduledBackup, with the operator's default (ScheduledBackupSpec in api/v1, CloudNativePG 1.30.0).
func methodOf(s *source) string {
	method, _ := jsontype.At(s.fields, "spec", "method").(string)
	return orDefault(method, v1alpha1.MethodBarmanObjectStore)
}

// scheduled takes one ScheduledBackup.
func (a *adopter) scheduled(s *source) {
	a.set(s.take("spec", "schedule"), "backup", "schedule")
	if immediate := s.take("spec", "immediate"); immediate != true {
		a.set(false, "backup", "immediate")
	}
	if s.take("spec", "suspend") == true {
		a.set(true, "backup", "suspend")
	}
	if target := s.take("spec", "target"); target != nil {
		a.set(target, "backup", "target")
	}
	s.take("spec", "method")
	s.take("spec", "cluster")
	if s.take("spec", "pluginConfiguration", "parameters") != nil {
		// BackupServiceImplementation.Backup of plugin-barman-cloud 0.15.0 reads the Cluster's alone (issue 611).
		a.note(s, "spec.pluginConfiguration.parameters", "are gone: the plugin does not read them")
	}
	s.take("spec", "pluginConfiguration", "name")
	s.takeIf("self", "spec", "backupOwnerReference")
	a.commonMetadata(s)
	a.override("scheduledBackup", s.rest())
}

// commonMetadata drops the labels and annotations that the app passes on to all its objects.
func (a *adopter) commonMetadata(s *source) {
	for _, where := range []string{"labels", "annotations"} {
		common, _ := jsontype.At(a.app, "metadata", where).(Fields)
		theirs, _ := jsontype.At(s.fields, "metadata", where).(Fields)
		for _, key := range slices.Sorted(maps.Keys(theirs)) {
			if common[key] == theirs[key] {
				s.take("metadata", where, key)
			}
		}
	}
}
