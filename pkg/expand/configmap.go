package expand

import (
	"maps"

	corev1 "k8s.io/api/core/v1"

	"github.com/homelab-foundations/postgresapp/pkg/dashboard"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// configMaps builds the dashboard of the cluster, in a ConfigMap that Grafana's sidecar finds by its labels.
func configMaps(p *plan.Plan) []Object {
	d := p.Spec.Monitoring.Dashboard
	if p.Shared != nil || d == nil || !d.Enabled {
		return nil
	}
	text, err := dashboard.Marshal(dashboard.Overview(p.Cluster))
	if err != nil {
		panic(err) // our own types always marshal
	}
	configMap := &corev1.ConfigMap{
		TypeMeta:   metadata.Type("v1", "ConfigMap"),
		ObjectMeta: meta(p, p.Cluster+"-dashboard", componentMonitoring),
		Data:       map[string]string{p.Cluster + ".json": string(text)},
	}
	if d.Namespace != "" {
		configMap.Namespace = d.Namespace
	}
	configMap.ObjectMeta = metadata.Selected(configMap.ObjectMeta, d.Labels)
	maps.Copy(configMap.Annotations, d.Annotations)
	return []Object{configMap}
}
