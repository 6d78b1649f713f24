package expand

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// scheduledBackups builds the schedule of base backups. Without them an archive of the write-ahead log restores nothing.
func scheduledBackups(p *plan.Plan) []Object {
	if p.Schedule == nil {
		return nil
	}
	b := p.Spec.Backup
	// The name carries the lineage, so that a restored cluster has a new schedule, whose immediate backup is the new lineage's first.
	// It is not protected from deletion: the old one would go on backing up the new cluster.
	backup := &cnpgv1.ScheduledBackup{
		TypeMeta:   metadata.Type(cnpgv1.SchemeGroupVersion.String(), "ScheduledBackup"),
		ObjectMeta: meta(p, p.LineageName()+"-backup", componentBackup),
		Spec: cnpgv1.ScheduledBackupSpec{
			Schedule:             p.Schedule.Spec,
			Immediate:            b.Immediate,
			Cluster:              cnpgv1.LocalObjectReference{Name: p.Cluster},
			BackupOwnerReference: "self",
			Target:               b.Target,
			Method:               cnpgv1.BackupMethod(b.Method),
		},
	}
	if b.Suspend {
		backup.Spec.Suspend = &b.Suspend
	}
	if b.Method == v1alpha1.MethodPlugin {
		backup.Spec.PluginConfiguration = &cnpgv1.BackupPluginConfiguration{Name: cnpg.BarmanPlugin}
	}
	return []Object{backup}
}
