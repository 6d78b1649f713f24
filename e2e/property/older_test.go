//go:build e2e

package property

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// TestOlderDefinitionsAreTheirs: each older version has its own definitions, and refuses what came later.
func TestOlderDefinitionsAreTheirs(t *testing.T) {
	cluster := func(spec map[string]any) []manifest.Object {
		spec["instances"], spec["storage"] = int64(1), map[string]any{"size": "1Gi"}
		return []manifest.Object{manifest.Of(map[string]any{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": map[string]any{"name": "pg"}, "spec": spec})}
	}
	// The versions that brought them: docs/src/release_notes of CloudNativePG 1.28 to 1.30.
	fields := map[string]map[string]any{
		"1.28": {"podSecurityContext": map[string]any{"fsGroup": int64(26)}},
		"1.29": {"serviceAccountName": "pg"},
		"1.30": {"primaryLease": map[string]any{"leaseDurationSeconds": int64(30)}},
	}
	for since, field := range fields {
		for version := range Older {
			t.Run(since+" in "+version, func(t *testing.T) {
				verdicts, err := judge.Judge(t.Context(), Namespaces[0], ForOlder(version, cluster(maps.Clone(field))))
				require.NoError(t, err)
				if version >= since {
					assert.Empty(t, verdicts)
				} else if assert.Len(t, verdicts, 1) {
					assert.ErrorContains(t, verdicts[0].Rejection, "field not declared in schema")
				}
			})
		}
	}
}

// TestExamplesForOlderOperators lets the definitions of each older version judge every app of the examples, as it is for an operator of
// that version. What the version does not have, the product refuses, and says which version does.
func TestExamplesForOlderOperators(t *testing.T) {
	apps := map[string]Document{}
	require.NoError(t, filepath.WalkDir("../../examples", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" || strings.HasPrefix(entry.Name(), "expected") {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			fields, err := strict.Fields(document)
			if err != nil || fields["kind"] != v1alpha1.KindPostgresApp {
				continue // of another kind, or for people
			}
			app := Document(fields)
			if spec := app.Spec(); spec != nil && (spec["storage"] != nil || spec["cluster"] != nil) { // the others live on their defaults
				apps[strings.TrimPrefix(path, "../../examples/")+" "+app["metadata"].(map[string]any)["name"].(string)] = app
			}
		}
		return nil
	}))
	require.Greater(t, len(apps), 15)
	passed := map[string]int{}
	for name, app := range apps {
		for version := range Older {
			t.Run(name+" for "+version, func(t *testing.T) {
				older := Document(clone(app))
				older.Spec()["operatorVersion"] = version
				result := older.Render()
				for _, finding := range result.Findings.Errors() {
					assert.Regexp(t, `1\.(28|29|30)|operatorVersion`, finding.Message, "%s", finding.Field)
				}
				if result.Findings.Failed() {
					return
				}
				passed[version]++
				verdicts, err := judge.Judge(t.Context(), Namespaces[0], ForOlder(version, result.Expansions[0].Objects))
				require.NoError(t, err)
				for _, verdict := range verdicts {
					assert.NoError(t, verdict.Rejection, verdict.Object)
				}
			})
		}
	}
	for version := range Older {
		assert.Greater(t, passed[version], len(apps)/2, version)
	}
	t.Logf("of %d apps, so many for each version: %v", len(apps), passed)
}
