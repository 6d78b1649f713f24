package chart

// refused are values that the charts have, and that would take the other objects of a platform away from what they are about.
var refused = map[string]string{
	"nameOverride":                           "monitor and network policies find the pods by the chart's own name",
	"fullnameOverride":                       "alerts and procedures name the Deployment by the release's name",
	"namespaceOverride":                      "write spec.operatorNamespace",
	"service.name":                           "the certificates are made out to it, and the chart says not to change it",
	"monitoring.podMonitorEnabled":           "the platform has a PodMonitor of its own: write spec.monitoring",
	"monitoring.podMonitorAdditionalLabels":  "it is about the chart's own PodMonitor: write spec.monitoring.labels",
	"monitoring.podMonitorMetricRelabelings": "it is about the chart's own PodMonitor: write spec.monitoring.metricRelabelings",
	"monitoring.podMonitorRelabelings":       "it is about the chart's own PodMonitor: write spec.monitoring.relabelings",
	"monitoring.grafanaDashboard":            "the platform has dashboards of its own: write spec.monitoring.dashboards",
	"config.data":                            "write spec.operatorConfig",
	"config.create":                          "operator and chart agree on the ConfigMap: write spec.operatorConfig",
	"config.name":                            "operator and chart agree on the ConfigMap: write spec.operatorConfig",
}

// hints are remedies for keys that people write although no chart has them.
var hints = map[string]string{
	"securityContext":                   "write containerSecurityContext or podSecurityContext",
	"webhook.replicaCount":              "the webhook runs in the operator's pod: write spec.replicas",
	"webhook.resources":                 "the webhook runs in the operator's pod: write spec.resources",
	"monitoring.enabled":                "write spec.monitoring",
	"monitoring.createGrafanaDashboard": "write spec.monitoring.dashboards",
	"config.MONITORING_ENABLED":         "the operator has no such setting: every PostgresApp has its monitor",
	"config.BACKUP_RETENTION_POLICY":    "the operator has no such setting: write backup.retention into a PostgresDefaults",
	"config.LOG_LEVEL":                  "write spec.logLevel",
	"extraArgs":                         "write additionalArgs",
	"extraEnv":                          "write additionalEnv",
	"args":                              "write additionalArgs",
	"env":                               "write additionalEnv",
	"replicas":                          "write spec.replicas",
	"image.registry":                    "the operator's chart takes the registry as a part of image.repository",
}

// otherwise are the ways to what an unread value promises, and patched that to any of them.
var otherwise = map[string]string{
	"certificate.issuerName": "to have Certificates of another issuer, make barman-cloud-server-tls and barman-cloud-client-tls yourself, and set " +
		"createServerCertificate and createClientCertificate to false",
}

const patched = "patch the Deployment by overrides: {barmanCloudHelmRelease: {spec: {postRenderers: ...}}}"
