package cnpgreferences_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const usesOfCredentials = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: orders}
spec:
  bootstrap: {initdb: {secret: {name: orders-db}}}
  certificates: {serverTLSSecret: orders-db}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    spec:
      containers:
      - name: orders
        envFrom: [{secretRef: {name: orders-db}}]
---
`

// What makes a Secret is followed like the Secret, as long as both have one
// name. A Secret that keeps its own name keeps its references.
func TestMakersOfSecrets(t *testing.T) {
	for name, tc := range map[string]struct {
		maker      string
		kind, name string // of the maker, built
		target     string // where it has the Secret's name
		wantTarget []any
		want       string
	}{
		"ExternalSecret with its own name": {
			`{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: orders-db}, spec: {target: {name: orders-db}}}`,
			"ExternalSecret", "stg-orders-db-eu", "spec/target/name", []any{"stg-orders-db-eu"}, "stg-orders-db-eu",
		},
		"ExternalSecret of an older API": {
			`{apiVersion: external-secrets.io/v1beta1, kind: ExternalSecret, metadata: {name: orders-db}, spec: {target: {name: orders-db}}}`,
			"ExternalSecret", "stg-orders-db-eu", "spec/target/name", []any{"stg-orders-db-eu"}, "stg-orders-db-eu",
		},
		"ExternalSecret without a target": {
			`{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: orders-db}, spec: {}}`,
			"ExternalSecret", "stg-orders-db-eu", "spec/target/name", nil, "stg-orders-db-eu",
		},
		"ExternalSecret with another name": {
			`{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: orders}, spec: {target: {name: orders-db}}}`,
			"ExternalSecret", "stg-orders-eu", "spec/target/name", []any{"orders-db"}, "orders-db",
		},
		"Certificate with its own name": {
			`{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: orders-db}, spec: {secretName: orders-db}}`,
			"Certificate", "stg-orders-db-eu", "spec/secretName", []any{"stg-orders-db-eu"}, "stg-orders-db-eu",
		},
		"Certificate with another name": {
			`{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: orders}, spec: {secretName: orders-db}}`,
			"Certificate", "stg-orders-eu", "spec/secretName", []any{"orders-db"}, "orders-db",
		},
	} {
		t.Run(name, func(t *testing.T) {
			built := mustBuild(t, map[string]string{
				"/base/kustomization.yaml":    base,
				"/base/objects.yaml":          usesOfCredentials + tc.maker,
				"/overlay/kustomization.yaml": overlay,
			}, "/overlay")
			assert.Equal(t, tc.wantTarget, values(t, built, tc.kind, tc.name, tc.target))
			assert.Equal(t, []any{tc.want}, values(t, built, "Cluster", "stg-orders-eu", "spec/bootstrap/initdb/secret/name"))
			assert.Equal(t, []any{tc.want}, values(t, built, "Cluster", "stg-orders-eu", "spec/certificates/serverTLSSecret"))
			assert.Equal(t, []any{tc.want}, values(t, built, "Deployment", "stg-orders-eu", "spec/template/spec/containers/envFrom/secretRef/name"))
		})
	}
}

// An ExternalSecret may also add to a Secret of the build, by the Secret's name.
func TestExternalSecretThatAddsToASecret(t *testing.T) {
	built := mustBuild(t, map[string]string{
		"/base/kustomization.yaml": base + "secretGenerator: [{name: orders-db, literals: [username=orders]}]\n",
		"/base/objects.yaml": usesOfCredentials + `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: orders-password}
spec: {target: {name: orders-db, creationPolicy: Merge}}
`,
		"/overlay/kustomization.yaml": overlay,
	}, "/overlay")
	want := []any{generatedName(t, built, "Secret", "stg-orders-db-eu")}
	assert.Equal(t, want, values(t, built, "ExternalSecret", "stg-orders-password-eu", "spec/target/name"))
	assert.Equal(t, want, values(t, built, "Cluster", "stg-orders-eu", "spec/bootstrap/initdb/secret/name"))
}
