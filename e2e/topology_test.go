//go:build e2e

package e2e

import (
	"encoding/base64"
	"fmt"
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// member is a PostgresApp of a topology of two clusters, of which london began. More are lines of its replica block.
func member(name, source, primary, more string) string {
	return fmt.Sprintf(`apiVersion: postgresapp.dev/v1alpha1
kind: PostgresApp
metadata: {name: orders}
spec:
  clusterName: %[1]s
  storage: {size: 10Gi}
  backup: {bucket: shop-backups, path: %[1]s, credentials: {inheritFromIAMRole: true}}
  replica: {self: %[1]s, primary: %[3]s, source: %[2]s%[4]s}
  externalClusters:
  - name: london
    plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: london-backup, serverName: london}}
  - name: paris
    plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: paris-backup, serverName: paris}}
`, name, source, primary, more)
}

// TestTopology takes two clusters through what the plan of a disaster has: the first primary begins empty, its replica is copied from it,
// the roles are exchanged, and back. The operator takes every step, though each gives the manifests another bootstrap than the cluster was
// created with.
func TestTopology(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	apply := func(app string) {
		t.Helper()
		ours, result, accepted := expandApp(t, []byte(app))
		require.True(t, accepted, "%s", result.Findings)
		for _, fields := range ours {
			warnings, err := cluster.Apply(t.Context(), namespace, asObject(fields))
			require.NoError(t, err)
			assert.Empty(t, warnings)
		}
	}
	live := func(name string) *cnpgv1.Cluster {
		t.Helper()
		found := &cnpgv1.Cluster{}
		require.NoError(t, cluster.Client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, found))
		return found
	}
	token := base64.StdEncoding.EncodeToString([]byte(`{"latestCheckpointTimelineID":"1","redoWalFile":"000000010000000000000007",` +
		`"databaseSystemIdentifier":"7400000000000000001","latestCheckpointREDOLocation":"0/7000028",` +
		`"timeOfLatestCheckpoint":"Fri 20 Nov 2026 08:00:00 AM UTC","operatorVersion":"1.30.0"}`))

	apply(member("london", "paris", "london", ""))
	eventuallyGet(t, client.ObjectKey{Namespace: namespace, Name: "london-1-initdb"}, &batchv1.Job{})
	apply(member("paris", "london", "london", ""))
	eventuallyGet(t, client.ObjectKey{Namespace: namespace, Name: "paris-1-full-recovery"}, &batchv1.Job{})

	for _, step := range []struct{ what, app string }{
		{"london steps down", member("london", "paris", "paris", "")},
		{"paris is promoted", member("paris", "london", "paris", ", promotionToken: "+token)},
		{"paris without the token", member("paris", "london", "paris", "")},
		{"paris steps down", member("paris", "london", "london", "")},
		{"london is promoted", member("london", "paris", "london", ", promotionToken: "+token)},
	} {
		t.Log(step.what)
		apply(step.app)
	}
	for _, name := range []string{"london", "paris"} {
		found := live(name)
		assert.Equal(t, "london", found.Spec.ReplicaCluster.Primary)
		assert.NotContains(t, found.Status.Phase, "rror", "%s", found.Status.PhaseReason)
	}
	assert.NotNil(t, live("london").Spec.Bootstrap.InitDB)
	assert.Nil(t, live("london").Spec.Bootstrap.Recovery)
	assert.NotNil(t, live("paris").Spec.Bootstrap.Recovery)
	assert.Nil(t, live("paris").Spec.Bootstrap.InitDB)
}
