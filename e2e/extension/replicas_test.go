//go:build e2e

package extension

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// electing makes processes elect one among them, within seconds.
var electing = []string{"--enable-leader-election", "--leader-election-lease-duration=4s", "--leader-election-renew-deadline=3s", "--leader-election-retry-period=500ms"}

// TestTwoReplicas runs two, of which one leads: the other serves nothing and expands nothing. When the leader is killed, the other one
// goes on with the same artifact, made anew in a storage of its own.
func TestTwoReplicas(t *testing.T) {
	s, before := newShop(t)
	restarted(t, func() {}, electing...)
	leader := extension
	standby := &controller{program: leader.program, kubeconfig: leader.kubeconfig, storage: filepath.Join(cluster.Dir, "standby-storage"),
		work: filepath.Join(cluster.Dir, "standby-work"), name: "standby"}
	for _, address := range []*string{&standby.artifacts, &standby.metrics, &standby.health} {
		var err error
		*address, err = rig.FreeAddress()
		require.NoError(t, err)
	}
	require.NoError(t, standby.launch(electing...))
	t.Cleanup(func() {
		if standby.process != nil {
			_ = standby.process.Stop()
		}
		extension = leader
		require.NoError(t, leader.start())
	})
	require.Eventually(t, func() bool { return standby.ready() != 0 }, patience, 50*time.Millisecond, "it answers its probes")

	led := s.awaitSource(s.size("1Gi", "2Gi"), "Succeeded")
	s.awaitApplied("shop", led.Artifact.Revision)
	assert.NotEqual(t, before.Artifact.Revision, led.Artifact.Revision)
	assert.NotEqual(t, http.StatusOK, standby.ready(), "no Service sends anybody to it")
	assert.Equal(t, 1, expansions(t), "the leader alone has expanded the new revision")
	assert.NotContains(t, standby.measured(t), "gotk_reconcile_duration_seconds", "the other one does nothing")
	extension = standby

	announced := s.get("ExternalArtifact", "repository").GetResourceVersion()
	require.NoError(t, leader.process.Kill())
	require.NoError(t, standby.awaitReady())
	for _, kind := range []string{"ExternalArtifact", "PostgresAppSource"} { // written one after the other
		require.EventuallyWithT(t, func(t *assert.CollectT) {
			now := statusOf(t, s.get(kind, "repository")).Artifact
			require.NotNil(t, now, kind)
			require.Contains(t, now.URL, standby.artifacts, "in a cluster, where one Service leads to both, the address would be the same")
		}, patience, 100*time.Millisecond)
	}
	taken := s.awaitReason("Succeeded")
	assert.Equal(t, led.Artifact.Revision, taken.Artifact.Revision)
	assert.Equal(t, led.Artifact.Digest, taken.Artifact.Digest, "the same source gives the same bytes")
	assert.Equal(t, led.Artifact.LastUpdateTime, taken.Artifact.LastUpdateTime, "nothing is applied anew")
	assert.NotEqual(t, announced, s.get("ExternalArtifact", "repository").GetResourceVersion())
	assert.NotEmpty(t, download(t, taken.Artifact))

	more := s.awaitSource(s.size("2Gi", "3Gi"), "Succeeded")
	s.awaitApplied("shop", more.Artifact.Revision)
	s.awaitField("Cluster", "shop-postgres", "3Gi", "spec", "storage", "size")
}
