package apidoc

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

// enums are the values of fields that know no others, by type and field.
var enums = map[string][]any{
	"Settings.workload":                     all(tune.Workloads()...),
	"Settings.databaseReclaimPolicy":        all(cnpgv1.DatabaseReclaimRetain, cnpgv1.DatabaseReclaimDelete),
	"Database.databaseReclaimPolicy":        all(cnpgv1.DatabaseReclaimRetain, cnpgv1.DatabaseReclaimDelete),
	"ClusterSettings.imagePullPolicy":       all(corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever),
	"ClusterSettings.primaryUpdateStrategy": all(cnpgv1.PrimaryUpdateStrategyUnsupervised, cnpgv1.PrimaryUpdateStrategySupervised),
	"ClusterSettings.primaryUpdateMethod":   all(cnpgv1.PrimaryUpdateMethodRestart, cnpgv1.PrimaryUpdateMethodSwitchover),
	"ClusterSettings.logLevel":              all("error", "warning", "info", "debug", "trace"),
	"Backup.method":                         all(v1alpha1.MethodPlugin, v1alpha1.MethodBarmanObjectStore, v1alpha1.MethodVolumeSnapshot),
	"Backup.target":                         all(cnpgv1.BackupTargetPrimary, cnpgv1.BackupTargetStandby),
	"Backup.compression":                    all("gzip", "bzip2", "lz4", "snappy", "xz", "zstd", "none"),
	"Backup.encryption":                     all("AES256", "aws:kms"),
	"Import.type":                           all(cnpgv1.MicroserviceSnapshotType, cnpgv1.MonolithSnapshotType),
	"InitDB.localeProvider":                 all("libc", "icu", "builtin"),
	"Monitoring.type":                       all(v1alpha1.MonitorService, v1alpha1.MonitorPod, v1alpha1.MonitorNone),
	"Pooler.type":                           all(cnpgv1.PoolerTypeRW, cnpgv1.PoolerTypeRO, cnpgv1.PoolerTypeR),
	"Pooler.poolMode":                       all(cnpgv1.PgBouncerPoolModeSession, cnpgv1.PgBouncerPoolModeTransaction),
	"SecretStoreReference.kind":             all("ClusterSecretStore", "SecretStore"),
}

func enumOf(field string) []any {
	values, ok := enums[field]
	if !ok {
		return nil
	}
	return append([]any(nil), values...)
}

// all are values as JSON has them.
func all[T ~string](values ...T) []any {
	list := make([]any, 0, len(values))
	for _, value := range values {
		list = append(list, string(value))
	}
	return list
}

// Enumerations are the values of fields that know no others, by type and field such as Settings.workload.
func Enumerations() map[string][]string {
	known := map[string][]string{}
	for field, values := range enums {
		for _, value := range values {
			known[field] = append(known[field], value.(string))
		}
	}
	return known
}
