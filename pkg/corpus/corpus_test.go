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
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// wanted is the share of Clusters that must be sayable without overrides.
const wanted = 0.9

func TestCorpus(t *testing.T) {
	all := samples(t)
	var unsaid []string
	improved := map[string]int{}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			manifests := append([]fields{s.cluster}, s.around...)
			adopted, err := adopt.Cluster(manifests...)
			require.NoError(t, err)
			if adopted.NeedsOverrides() {
				unsaid = append(unsaid, s.name+" needs overrides:\n"+indent(asYAML(t, adopted.App["spec"].(fields)["overrides"])))
			}
			app := asYAML(t, adopted.App)
			result := render.Apps([]render.Document{{YAML: []byte(app)}}, nil)
			if result.Findings.Failed() {
				unsaid = append(unsaid, s.name+" is refused:\n"+indent(errorsOf(result)))
				return
			}
			differences, err := adopt.Compare(manifests, fieldsOf(result))
			require.NoError(t, err)
			assert.Empty(t, lines(adopt.Unexplained(differences)), "%s", app)
			for reason := range reasons(differences) {
				improved[reason]++
			}
		})
	}
	for _, one := range unsaid {
		t.Log(one)
	}
	for _, reason := range slices.Sorted(maps.Keys(improved)) {
		t.Logf("in %3d said otherwise: %s", improved[reason], reason)
	}
	share := 1 - float64(len(unsaid))/float64(len(all))
	t.Logf("%d of %d Clusters, %.1f%%, are said without overrides", len(all)-len(unsaid), len(all), 100*share)
	assert.GreaterOrEqual(t, share, wanted)
}

// TestReports adopts each Cluster as the command does: each has a verdict in words, and only what is proven or refused with its errors.
func TestReports(t *testing.T) {
	verdicts := map[string]int{}
	for _, s := range samples(t) {
		manifests := []adopt.Manifest{{Object: s.cluster, Source: s.name}}
		for _, object := range s.around {
			manifests = append(manifests, adopt.Manifest{Object: object, Source: s.name})
		}
		families, errs := adopt.Families(manifests)
		if len(errs) > 0 {
			assert.Len(t, errs, 1, s.name)
			assert.ErrorContains(t, errs[0], "which is not in what was given: give its file too")
			verdicts["an ObjectStore is missing"]++
			continue
		}
		require.Len(t, families, 1, s.name)
		adopted, err := adopt.Cluster(families[0].Objects...)
		require.NoError(t, err, s.name)
		proof, err := adopt.Prove(families[0].Objects, adopted)
		require.NoError(t, err, s.name)
		var text strings.Builder
		adopt.Report(&text, families[0], adopted, proof)
		switch {
		case proof.Holds():
			verdicts["proven"]++
			assert.Contains(t, text.String(), "\n  proven: ", s.name)
		case proof.Findings.Failed():
			verdicts["refused"]++
			assert.Contains(t, text.String(), "\n  error: ", s.name)
			assert.Contains(t, text.String(), "\n  REFUSED: ", s.name)
		default:
			assert.Fail(t, "not proven", "%s\n%s", s.name, text.String())
		}
	}
	for _, verdict := range slices.Sorted(maps.Keys(verdicts)) {
		t.Logf("%3d %s", verdicts[verdict], verdict)
	}
	assert.GreaterOrEqual(t, verdicts["proven"], 95, "of the 104 Clusters of the corpus")
}

// expand renders an app as every door does.
func expand(t *testing.T, app []byte) []fields {
	t.Helper()
	result := render.Apps([]render.Document{{YAML: app}}, nil)
	require.False(t, result.Findings.Failed(), "%s\n%s", result.Findings, app)
	return fieldsOf(result)
}

func fieldsOf(result render.Result) (objects []fields) {
	for _, expansion := range result.Expansions {
		for _, object := range expansion.Objects {
			objects = append(objects, object.Fields)
		}
	}
	return objects
}

func errorsOf(result render.Result) string {
	var all []string
	for _, finding := range result.Findings {
		if finding.Severity == diag.Error {
			all = append(all, finding.Field+": "+finding.Message)
		}
	}
	return strings.Join(all, "\n")
}

func asYAML(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	require.NoError(t, err)
	return string(text)
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
