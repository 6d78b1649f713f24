package expand

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// passThrough copies the fields that are CloudNativePG's own.
func passThrough(spec *cnpgv1.ClusterSpec, s *v1alpha1.ClusterSettings, instances int32) {
	spec.Description = s.Description
	spec.ImagePullPolicy = s.ImagePullPolicy
	spec.ImagePullSecrets = s.ImagePullSecrets
	spec.SchedulerName = s.SchedulerName
	spec.PriorityClassName = s.PriorityClassName
	spec.PostgresUID = or(s.PostgresUID, 0)
	spec.PostgresGID = or(s.PostgresGID, 0)
	if s.Affinity != nil {
		spec.Affinity = *s.Affinity
	}
	spec.Certificates = s.Certificates
	spec.ServiceAccountTemplate = s.ServiceAccountTemplate
	spec.ServiceAccountName = s.ServiceAccountName
	spec.PrimaryUpdateStrategy = s.PrimaryUpdateStrategy
	spec.PrimaryUpdateMethod = s.PrimaryUpdateMethod
	spec.EnablePDB = s.EnablePDB
	spec.ReplicationSlots = s.ReplicationSlots
	if instances > 1 {
		spec.MinSyncReplicas = int(or(s.MinSyncReplicas, 0))
		spec.MaxSyncReplicas = int(or(s.MaxSyncReplicas, 0))
	}
	spec.PodSelectorRefs = s.PodSelectorRefs
	spec.Tablespaces = s.Tablespaces
	spec.EphemeralVolumeSource = s.EphemeralVolumeSource
	spec.EphemeralVolumesSizeLimit = s.EphemeralVolumesSizeLimit
	spec.ProjectedVolumeTemplate = s.ProjectedVolumeTemplate
	spec.Env = s.Env
	spec.EnvFrom = s.EnvFrom
	spec.SeccompProfile = s.SeccompProfile
	spec.PodSecurityContext = s.PodSecurityContext
	spec.SecurityContext = s.SecurityContext
	spec.Probes = s.Probes
	spec.LivenessProbeTimeout = s.LivenessProbeTimeout
	spec.MaxStartDelay = or(s.StartDelay, 0)
	spec.MaxStopDelay = or(s.StopDelay, 0)
	spec.SmartShutdownTimeout = s.SmartShutdownTimeout
	spec.MaxSwitchoverDelay = or(s.SwitchoverDelay, 0)
	spec.FailoverDelay = or(s.FailoverDelay, 0)
	spec.PrimaryLease = s.PrimaryLease
	spec.NodeMaintenanceWindow = s.NodeMaintenanceWindow
	spec.LogLevel = s.LogLevel
}

// or is what a pointer points at, or otherwise.
func or[T any](pointer *T, otherwise T) T {
	if pointer != nil {
		return *pointer
	}
	return otherwise
}
