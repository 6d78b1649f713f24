//go:build e2e

package property

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
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
		for _, version := range assets.OlderOperators {
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
