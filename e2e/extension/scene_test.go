//go:build e2e

package extension

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// patience is how long a test waits for what the controllers do.
const patience = 2 * time.Minute

// scene is a repository, the GitRepository that reads it and the PostgresAppSource that expands it, in a namespace of their own.
type scene struct {
	t          *testing.T
	namespace  string
	repository *repository
}

// flux are what a scene begins with. NAME is the namespace, URL the repository's.
const flux = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repository}
spec:
  interval: 1m
  url: URL
  ref: {branch: main}
---
apiVersion: source.postgresapp.dev/v1alpha1
kind: PostgresAppSource
metadata: {name: repository}
spec:
  sourceRef: {kind: GitRepository, name: repository}
`

// newScene makes a repository of the files in a directory, and has it expanded.
func newScene(t *testing.T, from string) *scene {
	t.Helper()
	namespace, err := cluster.NewNamespace(t.Context(), "scene")
	require.NoError(t, err)
	s := &scene{t: t, namespace: namespace, repository: newRepository(t, namespace, from)}
	s.apply(strings.ReplaceAll(flux, "URL", s.repository.url))
	t.Cleanup(func() {
		if t.Failed() {
			for _, kind := range []string{"GitRepository", "PostgresAppSource", "ExternalArtifact", "Kustomization"} {
				objects := &unstructured.UnstructuredList{}
				objects.SetAPIVersion(apiVersions[kind])
				objects.SetKind(kind + "List")
				_ = cluster.Client.List(context.Background(), objects, client.InNamespace(namespace))
				for _, o := range objects.Items {
					t.Logf("%s %s: %v", kind, o.GetName(), o.Object["status"])
				}
			}
		}
		// What is left would be reconciled for as long as the rig lives.
		for _, kind := range []string{"Kustomization", "PostgresAppSource", "GitRepository"} {
			o := object(kind, namespace, "")
			_ = cluster.Client.DeleteAllOf(context.Background(), o, client.InNamespace(namespace))
		}
	})
	return s
}

var apiVersions = map[string]string{
	"GitRepository":     "source.toolkit.fluxcd.io/v1",
	"OCIRepository":     "source.toolkit.fluxcd.io/v1",
	"Bucket":            "source.toolkit.fluxcd.io/v1",
	"ExternalArtifact":  "source.toolkit.fluxcd.io/v1",
	"PostgresAppSource": "source.postgresapp.dev/v1alpha1",
	"Kustomization":     "kustomize.toolkit.fluxcd.io/v1",
	"Cluster":           "postgresql.cnpg.io/v1",
	"ScheduledBackup":   "postgresql.cnpg.io/v1",
	"ObjectStore":       "barmancloud.cnpg.io/v1",
	"ConfigMap":         "v1",
	"Secret":            "v1",
	"Deployment":        "apps/v1",
	"ServiceMonitor":    "monitoring.coreos.com/v1",
	"PrometheusRule":    "monitoring.coreos.com/v1",
}

func object(kind, namespace, name string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{}
	o.SetAPIVersion(apiVersions[kind])
	o.SetKind(kind)
	o.SetNamespace(namespace)
	o.SetName(name)
	return o
}

// apply applies manifests to the scene's namespace.
func (s *scene) apply(manifests string) {
	s.t.Helper()
	objects, err := rig.Parse([]byte(manifests))
	require.NoError(s.t, err)
	_, err = cluster.Apply(s.t.Context(), s.namespace, objects...)
	require.NoError(s.t, err)
}

// get reads an object of the scene's namespace, or gives nil.
func (s *scene) get(kind, name string) *unstructured.Unstructured {
	s.t.Helper()
	o := object(kind, s.namespace, name)
	err := cluster.Client.Get(context.Background(), client.ObjectKeyFromObject(o), o)
	if apierrors.IsNotFound(err) {
		return nil
	}
	require.NoError(s.t, err)
	return o
}

// reconcile asks for a reconciliation, as `flux reconcile` does.
func (s *scene) reconcile(kind, name string) {
	s.t.Helper()
	o := object(kind, s.namespace, name)
	patch := fmt.Sprintf(`{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":%q}}}`, time.Now().Format(time.RFC3339Nano))
	require.NoError(s.t, cluster.Client.Patch(s.t.Context(), o, client.RawPatch("application/merge-patch+json", []byte(patch))))
}

// push commits, and has source-controller look at once.
func (s *scene) push(message string) (revision string) {
	s.t.Helper()
	revision = s.repository.commit(s.t, message)
	s.reconcile("GitRepository", "repository")
	return revision
}

// status is what tests look at of a PostgresAppSource or ExternalArtifact.
type status struct {
	Conditions             []metav1.Condition
	Artifact               *artifact
	ObservedSourceRevision string
	ObservedGeneration     int64
	LastHandledReconcileAt string
	Apps                   int
	LastAppliedRevision    string
	LastAttemptedRevision  string
	// LastAppliedOriginRevision is what kustomize-controller takes from the artifact's metadata.
	LastAppliedOriginRevision string
}

type artifact struct {
	Revision, Digest, URL, Path string
	Metadata                    map[string]string
	LastUpdateTime              string
}

func statusOf(t require.TestingT, o *unstructured.Unstructured) (s status) {
	if o == nil {
		return s
	}
	content, ok, err := unstructured.NestedMap(o.Object, "status")
	require.NoError(t, err)
	if ok {
		encoded, err := json.Marshal(content)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(encoded, &s))
	}
	return s
}

func (s status) condition(kind string) metav1.Condition {
	for _, c := range s.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return metav1.Condition{}
}

// awaitSource waits until the PostgresAppSource has dealt with a revision, Ready for the given reason.
func (s *scene) awaitSource(revision, reason string) (found status) {
	s.t.Helper()
	require.EventuallyWithT(s.t, func(t *assert.CollectT) {
		found = statusOf(t, s.get("PostgresAppSource", "repository"))
		ready := found.condition("Ready")
		require.Equal(t, revision, found.ObservedSourceRevision, ready.Message)
		require.Equal(t, reason, ready.Reason, ready.Message)
		require.Empty(t, found.condition("Reconciling").Status)
	}, patience, 100*time.Millisecond)
	return found
}

// awaitReason waits until the PostgresAppSource is Ready, or not, for the given reason.
func (s *scene) awaitReason(reason string) (found status) {
	s.t.Helper()
	require.EventuallyWithT(s.t, func(t *assert.CollectT) {
		found = statusOf(t, s.get("PostgresAppSource", "repository"))
		require.Equal(t, reason, found.condition("Ready").Reason, found.condition("Ready").Message)
		if reason == "Succeeded" {
			require.NotNil(t, found.Artifact, "conditions are written first, and the rest of the status after them")
		}
	}, patience, 100*time.Millisecond)
	return found
}

// awaitApplied waits until a Kustomization has applied an artifact.
func (s *scene) awaitApplied(name, revision string) (found status) {
	s.t.Helper()
	require.EventuallyWithT(s.t, func(t *assert.CollectT) {
		found = statusOf(t, s.get("Kustomization", name))
		require.Equal(t, revision, found.LastAppliedRevision, found.condition("Ready").Message)
		require.Equal(t, metav1.ConditionTrue, found.condition("Ready").Status, found.condition("Ready").Message)
	}, patience, 100*time.Millisecond)
	return found
}

// awaitGone waits until an object is gone.
func (s *scene) awaitGone(kind, name string) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return s.get(kind, name) == nil }, patience, 100*time.Millisecond, "%s %s", kind, name)
}

// download takes the published artifact apart.
func download(t *testing.T, a *artifact) map[string]string {
	t.Helper()
	require.NotNil(t, a)
	response, err := http.Get(a.URL)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode, a.URL)
	compressed, err := gzip.NewReader(response.Body)
	require.NoError(t, err)
	files := map[string]string{}
	entries := tar.NewReader(compressed)
	for {
		header, err := entries.Next()
		if err == io.EOF {
			return files
		}
		require.NoError(t, err)
		content, err := io.ReadAll(entries)
		require.NoError(t, err)
		if header.Typeflag == tar.TypeReg {
			files[header.Name] = string(content)
		}
	}
}

// awaitField waits until a field of an object has a value.
func (s *scene) awaitField(kind, name string, want any, path ...string) {
	s.t.Helper()
	require.EventuallyWithT(s.t, func(t *assert.CollectT) {
		o := s.get(kind, name)
		require.NotNil(t, o)
		got, _, err := unstructured.NestedFieldNoCopy(o.Object, path...)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}, patience, 100*time.Millisecond)
}

// awaitMessage waits until the PostgresAppSource's condition Ready says something.
func (s *scene) awaitMessage(text string) {
	s.t.Helper()
	require.EventuallyWithT(s.t, func(t *assert.CollectT) {
		require.Contains(t, statusOf(t, s.get("PostgresAppSource", "repository")).condition("Ready").Message, text)
	}, patience, 100*time.Millisecond)
}

// again applies what a scene begins with once more.
func (s *scene) again() {
	s.t.Helper()
	s.apply(strings.ReplaceAll(flux, "URL", s.repository.url))
}
