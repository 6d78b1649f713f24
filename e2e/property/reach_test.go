package property

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unreachable are fields that no valid app has, by the beginning or the end of their paths. The product refuses them, for the reason given.
var unreachable = []struct{ prefix, suffix, why string }{
	{"spec.init.job.env[].valueFrom.fileKeyRef", "", "the Job has no volumes to read a file from"},
	{"spec.init.job.resources.claims", "", "the Job's pod has no resourceClaims to name"},
	{"spec.services.", ".serviceTemplate.spec.selector", "the operator selects the pods"},
	{"spec.services.", ".serviceTemplate.spec.selector{}", "the operator selects the pods"},
	{"spec.ephemeralVolumeSource.volumeClaimTemplate.metadata.", "", "the Cluster's definition has metadata without fields there"},
	{"spec.poolers[].template.spec.volumes[].ephemeral.volumeClaimTemplate.metadata.", "", "the Pooler's definition has metadata without fields there"},
}

func reachable(path string) bool {
	for _, u := range unreachable {
		if strings.HasPrefix(path, u.prefix) && strings.HasSuffix(path, u.suffix) {
			return false
		}
	}
	return true
}

// tries is how many apps are drawn with a field in the spotlight, until one is valid and has it.
const tries = 100

// TestEveryFieldIsReached draws valid apps until each field of the resource was in one of them. Every app that is drawn anywhere has some
// fields in the spotlight, all of them equally often, so that what comes up here comes up in all the other tests.
func TestEveryFieldIsReached(t *testing.T) {
	require.Greater(t, len(Paths()), 2000, "the walk over the types has stopped early")
	seen := map[string]bool{}
	drawn := 0
	for i, path := range Paths() {
		for try := range tries {
			if seen[path] || !reachable(path) {
				break
			}
			drawn++
			app := Valid(path).Example(i*tries + try)
			spec := clone(app.Document.Spec())
			Reached(spec, seen)
			if defaults, ok := spec["defaults"].(map[string]any); ok && spec["cluster"] == nil && defaults["cluster"] == nil {
				Reached(defaults, seen) // on a shared cluster most of them are not taken up
			}
		}
	}
	for _, path := range Paths() {
		assert.Equal(t, reachable(path), seen[path], path)
	}
	t.Logf("%d fields in %d apps", len(Paths()), drawn)
}
