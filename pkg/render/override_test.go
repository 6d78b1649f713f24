package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/plan"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// whole are resources that together make every kind of object, by the kind of resource.
var whole = map[string][]string{
	"PostgresApp": {`
  operatorVersion: "1.30"
  storage: {size: 10Gi}
  instances: 3
  credentials: {password: "${PASSWORD}"}
  databases: [{name: reports}]
  roles: [{name: readonly}]
  backup: {bucket: b, credentials: {accessKeyId: "${ID}", secretAccessKey: "${KEY}"}}
  poolers: [{name: orders-pool}]
  network: {}
  monitoring: {type: ServiceMonitor, dashboard: {enabled: true}}
  init: {job: {image: registry.example.com/migrate:1.2}}
`, `
  storage: {size: 10Gi}
  credentials: {externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: orders}}}
  backup: {enabled: false}
  monitoring: {type: PodMonitor}
`},
	"PostgresPlatform": {`
  barmanCloud: {certManager: {installed: true}}
  network: {}
`, `
  source: {url: oci://registry.example.com/charts}
  barmanCloud: {certManager: {installed: true}}
`},
}

// TestEveryOverrideIsChecked: a field that does not exist, and a label that cannot be, are errors in the patch of any kind of object.
func TestEveryOverrideIsChecked(t *testing.T) {
	for kind, keys := range map[string][]string{"PostgresApp": plan.OverrideKeys, "PostgresPlatform": plan.PlatformOverrideKeys} {
		for _, key := range keys {
			refused := false
			for _, spec := range whole[kind] {
				text := "apiVersion: postgresapp.dev/v1alpha1\nkind: " + kind + "\nmetadata: {name: orders}\nspec:" + spec +
					"  overrides: {" + key + ": {metadata: {labels: {a: b c}}, noSuchField: {}}}\n"
				said := render.Apps([]render.Document{{YAML: []byte(text)}}, nil).Findings.String()
				if strings.Contains(said, "makes no object of this kind") {
					continue
				}
				refused = true
				assert.Contains(t, said, "spec.overrides."+key+".metadata.labels[a]: ", kind)
				assert.Contains(t, said, "spec.overrides."+key+".noSuchField: ", kind)
			}
			assert.True(t, refused, "no %s makes the object %s", kind, key)
		}
	}
}
