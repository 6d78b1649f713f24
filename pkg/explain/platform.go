package explain

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/change"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/platform"
)

// Platform writes the explanation of a platform.
func Platform(w io.Writer, p *plan.Platform) error {
	e := explanation{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	e.section("PostgresPlatform %s", p.Platform.Name)
	e.namespace(p)
	e.charts(p)
	e.installation(p, &p.Operator, "operator CloudNativePG", "operatorVersion "+p.Spec.OperatorVersion)
	e.row("instances", fmt.Sprint(*p.Spec.Replicas), operators(*p.Spec.Replicas))
	e.plugin(p)
	e.values("Values of the operator's chart that are not its own", p.Operator.Values, p.Spec.Values, operatorFields)
	if p.Plugin != nil {
		e.values("Values of the plugin's chart that are not its own", p.Plugin.Values, p.Spec.BarmanCloud.Values, pluginFields)
	}
	e.watching(p)
	e.fence(p)
	if err := e.objects(platform.Expand(p), p.Namespace); err != nil {
		return err
	}
	return e.Flush()
}

func (e explanation) namespace(p *plan.Platform) {
	why := "made here, under the restricted pod security standard"
	if !*p.Spec.CreateNamespace {
		why = "must be there: createNamespace is false"
	}
	e.row("namespace", p.Namespace, why)
}

func (e explanation) charts(p *plan.Platform) {
	why := "one HelmRepository for both charts"
	if p.Source.OCI {
		why = "a registry: one OCIRepository for each chart"
	}
	if p.Source.Namespace != "" {
		why += ", in namespace " + p.Source.Namespace + ": Flux must not run with --no-cross-namespace-refs"
	}
	e.row("charts", p.Spec.Source.URL, why)
}

func (e explanation) installation(p *plan.Platform, i *plan.Installation, what, why string) {
	e.row(what, i.Installs, fmt.Sprintf("%s, by chart %s %s; Flux looks every %s, and a failed step is tried again and never rolled back",
		why, i.Chart, i.Version, p.Spec.Interval))
}

func operators(n int32) string {
	if n == 1 {
		return "while it restarts, databases run on; nothing fails over and no change is taken"
	}
	return fmt.Sprintf("one leads, %d to take over; the API server asks any of them", n-1)
}

func (e explanation) plugin(p *plan.Platform) {
	if p.Plugin == nil {
		e.row("Barman Cloud plugin", "none", "barmanCloud.enabled is false: no app can back up by it")
		return
	}
	e.installation(p, p.Plugin, "Barman Cloud plugin", "barmanCloud.version "+p.Spec.BarmanCloud.Version)
	var after []string
	for _, other := range p.Plugin.DependsOn {
		after = append(after, other.Name)
	}
	e.row("installed after", strings.Join(after, ", "), certificates(p.Spec.BarmanCloud.CertManager))
}

func certificates(c *v1alpha1.CertManager) string {
	switch {
	case c == nil:
		return "its certificates need cert-manager, of which nothing is said"
	case c.HelmRelease != nil:
		return "its certificates need cert-manager, which that release installs"
	}
	return "its certificates need cert-manager, which you say is there"
}

// The fields that the values of the charts follow from, by the values' first names.
var (
	operatorFields = map[string]string{"replicaCount": "replicas", "resources": "resources", "config": "operatorConfig", "additionalArgs": "logLevel",
		"podLabels": "inheritedMetadata.labels", "podAnnotations": "inheritedMetadata.annotations"}
	pluginFields = map[string]string{"resources": "barmanCloud.resources", "podLabels": "inheritedMetadata.labels"}
)

// values lists the values of a chart. What the user wrote is not repeated: it may be an environment variable with a password.
func (e explanation) values(title string, all map[string]any, own *v1alpha1.Patch, from map[string]string) {
	if len(all) == 0 {
		return
	}
	e.section("%s", title)
	var written map[string]any
	if own != nil {
		written = change.Leaves(own.Fields)
	}
	leaves := change.Leaves(all)
	for _, path := range slices.Sorted(maps.Keys(leaves)) {
		if _, yours := written[path]; yours {
			e.row(path, "as you wrote it", "values")
			continue
		}
		first, _, _ := strings.Cut(path, ".")
		first, _, _ = strings.Cut(first, "[")
		e.row(path, fmt.Sprint(leaves[path]), from[first])
	}
}

// watching is about monitors, alerts and dashboards.
func (e explanation) watching(p *plan.Platform) {
	m := p.Spec.Monitoring
	e.section("Monitoring")
	if m.Type == v1alpha1.MonitorNone {
		e.row("monitor", "none", "monitoring.type is None: nobody sees whether the operator works")
	} else {
		e.row("monitor", m.Type, "every "+m.Interval+"; the metrics port is on the operator's pod, and on no Service")
	}
	switch n := rules(p.Alerts); {
	case n == 0:
		e.row("alerts", "none", "monitoring.alerts")
	case p.Plugin != nil:
		e.row("alerts", fmt.Sprint(n), "those about the plugin need the metrics of kube-state-metrics and cert-manager: it serves none itself"+excluded(m.Alerts))
	default:
		e.row("alerts", fmt.Sprint(n), "about the operator"+excluded(m.Alerts))
	}
	if d := m.Dashboards; *d.Enabled {
		labels := make([]string, 0, len(d.Labels))
		for _, key := range slices.Sorted(maps.Keys(d.Labels)) {
			labels = append(labels, key+": "+d.Labels[key])
		}
		e.row("dashboards", "3", "ConfigMaps that Grafana's sidecar must look for by "+strings.Join(labels, ", "))
	} else {
		e.row("dashboards", "none", "monitoring.dashboards.enabled is false")
	}
}

func excluded(a *v1alpha1.Alerts) string {
	if len(a.Exclude) == 0 {
		return ""
	}
	return "; without " + strings.Join(a.Exclude, ", ")
}

// fence is about network policies.
func (e explanation) fence(p *plan.Platform) {
	n := p.Spec.Network
	if n == nil || !*n.Policy {
		e.section("Network policies: none, as network is not given")
		return
	}
	e.section("Network policies")
	e.row("into the operator", fmt.Sprintf("port %d from anywhere", p.WebhookPort), "the API server has no label to select it by")
	prometheus := "any namespace"
	if n.PrometheusNamespace != "" {
		prometheus = "namespace " + n.PrometheusNamespace
	}
	e.row("", "metrics from "+prometheus, "network.prometheusNamespace")
	e.row("out of it", "DNS, API server, instances of all namespaces", "it asks them for their status, and works in them as PostgreSQL's client")
	if p.Plugin != nil {
		e.row("", "the plugin", "it has backups taken by it")
		e.row("into the plugin", "the operator alone", "instances talk to its sidecar in their own pod")
	}
	if len(n.AllowTo) > 0 {
		e.row("out of both", fmt.Sprintf("%d more", len(n.AllowTo)), "network.allowTo")
	}
}
