package plan

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
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

// PgBouncer's own defaults (https://www.pgbouncer.org/config.html), which CloudNativePG keeps.
const (
	defaultPoolSize      = 20
	defaultMaxClients    = 100
	serverMaxConnections = 100 // PostgreSQL's default of max_connections, which CloudNativePG keeps
)

// poolers checks the poolers, and whether all pools together fit into max_connections.
func (m *maker) poolers() {
	path := m.spec.Child("poolers")
	seen := map[string]bool{}
	var demand int64
	for i := range m.Spec.Poolers {
		pooler, at := &m.Spec.Poolers[i], path.Index(i)
		m.poolerName(at.Child("name"), pooler.Name, seen)
		oneOf(m, at.Child("type"), pooler.Type, cnpgv1.PoolerTypeRW, cnpgv1.PoolerTypeRO, cnpgv1.PoolerTypeR)
		oneOf(m, at.Child("poolMode"), pooler.PoolMode, cnpgv1.PgBouncerPoolModeSession, cnpgv1.PgBouncerPoolModeTransaction)
		if *pooler.Instances < 1 {
			m.invalid(at.Child("instances"), *pooler.Instances, "must be at least 1; to hold connections back, set pgbouncer.paused")
		}
		if pooler.Type == cnpgv1.PoolerTypeRO && *m.Spec.Instances == 1 {
			m.invalid(at.Child("type"), pooler.Type, "a single instance has no replica to read from: use rw or r, or two instances")
		}
		m.requirements(at.Child("resources"), pooler.Resources)
		size := m.poolerParameters(at.Child("parameters"), pooler)
		if pooler.Type != cnpgv1.PoolerTypeRO {
			demand += size * int64(*pooler.Instances)
		}
		m.pgbouncer(at.Child("pgbouncer"), pooler.PgBouncer)
		p := Pooler{Spec: pooler, Connection: Connection{Host: pooler.Name, Database: m.Spec.Database}}
		if m.Owner.Emitted() {
			p.Secret = pooler.Name + cnpg.ApplicationSecretSuffix
		}
		m.Poolers = append(m.Poolers, p)
	}
	if demand == 0 {
		return
	}
	limit, err := strconv.ParseInt(m.Parameters["max_connections"], 10, 64)
	if err != nil {
		limit = serverMaxConnections
	}
	if demand > limit {
		// PgBouncer fills a pool only on demand, so that this is legal, and it may go well for long.
		m.warn(path, "the pools may open %d connections to one instance (instances x default_pool_size), max_connections is %d: "+
			"lower instances or parameters.default_pool_size, or raise maxConnections", demand, limit)
	}
}

func (m *maker) poolerName(path *field.Path, name string, seen map[string]bool) {
	switch {
	case placeholder(name):
		m.noPlaceholder(path, name)
	case name == m.Cluster:
		m.invalid(path, name, "must not be the name of the Cluster")
	case slices.Contains([]string{m.Cluster + "-rw", m.Cluster + "-ro", m.Cluster + "-r", m.Cluster + "-any"}, name):
		m.invalid(path, name, "is the name of a Service of the Cluster")
	case seen[name]:
		m.errs = append(m.errs, field.Duplicate(path, name))
	default:
		for _, problem := range validation.IsDNS1035Label(name) {
			m.invalid(path, name, "%s", problem)
		}
	}
	seen[name] = true
}

// poolerParameters checks PgBouncer's settings and returns the size of a pool.
func (m *maker) poolerParameters(path *field.Path, pooler *v1alpha1.Pooler) int64 {
	size := int64(defaultPoolSize)
	for _, name := range slices.Sorted(maps.Keys(pooler.Parameters)) {
		text := pooler.Parameters[name]
		if name == "pool_mode" {
			m.forbidden(path.Key(name), "write poolMode beside parameters")
			continue
		}
		if !cnpg.IsPgBouncerParameter(name) {
			remedy := "CloudNativePG does not let this be set"
			if neighbour := strict.Closest(name, cnpg.PgBouncerParameters()); neighbour != "" {
				remedy = "unknown parameter of PgBouncer: did you mean " + neighbour + "?"
			}
			m.invalid(path.Key(name), text, "%s", remedy)
			continue
		}
		if name != "default_pool_size" && name != "max_client_conn" || placeholder(text) {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 1 {
			m.invalid(path.Key(name), text, "must be a whole number above zero")
			continue
		}
		if name == "default_pool_size" {
			size = n
		}
	}
	return size
}

func (m *maker) pgbouncer(path *field.Path, p *v1alpha1.PgBouncer) {
	if p == nil {
		return
	}
	if p.AuthQuery != "" && p.AuthQuerySecret == nil && p.ServerTLSSecret == nil {
		m.required(path.Child("authQuerySecret"), "the user that runs authQuery")
	}
	if p.AuthQuerySecret != nil && p.AuthQuery == "" {
		m.required(path.Child("authQuery"), "the query that authQuerySecret's user runs")
	}
	for i, line := range p.PgHBA {
		if err := postgres.CheckHBA(m.Image.Major, line, nil); err != nil {
			m.invalid(path.Child("pg_hba").Index(i), line, "%s", err)
		}
	}
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
		oneOf(m, path.Child("disabledDefaultServices").Index(i), disabled, cnpgv1.ServiceSelectorTypeRO, cnpgv1.ServiceSelectorTypeR)
	}
	seen := map[string]bool{}
	for i := range s.Additional {
		service, at := &s.Additional[i], path.Child("additional").Index(i)
		oneOf(m, at.Child("selectorType"), service.SelectorType, cnpgv1.ServiceSelectorTypeRW, cnpgv1.ServiceSelectorTypeRO, cnpgv1.ServiceSelectorTypeR)
		if service.UpdateStrategy != "" {
			oneOf(m, at.Child("updateStrategy"), service.UpdateStrategy, cnpgv1.ServiceUpdateStrategyPatch, cnpgv1.ServiceUpdateStrategyReplace)
		}
		name := service.ServiceTemplate.ObjectMeta.Name
		at = at.Child("serviceTemplate")
		switch {
		case name == "":
			m.required(at.Child("metadata", "name"), "the name of the Service")
		case seen[name]:
			m.errs = append(m.errs, field.Duplicate(at.Child("metadata", "name"), name))
		case slices.Contains([]string{"-rw", "-ro", "-r", "-any"}, strings.TrimPrefix(name, m.Cluster)):
			m.invalid(at.Child("metadata", "name"), name, "is the name of a default Service")
		case !placeholder(name):
			for _, problem := range validation.IsDNS1035Label(name) {
				m.invalid(at.Child("metadata", "name"), name, "%s", problem)
			}
		}
		seen[name] = true
		if len(service.ServiceTemplate.Spec.Selector) > 0 {
			m.forbidden(at.Child("spec", "selector"), "the selector follows from selectorType")
		}
	}
}
