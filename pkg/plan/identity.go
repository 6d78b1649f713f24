package plan

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// maxClusterName is the longest name that CloudNativePG's admission accepts, so that the names of pods and Services derived from it
// stay valid (validateName in internal/webhook/v1/cluster_webhook.go, 1.30.0).
const maxClusterName = 50

// identity checks the names that everything else derives from.
func (m *maker) identity() {
	metadata := field.NewPath("metadata")
	name := m.App.Name
	switch {
	case name == "" && m.App.GenerateName != "":
		m.required(metadata.Child("name"), "generateName cannot be built from, because the name must be the same in every build")
	case name == "":
		m.required(metadata.Child("name"), "the name of the application, from which every object's name derives")
	case m.noPlaceholder(metadata.Child("name"), name):
		for _, problem := range validation.IsDNS1035Label(name) {
			m.invalid(metadata.Child("name"), name, "%s", problem)
		}
	}
	if namespace := m.App.Namespace; namespace != "" && !placeholder(namespace) {
		for _, problem := range validation.IsDNS1123Label(namespace) {
			m.invalid(metadata.Child("namespace"), namespace, "%s", problem)
		}
	}
	m.Cluster = m.Spec.ClusterName
	if m.Shared = m.Spec.Cluster; m.Shared != nil {
		m.shared()
	} else if m.noPlaceholder(m.spec.Child("clusterName"), m.Cluster) && name != "" {
		m.clusterName(m.spec.Child("clusterName"), m.Cluster)
	}
	m.databaseName(m.spec.Child("database"), m.Spec.Database)
	m.roleName(m.spec.Child("owner"), m.Spec.Owner)
}

func (m *maker) clusterName(path *field.Path, name string) {
	problems := validation.IsDNS1035Label(name)
	if len(name) > maxClusterName {
		problems = []string{"CloudNativePG accepts at most 50 characters, because pod and Service names derive from it: set a shorter clusterName"}
	}
	for _, problem := range problems {
		m.invalid(path, name, "%s", problem)
	}
}

// shared checks the reference to a Cluster elsewhere.
func (m *maker) shared() {
	path := m.spec.Child("cluster")
	m.Cluster = m.Shared.Name
	if m.Shared.Name == "" {
		m.required(path.Child("name"), "the name of the Cluster that the database lives on")
	} else if !placeholder(m.Shared.Name) {
		m.clusterName(path.Child("name"), m.Shared.Name)
	}
	if namespace := m.Shared.Namespace; namespace != "" && !placeholder(namespace) {
		for _, problem := range validation.IsDNS1123Label(namespace) {
			m.invalid(path.Child("namespace"), namespace, "%s", problem)
		}
	}
}

func (m *maker) databaseName(path *field.Path, name string) {
	if name == "" || !m.noPlaceholder(path, name) {
		return
	}
	if err := postgres.CheckDatabaseName(name); err != nil {
		m.invalid(path, name, "%s", err)
	}
}

func (m *maker) roleName(path *field.Path, name string) {
	if name == "" || !m.noPlaceholder(path, name) {
		return
	}
	if err := postgres.CheckRoleName(name); err != nil {
		m.invalid(path, name, "%s", err)
	}
}

// target finds the operator's version.
func (m *maker) target() {
	path := m.spec.Child("operatorVersion")
	target, err := cnpg.ParseVersion(m.Spec.OperatorVersion)
	if err != nil {
		m.invalid(path, m.Spec.OperatorVersion, "%s", err)
		target = cnpg.Newest
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
