package platform

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/dashboard"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// configMaps builds the dashboards, in ConfigMaps that Grafana's sidecar finds by their labels.
func configMaps(p *plan.Platform) []metav1.Object {
	d := p.Spec.Monitoring.Dashboards
	if !*d.Enabled {
		return nil
	}
	var list []metav1.Object
	for _, one := range []struct {
		name string
		dashboard.Dashboard
	}{
		{"cloudnative-pg-operator", dashboard.Operator()},
		{"postgresql-overview", dashboard.Overview("")},
		{"postgresql-backups", dashboard.Backups()},
	} {
		text, err := dashboard.Marshal(one.Dashboard)
		if err != nil {
			panic(err) // our own types always marshal
		}
		configMap := &corev1.ConfigMap{
			TypeMeta:   metadata.Type("v1", "ConfigMap"),
			ObjectMeta: metadata.Selected(meta(p, one.name+"-dashboard", componentMonitoring), d.Labels),
			Data:       map[string]string{one.name + ".json": string(text)},
		}
		if d.Namespace != "" {
			configMap.Namespace = d.Namespace
		}
		maps.Copy(configMap.Annotations, d.Annotations)
		list = append(list, configMap)
	}
	return list
}
