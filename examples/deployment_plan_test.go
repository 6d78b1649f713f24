package examples_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// planLines are those of the deployment plan's YAML about databases, without blank ones and comments: HelmRepository, HelmRelease, monitors,
// backups, and its template of a Cluster for each of the example's applications. The plan shows no kustomizations, though it has them.
const planLines = 8 + 54 + 33 + 33 + 3*47

// TestDeploymentPlanIsSmall counts the lines of the same parts here, and in the kustomizations, which both have, those that databases need.
func TestDeploymentPlanIsSmall(t *testing.T) {
	const root = "deployment-plan/"
	count := 0
	for _, pattern := range []string{"clusters/um890/cnpg/platform.yaml", "components/postgres/*.yaml", "clusters/um890/*/postgres.yaml"} {
		files, err := filepath.Glob(root + pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			lines := meaningful(read(t, file))
			if strings.HasSuffix(file, "/postgres.yaml") {
				assert.Less(t, lines, 10, "%s: an application is under ten lines", file)
			}
			count += lines
		}
	}
	kustomizations, err := filepath.Glob(root + "clusters/um890/*/kustomization.yaml")
	require.NoError(t, err)
	require.Len(t, kustomizations, 4)
	for _, file := range kustomizations {
		for line := range strings.Lines(read(t, file)) {
			switch strings.TrimSpace(line) {
			case "- postgres.yaml", "- platform.yaml", "components:", "- ../../../components/postgres":
				count++
			}
		}
	}
	t.Log("lines:", count)
	assert.LessOrEqual(t, 4*count, planLines, "a quarter of the plan's %d lines, where there are %d", planLines, count)
}

// meaningful counts the lines that are neither blank nor comments.
func meaningful(text string) (count int) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			count++
		}
	}
	return count
}
