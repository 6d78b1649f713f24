//go:build e2e

package property

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// How many apps are drawn where the environment does not say. Most mistakes are refused before they come to the server.
const (
	validApps   = 2000
	mistakeApps = 600
)

// judged reports what the server has against an app's objects.
func judged(t *rapid.T, app App, excused func(Verdict, []manifest.Object) bool) {
	for _, expansion := range app.Result.Expansions {
		objects := append(ForOlder(app.Document.OperatorVersion(), expansion.Objects), expansion.Objects...)
		verdicts, err := judge.Judge(t.Context(), Namespaces[0], objects)
		require.NoError(t, err)
		for _, verdict := range verdicts {
			if verdict.Rejection != nil && !excused(verdict, expansion.Objects) {
				t.Errorf("%s is refused: %v", verdict.Object, verdict.Rejection)
			}
			for _, warning := range verdict.Warnings {
				assert.True(t, Announced(warning, app.Result.Findings), "%s: the server warns, and the product does not: %s", verdict.Object, warning)
			}
		}
	}
}

// TestValidAppsAreAccepted: what the product makes of an app that it accepts, the server accepts. Nothing is excused.
func TestValidAppsAreAccepted(t *testing.T) {
	check(t, validApps, func(t *rapid.T) {
		judged(t, Valid().Draw(t, "app"), func(Verdict, []manifest.Object) bool { return false })
	})
	sent, remembered := judge.Count()
	t.Logf("%d objects were sent, %d had been sent before", sent, remembered)
}

// TestMistakesAreRefusedHereFirst: an app with mistakes that the server would refuse is refused by the product. A variable may have been given
// any value, which here is one for another field.
func TestMistakesAreRefusedHereFirst(t *testing.T) {
	drawn, passed := 0, 0
	check(t, mistakeApps, func(t *rapid.T) {
		app := Mutated().Draw(t, "app")
		drawn++
		if app.Result.Findings.Failed() {
			return
		}
		passed++
		judged(t, app, func(verdict Verdict, objects []manifest.Object) bool {
			for _, object := range objects {
				if strings.HasPrefix(verdict.Object, object.Kind+" ") && strings.HasSuffix(verdict.Object, object.Name) {
					return substitution.HasVariable(string(Document(object.Fields).YAML()))
				}
			}
			return false
		})
	})
	assert.Greater(t, passed, drawn/10, "many mistakes are none")
	t.Logf("%d of %d apps passed the product", passed, drawn)
}

// TestKnownCasesAreAccepted applies those apps of testdata/random that the product accepts.
func TestKnownCasesAreAccepted(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/random/*/app.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	accepted := 0
	for _, path := range cases {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.HasPrefix(string(text), "# refused") {
			continue
		}
		accepted++
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			result := render.Apps([]render.Document{{YAML: text}}, nil)
			require.False(t, result.Findings.Failed(), "%s", result.Findings)
			verdicts, err := judge.Judge(t.Context(), Namespaces[0], result.Expansions[0].Objects)
			require.NoError(t, err)
			for _, verdict := range verdicts {
				assert.NoError(t, verdict.Rejection, verdict.Object)
				for _, warning := range verdict.Warnings {
					assert.True(t, Announced(warning, result.Findings), "%s: %s", verdict.Object, warning)
				}
			}
		})
	}
	assert.NotZero(t, accepted)
}

// TestDryRunsAreJudged: a dry run goes through schemas, rules and webhooks, and stores nothing.
func TestDryRunsAreJudged(t *testing.T) {
	cluster := func(name string, spec map[string]any) manifest.Object {
		return manifest.Of(map[string]any{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": map[string]any{"name": name}, "spec": spec})
	}
	sound := map[string]any{"instances": int64(1), "storage": map[string]any{"size": "1Gi"}}
	tests := map[string]struct {
		object  manifest.Object
		refused string
		warned  string
	}{
		"sound": {object: cluster("pg", sound)},
		"schema": {
			object:  cluster("pg", map[string]any{"instances": int64(0), "storage": map[string]any{"size": "1Gi"}}),
			refused: "spec.instances in body should be greater than or equal to 1",
		},
		"rule": {
			object: cluster("pg", map[string]any{"instances": int64(1), "storage": map[string]any{"size": "1Gi"}, "imageName": "postgres:17",
				"imageCatalogRef": map[string]any{"apiGroup": "postgresql.cnpg.io", "kind": "ImageCatalog", "name": "x", "major": int64(17)}}),
			refused: "imageName and imageCatalogRef are mutually exclusive",
		},
		"webhook": {
			object:  cluster("pg", map[string]any{"instances": int64(1), "storage": map[string]any{}}),
			refused: "Size not configured",
		},
		"unknown field": {
			object:  cluster("pg", map[string]any{"instances": int64(1), "storage": map[string]any{"size": "1Gi"}, "replicas": int64(1)}),
			refused: "field not declared in schema",
		},
		"warning": {
			object: cluster("pg", map[string]any{"instances": int64(1), "storage": map[string]any{"size": "1Gi"}, "nodeMaintenanceWindow": map[string]any{}}),
			warned: "Consider using `.spec.enablePDB`",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, again := range []string{"asked", "remembered"} {
				verdicts, err := judge.Judge(t.Context(), Namespaces[0], []manifest.Object{test.object})
				require.NoError(t, err)
				switch {
				case test.refused != "":
					require.Len(t, verdicts, 1, again)
					assert.ErrorContains(t, verdicts[0].Rejection, test.refused)
				case test.warned != "":
					require.Len(t, verdicts, 1, again)
					assert.NoError(t, verdicts[0].Rejection)
					require.Len(t, verdicts[0].Warnings, 1)
					assert.Contains(t, verdicts[0].Warnings[0], test.warned)
				default:
					assert.Empty(t, verdicts, again)
				}
			}
		})
	}
}
