//go:build e2e

package extension

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// kustomizations are what users have already; the sourceRef is the line that they change.
const kustomizations = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: temporal}
spec:
  interval: 10m
  retryInterval: 2s
  sourceRef: {kind: ExternalArtifact, name: repository}
  path: ./clusters/lab/temporal
  targetNamespace: NAMESPACE
  prune: true
  decryption: {provider: sops, secretRef: {name: sops-age}}
  postBuild: {substitute: {BACKUP_BUCKET: lab-backups}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: trino}
spec:
  interval: 10m
  retryInterval: 2s
  sourceRef: {kind: ExternalArtifact, name: repository}
  path: ./clusters/lab/trino
  targetNamespace: NAMESPACE
  prune: true
  postBuild: {substitute: {WAREHOUSE: lab-warehouse}}
`

func newLab(t *testing.T) *scene {
	s := newScene(t, "testdata/repository")
	key, err := os.ReadFile("testdata/age.agekey")
	require.NoError(t, err)
	secret := object("Secret", s.namespace, "sops-age")
	require.NoError(t, unstructured.SetNestedStringMap(secret.Object, map[string]string{"age.agekey": string(key)}, "stringData"))
	require.NoError(t, cluster.Client.Create(t.Context(), secret))
	s.apply(strings.ReplaceAll(kustomizations, "NAMESPACE", s.namespace))
	return s
}

// TestFromCommitToCluster goes the whole way with a repository that is laid out as the deployment plan's: apps beside their
// applications, defaults in a Component, an overlay, an encrypted Secret and variables.
func TestFromCommitToCluster(t *testing.T) {
	s := newLab(t)
	revision := s.push("Nothing new")
	found := s.awaitSource(revision, "Succeeded")
	assert.Equal(t, 2, found.Apps)
	assert.Equal(t, "2 PostgresApps of "+revision, strings.SplitN(found.condition("Ready").Message, "\n", 2)[0])
	assert.Contains(t, found.condition("Ready").Message, "apps/iceberg/postgres.yaml): spec.backup: nothing is backed up", "warnings are told")
	assert.Equal(t, "latest@"+found.Artifact.Digest, found.Artifact.Revision)
	assert.Equal(t, revision, found.Artifact.Metadata["org.opencontainers.image.revision"])

	external := s.get("ExternalArtifact", "repository")
	assert.Equal(t, found.Artifact, statusOf(t, external).Artifact)
	require.Len(t, external.GetOwnerReferences(), 1)
	assert.Equal(t, "PostgresAppSource", external.GetOwnerReferences()[0].Kind)

	t.Run("everything else is as it was", func(t *testing.T) {
		before, after := s.repository.files(t), download(t, found.Artifact)
		for _, name := range []string{"README.md", "clusters/lab/temporal/database.enc.env", "clusters/lab/temporal/server.yaml", "clusters/lab/trino/catalog.yaml"} {
			assert.Equal(t, before[name], after[name], name)
		}
		assert.NotContains(t, after["clusters/lab/trino/kustomization.yaml"], "generators:")
		for name, content := range after {
			// What only a generator refers to may stay: after the expansion nothing does any more.
			if strings.HasPrefix(name, "clusters/lab/temporal/") {
				assert.NotContains(t, content, "kind: PostgresApp\n", name)
			}
		}
	})

	applied := s.awaitApplied("temporal", found.Artifact.Revision)
	assert.Equal(t, revision, applied.LastAppliedOriginRevision, "commit statuses depend on it")
	s.awaitApplied("trino", found.Artifact.Revision)
	t.Run("what is applied", func(t *testing.T) {
		assertField(t, s.get("Cluster", "temporal-postgres"), "4Gi", "spec", "storage", "size")
		assertField(t, s.get("Cluster", "temporal-postgres"), "longhorn", "spec", "storage", "storageClass")
		assertField(t, s.get("Cluster", "iceberg-postgres"), "3Gi", "spec", "storage", "size")
		assertField(t, s.get("Cluster", "iceberg-postgres"), int64(2), "spec", "instances")
		assertField(t, s.get("ObjectStore", "temporal-postgres-backup"), "s3://lab-backups/temporal", "spec", "configuration", "destinationPath")
		assertField(t, s.get("ConfigMap", "iceberg-catalog"), "s3://lab-warehouse/", "data", "warehouse")
		assertField(t, s.get("Secret", "temporal-database"), "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5", "data", "password") // kustomize-controller has the key
		for kind, name := range map[string]string{
			"ScheduledBackup": "temporal-postgres-backup", "ServiceMonitor": "temporal-postgres", "PrometheusRule": "temporal-postgres", "Deployment": "temporal",
		} {
			assert.NotNil(t, s.get(kind, name), "%s %s", kind, name)
		}
	})

	s.repository.edit(t, "clusters/lab/temporal/postgres.yaml", "4Gi", "6Gi")
	revision = s.push("Give Temporal more room")
	changed := s.awaitSource(revision, "Succeeded")
	assert.NotEqual(t, found.Artifact.Revision, changed.Artifact.Revision)
	s.awaitApplied("temporal", changed.Artifact.Revision)
	assertField(t, s.get("Cluster", "temporal-postgres"), "6Gi", "spec", "storage", "size")

	t.Run("a wrong app leaves the last good state", func(t *testing.T) {
		s.repository.edit(t, "clusters/lab/temporal/postgres.yaml", "storage: {size: 6Gi}", "storage: {size: 8Gi}\n  instnces: 3\n  version: \"9\"")
		wrong := s.push("Make two mistakes")
		refused := s.awaitSource(wrong, "ExpansionFailed")
		message := refused.condition("Ready").Message
		assert.Contains(t, message, wrong+": error: PostgresApp")
		assert.Contains(t, message, "(clusters/lab/temporal/postgres.yaml): spec.instnces: ")
		assert.Contains(t, message, `did you mean "instances"?`)
		assert.Contains(t, message, "(clusters/lab/temporal/postgres.yaml): spec.version: ")
		assert.Contains(t, message, "the last good one is still published: "+revision)
		assert.NotContains(t, message, cluster.Dir, "paths are the repository's")
		assert.Equal(t, "True", string(refused.condition("Stalled").Status))
		assert.Equal(t, changed.Artifact, refused.Artifact)
		assert.Equal(t, changed.Artifact, statusOf(t, s.get("ExternalArtifact", "repository")).Artifact)
		assert.NotEmpty(t, download(t, refused.Artifact))
		assertField(t, s.get("Cluster", "temporal-postgres"), "6Gi", "spec", "storage", "size")

		s.repository.edit(t, "clusters/lab/temporal/postgres.yaml", "\n  instnces: 3\n  version: \"9\"", "")
		right := s.push("Correct them")
		corrected := s.awaitSource(right, "Succeeded")
		assert.Empty(t, corrected.condition("Stalled").Status)
		s.awaitApplied("temporal", corrected.Artifact.Revision)
		assertField(t, s.get("Cluster", "temporal-postgres"), "8Gi", "spec", "storage", "size")
	})

	t.Run("a commit that changes nothing here is not applied again", func(t *testing.T) {
		before := statusOf(t, s.get("PostgresAppSource", "repository"))
		same := s.push("Change nothing")
		after := s.awaitSource(same, "Succeeded")
		assert.Equal(t, before.Artifact.Revision, after.Artifact.Revision)
		assert.Equal(t, before.Artifact.LastUpdateTime, after.Artifact.LastUpdateTime)
		assert.Equal(t, same, after.Artifact.Metadata["org.opencontainers.image.revision"])
	})

	t.Run("deleting an app", func(t *testing.T) {
		s.repository.edit(t, "clusters/lab/temporal/kustomization.yaml", "  - postgres.yaml\n", "")
		s.repository.edit(t, "clusters/lab/trino/kustomization.yaml", "generators:\n  - database\n", "")
		deleted := s.awaitSource(s.push("Delete both databases"), "Succeeded")
		s.awaitApplied("temporal", deleted.Artifact.Revision)
		s.awaitApplied("trino", deleted.Artifact.Revision)
		s.awaitGone("Cluster", "iceberg-postgres") // deletionProtection: false
		s.awaitGone("ScheduledBackup", "temporal-postgres-backup")
		s.awaitGone("PrometheusRule", "temporal-postgres")
		assert.NotNil(t, s.get("Cluster", "temporal-postgres"), "protected, which is the default")
		assert.NotNil(t, s.get("ObjectStore", "temporal-postgres-backup"), "the way to its backups is protected with it")
		assert.Nil(t, s.get("Cluster", "temporal-postgres").GetDeletionTimestamp())
	})
}

func assertField(t *testing.T, o *unstructured.Unstructured, want any, path ...string) {
	t.Helper()
	if !assert.NotNil(t, o, "no object with %v", path) {
		return
	}
	got, _, err := unstructured.NestedFieldNoCopy(o.Object, path...)
	require.NoError(t, err)
	assert.Equal(t, want, got, "%s %s %v", o.GetKind(), o.GetName(), path)
}
