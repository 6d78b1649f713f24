//go:build e2e

package extension

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// newShop makes a scene with one app and a Kustomization that has applied it.
func newShop(t *testing.T) (s *scene, published status) {
	s = newScene(t, "testdata/shop")
	s.apply(`
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
	published = s.awaitSource(s.push("Nothing new"), "Succeeded")
	s.awaitApplied("shop", published.Artifact.Revision)
	return s, published
}

// size changes the app, and gives the revision of the commit.
func (s *scene) size(from, to string) (revision string) {
	s.t.Helper()
	s.repository.edit(s.t, "shop/postgres.yaml", "size: "+from, "size: "+to)
	return s.push("Give the shop " + to)
}

// file is where the extension keeps a published artifact.
func file(a *artifact) string { return filepath.Join(extension.storage, a.Path) }

// TestRestartCostsNothing restarts the extension while nothing changes.
func TestRestartCostsNothing(t *testing.T) {
	s, before := newShop(t)
	restarted(t, func() {})
	s.reconcile("PostgresAppSource", "repository")
	require.Eventually(t, func() bool {
		return statusOf(t, s.get("PostgresAppSource", "repository")).LastHandledReconcileAt != before.LastHandledReconcileAt
	}, patience, 100*time.Millisecond)
	assert.Equal(t, 0, expansions(t), "an unchanged revision is not expanded again")
	after := statusOf(t, s.get("PostgresAppSource", "repository"))
	assert.Equal(t, before.Artifact, after.Artifact)
	assert.Equal(t, "True", string(after.condition("Ready").Status))
	assert.NotEmpty(t, download(t, after.Artifact))
}

// TestStorageIsLost restarts the extension with an empty volume, as after a pod has moved.
func TestStorageIsLost(t *testing.T) {
	s, before := newShop(t)
	crashed(t, func() { require.NoError(t, os.RemoveAll(extension.storage)) })
	require.Eventually(t, func() bool { _, err := os.Stat(file(before.Artifact)); return err == nil }, patience, 100*time.Millisecond)
	after := s.awaitReason("Succeeded")
	assert.Equal(t, before.Artifact, after.Artifact, "the same source gives the same bytes: nothing is applied anew")
	assert.NotEmpty(t, download(t, after.Artifact))
	s.size("1Gi", "2Gi")
	s.awaitField("Cluster", "shop-postgres", "2Gi", "spec", "storage", "size")
}

// TestStorageIsLostWhileTheSourceIsWrong is the one case where no artifact can be had. What was applied stays.
func TestStorageIsLostWhileTheSourceIsWrong(t *testing.T) {
	s, before := newShop(t)
	wrong := s.size("1Gi", "much")
	refused := s.awaitSource(wrong, "ExpansionFailed")
	assert.Contains(t, refused.condition("Ready").Message, "the last good one is still published")
	crashed(t, func() { require.NoError(t, os.RemoveAll(extension.storage)) })
	s.awaitMessage("the last good one is not in storage any more: what was applied from it stays as it is")
	assertField(t, s.get("Cluster", "shop-postgres"), "1Gi", "spec", "storage", "size")
	right := s.size("much", "1Gi")
	after := s.awaitSource(right, "Succeeded")
	assert.Equal(t, before.Artifact.Digest, after.Artifact.Digest)
	assert.NotEmpty(t, download(t, after.Artifact))
	assertField(t, s.get("Cluster", "shop-postgres"), "1Gi", "spec", "storage", "size")
}

// TestArtifactIsDamaged changes the file on disk behind the extension's back.
func TestArtifactIsDamaged(t *testing.T) {
	s, before := newShop(t)
	require.NoError(t, os.WriteFile(file(before.Artifact), []byte("rust"), 0o600))
	s.reconcile("PostgresAppSource", "repository")
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		content, err := os.ReadFile(file(before.Artifact))
		require.NoError(t, err)
		require.NotEqual(t, "rust", string(content))
	}, patience, 100*time.Millisecond)
	after := s.awaitReason("Succeeded")
	assert.Equal(t, before.Artifact, after.Artifact)
	assert.NotEmpty(t, download(t, after.Artifact))
}

// TestExternalArtifactIsDeleted deletes what kustomize-controller reads.
func TestExternalArtifactIsDeleted(t *testing.T) {
	s, before := newShop(t)
	expanded := expansions(t)
	require.NoError(t, cluster.Client.Delete(t.Context(), object("ExternalArtifact", s.namespace, "repository")))
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		require.Equal(t, before.Artifact, statusOf(t, s.get("ExternalArtifact", "repository")).Artifact)
	}, patience, 100*time.Millisecond)
	assert.Equal(t, expanded, expansions(t), "announced again, not expanded")
	assert.NotNil(t, s.get("Cluster", "shop-postgres"))
}

// TestKilledAtAnyMoment kills the extension at different moments of dealing with a new revision.
func TestKilledAtAnyMoment(t *testing.T) {
	s, _ := newShop(t)
	for i, delay := range []time.Duration{0, 20, 50, 100, 200, 400} {
		size := fmt.Sprintf("%dGi", i+2)
		revision := s.size(fmt.Sprintf("%dGi", i+1), size)
		require.Eventually(t, func() bool { // source-controller has it
			a := statusOf(t, s.get("GitRepository", "repository")).Artifact
			return a != nil && a.Revision == revision
		}, patience, time.Millisecond)
		time.Sleep(delay * time.Millisecond)
		crashed(t, func() {})
		found := s.awaitSource(revision, "Succeeded")
		assert.NotEmpty(t, download(t, found.Artifact))
		assert.Equal(t, found.Artifact, statusOf(t, s.get("ExternalArtifact", "repository")).Artifact)
		s.awaitApplied("shop", found.Artifact.Revision)
		s.awaitField("Cluster", "shop-postgres", size, "spec", "storage", "size")
	}
	left, err := os.ReadDir(filepath.Join(cluster.Dir, "extension-work"))
	require.NoError(t, err)
	assert.Empty(t, left, "what a killed process leaves is swept up by the next one")
}

// TestSourceGoesAndReturns deletes the GitRepository, and makes it again.
func TestSourceGoesAndReturns(t *testing.T) {
	s, before := newShop(t)
	require.NoError(t, cluster.Client.Delete(t.Context(), object("GitRepository", s.namespace, "repository")))
	gone := s.awaitReason("SourceNotFound")
	assert.Contains(t, gone.condition("Ready").Message, "GitRepository "+s.namespace+"/repository does not exist")
	assert.Equal(t, before.Artifact, gone.Artifact)
	assert.NotEmpty(t, download(t, before.Artifact))
	assert.NotNil(t, s.get("Cluster", "shop-postgres"))
	s.again()
	back := s.awaitReason("Succeeded")
	assert.Equal(t, before.Artifact, back.Artifact)
}

// TestOldArtifactsGo keeps the storage from growing.
func TestOldArtifactsGo(t *testing.T) {
	s, first := newShop(t)
	restarted(t, func() {}, "--artifact-retention-ttl=1ms", "--artifact-retention-records=1")
	defer restarted(t, func() {})
	second := s.awaitSource(s.size("1Gi", "2Gi"), "Succeeded")
	require.Eventually(t, func() bool { _, err := os.Stat(file(first.Artifact)); return os.IsNotExist(err) }, patience, 100*time.Millisecond)
	assert.FileExists(t, file(second.Artifact))
}

// TestDeletion deletes the PostgresAppSource: its artifact goes, what was applied stays.
func TestDeletion(t *testing.T) {
	s, before := newShop(t)
	require.NoError(t, cluster.Client.Delete(t.Context(), object("PostgresAppSource", s.namespace, "repository")))
	s.awaitGone("PostgresAppSource", "repository")
	s.awaitGone("ExternalArtifact", "repository")
	assert.NoFileExists(t, file(before.Artifact))
	assert.NoDirExists(t, filepath.Dir(file(before.Artifact)))
	s.reconcile("Kustomization", "shop")
	assert.NotNil(t, s.get("Cluster", "shop-postgres"))
}

// TestSuspend stops all work, and resuming takes it up.
func TestSuspend(t *testing.T) {
	s, before := newShop(t)
	suspend := func(on bool) {
		patch := client.RawPatch("application/merge-patch+json", []byte(fmt.Sprintf(`{"spec":{"suspend":%t}}`, on)))
		require.NoError(t, cluster.Client.Patch(t.Context(), object("PostgresAppSource", s.namespace, "repository"), patch))
	}
	suspend(true)
	time.Sleep(time.Second) // for the event to arrive
	revision := s.size("1Gi", "2Gi")
	require.Eventually(t, func() bool {
		a := statusOf(t, s.get("GitRepository", "repository")).Artifact
		return a != nil && a.Revision == revision
	}, patience, 100*time.Millisecond)
	time.Sleep(2 * time.Second)
	assert.Equal(t, before.Artifact, statusOf(t, s.get("PostgresAppSource", "repository")).Artifact)
	suspend(false)
	resumed := s.awaitSource(revision, "Succeeded")
	assert.NotEqual(t, before.Artifact.Revision, resumed.Artifact.Revision)
}

// TestNoDirectoryIsListed looks at the artifacts as anybody may who reaches them.
func TestNoDirectoryIsListed(t *testing.T) {
	_, published := newShop(t)
	response, err := http.Get("http://" + extension.artifacts + "/" + filepath.Dir(published.Artifact.Path) + "/")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusNotFound, response.StatusCode)
}
