//go:build e2e

package guide

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	credentials   = repository + "/examples/credentials"
	fluxNamespace = "flux-system"
)

// TestSOPS follows the README of the example: it makes a key with age-keygen, encrypts passwords with sops, and has the real
// kustomize-controller decrypt them and substitute them in what the PostgresApp became. The passwords are nowhere in what Flux fetches.
func TestSOPS(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	blocks, err := ReadBlocks(credentials + "/README.md")
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(s.dir, "secrets"), 0o755))
	s.play(t, blocks)

	encrypted := readFile(t, filepath.Join(s.dir, "secrets", "passwords.yaml"))
	assert.Contains(t, encrypted, "ENC[AES256_GCM")
	assert.NotContains(t, encrypted, "AKIAEXAMPLE")

	// What Flux fetches: the encrypted file, and the example as it is expected, in the namespace of this test.
	databases := strings.ReplaceAll(readFile(t, credentials+"/sops/expected.yaml"), "namespace: temporal-system", "namespace: "+s.namespace)
	flux := parse(t, readFile(t, credentials+"/sops/flux.yaml"))
	tree := "{apiVersion: source.toolkit.fluxcd.io/v1, kind: ExternalArtifact, metadata: {name: sops, namespace: " + fluxNamespace + "}}"
	_, err = cluster.Apply(t.Context(), fluxNamespace, parse(t, tree)...)
	require.NoError(t, err)
	stop, err := cluster.Publish(t.Context(), client.ObjectKey{Namespace: fluxNamespace, Name: "sops"}, "main@sha1:1", map[string]string{
		"secrets/passwords.yaml":  encrypted,
		"databases/expected.yaml": databases,
	})
	require.NoError(t, err)
	t.Cleanup(stop)
	for _, kustomization := range flux {
		kustomization.SetName("sops-" + kustomization.GetName()) // the names of the example are those of the pages, which run beside
		require.NoError(t, unstructured.SetNestedMap(kustomization.Object,
			map[string]any{"kind": "ExternalArtifact", "name": "sops"}, "spec", "sourceRef"))
		if dependencies, found, _ := unstructured.NestedSlice(kustomization.Object, "spec", "dependsOn"); found {
			name := dependencies[0].(map[string]any)["name"].(string)
			require.NoError(t, unstructured.SetNestedSlice(kustomization.Object, []any{map[string]any{"name": "sops-" + name}}, "spec", "dependsOn"))
		}
		// Ten minutes are for production: an attempt that fails is repeated after this.
		require.NoError(t, unstructured.SetNestedField(kustomization.Object, "1s", "spec", "retryInterval"))
	}
	_, err = cluster.Apply(t.Context(), fluxNamespace, flux...)
	require.NoError(t, err)

	var passwords, app, backup corev1.Secret
	key := func(name string) client.ObjectKey { return client.ObjectKey{Namespace: s.namespace, Name: name} }
	eventually(t, func(t *assert.CollectT) {
		require.NoError(t, cluster.Client.Get(s.context(), key("temporal-postgres-backup-credentials"), &backup))
		require.NoError(t, cluster.Client.Get(s.context(), key("temporal-postgres-app"), &app))
	})
	require.NoError(t, cluster.Client.Get(t.Context(), client.ObjectKey{Namespace: fluxNamespace, Name: "database-passwords"}, &passwords))
	password := string(passwords.Data["TEMPORAL_DB_PASSWORD"])
	require.Len(t, password, 49, "openssl rand -hex 24, after a letter")
	assert.NotContains(t, encrypted, password)
	assert.NotContains(t, databases, password)

	assert.Equal(t, password, string(app.Data["password"]))
	uri, err := url.Parse(string(app.Data["uri"]))
	require.NoError(t, err)
	inURI, _ := uri.User.Password()
	assert.Equal(t, password, inURI)
	assert.Equal(t, "temporal-postgres-rw:5432", uri.Host)
	assert.Equal(t, "AKIAEXAMPLE", string(backup.Data["ACCESS_KEY_ID"]))
	assert.Equal(t, "notASecretOfAnybody", string(backup.Data["SECRET_ACCESS_KEY"]))
	eventually(t, func(t *assert.CollectT) {
		s.shell(t, `kubectl get clusters.postgresql.cnpg.io temporal-postgres -n "$NS"`)
	})
}
