package plan

import (
	"slices"
	"strconv"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Pooler is a Pooler with the owner's connection through it.
type Pooler struct {
	Spec *v1alpha1.Pooler

	// Secret is the name of the Secret with the owner's connection through the pooler, or "" when the password is not ours to write.
	Secret string

	// Connection leads through the pooler.
	Connection Connection
}

const (
	// defaultPoolSize is PgBouncer's own default of default_pool_size (https://www.pgbouncer.org/config.html), which CloudNativePG keeps.
	defaultPoolSize = 20

	// serverMaxConnections is PostgreSQL's own default of max_connections, which CloudNativePG keeps.
	serverMaxConnections = 100
)

// poolers checks the poolers, and whether all pools together fit into max_connections.
func (m *maker) poolers() {
	path := m.spec.Child("poolers")
	var demand int64
	for i := range m.Spec.Poolers {
		pooler, at := &m.Spec.Poolers[i], path.Index(i)
		m.poolerName(at.Child("name"), i)
		oneOf(&m.checker, at.Child("type"), pooler.Type, cnpgv1.PoolerTypeRW, cnpgv1.PoolerTypeRO, cnpgv1.PoolerTypeR)
		oneOf(&m.checker, at.Child("poolMode"), pooler.PoolMode, cnpgv1.PgBouncerPoolModeSession, cnpgv1.PgBouncerPoolModeTransaction)
		if *pooler.Instances < 1 {
			m.invalid(at.Child("instances"), *pooler.Instances, "must be at least 1; to hold connections back, set pgbouncer.paused")
		}
		if pooler.Type == cnpgv1.PoolerTypeRO && *m.Spec.Instances == 1 {
			m.invalid(at.Child("type"), pooler.Type, "a single instance has no replica to read from: use rw or r, or two instances")
		}
		m.requirements(at.Child("resources"), pooler.Resources)
		if pooler.Template != nil && pooler.Template.Spec.Containers == nil && pooler.Resources == nil {
			m.required(at.Child("template", "spec", "containers"), "write containers: [] where nothing is to be said of PgBouncer's own")
		}
		size := m.poolerParameters(at.Child("parameters"), pooler)
		if pooler.Type != cnpgv1.PoolerTypeRO {
			demand += size * int64(max(*pooler.Instances, 0))
		}
		m.pgbouncer(at.Child("pgbouncer"), pooler.PgBouncer)
		if pooler.ServiceTemplate != nil {
			m.servicePorts(at.Child("serviceTemplate", "spec", "ports"), &pooler.ServiceTemplate.Spec, poolerListeners)
		}
		p := Pooler{Spec: pooler, Connection: Connection{Host: pooler.Name, Database: m.Spec.Database}}
		if m.Owner.Emitted() {
			p.Secret = pooler.Name + cnpg.ApplicationSecretSuffix
		}
		m.Poolers = append(m.Poolers, p)
	}
	if limit, known := m.maxConnections(); known && demand > limit {
		// The operator accepts it, and PgBouncer fills a pool only on demand: it goes well until the app is busy.
		m.invalid(path, demand, "the pools may open %d connections to one instance (instances x default_pool_size), max_connections is %d: "+
			"lower instances or parameters.default_pool_size, or raise maxConnections", demand, limit)
	}
}

// maxConnections is how many connections an instance takes, if that is known before Flux substitutes it.
func (m *maker) maxConnections() (limit int64, known bool) {
	text, given := m.Parameters["max_connections"]
	if !given {
		return serverMaxConnections, m.Parameters != nil
	}
	limit, err := strconv.ParseInt(text, 10, 64)
	return limit, err == nil
}

// poolerName checks the name of a pooler, which becomes that of a Deployment and a Service.
func (m *maker) poolerName(path *field.Path, i int) {
	name := m.Spec.Poolers[i].Name
	switch {
	case !m.noPlaceholder(path, name):
	case name == m.Cluster:
		m.invalid(path, name, "is the name of the Cluster: use another one")
	case slices.Contains(m.clusterServices(), name):
		m.invalid(path, name, "is the name of a Service of the Cluster: use another one")
	case slices.ContainsFunc(m.Spec.Poolers[:i], func(other v1alpha1.Pooler) bool { return other.Name == name }):
		m.invalid(path, name, "is the name of another pooler: give each a name of its own")
	case m.validCluster():
		m.serviceName(path, name)
	}
}

// validCluster tells whether the Cluster's name is right, from which others derive.
func (m *maker) validCluster() bool {
	return !m.failed("metadata.name") && !m.failed("spec.clusterName")
}

// clusterServices are the names of the Services that the operator makes for the Cluster, and of ours.
func (m *maker) clusterServices() []string {
	return []string{m.Cluster + cnpg.ServiceReadWriteSuffix, m.Cluster + cnpg.ServiceReadOnlySuffix, m.Cluster + cnpg.ServiceReadSuffix,
		m.Cluster + cnpg.ServiceAnySuffix, m.Cluster + "-metrics"}
}

// poolerParameters checks PgBouncer's settings and returns the size of a pool.
func (m *maker) poolerParameters(path *field.Path, pooler *v1alpha1.Pooler) int64 {
	size := int64(defaultPoolSize)
	for _, name := range sortedKeys(pooler.Parameters) {
		text := pooler.Parameters[name]
		since, known := cnpg.PgBouncerParameterSince(name)
		switch {
		case name == "pool_mode":
			m.forbidden(path.Key(name), "write poolMode beside parameters")
		case !known:
			remedy := "CloudNativePG does not let this be set: remove it"
			if neighbour := strict.Closest(name, cnpg.PgBouncerParameters()); neighbour != "" {
				remedy = "no setting of PgBouncer that CloudNativePG knows: did you mean " + neighbour + "?"
			}
			m.forbidden(path.Key(name), "%s", remedy)
		case m.Target.Less(since):
			m.forbidden(path.Key(name), "CloudNativePG accepts it from %s on: raise operatorVersion, or remove it", since)
		case placeholder(text), name != "default_pool_size" && name != "max_client_conn":
		default:
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil || n < 1 {
				m.invalid(path.Key(name), text, "must be a whole number above zero")
			} else if name == "default_pool_size" {
				size = n
			}
		}
	}
	return size
}

func (m *maker) pgbouncer(path *field.Path, p *v1alpha1.PgBouncer) {
	if p == nil {
		return
	}
	authenticates := p.AuthQuerySecret != nil || p.ServerTLSSecret != nil
	switch {
	case p.AuthQuery != "" && !authenticates:
		m.required(path.Child("authQuerySecret"), "the user that runs authQuery")
	case p.AuthQuery == "" && authenticates:
		m.required(path.Child("authQuery"), "the query that finds a user's password, which the user of authQuerySecret or serverTLSSecret runs")
	}
	m.hba(path.Child("pg_hba"), p.PgHBA, nil)
	for _, secret := range []struct {
		name string
		ref  *cnpgv1.LocalObjectReference
	}{{"serverTLSSecret", p.ServerTLSSecret}, {"serverCASecret", p.ServerCASecret}, {"clientCASecret", p.ClientCASecret},
		{"clientTLSSecret", p.ClientTLSSecret}, {"authQuerySecret", p.AuthQuerySecret}} {
		if secret.ref != nil {
			m.objectReference(path.Child(secret.name, "name"), secret.ref.Name, "the name of the Secret")
		}
	}
}

// services checks the managed services.
func (m *maker) services() {
	s, path := m.Spec.Services, m.spec.Child("services")
	if s == nil {
		return
	}
	for i, disabled := range s.DisabledDefaultServices {
		if disabled == cnpgv1.ServiceSelectorTypeRW {
			m.invalid(path.Child("disabledDefaultServices").Index(i), disabled, "the primary's Service cannot be left out: the operator connects through it")
			continue
		}
		oneOf(&m.checker, path.Child("disabledDefaultServices").Index(i), disabled, cnpgv1.ServiceSelectorTypeRO, cnpgv1.ServiceSelectorTypeR)
	}
	for i := range s.Additional {
		service, at := &s.Additional[i], path.Child("additional").Index(i)
		oneOf(&m.checker, at.Child("selectorType"), service.SelectorType, cnpgv1.ServiceSelectorTypeRW, cnpgv1.ServiceSelectorTypeRO, cnpgv1.ServiceSelectorTypeR)
		if service.UpdateStrategy != "" {
			oneOf(&m.checker, at.Child("updateStrategy"), service.UpdateStrategy, cnpgv1.ServiceUpdateStrategyPatch, cnpgv1.ServiceUpdateStrategyReplace)
		}
		m.additionalName(at.Child("serviceTemplate", "metadata", "name"), i)
		if len(service.ServiceTemplate.Spec.Selector) > 0 {
			m.forbidden(at.Child("serviceTemplate", "spec", "selector"), "the selector follows from selectorType: remove it")
		}
		m.servicePorts(at.Child("serviceTemplate", "spec", "ports"), &service.ServiceTemplate.Spec, instanceListeners)
	}
}

func (m *maker) additionalName(path *field.Path, i int) {
	additional := m.Spec.Services.Additional
	name := additional[i].ServiceTemplate.ObjectMeta.Name
	switch {
	case name == "":
		m.required(path, "the name of the Service")
	case slices.Contains(m.clusterServices(), name):
		m.invalid(path, name, "is the name of a Service that is made anyway: use another one")
	case slices.ContainsFunc(m.Spec.Poolers, func(p v1alpha1.Pooler) bool { return p.Name == name }):
		m.invalid(path, name, "is the name of a pooler's Service: use another one")
	case slices.ContainsFunc(additional[:i], func(other cnpgv1.ManagedService) bool { return other.ServiceTemplate.ObjectMeta.Name == name }):
		m.invalid(path, name, "is in the list already: keep one of the two")
	case !placeholder(name):
		m.serviceName(path, name)
	}
}
