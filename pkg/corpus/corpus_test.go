package corpus

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/adopt"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// wanted is the share of Clusters that must be sayable without overrides.
const wanted = 0.9

func TestCorpus(t *testing.T) {
	all := samples(t)
	var needs []string
	said, improved := 0, map[string]int{}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			adopted, err := adopt.Cluster(append([]fields{s.cluster}, s.around...)...)
			require.NoError(t, err)
			text, err := yaml.Marshal(adopted.App)
			require.NoError(t, err)
			objects := expand(t, text)
			differences, err := adopt.Compare(append([]fields{s.cluster}, s.around...), objects)
			require.NoError(t, err)
			for reason := range reasons(differences) {
				improved[reason]++
			}
			unexplained := adopt.Unexplained(differences)
			assert.Empty(t, lines(unexplained), "%s", text)
			if adopted.NeedsOverrides() {
				patch, err := yaml.Marshal(adopted.App["spec"].(fields)["overrides"])
				require.NoError(t, err)
				needs = append(needs, s.name+":\n"+indent(string(patch)))
			} else if len(unexplained) == 0 && !t.Failed() {
				said++
			}
		})
	}
	share := float64(said) / float64(len(all))
	t.Logf("%d of %d Clusters, %.1f%%, are said without overrides", said, len(all), 100*share)
	for _, need := range needs {
		t.Log("needs overrides: " + need)
	}
	for _, reason := range slices.Sorted(maps.Keys(improved)) {
		t.Logf("in %3d another way: %s", improved[reason], reason)
	}
	assert.GreaterOrEqual(t, share, wanted)
}

// expand renders an app as every door does.
func expand(t *testing.T, app []byte) []fields {
	t.Helper()
	result := render.Apps([]render.Document{{YAML: app}}, nil)
	require.False(t, result.Findings.Failed(), "%s\n%s", result.Findings, app)
	require.Len(t, result.Expansions, 1)
	var objects []fields
	for _, object := range result.Expansions[0].Objects {
		objects = append(objects, object.Fields)
	}
	return objects
}

func reasons(differences []adopt.Difference) map[string]bool {
	all := map[string]bool{}
	for _, d := range differences {
		all[d.Reason] = true
	}
	return all
}

func lines(differences []adopt.Difference) []string {
	var all []string
	for _, d := range differences {
		all = append(all, d.String())
	}
	return slices.Clip(all)
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
