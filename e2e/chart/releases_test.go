//go:build e2e

package chart

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// TestReleases holds the table of charts against the charts: every release since the oldest of the table is in it, with the newest chart
// that installs it.
func TestReleases(t *testing.T) {
	c := open(t)
	for chart, table := range map[string]struct {
		oldest string
		find   func(string) (cnpg.Release, error)
	}{
		operator: {"1.27.0", cnpg.FindRelease},
		plugin:   {"0.9.0", cnpg.FindPluginRelease},
	} {
		newest := map[string]string{}
		for _, v := range c.versions(t, chart) {
			about := c.file(t, chart, v, "Chart.yaml")
			require.Equal(t, v, about["version"])
			installs := strings.TrimPrefix(about["appVersion"].(string), "v")
			if !version.MustParseSemantic(installs).LessThan(version.MustParseSemantic(table.oldest)) {
				newest[installs] = v
			}
		}
		require.GreaterOrEqual(t, len(newest), 5)
		for installs, v := range newest {
			release, err := table.find(installs)
			if assert.NoError(t, err, "%s %s is not in the table", chart, v) {
				assert.Equal(t, cnpg.Release{Version: installs, Chart: v}, release)
			}
		}
	}
}
