//go:build e2e

package expansion

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// orders is an app with a variable, with alerts, of which the text has braces of another language, and with a script that has a literal ${.
const orders = `apiVersion: postgresapp.dev/v1alpha1
kind: PostgresApp
metadata:
  name: orders
  annotations: {config.kubernetes.io/function: "exec: {path: postgresapp}"}
spec:
  storage: {size: 10Gi}
  credentials: {password: "${ORDERS_PASSWORD}"}
  backup: {bucket: "${BUCKET}", credentials: {existingSecret: {name: backup}}}
  monitoring: {alerts: {labels: {team: "${TEAM}"}}}
`

const application = `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, labels: {team: "${TEAM}"}}
spec:
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec: {containers: [{name: orders, image: "orders:${TAG:=1.0}", command: ["sh", "-c", "echo $${HOME}"]}]}
`

var variables = map[string]string{"ORDERS_PASSWORD": "correct horse", "BUCKET": "backups", "TEAM": "shop"}

// expand expands a tree of files into a new directory.
func expand(t *testing.T, files map[string]string) (original, expanded string) {
	t.Helper()
	original, expanded = write(t, t.TempDir(), files), filepath.Join(t.TempDir(), "expanded")
	result, findings, err := repository.Expand(original, repository.Options{})
	require.NoError(t, err)
	require.NotNil(t, result, findings.String())
	require.NoError(t, result.WriteTo(expanded))
	return original, expanded
}

// plugin is the output of kustomize with the program as a generator, on files that the kustomization lists.
func plugin(t *testing.T, files map[string]string) string {
	t.Helper()
	output, err := kustomize(write(t, t.TempDir(), files), true)
	require.NoError(t, err)
	return output
}

// TestBareDirectories has trees without a kustomization, for which Flux makes one: of all files below, and of directories that have
// their own.
func TestBareDirectories(t *testing.T) {
	named := func(name string) string { return strings.ReplaceAll(orders, "name: orders", "name: "+name) }
	for name, c := range map[string]struct{ bare, listed map[string]string }{
		"one file": {
			map[string]string{"apps/postgres.yaml": orders},
			map[string]string{"postgres.yaml": orders, "kustomization.yaml": "generators: [postgres.yaml]\n"},
		},
		"beside others, and below": {
			map[string]string{"apps/postgres.yaml": orders, "apps/deployment.yaml": application, "apps/more/deep/billing.yml": named("billing"), "apps/README.md": "kind: PostgresApp\n"},
			map[string]string{"postgres.yaml": orders, "deployment.yaml": application, "billing.yaml": named("billing"),
				"kustomization.yaml": "resources: [deployment.yaml]\ngenerators: [postgres.yaml, billing.yaml]\n"},
		},
		"several documents in a file": {
			map[string]string{"apps/all.yaml": application + "---\n" + orders + "---\n" + named("billing")},
			map[string]string{"both.yaml": orders + "---\n" + named("billing"), "deployment.yaml": application,
				"kustomization.yaml": "resources: [deployment.yaml]\ngenerators: [both.yaml]\n"},
		},
		"with a kustomization below": {
			map[string]string{"apps/postgres.yaml": orders, "apps/billing/postgres.yaml": named("billing"),
				"apps/billing/kustomization.yaml": "namespace: billing\nresources: [postgres.yaml]\n"},
			map[string]string{"postgres.yaml": orders, "billing/postgres.yaml": named("billing"),
				"billing/kustomization.yaml": "namespace: billing\ngenerators: [postgres.yaml]\n",
				"kustomization.yaml":         "resources: [billing]\ngenerators: [postgres.yaml]\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, expanded := expand(t, c.bare)
			got := flux(t, request{Root: expanded, Path: "apps"})[0]
			require.Empty(t, got.Error)
			assert.Equal(t, documents(plugin(t, c.listed)), documents(got.YAML))
			assert.Contains(t, got.YAML, "kind: Cluster")
		})
	}
}

// TestSubstitution has variables in an app and beside it: what Flux makes of them in the expanded tree is what it makes of them in the
// plugin's output, and a literal ${ is there in the end where it was one.
func TestSubstitution(t *testing.T) {
	script := strings.Replace(orders, "spec:\n", "spec:\n  init: {job: {image: \"tools:1\", command: [sh, -c, \"echo $${LITERAL} ${TEAM}\"]}}\n", 1)
	for name, files := range map[string]map[string]string{
		"generator": {"orders/postgres.yaml": orders, "orders/deployment.yaml": application,
			"orders/kustomization.yaml": "resources: [deployment.yaml]\ngenerators: [postgres.yaml]\n"},
		"overlay": {"orders/postgres.yaml": orders, "orders/deployment.yaml": application,
			"orders/kustomization.yaml": "resources: [deployment.yaml]\ngenerators: [postgres.yaml]\nnamePrefix: x-\npatches:\n" +
				"- target: {kind: Cluster}\n  patch: |-\n    - {op: add, path: /metadata/labels/owner, value: \"${TEAM}\"}\n"},
		"script": {"orders/postgres.yaml": script, "orders/deployment.yaml": application,
			"orders/kustomization.yaml": "resources: [deployment.yaml]\ngenerators: [postgres.yaml]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			original, expanded := expand(t, files)
			output, err := kustomize(filepath.Join(original, "orders"), true)
			require.NoError(t, err)
			rendered := write(t, t.TempDir(), map[string]string{"objects.yaml": output})
			both := flux(t, request{Root: expanded, Path: "orders", Substitute: variables}, request{Root: rendered, Path: ".", Substitute: variables})
			require.Empty(t, both[0].Error)
			require.Empty(t, both[1].Error)
			assert.Equal(t, documents(both[1].YAML), documents(both[0].YAML))
			for _, value := range variables {
				assert.Contains(t, both[0].YAML, value)
			}
			assert.Contains(t, both[0].YAML, "echo ${HOME}")
			assert.NotContains(t, both[0].YAML, "${TEAM}")
			assert.Equal(t, name == "script", strings.Contains(both[0].YAML, "echo ${LITERAL} shop"))
		})
	}
}

// encrypted is a file as SOPS leaves it. No key is needed for it anywhere.
const encrypted = "password: ENC[AES256_GCM,data:8d2l,iv:q1,tag:t,type:str]\nsops:\n    age: []\n    lastmodified: \"2026-01-01T00:00:00Z\"\n" +
	"    mac: ENC[AES256_GCM,data:3a,iv:r,tag:u,type:str]\n    version: 3.10.2\n"

// TestEncryptedFiles holds that files of SOPS reach Flux byte for byte, and that what is generated from one is what it was: the same
// content, and the same hash in its name.
func TestEncryptedFiles(t *testing.T) {
	files := map[string]string{
		"orders/postgres.yaml":   orders,
		"orders/secret.yaml":     "apiVersion: v1\nkind: Secret\nmetadata: {name: backup}\nstringData:\n    key: ENC[AES256_GCM,data:9a,iv:b,tag:c,type:str]\n" + encrypted[strings.Index(encrypted, "sops:"):],
		"orders/values.enc.env":  "ORDERS=ENC[AES256_GCM,data:7f,iv:d,tag:e,type:str]\nsops_mac=ENC[AES256_GCM,data:1c,iv:f,tag:g,type:str]\nsops_version=3.10.2\n",
		"orders/config.enc.yaml": encrypted,
		"orders/patch.enc.yaml":  "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\nspec: {template: {spec: {containers: [{name: orders, env: [{name: A, value: 'ENC[AES256_GCM,data:5,iv:a,tag:b,type:str]'}]}]}}}\n",
		"orders/deployment.yaml": application,
		"orders/.sops.yaml":      "creation_rules: [{age: age1}]\n",
		"orders/kustomization.yaml": "namespace: orders\nresources: [deployment.yaml, secret.yaml]\ngenerators: [postgres.yaml]\n" +
			"patches: [{path: patch.enc.yaml}]\nsecretGenerator:\n- {name: generated, envs: [values.enc.env], files: [config.enc.yaml]}\n",
	}
	original, expanded := expand(t, files)
	after := contents(t, expanded)
	kept := maps.Clone(files)
	maps.DeleteFunc(kept, func(name, _ string) bool {
		return name == "orders/postgres.yaml" || name == "orders/kustomization.yaml"
	})
	for name, text := range kept {
		assert.Equal(t, text, after[name], name)
	}
	want, err := kustomize(filepath.Join(original, "orders"), true)
	require.NoError(t, err)
	got := flux(t, request{Root: expanded, Path: "orders"})[0]
	require.Empty(t, got.Error)
	assert.Equal(t, documents(want), documents(got.YAML))
	assert.Contains(t, got.YAML, "name: generated-")
}
