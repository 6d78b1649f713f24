//go:build e2e

package extension

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// notice is an event as notification-controller receives it.
type notice struct {
	InvolvedObject      corev1.ObjectReference
	Severity            string
	Reason              string
	Message             string
	Metadata            map[string]string
	ReportingController string
}

// TestEvents follows a good and a wrong revision: each is told once, to the cluster and to what listens where notification-controller
// does, with the reason of the condition and with the revisions by which it finds commits.
func TestEvents(t *testing.T) {
	var lock sync.Mutex
	var received []notice
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n notice
		if json.NewDecoder(r.Body).Decode(&n) == nil {
			lock.Lock()
			received = append(received, n)
			lock.Unlock()
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(listener.Close)
	restarted(t, func() {}, "--events-addr="+listener.URL)
	defer restarted(t, func() {})

	s, published := newShop(t)
	wrong := s.size("1Gi", "much")
	s.awaitSource(wrong, "ExpansionFailed")
	for _, want := range []struct{ severity, kind, reason, says, revision string }{
		{"info", "Normal", "Succeeded", "expanded 1 PostgresApp of GitRepository " + published.ObservedSourceRevision + " into " + published.Artifact.Revision, published.ObservedSourceRevision},
		{"error", "Warning", "ExpansionFailed", "(shop/postgres.yaml): spec.storage.size: ", wrong},
	} {
		require.EventuallyWithT(t, func(t *assert.CollectT) {
			lock.Lock()
			defer lock.Unlock()
			times := 0
			for _, n := range received {
				if n.InvolvedObject.Namespace == s.namespace && n.Reason == want.reason {
					times++
					assert.Equal(t, "PostgresAppSource", n.InvolvedObject.Kind)
					assert.Equal(t, "repository", n.InvolvedObject.Name)
					assert.Equal(t, want.severity, n.Severity)
					assert.Contains(t, n.Message, want.says)
					assert.Equal(t, "postgresapp-source", n.ReportingController)
					assert.Equal(t, want.revision, n.Metadata["event.toolkit.fluxcd.io/revision"])
				}
			}
			assert.Equal(t, 1, times, "%s is told once", want.reason)

			var events corev1.EventList
			require.NoError(t, cluster.Client.List(s.t.Context(), &events, client.InNamespace(s.namespace)))
			times = 0
			for _, e := range events.Items {
				if e.InvolvedObject.Kind == "PostgresAppSource" && e.Reason == want.reason {
					times++
					assert.Equal(t, want.kind, e.Type)
					assert.Contains(t, e.Message, want.says)
				}
			}
			assert.Equal(t, 1, times, "%s is an event in the cluster", want.reason)
		}, patience, 200*time.Millisecond)
	}
}
