package plan

import (
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// ImportSourceName is the name of the imported PostgreSQL among the Cluster's externalClusters.
const ImportSourceName = "import"

// importing checks the copy of a PostgreSQL elsewhere.
func (m *maker) importing() {
	i, path := m.Spec.Import, m.spec.Child("import")
	if i == nil {
		return
	}
	if m.Recovery != nil {
		m.warn(path, "left out: the restored database holds already what was imported when it was new")
	}
	if len(i.Databases) == 0 {
		m.required(path.Child("databases"), `the database to copy; with type monolith the databases, or "*" for all`)
	}
	switch i.Type {
	case cnpgv1.MicroserviceSnapshotType:
		if len(i.Databases) > 1 || len(i.Databases) == 1 && strings.Contains(i.Databases[0], "*") {
			m.invalid(path.Child("databases"), strings.Join(i.Databases, ", "), "microservice copies exactly one database by its name into the app's own: "+
				"use monolith for several")
		}
		if len(i.Roles) > 0 {
			m.forbidden(path.Child("roles"), "microservice copies no roles, because the app's owner owns everything: remove them")
		}
	case cnpgv1.MonolithSnapshotType:
		if slices.Contains(i.Databases, "*") && len(i.Databases) > 1 {
			m.invalid(path.Child("databases"), strings.Join(i.Databases, ", "), `"*" is all databases and stands alone: remove it or the others`)
		}
		if slices.Contains(i.Roles, "*") && len(i.Roles) > 1 {
			m.invalid(path.Child("roles"), strings.Join(i.Roles, ", "), `"*" is all roles and stands alone: remove it or the others`)
		}
		if len(i.PostImportApplicationSQL) > 0 {
			m.forbidden(path.Child("postImportApplicationSQL"), "monolith has no application database to run it in: remove it")
		}
	default:
		oneOf(&m.checker, path.Child("type"), i.Type, cnpgv1.MicroserviceSnapshotType, cnpgv1.MonolithSnapshotType)
	}
	parameters := path.Child("source", "connectionParameters")
	if i.Source.ConnectionParameters["host"] == "" {
		m.required(parameters.Key("host"), "the host of the PostgreSQL to copy")
	}
	m.connectionPort(parameters, i.Source.ConnectionParameters)
	if _, ok := i.Source.ConnectionParameters["password"]; ok {
		m.forbidden(parameters.Key("password"), "a password does not belong in Git: put it into a Secret and name that in import.source.password")
	}
	m.tlsFiles(path.Child("source"), i.Source.SSLCert, i.Source.SSLKey, i.Source.SSLRootCert)
}

// tlsFiles checks the Secrets with certificates, whose names and keys become those of files.
func (m *maker) tlsFiles(path *field.Path, cert, key, root *corev1.SecretKeySelector) {
	for _, file := range []struct {
		name string
		ref  *corev1.SecretKeySelector
	}{{"sslCert", cert}, {"sslKey", key}, {"sslRootCert", root}} {
		if file.ref == nil {
			continue
		}
		m.keyReference(path.Child(file.name), file.ref.Name, file.ref.Key, "Secret", "tls.crt")
		if !isFileName(file.ref.Key) {
			m.invalid(path.Child(file.name, "key"), file.ref.Key, fileNameRule)
		}
	}
}

const fileNameRule = `becomes the name of a file: use neither / nor \, and not . or .. alone`

// isFileName tells whether a name can be that of a file (isUnsafePathComponent in internal/webhook/v1/cluster_webhook.go, CloudNativePG
// 1.30.0).
func isFileName(name string) bool {
	return name != "." && name != ".." && !strings.ContainsAny(name, `/\`)
}

// replica checks a replica cluster and its source.
func (m *maker) replica() {
	m.externalClusters(m.spec.Child("externalClusters"))
	r, path := m.Spec.Replica, m.spec.Child("replica")
	if r == nil {
		if len(m.Spec.ExternalClusters) > 0 {
			m.warn(m.spec.Child("externalClusters"), "nothing refers to it: it serves replica")
		}
		return
	}
	// Every cluster of a topology looks itself up, too (validateReplicaClusterExternalClusters in internal/webhook/v1/cluster_webhook.go,
	// CloudNativePG 1.30.0).
	if r.Source == "" {
		m.required(path.Child("source"), "the entry of externalClusters that is followed")
	}
	for _, reference := range []struct{ name, value string }{{"source", r.Source}, {"primary", r.Primary}, {"self", r.Self}} {
		if reference.value != "" && m.external(reference.value) == nil {
			m.invalid(path.Child(reference.name), reference.value, "must be the name of one of externalClusters, which has an entry for each cluster of the "+
				"topology, this one too")
		}
	}
	switch {
	case r.Enabled != nil && r.Primary != "":
		m.forbidden(path.Child("enabled"), "primary says which cluster is the primary: keep one of the two")
	case r.Enabled == nil && r.Primary == "":
		m.required(path.Child("primary"), "which of the clusters is the primary now; or enabled: true for a replica that stands alone")
	}
	m.promotionToken(path.Child("promotionToken"), r.PromotionToken)
	if m.Copied() && (m.Spec.Restore != nil || m.Spec.Import != nil) {
		m.forbidden(path, "a replica cluster is copied from its source: remove import and restore")
	}
}

// externalClusters checks the other clusters that replica refers to.
func (m *maker) externalClusters(list *field.Path) {
	taken := ""
	switch {
	case m.Recovery != nil:
		taken = m.Recovery.SourceName
	case m.Spec.Import != nil:
		taken = ImportSourceName
	}
	for i := range m.Spec.ExternalClusters {
		cluster, at := &m.Spec.ExternalClusters[i], list.Index(i)
		switch {
		case cluster.Name == "":
			m.required(at.Child("name"), "the name by which replica refers to it")
		case !isFileName(cluster.Name):
			m.invalid(at.Child("name"), cluster.Name, fileNameRule)
		case m.external(cluster.Name) != cluster:
			m.invalid(at.Child("name"), cluster.Name, "is in the list already: keep one of the two")
		case cluster.Name == taken:
			m.invalid(at.Child("name"), cluster.Name, "is the name of the source of this cluster's own restore or import: use another one")
		}
		if len(cluster.ConnectionParameters) == 0 && cluster.BarmanObjectStore == nil && cluster.PluginConfiguration == nil {
			m.required(at, "at least one of connectionParameters, barmanObjectStore and plugin")
		}
		m.connectionPort(at.Child("connectionParameters"), cluster.ConnectionParameters)
		if _, ok := cluster.ConnectionParameters["password"]; ok {
			m.forbidden(at.Child("connectionParameters").Key("password"), "a password does not belong in Git: put it into a Secret and name that in password")
		}
		m.tlsFiles(at, cluster.SSLCert, cluster.SSLKey, cluster.SSLRootCert)
	}
}

// external is the first entry of externalClusters with that name, or nil.
func (p *Plan) external(name string) *cnpgv1.ExternalCluster {
	for i := range p.Spec.ExternalClusters {
		if p.Spec.ExternalClusters[i].Name == name {
			return &p.Spec.ExternalClusters[i]
		}
	}
	return nil
}

// IsReplica tells whether the cluster follows another one.
func (p *Plan) IsReplica() bool {
	r := p.Spec.Replica
	switch {
	case r == nil:
		return false
	case r.Enabled != nil:
		return *r.Enabled
	}
	return !p.IsPrimary()
}

// IsPrimary tells whether the cluster is the primary of a topology of several.
func (p *Plan) IsPrimary() bool {
	r := p.Spec.Replica
	if r == nil {
		return false
	}
	self := r.Self
	if self == "" {
		self = p.Cluster
	}
	return r.Primary == self
}

// Copied tells whether the cluster is created from the one that it follows, or followed. The primary of a topology is not: with it the
// topology begins, and nothing is there to copy. Once the cluster exists, CloudNativePG does not look at where it came from, so that a
// change of the primary needs no other change.
func (p *Plan) Copied() bool { return p.Spec.Replica != nil && !p.IsPrimary() }

// ReplicaSource is the entry of externalClusters that a replica cluster is made from, or nil.
func (p *Plan) ReplicaSource() *cnpgv1.ExternalCluster {
	if p.Spec.Replica == nil {
		return nil
	}
	return p.external(p.Spec.Replica.Source)
}
