package plan

import (
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// definitions checks the blocks that pass through to the operator's objects against the definitions of these, for what their Go types do
// not say, such as enumerations and required fields, and for what the target version does not know. What was found already is not said
// again.
func (m *maker) definitions() {
	if m.Shared != nil {
		return
	}
	s := m.Spec
	settings := m.encoded(&s.ClusterSettings)
	for name, block := range map[string]any{
		"postgresql": s.PostgreSQL, "walStorage": s.WalStorage, "replica": s.Replica, "externalClusters": s.ExternalClusters,
		"inheritedMetadata": s.InheritedMetadata, "storage": s.Storage, "resources": s.Resources,
	} {
		if value := m.encodedBlock(block); value != nil {
			settings[name] = value
		}
	}
	if postgresql, ok := settings["postgresql"].(map[string]any); ok {
		dropFalse(postgresql)
	}
	m.definition("Cluster", settings, map[string]*field.Path{"spec": m.spec})
	if s.Services != nil {
		m.definition("Cluster", map[string]any{"managed": map[string]any{"services": m.encodedBlock(s.Services)}},
			map[string]*field.Path{"spec.managed.services": m.spec.Child("services")})
	}
	if b := s.Backup; b != nil && b.VolumeSnapshot != nil {
		m.definition("Cluster", map[string]any{"backup": map[string]any{"volumeSnapshot": m.encodedBlock(b.VolumeSnapshot)}},
			map[string]*field.Path{"spec.backup.volumeSnapshot": m.spec.Child("backup", "volumeSnapshot")})
	}
	if ttl := s.Monitoring.MetricsQueriesTTL; ttl != nil {
		m.definition("Cluster", map[string]any{"monitoring": map[string]any{"metricsQueriesTTL": m.encodedBlock(ttl)}},
			map[string]*field.Path{"spec.monitoring.metricsQueriesTTL": m.spec.Child("monitoring", "metricsQueriesTTL")})
	}
	if i := s.Import; i != nil {
		block := m.encoded(i)
		block["source"] = map[string]any{"externalCluster": ImportSourceName}
		m.definition("Cluster", map[string]any{"bootstrap": map[string]any{"initdb": map[string]any{"import": block}}},
			map[string]*field.Path{"spec.bootstrap.initdb.import": m.spec.Child("import")})
	}
	for i := range s.Poolers {
		m.poolerDefinition(i)
	}
}

func (m *maker) poolerDefinition(i int) {
	pooler, at := &m.Spec.Poolers[i], m.spec.Child("poolers").Index(i)
	spec := map[string]any{"cluster": map[string]any{"name": m.Cluster}, "pgbouncer": map[string]any{}}
	paths := map[string]*field.Path{"spec.pgbouncer": at.Child("pgbouncer"), "spec.serviceAccountName": at.Child("serviceAccountName")}
	if pooler.PgBouncer != nil {
		spec["pgbouncer"] = m.encodedBlock(pooler.PgBouncer)
	}
	if pooler.ServiceAccountName != "" {
		spec["serviceAccountName"] = pooler.ServiceAccountName
	}
	if pooler.Template != nil {
		spec["template"], paths["spec.template"] = m.encodedBlock(pooler.Template), at.Child("template")
	}
	if pooler.ServiceTemplate != nil {
		spec["serviceTemplate"], paths["spec.serviceTemplate"] = m.encodedBlock(pooler.ServiceTemplate), at.Child("serviceTemplate")
	}
	m.definition("Pooler", spec, paths)
}

// definition checks the spec of an object. paths lead from its fields to the app's; errors about other fields are not the user's.
func (m *maker) definition(kind string, spec map[string]any, paths map[string]*field.Path) {
	if len(spec) == 0 {
		return
	}
	dropEmpty(spec)
	object := map[string]any{"apiVersion": cnpgv1.SchemeGroupVersion.String(), "kind": kind, "metadata": map[string]any{"name": m.Cluster}, "spec": spec}
	var found field.ErrorList
	for _, missing := range cnpg.Check(kind, object, m.Target) {
		found = append(found, &field.Error{Type: field.ErrorTypeForbidden, Field: missing.Path, Detail: missing.String()})
	}
	if m.Spec.Borrows() { // reading the definitions takes longer than all the rest
		found = append(found, cnpg.Validate(cnpgv1.SchemeGroupVersion.String(), kind, object, nil)...)
	}
	for _, err := range found {
		for prefix, path := range paths {
			rest, ok := strings.CutPrefix(err.Field, prefix)
			if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
				continue
			}
			if own := path.String() + rest; m.concerns(spec, err.Field) && !m.near(own) {
				err.Field = own
				m.errs = append(m.errs, err)
			}
			break
		}
	}
}

// concerns tells whether an error is about a block that the app has, not about one that the object would need beside it.
func (m *maker) concerns(spec map[string]any, path string) bool {
	rest, _ := strings.CutPrefix(path, "spec.")
	name := rest[:strings.IndexAny(rest+".", ".[")]
	_, given := spec[name]
	return given
}

// near tells whether something was found about a field, about one within it, or about what it belongs to.
func (m *maker) near(path string) bool {
	return slices.ContainsFunc(m.errs, func(err *field.Error) bool { return within(path, err.Field) || within(err.Field, path) })
}

func (m *maker) encodedBlock(block any) any {
	value, err := jsontype.Encode(block)
	if err != nil {
		m.report(field.InternalError(m.spec, err))
	}
	return value
}

func (m *maker) encoded(block any) map[string]any {
	if object, ok := m.encodedBlock(block).(map[string]any); ok {
		return object
	}
	return map[string]any{}
}

// dropEmpty removes empty texts, which their types write where nobody wrote them, so that what is required is missed.
func dropEmpty(value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, element := range value {
			if element == "" {
				delete(value, key)
			} else {
				dropEmpty(element)
			}
		}
	case []any:
		for _, element := range value {
			dropEmpty(element)
		}
	}
}

// dropFalse removes fields that their type writes although nobody said them.
func dropFalse(postgresql map[string]any) {
	if synchronous, ok := postgresql["synchronous"].(map[string]any); ok && synchronous["failoverQuorum"] == false {
		delete(synchronous, "failoverQuorum")
	}
}
