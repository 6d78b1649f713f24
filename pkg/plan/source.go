package plan

import (
	"net/url"
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
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
	switch i.Type {
	case cnpgv1.MicroserviceSnapshotType:
		if len(i.Databases) != 1 || slices.Contains(i.Databases, "*") {
			m.invalid(path.Child("databases"), strings.Join(i.Databases, ", "), "microservice copies exactly one database by its name into the app's own: "+
				"use monolith for several")
		}
		if len(i.Roles) > 0 {
			m.forbidden(path.Child("roles"), "microservice copies no roles: the app's owner owns everything")
		}
	case cnpgv1.MonolithSnapshotType:
		if len(i.Databases) == 0 {
			m.required(path.Child("databases"), `the databases to copy, or "*" for all`)
		}
		if slices.Contains(i.Databases, "*") && len(i.Databases) > 1 {
			m.invalid(path.Child("databases"), strings.Join(i.Databases, ", "), `"*" stands alone`)
		}
		if slices.Contains(i.Roles, "*") && len(i.Roles) > 1 {
			m.invalid(path.Child("roles"), strings.Join(i.Roles, ", "), `"*" stands alone`)
		}
		if len(i.PostImportApplicationSQL) > 0 {
			m.forbidden(path.Child("postImportApplicationSQL"), "monolith has no application database to run it in")
		}
	default:
		oneOf(m, path.Child("type"), i.Type, cnpgv1.MicroserviceSnapshotType, cnpgv1.MonolithSnapshotType)
	}
	parameters := path.Child("source", "connectionParameters")
	if i.Source.ConnectionParameters["host"] == "" {
		m.required(parameters.Key("host"), "the host of the PostgreSQL to copy")
	}
	if _, ok := i.Source.ConnectionParameters["password"]; ok {
		m.forbidden(parameters.Key("password"), "a password does not belong in Git: put it into a Secret and name that in import.source.password")
	}
}

// replica checks a replica cluster and its source.
func (m *maker) replica() {
	external := m.spec.Child("externalClusters")
	names := map[string]*cnpgv1.ExternalCluster{}
	for i := range m.Spec.ExternalClusters {
		cluster, at := &m.Spec.ExternalClusters[i], external.Index(i)
		switch {
		case cluster.Name == "":
			m.required(at.Child("name"), "the name by which replica refers to it")
		case strings.ContainsAny(cluster.Name, `/\`) || strings.Contains(cluster.Name, ".."):
			m.invalid(at.Child("name"), cluster.Name, `must not hold /, \ or ..`)
		case names[cluster.Name] != nil:
			m.errs = append(m.errs, field.Duplicate(at.Child("name"), cluster.Name))
		}
		names[cluster.Name] = cluster
		if cluster.ConnectionParameters == nil && cluster.BarmanObjectStore == nil && cluster.PluginConfiguration == nil {
			m.required(at, "at least one of connectionParameters, barmanObjectStore and plugin")
		}
		if _, ok := cluster.ConnectionParameters["password"]; ok {
			m.forbidden(at.Child("connectionParameters").Key("password"), "a password does not belong in Git: put it into a Secret and name that in password")
		}
	}
	r, path := m.Spec.Replica, m.spec.Child("replica")
	if r == nil {
		if len(names) > 0 {
			m.warn(external, "nothing refers to it: it serves replica")
		}
		return
	}
	if names[r.Source] == nil {
		m.invalid(path.Child("source"), r.Source, "must be one of externalClusters")
	}
	if r.Enabled != nil && r.Primary != "" {
		m.forbidden(path.Child("enabled"), "primary says which cluster is the primary: keep one of the two")
	}
	if r.Enabled == nil && r.Primary == "" {
		m.required(path.Child("primary"), "which of the clusters is the primary now, or enabled for a replica that stands alone")
	}
	for _, name := range []struct{ field, value string }{{"primary", r.Primary}, {"self", r.Self}} {
		// The cluster itself needs no entry under its own name.
		if name.value != "" && names[name.value] == nil && name.value != m.Cluster {
			m.invalid(path.Child(name.field), name.value, "must be one of externalClusters, or the cluster itself, %s", m.Cluster)
		}
	}
	if r.PromotionToken != "" && !m.IsPrimary() {
		m.forbidden(path.Child("promotionToken"), "it promotes a replica: name this cluster in primary together with it")
	}
	if m.Recovery != nil || m.Spec.Import != nil {
		m.forbidden(path, "a replica cluster is copied from its source: remove import and restore, and keep lineage at 1")
	}
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

// ReplicaSource is the entry of externalClusters that a replica cluster is made from, or nil.
func (p *Plan) ReplicaSource() *cnpgv1.ExternalCluster {
	if p.Spec.Replica == nil {
		return nil
	}
	for i := range p.Spec.ExternalClusters {
		if p.Spec.ExternalClusters[i].Name == p.Spec.Replica.Source {
			return &p.Spec.ExternalClusters[i]
		}
	}
	return nil
}

// StorePort is the port of the archive's endpoint, which the instances must be able to reach.
func (a Archive) StorePort() int32 {
	u, err := url.Parse(a.EndpointURL)
	if err != nil || a.EndpointURL == "" {
		return 443
	}
	switch {
	case u.Port() != "":
		var port int32
		for _, digit := range u.Port() {
			port = port*10 + digit - '0'
		}
		return port
	case u.Scheme == "http":
		return 80
	}
	return 443
}
