package alert

import "slices"

// The names of the alerts. The prefix keeps them apart from those of CloudNativePG's sample rules and of its cluster chart (CNPGCluster...),
// which may run beside them with other thresholds, and leads whoever reads it to this project's runbooks.
const (
	offline               = "PostgresAppOffline"
	metricsAbsent         = "PostgresAppMetricsAbsent"
	instanceDown          = "PostgresAppInstanceDown"
	instanceFenced        = "PostgresAppInstanceFenced"
	instancesOnSameNode   = "PostgresAppInstancesOnSameNode"
	collectionErrors      = "PostgresAppMetricsCollectionErrors"
	noStandby             = "PostgresAppNoStandby"
	replicaNotStreaming   = "PostgresAppReplicaNotStreaming"
	replicationLag        = "PostgresAppReplicationLag"
	synchronousMissing    = "PostgresAppSynchronousStandbysMissing"
	slotInactive          = "PostgresAppReplicationSlotInactive"
	backupTooOld          = "PostgresAppBackupTooOld"
	backupMissing         = "PostgresAppBackupMissing"
	backupFailed          = "PostgresAppBackupFailed"
	backupStatusUnknown   = "PostgresAppBackupStatusUnknown"
	archivingFailing      = "PostgresAppWALArchivingFailing"
	archivingStopped      = "PostgresAppWALArchivingStopped"
	archiveBacklog        = "PostgresAppWALArchiveBacklog"
	volumeFillingUp       = "PostgresAppVolumeFillingUp"
	volumeNearlyFull      = "PostgresAppVolumeNearlyFull"
	walVolumeNearlyFull   = "PostgresAppWALVolumeNearlyFull"
	connectionsHigh       = "PostgresAppConnectionsHigh"
	connectionsNearlyUsed = "PostgresAppConnectionsNearlyExhausted"
	longTransaction       = "PostgresAppLongTransaction"
	backendsWaiting       = "PostgresAppBackendsWaiting"
	deadlocks             = "PostgresAppDeadlocks"
	xidAgeHigh            = "PostgresAppTransactionIDAgeHigh"
	xidWraparound         = "PostgresAppTransactionIDWraparound"
	poolerDown            = "PostgresAppPoolerDown"
	poolerClientsWaiting  = "PostgresAppPoolerClientsWaiting"
)

// Names returns the names of all alerts that there are, whether a given cluster has them or not, in the order of the groups. These are what
// Subject.Exclude may hold.
func Names() []string {
	return slices.Clone(names)
}

var names = []string{
	offline, metricsAbsent, instanceDown, instanceFenced, instancesOnSameNode, collectionErrors,
	noStandby, replicaNotStreaming, replicationLag, synchronousMissing, slotInactive,
	backupTooOld, backupMissing, backupFailed, backupStatusUnknown, archivingFailing, archivingStopped, archiveBacklog,
	volumeFillingUp, volumeNearlyFull, walVolumeNearlyFull,
	connectionsHigh, connectionsNearlyUsed, longTransaction, backendsWaiting, deadlocks, xidAgeHigh, xidWraparound,
	poolerDown, poolerClientsWaiting,
}
