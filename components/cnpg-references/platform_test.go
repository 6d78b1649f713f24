package cnpgreferences_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// What a PostgresPlatform becomes holds together under a prefix: releases find their sources and each other. A release of somebody else, in
// another namespace, keeps its name.
func TestPlatformFollows(t *testing.T) {
	for url, path := range map[string]string{
		"https://charts.example.com":        "spec/chart/spec/sourceRef/name",
		"oci://registry.example.com/charts": "spec/chartRef/name",
	} {
		platform := "{apiVersion: postgresapp.dev/v1alpha1, kind: PostgresPlatform, metadata: {name: postgres}, spec: {" +
			"source: {url: '" + url + "', secretRef: {name: robot}}, barmanCloud: {certManager: {helmRelease: {name: cert-manager, namespace: cert-manager}}}}}"
		result := render.Apps([]render.Document{{YAML: []byte(platform)}}, nil)
		require.False(t, result.Findings.Failed(), "%s", result.Findings)
		objects := []string{"{apiVersion: v1, kind: Secret, metadata: {name: robot, namespace: cnpg-system}}"}
		for _, object := range result.Expansions[0].Objects {
			text, err := object.YAML()
			require.NoError(t, err)
			objects = append(objects, string(text))
		}
		built := mustBuild(t, map[string]string{
			"/base/kustomization.yaml":    base,
			"/base/objects.yaml":          strings.Join(objects, "\n---\n"),
			"/overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: stg-\n",
		}, "/overlay")
		source, kind := "stg-cloudnative-pg", "HelmRepository"
		if strings.HasPrefix(url, "oci:") {
			kind = "OCIRepository"
			assert.Equal(t, []any{"stg-plugin-barman-cloud"}, values(t, built, "HelmRelease", "stg-plugin-barman-cloud", path))
		}
		assert.Equal(t, []any{source}, values(t, built, "HelmRelease", "stg-cloudnative-pg", path))
		assert.Equal(t, []any{"stg-robot"}, values(t, built, kind, source, "spec/secretRef/name"))
		assert.Equal(t, []any{"stg-cloudnative-pg", "cert-manager"}, values(t, built, "HelmRelease", "stg-plugin-barman-cloud", "spec/dependsOn/name"))
	}
}
