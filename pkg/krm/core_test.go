package krm

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// TestWithTheCore holds the core to what the function needs of it: what kustomize and kpt put on an app is nobody else's, each object
// has its owner, and what goes wrong is told once.
func TestWithTheCore(t *testing.T) {
	input := strings.NewReplacer("    backup: true\n", "", "    secret: true\n", "").
		Replace(read(t, filepath.Join("testdata", "function", "kustomize-generator", "input.yaml")))
	var stdout, stderr bytes.Buffer
	require.Zero(t, Run(nil, strings.NewReader(input), &stdout, &stderr, render.Apps), stderr.String())
	list, err := fn.ParseResourceList(stdout.Bytes())
	require.NoError(t, err)
	require.NotEmpty(t, list.Items)
	for _, item := range list.Items {
		annotations := item.GetAnnotations()
		assert.Equal(t, "PostgresApp/stg-orders", annotations["postgresapp.dev/owner"], item.ShortString())
		assert.Equal(t, "payments", annotations["example.com/team"], item.ShortString())
		for annotation := range annotations {
			assert.NotRegexp(t, `^((internal\.|alpha\.)?config\.kubernetes\.io|(kustomize\.)?config\.k8s\.io|internal\.kpt\.dev)/|last-applied`, annotation,
				item.ShortString())
		}
	}

	again := stdout.String()
	stdout.Reset()
	require.Zero(t, Run(nil, strings.NewReader(again), &stdout, &stderr, render.Apps), stderr.String())
	assert.Equal(t, again, stdout.String(), "a run on its own output")

	nameless := strings.ReplaceAll(input, "    name: stg-orders\n", "")
	stdout.Reset()
	stderr.Reset()
	require.Equal(t, 1, Run(nil, strings.NewReader(nameless), &stdout, &stderr, render.Apps))
	assert.Equal(t, 1, strings.Count(stderr.String(), "metadata.name"), stderr.String())
}
