package adopt

import (
	"reflect"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// defaultDatabase is the name that the operator gives to database and owner (api/v1/cluster_defaults.go, CloudNativePG 1.30.0).
const defaultDatabase = "app"

// bootstrap takes over what the cluster is created from: nothing, another PostgreSQL, or an archive.
func (a *adopter) bootstrap() {
	method := "initdb"
	if jsontype.At(a.cluster.fields, "spec", "bootstrap", "recovery") != nil {
		method = "recovery"
	}
	a.database = orDefault(a.cluster.takeText("spec", "bootstrap", method, "database"), defaultDatabase)
	a.owner = a.database
	if owner := text(jsontype.At(a.cluster.fields, "spec", "bootstrap", method, "owner")); postgres.CheckRoleName(owner) == nil || strings.Contains(owner, "${") {
		a.owner = orDefault(a.cluster.takeText("spec", "bootstrap", method, "owner"), a.database)
	}
	a.roles = []string{a.owner}
	a.set(a.database, "database")
	if a.owner != a.database {
		a.set(a.owner, "owner")
	}
	if secret := a.cluster.takeText("spec", "bootstrap", method, "secret", "name"); secret != "" {
		a.set(secret, "credentials", "existingSecret", "name")
	}
	a.importing()
	for _, name := range fieldNames(reflect.TypeFor[v1alpha1.InitDB]()) {
		a.set(a.cluster.take("spec", "bootstrap", "initdb", name), "initdb", name)
	}
	a.dropEmpty("spec", "bootstrap", "initdb")
	a.dropEmpty("spec", "bootstrap")
}

// importing takes over the copy of a PostgreSQL elsewhere, with the way to it.
func (a *adopter) importing() {
	from, _ := jsontype.At(a.cluster.fields, "spec", "bootstrap", "initdb", "import", "source", "externalCluster").(string)
	source := a.external(from)
	if source == nil || source["connectionParameters"] == nil {
		return
	}
	a.cluster.take("spec", "bootstrap", "initdb", "import", "source")
	rest, _ := a.cluster.take("spec", "bootstrap", "initdb", "import").(Fields)
	imported := clone(rest)
	delete(source, "name")
	imported["source"] = source
	a.set(imported, "import")
	a.dropExternal(from)
}

// external is a copy of an entry of externalClusters, or nil.
func (a *adopter) external(name string) Fields {
	clusters, _ := jsontype.At(a.cluster.fields, "spec", "externalClusters").([]any)
	for _, cluster := range clusters {
		if fields, ok := cluster.(Fields); ok && name != "" && fields["name"] == name {
			return clone(fields)
		}
	}
	return nil
}

func (a *adopter) dropExternal(name string) {
	clusters, _ := jsontype.At(a.cluster.fields, "spec", "externalClusters").([]any)
	clusters = slices.DeleteFunc(slices.Clone(clusters), func(cluster any) bool {
		fields, ok := cluster.(Fields)
		return ok && fields["name"] == name
	})
	if len(clusters) == 0 {
		a.cluster.take("spec", "externalClusters")
		return
	}
	put(a.cluster.fields, clusters, "spec", "externalClusters")
}

// unusedExternals drops the entries of externalClusters that nothing refers to: most were kept for the next restore, which a lineage
// needs no preparation for.
func (a *adopter) unusedExternals() {
	if a.spec["replica"] != nil {
		a.set(a.cluster.take("spec", "externalClusters"), "externalClusters")
		return
	}
	used := []any{
		jsontype.At(a.cluster.fields, "spec", "bootstrap", "recovery", "source"),
		jsontype.At(a.cluster.fields, "spec", "bootstrap", "pg_basebackup", "source"),
		jsontype.At(a.cluster.fields, "spec", "bootstrap", "initdb", "import", "source", "externalCluster"),
	}
	clusters, _ := jsontype.At(a.cluster.fields, "spec", "externalClusters").([]any)
	for _, cluster := range clusters {
		fields, _ := cluster.(Fields)
		name := text(fields["name"])
		if slices.Contains(used, any(name)) {
			continue
		}
		a.note(a.cluster, "spec.externalClusters", "%s is gone: nothing refers to it; to restore, raise lineage", name)
		a.dropExternal(name)
	}
}

func (a *adopter) dropEmpty(path ...string) {
	switch value := jsontype.At(a.cluster.fields, path...).(type) {
	case Fields:
		if len(value) == 0 {
			a.cluster.take(path...)
		}
	case nil:
		a.cluster.take(path...)
	}
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
