//go:build e2e

package guide

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// TestFluxPruneLeavesTheData proves what docs/operations/delete.md says: when an app goes from Git, the real kustomize-controller prunes what
// can be made anew, and leaves the Cluster and its ObjectStore; without deletionProtection it takes them, too.
func TestFluxPruneLeavesTheData(t *testing.T) {
	tests := map[string]struct{ protection, left string }{
		"protected":   {"true", "cluster.postgresql.cnpg.io/orders-postgres\nobjectstore.barmancloud.cnpg.io/orders-postgres-backup\n"},
		"unprotected": {"false", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.prepare(t)
			s.merge(t, "postgres.yaml", "spec: {deletionProtection: "+test.protection+"}")
			database := s.shell(t, "postgresapp build .")
			s.apply(t, "{apiVersion: source.toolkit.fluxcd.io/v1, kind: ExternalArtifact, metadata: {name: shop}}")
			s.apply(t, "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: shop}, spec: {interval: 10m, path: ./, prune: true, "+
				"sourceRef: {kind: ExternalArtifact, name: shop}}}")
			publish := func(revision string, files map[string]string) {
				stop, err := cluster.Publish(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "shop"}, revision, files)
				require.NoError(t, err)
				t.Cleanup(stop)
				eventually(t, func(t *assert.CollectT) { assert.Contains(t, s.condition(t), "Applied revision: "+revision) })
			}
			publish("main@sha1:1", map[string]string{"postgres.yaml": database})
			publish("main@sha1:2", map[string]string{"rest.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: rest, namespace: " + s.namespace + "}}"})
			eventually(t, func(t *assert.CollectT) {
				left := s.shell(t, `kubectl get -n "$NS" -o name scheduledbackups.postgresql.cnpg.io,servicemonitors.monitoring.coreos.com,`+
					`prometheusrules.monitoring.coreos.com,services,clusters.postgresql.cnpg.io,objectstores.barmancloud.cnpg.io | grep -v "^service/orders-postgres-r" || true`)
				assert.Equal(t, strings.Fields(test.left), strings.Fields(left))
			})
		})
	}
}
