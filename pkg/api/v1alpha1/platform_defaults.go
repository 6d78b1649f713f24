package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// Default values of a platform.
const (
	DefaultChartsURL       = "https://cloudnative-pg.github.io/charts"
	DefaultSourceInterval  = "1h"
	DefaultReleaseInterval = "10m"
)

// SetPlatformDefaults fills in what the platform leaves out, with constants alone. It never changes what is there, and twice is the same as
// once.
func SetPlatformDefaults(platform *PostgresPlatform) {
	s := &platform.Spec
	fill(&s.OperatorVersion, DefaultOperatorVersion)
	fill(&s.OperatorNamespace, DefaultOperatorNamespace)
	fillPointer(&s.CreateNamespace, true)
	fillPointer(&s.Replicas, 1)
	if s.Resources == nil {
		s.Resources = requirements("100m", "200m", "256Mi")
	}
	fill(&s.Interval, DefaultReleaseInterval)
	fillPointer(&s.BarmanCloud, BarmanCloud{})
	fillPointer(&s.BarmanCloud.Enabled, true)
	fill(&s.BarmanCloud.Version, cnpg.PluginVersion)
	if s.BarmanCloud.Resources == nil {
		s.BarmanCloud.Resources = requirements("50m", "100m", "128Mi")
	}
	fillPointer(&s.Source, ChartSource{})
	fill(&s.Source.URL, DefaultChartsURL)
	fill(&s.Source.Interval, DefaultSourceInterval)
	fillPointer(&s.Monitoring, PlatformMonitoring{})
	defaultPlatformMonitoring(s.Monitoring)
	if s.Network != nil {
		fillPointer(&s.Network.Policy, true)
	}
}

func defaultPlatformMonitoring(m *PlatformMonitoring) {
	fill(&m.Type, MonitorPod)
	fill(&m.Interval, DefaultMonitorInterval)
	fillPointer(&m.Alerts, Alerts{})
	fillPointer(&m.Alerts.Enabled, m.Type != MonitorNone)
	fillPointer(&m.Dashboards, Dashboards{})
	fillPointer(&m.Dashboards.Enabled, true)
	if m.Dashboards.Labels == nil {
		m.Dashboards.Labels = map[string]string{"grafana_dashboard": "1"}
	}
}

// requirements are those of a small cluster: half of the memory is in use with a dozen databases.
func requirements(cpu, cpuLimit, memory string) *corev1.ResourceRequirements {
	amount := resource.MustParse(memory)
	return &corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: amount},
		Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpuLimit), corev1.ResourceMemory: amount},
	}
}
