package adopt

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// given are the documents of a test, read from files a, b and so on.
func given(t *testing.T, documents ...string) []Manifest {
	t.Helper()
	var manifests []Manifest
	for i, object := range parse(t, documents...) {
		manifests = append(manifests, Manifest{object, string(rune('a'+i)) + ".yaml"})
	}
	return manifests
}

func TestFamilies(t *testing.T) {
	second := "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: cart}\nspec: {storage: {size: 1Gi}}"
	list := `
apiVersion: v1
kind: List
items:
- apiVersion: postgresql.cnpg.io/v1
  kind: Cluster
  metadata: {name: shop, uid: 1b, resourceVersion: "7", generation: 2, creationTimestamp: "2026-01-01T00:00:00Z", managedFields: []}
  spec: {storage: {size: 1Gi}}
  status: {instances: 1}
- apiVersion: v1
  kind: Service
  metadata: {name: other}`
	families, errs := Families(given(t, second, list, smallest))
	assert.Len(t, errs, 1, "shop stands in the list and by itself")
	require.Empty(t, families)

	families, errs = Families(given(t, second, list))
	require.Empty(t, errs)
	require.Len(t, families, 2)
	assert.Equal(t, "a.yaml", families[0].Source)
	assert.False(t, families[0].Live)
	assert.Len(t, families[0].Objects, 2, "the Cluster and the Service")
	assert.True(t, families[1].Live)
	assert.Equal(t, parse(t, "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: shop}\nspec: {storage: {size: 1Gi}}")[0],
		families[1].Objects[0], "what the API server adds is no part of a manifest")
}

const (
	operatorRelease = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: cnpg, namespace: cnpg-system}\nspec: {chart: {spec: {chart: cloudnative-pg}}}"
	platform        = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresPlatform\nmetadata: {name: postgres}"
)

func TestFamiliesErrors(t *testing.T) {
	inProduction := "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: shop, namespace: production}\nspec: {storage: {size: 1Gi}}"
	patch := "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: shop}\nspec: {instances: 3}"
	tests := map[string]struct {
		documents []string
		want      []string
	}{
		"no Cluster":                   {[]string{nightly}, []string{"there is no Cluster of postgresql.cnpg.io/v1 in what was given"}},
		"the operator alone":           {[]string{nightly, operatorRelease}, []string{"in what was given: what installs the operator is not adopted: write a PostgresPlatform"}},
		"a platform":                   {[]string{platform}, []string{"in what was given: it holds a PostgresPlatform already"}},
		"a patch alone":                {[]string{patch}, []string{"a.yaml: Cluster shop has no spec.storage: if it is a patch, adopt what kustomize renders of it"}},
		"a base and its patch":         {[]string{smallest, patch}, []string{"b.yaml: Cluster shop stands in a.yaml as well: if one is a patch, adopt what kustomize renders; else give one of them"}},
		"one name in two namespaces":   {[]string{smallest, inProduction}, nil},
		"the ObjectStore is missing":   {[]string{archiving("")}, []string{"a.yaml: Cluster shop archives to ObjectStore nas, which is not in what was given: give its file too"}},
		"the ObjectStore is there":     {[]string{archiving(""), store}, nil},
		"every mistake, not the first": {[]string{archiving(""), patch}, []string{"ObjectStore nas", "b.yaml: Cluster shop stands in a.yaml"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			families, errs := Families(given(t, test.documents...))
			require.Len(t, errs, len(test.want))
			for i, err := range errs {
				assert.ErrorContains(t, err, test.want[i])
			}
			assert.Equal(t, len(errs) > 0, families == nil, "Clusters beside errors")
		})
	}
}
