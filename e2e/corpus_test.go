//go:build e2e

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/adopt"
	"github.com/homelab-foundations/postgresapp/pkg/corpus"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// corpusSamples are the Clusters of the corpus with what was written beside them. Without a corpus the test is skipped.
func corpusSamples(t *testing.T) []corpus.Sample {
	t.Helper()
	dir, err := corpus.Directory("..")
	if err != nil {
		t.Skip("NOT RUN: ", err)
	}
	samples, err := corpus.Samples(dir)
	require.NoError(t, err)
	return samples
}

// answer is what the server says of some objects.
type answer struct {
	live     []corpus.Fields // as the server completes those that it accepts
	refusals []string
	warnings []string
}

// ask lets the server judge objects, which are nobody's afterwards.
func ask(t *testing.T, namespace string, objects []corpus.Fields) answer {
	t.Helper()
	var said answer
	for _, fields := range objects {
		object := asObject(fields).DeepCopy()
		object.SetNamespace(namespace)
		live, warnings, err := cluster.DryRun(t.Context(), namespace, object)
		for _, warning := range warnings {
			said.warnings = append(said.warnings, object.GetKind()+": "+warning.Text)
		}
		if err != nil {
			said.refusals = append(said.refusals, strings.ReplaceAll(err.Error(), namespace+"/", ""))
			continue
		}
		// What every object gets from the server says nothing about it.
		live.SetManagedFields(nil)
		for _, field := range []string{"uid", "creationTimestamp", "generation", "namespace", "resourceVersion"} {
			unstructured.RemoveNestedField(live.Object, "metadata", field)
		}
		unstructured.RemoveNestedField(live.Object, "status")
		said.live = append(said.live, live.Object)
	}
	return said
}

func asObject(fields corpus.Fields) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: fields}
}

// expandApp renders an app as every door does. It is false where the product refuses it.
func expandApp(t *testing.T, app []byte) ([]corpus.Fields, render.Result, bool) {
	t.Helper()
	result := render.Apps([]render.Document{{YAML: app}}, nil)
	if result.Findings.Failed() {
		return nil, result, false
	}
	var objects []corpus.Fields
	for _, object := range result.Expansions[0].Objects {
		objects = append(objects, object.Fields)
	}
	return objects, result, true
}

// TestCorpusIsHeldAgainstTheServer lets the server judge manifests that people run, and the same said as PostgresApps. What it accepts of
// theirs, it accepts of ours; and what both are when the server has filled in its defaults differs where what was written differs, and
// nowhere else.
func TestCorpusIsHeldAgainstTheServer(t *testing.T) {
	samples := corpusSamples(t)
	namespace := newNamespace(t)
	held := map[string]int{}
	for _, sample := range samples {
		t.Run(sample.Name, func(t *testing.T) {
			originals := append([]corpus.Fields{sample.Cluster}, sample.Around...)
			theirs := ask(t, namespace, originals[:1])
			for _, refusal := range theirs.refusals {
				t.Logf("theirs is refused: %s", refusal)
				held["of theirs are refused"]++
			}
			if len(theirs.warnings) > 0 {
				held["of theirs are warned about"]++
			}
			adopted, err := adopt.Cluster(originals...)
			require.NoError(t, err)
			app, err := yaml.Marshal(adopted.App)
			require.NoError(t, err)
			ours, _, accepted := expandApp(t, app)
			if !accepted {
				held["of ours the product refuses"]++
				return
			}
			compareLive(t, namespace, originals, ours)
		})
	}
	for _, what := range slices.Sorted(maps.Keys(held)) {
		t.Logf("%3d of %d Clusters %s", held[what], len(samples), what)
	}
}

// TestRetoldAppsAreHeldAgainstTheServer does the same for those apps that people who know PostgresApp have written instead.
func TestRetoldAppsAreHeldAgainstTheServer(t *testing.T) {
	samples := corpusSamples(t)
	namespace := newNamespace(t)
	apps, err := filepath.Glob("../pkg/corpus/testdata/*/app.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, apps)
	for _, file := range apps {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			cut := strings.LastIndexByte(name, '-')
			i := slices.IndexFunc(samples, func(s corpus.Sample) bool { return strings.HasPrefix(s.Name, name[:cut]+"/"+name[cut+1:]+"-Cluster-") })
			require.GreaterOrEqual(t, i, 0, "the corpus has no such Cluster")
			app, err := os.ReadFile(file)
			require.NoError(t, err)
			ours, result, accepted := expandApp(t, app)
			require.True(t, accepted, "%s", result.Findings)
			compareLive(t, namespace, append([]corpus.Fields{samples[i].Cluster}, samples[i].Around...), ours)
		})
	}
}

// compareLive compares what people wrote with what an app became, as the server completes both.
func compareLive(t *testing.T, namespace string, originals, ours []corpus.Fields) {
	t.Helper()
	written, err := adopt.Compare(originals, ours)
	require.NoError(t, err)
	theirs, live := ask(t, namespace, originals), ask(t, namespace, ours)
	assert.Empty(t, live.refusals)
	for _, warning := range live.warnings {
		// Which of several fields it is about follows the warning itself.
		said, _, _ := strings.Cut(warning, " Found usage in: ")
		assert.True(t, slices.ContainsFunc(theirs.warnings, func(w string) bool { return strings.HasPrefix(w, said) }), "a warning of our own: %s", warning)
	}
	if len(theirs.refusals) > 0 {
		return
	}
	completed, err := adopt.Compare(theirs.live, live.live)
	require.NoError(t, err)
	for _, difference := range adopt.Unexplained(completed) {
		known := slices.Contains(filledIn, difference.Field) || slices.ContainsFunc(written, func(w adopt.Difference) bool {
			return difference.Field == w.Field || strings.HasPrefix(difference.Field, w.Field+".") || strings.HasPrefix(w.Field, difference.Field+".")
		})
		assert.True(t, known, "differs only when the server has completed both: %s", difference)
	}
}

// filledIn are defaults of the ObjectStore's definition for a block that ours has, because it sizes the sidecar.
var filledIn = []string{"archive.rest.instanceSidecarConfiguration.logLevel", "archive.rest.instanceSidecarConfiguration.retentionPolicyIntervalSeconds"}
