//go:build e2e

package extension

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// TestForgedArtifacts tries, as a cluster's administrator, what the admission policy forbids to everybody but the extension.
func TestForgedArtifacts(t *testing.T) {
	s, before := newShop(t)
	external := object("ExternalArtifact", s.namespace, "repository")
	patch := func(text string) client.Patch { return client.RawPatch("application/merge-patch+json", []byte(text)) }
	forged := patch(`{"status":{"artifact":{"url":"http://evil.example.com/tree.tar.gz"}}}`)
	// A policy takes effect some moments after it is created.
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		err := cluster.Client.Status().Patch(s.t.Context(), external.DeepCopy(), forged, client.DryRunAll)
		require.ErrorContains(t, err, "this ExternalArtifact is published by a PostgresAppSource, and only its controller says what it is")
	}, patience, 100*time.Millisecond)
	for what, text := range map[string]string{
		"another source":     `{"spec":{"sourceRef":{"kind":"ArtifactGenerator"}}}`,
		"no source":          `{"spec":{"sourceRef":null}}`,
		"another owner":      `{"metadata":{"ownerReferences":null}}`,
		"no source or owner": `{"spec":null,"metadata":{"ownerReferences":null}}`,
	} {
		err := cluster.Client.Patch(t.Context(), external.DeepCopy(), patch(text))
		assert.ErrorContains(t, err, "only its controller says what it is", what)
	}
	pretended := object("ExternalArtifact", s.namespace, "pretended")
	require.NoError(t, unstructured.SetNestedMap(pretended.Object, map[string]any{"kind": "PostgresAppSource", "name": "pretended"}, "spec", "sourceRef"))
	assert.ErrorContains(t, cluster.Client.Create(t.Context(), pretended), "only its controller says what it is")

	assert.NoError(t, cluster.Client.Patch(t.Context(), external.DeepCopy(), patch(`{"metadata":{"labels":{"team":"shop"}}}`)), "labels are anybody's")
	foreign := object("ExternalArtifact", s.namespace, "foreign")
	require.NoError(t, cluster.Client.Create(t.Context(), foreign), "other controllers' artifacts are none of its business")
	assert.NoError(t, cluster.Client.Status().Patch(t.Context(), foreign, forgedWhole))
	assert.Equal(t, before.Artifact, statusOf(t, s.get("ExternalArtifact", "repository")).Artifact)
}

var forgedWhole = client.RawPatch("application/merge-patch+json", []byte(`{"status":{"artifact":{"url":"http://example.com/tree.tar.gz","path":"tree.tar.gz",
	"revision":"latest@1","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","lastUpdateTime":"2026-01-01T00:00:00Z"}}}`))

// TestArtifactOfSomebodyElse leaves an ExternalArtifact alone that is not the extension's.
func TestArtifactOfSomebodyElse(t *testing.T) {
	s, _ := newShop(t)
	other := object("ExternalArtifact", s.namespace, "taken")
	require.NoError(t, cluster.Client.Create(t.Context(), other))
	s.apply("{apiVersion: source.postgresapp.dev/v1alpha1, kind: PostgresAppSource, metadata: {name: taken}, spec: {sourceRef: {kind: GitRepository, name: repository}}}")
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		ready := statusOf(t, s.get("PostgresAppSource", "taken")).condition("Ready")
		require.Equal(t, "ArtifactTaken", ready.Reason)
		require.Equal(t, "ExternalArtifact taken exists and is not this resource's: remove it, or give this resource another name", ready.Message)
	}, patience, 100*time.Millisecond)
	assert.Nil(t, statusOf(t, s.get("ExternalArtifact", "taken")).Artifact)
	require.NoError(t, cluster.Client.Delete(t.Context(), object("PostgresAppSource", s.namespace, "taken")))
	s.awaitGone("PostgresAppSource", "taken")
	assert.NotNil(t, s.get("ExternalArtifact", "taken"), "nor does it go with the resource")
}

// TestOtherNamespaces refuses sources in other namespaces when told so.
func TestOtherNamespaces(t *testing.T) {
	s, _ := newShop(t)
	elsewhere, err := cluster.NewNamespace(t.Context(), "tenant")
	require.NoError(t, err)
	tenant := &scene{t: t, namespace: elsewhere}
	tenant.apply(`
apiVersion: source.postgresapp.dev/v1alpha1
kind: PostgresAppSource
metadata: {name: repository}
spec:
  sourceRef: {kind: GitRepository, name: repository, namespace: ` + s.namespace + `}
`)
	allowed := tenant.awaitReason("Succeeded")
	assert.NotEmpty(t, download(t, allowed.Artifact))
	restarted(t, func() {}, "--no-cross-namespace-refs")
	defer restarted(t, func() {})
	tenant.reconcile("PostgresAppSource", "repository")
	denied := tenant.awaitReason("AccessDenied")
	assert.Equal(t, "True", string(denied.condition("Stalled").Status))
	assert.Contains(t, denied.condition("Ready").Message, "spec.sourceRef.namespace: GitRepository "+s.namespace+"/repository is in another namespace")
}

// TestRights asks the API server what the extension's service account may do. All other tests run with just that.
func TestRights(t *testing.T) {
	config, err := extension.restConfig()
	require.NoError(t, err)
	clients, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	for _, c := range []struct {
		verb, group, resource, subresource string
		allowed                            bool
	}{
		{"get", "", "secrets", "", false},
		{"list", "", "secrets", "", false},
		{"create", "", "configmaps", "", false},
		{"patch", "postgresql.cnpg.io", "clusters", "", false},
		{"patch", "source.toolkit.fluxcd.io", "gitrepositories", "", false},
		{"patch", "source.toolkit.fluxcd.io", "gitrepositories", "status", false},
		{"patch", "kustomize.toolkit.fluxcd.io", "kustomizations", "", false},
		{"create", "source.postgresapp.dev", "postgresappsources", "", false},
		{"delete", "source.postgresapp.dev", "postgresappsources", "", false},
		{"list", "source.toolkit.fluxcd.io", "gitrepositories", "", true},
		{"patch", "source.toolkit.fluxcd.io", "externalartifacts", "status", true},
	} {
		review, err := clients.AuthorizationV1().SelfSubjectAccessReviews().Create(t.Context(), &authorizationv1.SelfSubjectAccessReview{
			Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
				Namespace: "default", Verb: c.verb, Group: c.group, Resource: c.resource, Subresource: c.subresource,
			}},
		}, metav1.CreateOptions{})
		require.NoError(t, err)
		assert.Equal(t, c.allowed, review.Status.Allowed, "%s %s %s", c.verb, c.resource, c.subresource)
	}
}

// TestHostileArchives serves what no honest source does, as an upstream ExternalArtifact. Each gets a condition that says why.
func TestHostileArchives(t *testing.T) {
	namespace, err := cluster.NewNamespace(t.Context(), "hostile")
	require.NoError(t, err)
	s := &scene{t: t, namespace: namespace}
	for name, c := range map[string]struct {
		archive []byte
		says    string
	}{
		"traversal": {pack(t, &tar.Header{Name: "../../escaped.yaml", Mode: 0o644}), `the path "../../escaped.yaml" leads upwards`},
		"link":      {pack(t, &tar.Header{Name: "etc", Typeflag: tar.TypeSymlink, Linkname: "/etc"}), `"etc" is a link to "/etc", outside of the tree`},
		"device":    {pack(t, &tar.Header{Name: "sda", Typeflag: tar.TypeBlock}), `"sda" is neither a file nor a directory, but a device`},
		"garbage":   {[]byte("<html>not what you think</html>"), "not a gzip-compressed tar archive"},
		"many":      {pack(t, many(60_000)...), "holds more than 50000 files and directories"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(c.archive) }))
		t.Cleanup(server.Close)
		upstream := object("ExternalArtifact", namespace, "upstream-"+name)
		require.NoError(t, cluster.Client.Create(t.Context(), upstream))
		require.NoError(t, cluster.Client.Status().Patch(t.Context(), upstream, client.RawPatch("application/merge-patch+json", []byte(fmt.Sprintf(
			`{"status":{"artifact":{"url":"%s/a.tar.gz","path":"a.tar.gz","revision":"latest@1","digest":"sha256:%x","lastUpdateTime":"2026-01-01T00:00:00Z"}}}`,
			server.URL, sha256.Sum256(c.archive))))))
		s.apply(fmt.Sprintf("{apiVersion: source.postgresapp.dev/v1alpha1, kind: PostgresAppSource, metadata: {name: %[1]s}, "+
			"spec: {sourceRef: {kind: ExternalArtifact, name: upstream-%[1]s}}}", name))
		require.EventuallyWithT(t, func(t *assert.CollectT) {
			found := statusOf(t, s.get("PostgresAppSource", name))
			require.Equal(t, "ArchiveRefused", found.condition("Ready").Reason, found.condition("Ready").Message)
			require.Contains(t, found.condition("Ready").Message, c.says)
			require.Equal(t, "True", string(found.condition("Stalled").Status))
		}, patience, 100*time.Millisecond)
		assert.Nil(t, s.get("ExternalArtifact", name), "nothing is published")
	}
	require.NoError(t, extension.awaitReady(), "the extension is well")
}

func many(n int) (headers []*tar.Header) {
	for i := range n {
		headers = append(headers, &tar.Header{Name: fmt.Sprintf("%d.yaml", i), Mode: 0o644})
	}
	return headers
}

// pack makes an archive of empty entries.
func pack(t *testing.T, headers ...*tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, h := range headers {
		require.NoError(t, archive.WriteHeader(h), strings.ToValidUTF8(h.Name, ""))
	}
	require.NoError(t, archive.Close())
	require.NoError(t, compressed.Close())
	return out.Bytes()
}
