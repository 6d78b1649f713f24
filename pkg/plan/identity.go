package plan

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// identity checks the names that everything else derives from.
func (m *maker) identity() {
	metadata := field.NewPath("metadata")
	name := m.App.Name
	named := false
	switch {
	case name == "" && m.App.GenerateName != "":
		m.required(metadata.Child("name"), "generateName cannot be built from, because the name must be the same in every build")
	case name == "":
		m.required(metadata.Child("name"), "the name of the application, from which every object's name derives")
	case m.noPlaceholder(metadata.Child("name"), name):
		named = m.serviceName(metadata.Child("name"), name)
	}
	m.namespaceName(metadata.Child("namespace"), m.App.Namespace)
	m.labels(metadata.Child("labels"), m.App.Labels)
	m.annotations(metadata.Child("annotations"), m.App.Annotations)

	m.Cluster = m.Spec.ClusterName
	if m.Shared = m.Spec.Cluster; m.Shared != nil {
		m.shared()
	} else if named || m.Cluster != name+"-postgres" {
		// A name that derives from a wrong one needs no error of its own.
		m.clusterName(m.spec.Child("clusterName"), m.Cluster)
	}
	m.operatorAnnotations(metadata.Child("annotations"))
	m.ownNames(name, named)
}

// ownNames checks the names of the app's database and its owner, which derive from the app's name, named if that is right, and from each
// other. What derives from a wrong name needs no error of its own.
func (m *maker) ownNames(name string, named bool) {
	database, owner := m.Spec.Database, m.Spec.Owner
	right := false
	if path := m.spec.Child("database"); database != strings.ReplaceAll(name, "-", "_") {
		right = m.databaseName(path, database, "")
	} else if named {
		right = m.databaseName(path, database, "set database, which is the app's name by default")
	}
	if path := m.spec.Child("owner"); owner != database {
		m.roleName(path, owner, "")
	} else if right {
		m.roleName(path, owner, "set owner, which is the database's name by default")
	}
}

// clusterName checks the name of a Cluster.
func (m *maker) clusterName(path *field.Path, name string) {
	if !m.noPlaceholder(path, name) {
		return
	}
	if len(name) > cnpg.MaxClusterNameLength {
		m.invalid(path, name, "has %d characters, and CloudNativePG accepts at most %d, because names of pods and Services derive from it: "+
			"set a shorter clusterName", len(name), cnpg.MaxClusterNameLength)
		return
	}
	m.serviceName(path, name)
}

// shared checks the reference to a Cluster elsewhere.
func (m *maker) shared() {
	path := m.spec.Child("cluster")
	m.Cluster = m.Shared.Name
	if m.Shared.Name == "" {
		m.required(path.Child("name"), "the name of the Cluster that the database lives on")
	} else if !placeholder(m.Shared.Name) {
		m.serviceName(path.Child("name"), m.Shared.Name)
	}
	m.namespaceName(path.Child("namespace"), m.Shared.Namespace)
}

// databaseName checks the name of a database. remedy is what to do where the user did not write it.
func (m *maker) databaseName(path *field.Path, name, remedy string) bool {
	return m.postgresName(path, name, remedy, postgres.CheckDatabaseName)
}

// roleName checks the name of a role, likewise.
func (m *maker) roleName(path *field.Path, name, remedy string) bool {
	return m.postgresName(path, name, remedy, postgres.CheckRoleName)
}

func (m *maker) postgresName(path *field.Path, name, remedy string, check func(string) error) bool {
	if name == "" {
		return true
	}
	if !m.noPlaceholder(path, name) {
		return false
	}
	err := check(name)
	if err == nil {
		return true
	}
	if remedy != "" {
		err = fmt.Errorf("%s: %s", strings.TrimSuffix(err.Error(), ": use another one"), remedy)
	}
	m.refused(path, name, err)
	return false
}

// operatorAnnotations checks the annotations that the operator reads from a Cluster, because the app's annotations are passed on to it
// (validateHibernationAnnotation and its neighbours in internal/webhook/v1/cluster_webhook.go, CloudNativePG 1.30.0).
func (m *maker) operatorAnnotations(path *field.Path) {
	annotations := m.App.Annotations
	if value, ok := annotations[cnpg.HibernationKey]; ok && !placeholder(value) && value != cnpg.HibernationOn && value != "off" {
		m.invalid(path.Key(cnpg.HibernationKey), value, `must be "on" or "off"; the field for it is hibernate`)
	}
	if value, ok := annotations[podPatchKey]; ok && !placeholder(value) && !isJSONPatch(value) {
		m.invalid(path.Key(podPatchKey), value, `must be a JSON patch, such as [{"op": "add", "path": "/spec/hostNetwork", "value": true}]`)
	}
	if value, ok := annotations[livenessPingerKey]; ok && !placeholder(value) && !isPinger(value) {
		m.invalid(path.Key(livenessPingerKey), value, "must be JSON with enabled; the field for it is probes.liveness.isolationCheck")
	}
	if value, ok := annotations[failoverQuorumKey]; ok && !placeholder(value) {
		m.failoverQuorum(path.Key(failoverQuorumKey), value)
	}
	if annotations[cnpg.SkipEmptyWALArchiveCheckKey] == annotationEnabled {
		m.warn(path.Key(cnpg.SkipEmptyWALArchiveCheckKey), "two clusters may write into one archive then, which destroys the backups of both: "+
			"remove it, and raise lineage to restore")
	}
	switch value := annotations[cnpg.ValidationKey]; {
	case value == cnpg.ValidationDisabled:
		m.warn(path.Key(cnpg.ValidationKey), "CloudNativePG checks nothing then, not even what would destroy data: remove it")
	case value != "" && value != annotationEnabled && !placeholder(value):
		m.invalid(path.Key(cnpg.ValidationKey), value, `must be "enabled", as without it, or "disabled"`)
	}
}

// failoverQuorum checks the older way to ask for a quorum before a failover.
func (m *maker) failoverQuorum(path *field.Path, text string) {
	on, err := strconv.ParseBool(text)
	p := m.Spec.PostgreSQL
	switch {
	case err != nil:
		m.invalid(path, text, `must be "true" or "false"; the field for it is postgresql.synchronous.failoverQuorum`)
	case on && m.Shared == nil && (p == nil || p.Synchronous == nil || value(m.Spec.Instances) == 1):
		m.invalid(path, text, "needs postgresql.synchronous and two instances or more; the field for it is postgresql.synchronous.failoverQuorum")
	}
}

// Annotations of the operator (pkg/utils/labels_annotations.go, CloudNativePG 1.30.0).
const (
	podPatchKey         = "cnpg.io/podPatch"
	livenessPingerKey   = "alpha.cnpg.io/livenessPinger"
	failoverQuorumKey   = "alpha.cnpg.io/failoverQuorum"
	skipWALArchivingKey = "cnpg.io/skipWalArchiving"
	annotationEnabled   = "enabled"
)

// isJSONPatch tells whether text is a JSON patch (RFC 6902), as far as its form goes.
func isJSONPatch(text string) bool {
	var operations []struct {
		Op   string  `json:"op"`
		Path *string `json:"path"`
	}
	if err := json.Unmarshal([]byte(text), &operations); err != nil {
		return false
	}
	for _, operation := range operations {
		if operation.Op == "" || operation.Path == nil {
			return false
		}
	}
	return true
}

// isPinger tells whether text configures the liveness pinger.
func isPinger(text string) bool {
	var pinger struct {
		Enabled *bool `json:"enabled"`
	}
	return json.Unmarshal([]byte(text), &pinger) == nil && pinger.Enabled != nil
}

// target finds the operator's version.
func (m *maker) target() {
	path := m.spec.Child("operatorVersion")
	m.Target = cnpg.Newest
	if !m.noPlaceholder(path, m.Spec.OperatorVersion) {
		return
	}
	target, err := cnpg.ParseVersion(m.Spec.OperatorVersion)
	if err != nil {
		m.refused(path, m.Spec.OperatorVersion, err)
		return
	}
	m.Target = target
}

// objectName turns the name of a database or role, which may hold upper case and underscores, into a part of an object's name.
func objectName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// emittedName is the name of an object that is made for a database or role, from its prefix and theirs. It reports what cannot be a name,
// and two that would be one.
func (m *maker) emittedName(path *field.Path, kind, prefix, name string) string {
	part := objectName(name)
	if part == "" {
		m.invalid(path, name, "its %s would have no name, which is made of the letters a to z and the digits: use another name", kind)
		return prefix
	}
	object := prefix + "-" + part
	if len(validation.IsDNS1123Subdomain(object)) > 0 {
		return object // its prefix is wrong, which was said
	}
	key := kind + " " + object
	if other, taken := m.names[key]; taken && other != name {
		m.invalid(path, name, "its %s would be %s, which is that of %s already: use a name that differs in more than case and punctuation",
			kind, object, other)
	} else if !taken {
		m.names[key] = name
	}
	return object
}
