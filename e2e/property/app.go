package property

import (
	"maps"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// Document is a PostgresApp as YAML decodes it.
type Document map[string]any

// YAML is the text of the document, keys of more than a thousand characters included, for which YAML has a form of its own.
func (d Document) YAML() []byte {
	text, err := yaml.Marshal(map[string]any(d))
	if err != nil {
		panic(err) // drawn values always marshal
	}
	return text
}

// GoString is the document's text, as a failing test shows it.
func (d Document) GoString() string { return "\n" + string(d.YAML()) }

// Spec is the document's settings.
func (d Document) Spec() map[string]any {
	spec, _ := d["spec"].(map[string]any)
	return spec
}

// Render is what the product makes of the document alone.
func (d Document) Render() render.Result {
	return render.Apps([]render.Document{{YAML: d.YAML()}}, nil)
}

// Namespaces are those that drawn apps live in and refer to.
var Namespaces = []string{"shop", "database", "monitoring"}

// names of apps. The last is as long as the name of its cluster, <name>-postgres, may be.
var names = []string{"shop", "a", "temporal-web", "app-0", "an-app-with-a-name-of-41-characters-in-it"}

// overrideKeys are the kinds that overrides may patch.
var overrideKeys = plan.OverrideKeys

// Drawn are apps as they are drawn, of which the product refuses many. The fields at the given paths, and of some more that are drawn, are
// there.
func Drawn(spotlight ...string) *rapid.Generator[Document] {
	return rapid.Custom(func(t *rapid.T) Document {
		d := &drawer{t: t, nasty: -1, spotlight: slices.Clone(spotlight)}
		for range d.index(4) {
			d.spotlight = append(d.spotlight, pick(d, Paths()))
		}
		return d.app()
	})
}

// app draws a whole app.
func (d *drawer) app() Document {
	metadata := map[string]any{"name": pick(d, names)}
	if d.rarely(1) {
		metadata["namespace"] = Namespaces[0]
	}
	if d.rarely(2) {
		metadata["labels"] = map[string]any{"team": "shop", "app.kubernetes.io/part-of": "shop"}
	}
	if d.rarely(2) {
		metadata["annotations"] = pick(d, annotations)
	}
	spec := d.object(reflect.TypeFor[v1alpha1.Settings](), "spec")
	d.settle(spec)
	if d.rarely(3) {
		inherit(d, spec)
	}
	return Document{"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresApp, "metadata": metadata, "spec": spec}
}

// annotations of an app that mean something to somebody.
var annotations = []map[string]any{
	{"note": "costs $5"},
	{"argocd.argoproj.io/sync-wave": "-1", "argocd.argoproj.io/sync-options": "Prune=confirm,ServerSideApply=true"},
	{"kustomize.toolkit.fluxcd.io/substitute": "enabled"},
	{"cnpg.io/hibernation": "off", "config.kubernetes.io/local-config": "true"},
	{"cnpg.io/skipEmptyWalArchiveCheck": "enabled"},
	{"alpha.cnpg.io/failoverQuorum": "false"},
}

// settle makes fields agree that the walk draws apart from each other. What it leaves undone is left to the repair.
func (d *drawer) settle(spec map[string]any) {
	if _, guest := spec["cluster"]; guest {
		if _, has := spec["credentials"]; !has {
			spec["credentials"] = map[string]any{"password": "${SECRET_VALUE}"}
		}
	} else if _, has := spec["storage"]; !has {
		spec["storage"] = map[string]any{"size": "10Gi"}
	}
	instances, _ := spec["instances"].(int64)
	if postgresql, ok := spec["postgresql"].(map[string]any); ok {
		if synchronous, ok := postgresql["synchronous"].(map[string]any); ok && instances > 1 {
			synchronous["number"] = min(synchronous["number"].(int64), instances-1)
		}
	}
	if most, ok := spec["maxSyncReplicas"].(int64); ok && instances > 1 {
		spec["maxSyncReplicas"] = min(most, instances-1)
	}
	d.settleRestore(spec)
	d.settleReplica(spec)
	d.settleTablespaces(spec)
	owners := []string{}
	for _, role := range list(spec["roles"]) {
		if name, ok := role["name"].(string); ok {
			owners = append(owners, name)
		}
	}
	for _, database := range list(spec["databases"]) {
		if _, owned := database["owner"]; owned && len(owners) > 0 {
			database["owner"] = pick(d, owners)
		}
	}
}

// settleRestore gives a restore somewhere to read from.
func (d *drawer) settleRestore(spec map[string]any) {
	restore, ok := spec["restore"].(map[string]any)
	if !ok {
		return
	}
	if _, elsewhere := restore["from"]; !elsewhere || d.rarely(1) {
		spec["lineage"] = pick(d, []any{int64(2), int64(3), int64(12)})
	}
	if _, archive := spec["backup"]; !archive {
		spec["backup"] = map[string]any{"bucket": "backups", "credentials": map[string]any{"inheritFromIAMRole": true}}
	}
}

// settleReplica gives a replica cluster its source.
func (d *drawer) settleReplica(spec map[string]any) {
	replica, ok := spec["replica"].(map[string]any)
	if !ok {
		return
	}
	clusters := list(spec["externalClusters"])
	if len(clusters) == 0 {
		spec["externalClusters"] = []any{map[string]any{"name": "dc-east", "connectionParameters": map[string]any{"host": "other.example.com"}}}
		clusters = list(spec["externalClusters"])
	}
	names := []any{}
	for _, cluster := range clusters {
		names = append(names, cluster["name"])
	}
	for _, reference := range []string{"source", "primary", "self"} {
		if _, said := replica[reference]; said {
			replica[reference] = pick(d, names)
		}
	}
	if _, token := replica["promotionToken"]; token {
		replica["self"], replica["primary"] = names[0], names[0]
	}
}

// settleTablespaces lets snapshots of tablespaces be of those that there are.
func (d *drawer) settleTablespaces(spec map[string]any) {
	tablespaces := list(spec["tablespaces"])
	backup, _ := spec["backup"].(map[string]any)
	snapshot, _ := backup["volumeSnapshot"].(map[string]any)
	if _, said := snapshot["tablespaceClassName"]; !said {
		return
	}
	if len(tablespaces) == 0 {
		tablespaces = []map[string]any{{"name": "archive", "storage": map[string]any{"size": "5Gi"}}}
		spec["tablespaces"] = []any{tablespaces[0]}
	}
	snapshot["tablespaceClassName"] = map[string]any{tablespaces[0]["name"].(string): "fast"}
}

// list returns the objects of a list.
func list(value any) []map[string]any {
	var objects []map[string]any
	elements, _ := value.([]any)
	for _, element := range elements {
		if object, ok := element.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// inherit moves some of the settings to spec.defaults.
func inherit(d *drawer, spec map[string]any) {
	defaults := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(spec)) {
		if d.rarely(1) {
			defaults[name] = spec[name]
			delete(spec, name)
		}
	}
	spec["defaults"] = defaults
}
