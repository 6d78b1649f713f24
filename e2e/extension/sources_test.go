//go:build e2e

package extension

import (
	"bytes"
	"fmt"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// shop are the files of the small repository, with volumes of a size.
func shop(t *testing.T, size string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/shop/shop/postgres.yaml")
	require.NoError(t, err)
	require.Contains(t, string(text), "size: 1Gi")
	return map[string]string{"shop/postgres.yaml": strings.ReplaceAll(string(text), "size: 1Gi", "size: "+size), "README.md": "a shop\n"}
}

// followed has the files of a source of any kind expanded and applied, and then a second state of them. publish puts files where the
// source is, and makes its controller look.
func followed(t *testing.T, s *scene, kind string, publish func(files map[string]string)) {
	t.Helper()
	publish(shop(t, "1Gi"))
	s.apply(`
apiVersion: source.postgresapp.dev/v1alpha1
kind: PostgresAppSource
metadata: {name: repository}
spec:
  sourceRef: {kind: ` + kind + `, name: upstream}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop}
spec:
  interval: 10m
  retryInterval: 2s
  sourceRef: {kind: ExternalArtifact, name: repository}
  path: ./shop
  targetNamespace: ` + s.namespace + `
  prune: true
`)
	first := s.awaitReason("Succeeded")
	s.awaitApplied("shop", first.Artifact.Revision)
	s.awaitField("Cluster", "shop-postgres", "1Gi", "spec", "storage", "size")
	upstream := statusOf(t, s.get(kind, "upstream")).Artifact
	assert.Equal(t, upstream.Revision, first.Artifact.Metadata["org.opencontainers.image.revision"])

	publish(shop(t, "2Gi"))
	s.awaitField("Cluster", "shop-postgres", "2Gi", "spec", "storage", "size")
	second := s.awaitReason("Succeeded")
	assert.NotEqual(t, first.Artifact.Revision, second.Artifact.Revision)
	assert.Equal(t, statusOf(t, s.get(kind, "upstream")).Artifact.Revision, second.ObservedSourceRevision)
	for name, text := range download(t, second.Artifact) {
		assert.NotContains(t, text, "kind: PostgresApp\n", name)
	}
}

// bareScene is a namespace without a source.
func bareScene(t *testing.T) *scene {
	t.Helper()
	namespace, err := cluster.NewNamespace(t.Context(), "source")
	require.NoError(t, err)
	s := &scene{t: t, namespace: namespace}
	t.Cleanup(func() {
		for _, kind := range []string{"Kustomization", "PostgresAppSource", "OCIRepository", "Bucket"} {
			_ = cluster.Client.DeleteAllOf(t.Context(), object(kind, namespace, ""), client.InNamespace(namespace))
		}
	})
	return s
}

// TestOCIRepository pushes what `flux push artifact` pushes to a registry.
func TestOCIRepository(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(&bytes.Buffer{}, "", 0))))
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	reference, err := name.ParseReference(address+"/acme/fleet:latest", name.Insecure)
	require.NoError(t, err)
	s := bareScene(t)
	push := func(files map[string]string) {
		layer := static.NewLayer(archived(t, files), "application/vnd.cncf.flux.content.v1.tar+gzip")
		image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), "application/vnd.cncf.flux.config.v1+json")
		image, err := mutate.Append(image, mutate.Addendum{Layer: layer})
		require.NoError(t, err)
		require.NoError(t, remote.Write(reference, image))
	}
	push(shop(t, "1Gi"))
	s.apply(fmt.Sprintf("{apiVersion: source.toolkit.fluxcd.io/v1, kind: OCIRepository, metadata: {name: upstream}, "+
		"spec: {interval: 1m, url: 'oci://%s/acme/fleet', insecure: true, ref: {tag: latest}}}", address))
	followed(t, s, "OCIRepository", func(files map[string]string) {
		push(files)
		s.reconcile("OCIRepository", "upstream")
	})
}

// listening is what the S3 server says when it has found a free port.
var listening = regexp.MustCompile(`using port: (\d+)`)

// TestBucket keeps the files in a bucket of an S3 server.
func TestBucket(t *testing.T) {
	program := filepath.Join(t.TempDir(), "s3-server")
	compile := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/johannesboyne/gofakes3/cmd/gofakes3")
	compile.Dir, compile.Env = "../lineage/s3", append(os.Environ(), "GOWORK=off")
	out, err := compile.CombinedOutput()
	require.NoError(t, err, string(out))
	server, err := cluster.StartProgram("s3-server", nil, program, "-host", "127.0.0.1:0", "-backend", "memory", "-quiet", "-initialbucket", "fleet")
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Kill() })
	var address string
	require.Eventually(t, func() bool {
		said, _ := os.ReadFile(server.Log())
		port := listening.FindSubmatch(said)
		if port != nil {
			address = "127.0.0.1:" + string(port[1])
		}
		return port != nil
	}, patience, 50*time.Millisecond)

	s := bareScene(t)
	upload := func(files map[string]string) {
		for name, text := range files {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+address+"/fleet/"+name, strings.NewReader(text))
			require.NoError(t, err)
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, http.StatusOK, response.StatusCode)
		}
	}
	upload(shop(t, "1Gi"))
	s.apply(fmt.Sprintf(`
apiVersion: v1
kind: Secret
metadata: {name: bucket}
stringData: {accesskey: key, secretkey: secret}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata: {name: upstream}
spec: {interval: 1m, provider: generic, bucketName: fleet, endpoint: '%s', insecure: true, region: us-east-1, secretRef: {name: bucket}}
`, address))
	followed(t, s, "Bucket", func(files map[string]string) {
		upload(files)
		s.reconcile("Bucket", "upstream")
	})
}

// TestExternalArtifact takes what another controller publishes, which knows a revision of its own source.
func TestExternalArtifact(t *testing.T) {
	s := bareScene(t)
	upstream := object("ExternalArtifact", s.namespace, "upstream")
	require.NoError(t, cluster.Client.Create(t.Context(), upstream))
	revision := 0
	followed(t, s, "ExternalArtifact", func(files map[string]string) {
		revision++
		stop, err := cluster.Publish(t.Context(), client.ObjectKeyFromObject(upstream), fmt.Sprintf("latest@%d", revision), files)
		require.NoError(t, err)
		t.Cleanup(stop)
	})
}

// archived is the archive of files.
func archived(t *testing.T, files map[string]string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	out, err := exec.CommandContext(t.Context(), "tar", append([]string{"-C", dir, "-czf", "-"}, slices.Sorted(maps.Keys(files))...)...).Output()
	require.NoError(t, err)
	return out
}
