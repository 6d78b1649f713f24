package cnpgreferences_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The recipe of README.md for names that the operator derives, as it stands there.
func TestReplacementsReachDerivedNames(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, recipe, found := strings.Cut(string(readme), "# overlays/staging/kustomization.yaml\n")
	require.True(t, found, "the recipe's first line in README.md")
	recipe, _, found = strings.Cut(recipe, "```")
	require.True(t, found, "the recipe's end in README.md")

	built := mustBuild(t, map[string]string{
		"/base/kustomization.yaml": base,
		"/base/objects.yaml": `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: orders-postgres}
spec: {instances: 1}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    spec:
      containers:
      - name: orders
        env:
        - {name: PGHOST, value: orders-postgres-rw}
        - name: PGPASSWORD
          valueFrom: {secretKeyRef: {name: orders-postgres-app, key: password}}
`,
		"/overlays/staging/kustomization.yaml": recipe,
	}, "/overlays/staging")
	const container = "spec/template/spec/containers/env/"
	assert.Equal(t, []any{"stg-orders-postgres-rw"}, values(t, built, "Deployment", "stg-orders", container+"value"))
	assert.Equal(t, []any{"stg-orders-postgres-app"},
		values(t, built, "Deployment", "stg-orders", container+"valueFrom/secretKeyRef/name"))
}
