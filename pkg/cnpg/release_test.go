package cnpg_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

func TestFindRelease(t *testing.T) {
	for version, want := range map[string]cnpg.Release{
		"1.27":   {Version: "1.27.1", Chart: "0.26.1"},
		"1.28":   {Version: "1.28.1", Chart: "0.27.1"},
		"1.29":   {Version: "1.29.1", Chart: "0.28.3"},
		"1.30":   {Version: "1.30.0", Chart: "0.29.0"},
		"1.29.0": {Version: "1.29.0", Chart: "0.28.0"},
	} {
		got, err := cnpg.FindRelease(version)
		require.NoError(t, err, version)
		assert.Equal(t, want, got, version)
	}
	for _, version := range cnpg.Versions {
		_, err := cnpg.FindRelease(version.String())
		assert.NoError(t, err, "every version that an app may target can be installed")
	}
	for _, version := range []string{"", "1", "1.2", "1.26", "1.30.1", "1.3", "latest", ">=1.27"} {
		_, err := cnpg.FindRelease(version)
		assert.ErrorContains(t, err, "one of 1.27.0, 1.27.1, ", version)
	}
	_, err := cnpg.FindRelease("v1.30")
	assert.EqualError(t, err, `is written without v: write "1.30"`)
}

func TestFindPluginRelease(t *testing.T) {
	got, err := cnpg.FindPluginRelease(cnpg.PluginVersion)
	require.NoError(t, err)
	assert.Equal(t, cnpg.Release{Version: "0.13.0", Chart: "0.7.0"}, got)
	got, err = cnpg.FindPluginRelease("0.12")
	require.NoError(t, err)
	assert.Equal(t, cnpg.Release{Version: "0.12.0", Chart: "0.6.0"}, got)
	_, err = cnpg.FindPluginRelease("0.1")
	assert.Error(t, err, "0.10 does not begin with 0.1 and a dot")
}
