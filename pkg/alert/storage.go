package alert

import (
	"fmt"
	"time"
)

// How full a volume may be. charts/cluster 0.8.1 has 0.7 and 0.9 (CNPGClusterLowDiskSpace); a volume for WAL of the size that this
// project recommends is over 0.7 full while a standby is away.
const (
	volumeWarning  = 0.8
	volumeCritical = 0.9
)

func (c cluster) storage() []rule {
	const volume = "namespace, persistentvolumeclaim"
	// Of what is available rather than used: file systems reserve some space that PostgreSQL cannot use.
	used := lines(
		"1 - "+maxBy(volume, c.volumes("kubelet_volume_stats_available_bytes")),
		"  / "+maxBy(volume, c.volumes("kubelet_volume_stats_capacity_bytes")),
	)
	full := func(name, severity string, limit float64, consequence string) rule {
		return rule{
			name: name, severity: severity, wait: 5 * time.Minute,
			expr:        fmt.Sprintf("%s > %g", used, limit),
			summary:     fmt.Sprintf("a volume is more than %.0f%% full", limit*100),
			description: "The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is {{ $value | humanizePercentage }} full. " + consequence,
		}
	}
	return []rule{
		full(volumeFillingUp, warning, volumeWarning, "Enlarge it, or find out what grows, before it stops the database."),
		full(volumeNearlyFull, critical, volumeCritical, "When it is full, PostgreSQL stops and cannot start again until there is space."),
		{
			// Volumes of hostPath and of some other drivers have no statistics of the kubelet. The size of a volume of its own for WAL is known to
			// CloudNativePG; without one it is NaN, and no comparison holds.
			name: walVolumeNearlyFull, severity: critical, wait: 5 * time.Minute,
			expr: fmt.Sprintf("%s\n  / %s > %g",
				perInstance(c.instances("cnpg_collector_pg_wal", `value="size"`)),
				perInstance(c.instances("cnpg_collector_pg_wal", `value="volume_size"`)),
				volumeCritical),
			summary: "the WAL volume is nearly full",
			description: "WAL takes {{ $value | humanizePercentage }} of the WAL volume of {{ $labels.namespace }}/{{ $labels.pod }}. " +
				"When it is full, PostgreSQL stops.",
		},
	}
}
