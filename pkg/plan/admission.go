package plan

import (
	"strconv"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// admission says what CloudNativePG's admission says when the Cluster and its Poolers are applied, where nothing else has said it already
// (getAdmissionWarnings and validateResources in internal/webhook/v1/cluster_webhook.go, getAdmissionWarnings in pooler_webhook.go,
// CloudNativePG 1.30.0).
func (m *maker) admission() {
	s := m.Spec
	m.readableParameters()
	m.bufferRequest()
	if v := s.ProjectedVolumeTemplate; v != nil && v.Sources == nil {
		// The operator writes null for a missing list, and the Cluster's own definition refuses null.
		m.required(m.spec.Child("projectedVolumeTemplate", "sources"), "the Secrets and ConfigMaps to mount at /projected")
	}
	if s.NodeMaintenanceWindow != nil {
		m.warn(m.spec.Child("nodeMaintenanceWindow"), "CloudNativePG advises against it: leave it out, and set enablePDB: false while nodes are drained")
	}
	m.volumeTwice(m.spec.Child("storage"), s.Storage)
	m.volumeTwice(m.spec.Child("walStorage"), s.WalStorage)
	for i := range s.ExternalClusters {
		if s.ExternalClusters[i].BarmanObjectStore != nil {
			m.warn(m.spec.Child("externalClusters").Index(i).Child("barmanObjectStore"), "the operator's own Barman Cloud is deprecated since "+
				"CloudNativePG 1.26 and announced to be removed in 1.31: name an ObjectStore in plugin instead")
		}
	}
	if ttl := s.Monitoring.MetricsQueriesTTL; ttl != nil && ttl.Duration == 0 {
		m.warn(m.spec.Child("monitoring", "metricsQueriesTTL"), "every scrape runs every query then: leave it out, which keeps results for 30 seconds")
	}
	for i := range s.Poolers {
		p, at := s.Poolers[i].PgBouncer, m.spec.Child("poolers").Index(i).Child("pgbouncer")
		if p != nil && !m.failedWithin(at.String()) && (p.AuthQuery != "" || p.AuthQuerySecret != nil || p.ServerTLSSecret != nil) {
			m.warn(at, "the operator gives PgBouncer no access then: create the role and the function of authQuery yourself, or leave out "+
				"authQuery, authQuerySecret and serverTLSSecret")
		}
	}
}

// volumeTwice warns where size or class of a volume stands in two places.
func (m *maker) volumeTwice(path *field.Path, storage *cnpgv1.StorageConfiguration) {
	if storage == nil || storage.PersistentVolumeClaimTemplate == nil {
		return
	}
	template, at := storage.PersistentVolumeClaimTemplate, path.Child("pvcTemplate")
	if request := template.Resources.Requests[corev1.ResourceStorage]; storage.Size != "" && !request.IsZero() {
		m.warn(at.Child("resources", "requests").Key("storage"), "is not used, because size says it too: keep one of the two")
	}
	if storage.StorageClass != nil && template.StorageClassName != nil {
		m.warn(at.Child("storageClassName"), "is not used, because storageClass says it too: keep one of the two")
	}
}

// readableParameters checks those parameters that the operator reads itself, as strictly as it does. PostgreSQL has more ways to say them.
func (m *maker) readableParameters() {
	if m.Spec.PostgreSQL == nil {
		return
	}
	for _, name := range []string{"shared_buffers", "min_wal_size", "max_wal_size", "wal_level"} {
		text, set := m.Spec.PostgreSQL.Parameters[name]
		at := m.spec.Child("postgresql", "parameters").Key(name)
		switch {
		case !set || placeholder(text) || m.failed(at.String()):
		case name == "wal_level" && text != "minimal" && text != "replica" && text != "logical":
			m.invalid(at, text, "CloudNativePG knows minimal, replica and logical, in lower case")
		case name != "wal_level" && text != "" && !operatorReads(text):
			m.invalid(at, text, "CloudNativePG reads a number with kB, MB, GB or TB, such as 512MB")
		}
	}
}

// operatorReads tells whether the operator can read an amount of memory (parsePostgresQuantityValue in
// internal/webhook/v1/cluster_webhook.go, CloudNativePG 1.30.0): a whole number, or one that Kubernetes reads when the B at its end is an i.
func operatorReads(text string) bool {
	if _, err := strconv.Atoi(text); err == nil {
		return true
	}
	number, isAmount := strings.CutSuffix(text, "B")
	number = strings.ReplaceAll(number, " ", "")
	if _, err := strconv.Atoi(number); err != nil {
		number = strings.ReplaceAll(number+"i", "ki", "Ki")
	}
	_, err := resource.ParseQuantity(number)
	return isAmount && err == nil
}

// bufferRequest compares shared_buffers with the memory request of a container without a limit, for which nothing else is derived. With a
// limit the whole budget is weighed.
func (m *maker) bufferRequest() {
	const name = "shared_buffers"
	at := m.spec.Child("postgresql", "parameters").Key(name)
	text, request := m.Parameters[name], m.memoryRequest()
	if text == "" || request == 0 || m.memoryBytes() > 0 || placeholder(text) || m.failed(at.String()) {
		return
	}
	unit := "8kB"
	if _, err := strconv.Atoi(text); err == nil {
		unit = "MB" // PostgreSQL reads pages of 8kB, and the operator megabytes
	}
	buffers, err := postgres.ParseMemory(text, unit)
	if err != nil || buffers <= request {
		return
	}
	for name, pages := range m.Spec.Resources.Limits {
		if isHugePages(name) && buffers <= pages.Value() {
			return
		}
	}
	m.invalid(at, text, "is more than the memory request, %s, which CloudNativePG refuses: raise the request or lower %s",
		resource.NewQuantity(request, resource.BinarySI), name)
}
