package plan

import (
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/alert"
	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// source checks where the charts come from.
func (m *platformMaker) source() {
	s, path := m.Spec.Source, m.spec.Child("source")
	at := path.Child("url")
	if m.noPlaceholder(at, s.URL) {
		m.chartsURL(at, s.URL)
	}
	m.Source = Source{OCI: strings.HasPrefix(s.URL, ociScheme)}
	m.namespaceName(path.Child("namespace"), s.Namespace)
	if s.Namespace != m.Namespace {
		m.Source.Namespace = s.Namespace
	}
	m.duration(path.Child("interval"), s.Interval)
	if s.SecretRef != nil {
		m.objectReference(path.Child("secretRef", "name"), s.SecretRef.Name, "the name of the Secret with the credentials")
	}
}

const ociScheme = "oci://"

func (m *platformMaker) chartsURL(path *field.Path, text string) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" && parsed.Scheme != "oci":
		// The text may hold a password.
		m.report(field.Invalid(path, field.OmitValueType{}, "must be the address of a Helm repository, such as "+v1alpha1.DefaultChartsURL+
			", or of a folder in a registry, such as oci://ghcr.io/cloudnative-pg/charts"))
	case parsed.User != nil:
		m.report(field.Invalid(path, field.OmitValueType{}, "holds credentials: write them into a Secret, and its name into secretRef"))
	case parsed.Scheme == "oci" && (strings.HasSuffix(text, "/") || parsed.RawQuery != "" || strings.Contains(parsed.Path, ":")):
		m.invalid(path, text, "must be a folder, without a slash at its end and without a version: the names of the charts follow")
	}
}

// monitoring checks how metrics are found, which alerts are left out, and where dashboards go.
func (m *platformMaker) monitoring() {
	s, path := m.Spec.Monitoring, m.spec.Child("monitoring")
	if s.Type == v1alpha1.MonitorService {
		m.invalid(path.Child("type"), s.Type, "a ServiceMonitor would find nothing, because the operator's Service has no metrics port: write PodMonitor")
	} else {
		oneOf(&m.checker, path.Child("type"), s.Type, v1alpha1.MonitorPod, v1alpha1.MonitorNone)
	}
	m.scraping(path, s.Interval, s.ScrapeTimeout)
	m.labels(path.Child("labels"), s.Labels)
	m.alertSettings(path.Child("alerts"), alertsOf{s.Alerts, s.Type, alert.PlatformNames(), alert.CheckPlatformLabel})
	d, at := s.Dashboards, path.Child("dashboards")
	m.namespaceName(at.Child("namespace"), d.Namespace)
	m.labels(at.Child("labels"), d.Labels)
	m.annotations(at.Child("annotations"), d.Annotations)
}

// network checks where Prometheus is, and where else the pods may go.
func (m *platformMaker) network() {
	n, path := m.Spec.Network, m.spec.Child("network")
	if n == nil {
		return
	}
	m.namespaceName(path.Child("prometheusNamespace"), n.PrometheusNamespace)
	m.egress(path.Child("allowTo"), n.AllowTo)
}

// alerts derives the rules that watch the platform.
func (m *platformMaker) alerts() {
	settings := m.Spec.Monitoring.Alerts
	if !*settings.Enabled || len(m.errs) > 0 {
		return
	}
	groups, err := alert.PlatformGroups(alert.Platform{
		Namespace: m.Namespace, Plugin: m.Plugin != nil, Certificates: m.Plugin != nil && createsCertificates(m.Plugin.Values),
		Labels: settings.Labels, Exclude: settings.Exclude,
	})
	if err != nil {
		m.report(field.InternalError(m.spec.Child("monitoring", "alerts"), err)) // whatever may be wrong was checked
	}
	m.Alerts = groups
}
