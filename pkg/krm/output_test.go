package krm

import (
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// TestOutputIsTheSDKs: what is written without the SDK is, byte for byte, what the SDK would have written.
func TestOutputIsTheSDKs(t *testing.T) {
	config, err := readObjects([]byte("# an app\napiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp # of a shop\nmetadata: {name: shop}\nspec:\n  # sizes\n  storage: {size: 1Gi}\n"))
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		list := fn.ResourceList{FunctionConfig: fn.NewEmptyKubeObject()}
		if rapid.Bool().Draw(t, "config") {
			list.FunctionConfig = config[0]
		}
		if rapid.Bool().Draw(t, "results") {
			list.Results = fn.Results{{Message: "no backup: the data\nis lost", Severity: fn.Warning, Field: &fn.Field{Path: "spec.backup"}}}
		}
		items := rapid.SliceOfNDistinct(rapid.Custom(drawItem), 1, 6, func(i item) string { return i.generated.Kind + i.generated.Namespace + i.generated.Name }).
			Draw(t, "items")
		ours, err := listYAML(&list, items)
		require.NoError(t, err)
		bare, err := documents(items)
		require.NoError(t, err)

		list.Items, err = kubeObjects(items)
		require.NoError(t, err)
		theirs, err := list.ToYAML()
		require.NoError(t, err)
		assert.Equal(t, string(theirs), string(ours))
		texts := make([]string, 0, len(items))
		for _, object := range list.Items {
			texts = append(texts, object.String())
		}
		assert.Equal(t, strings.Join(texts, "---\n"), string(bare))
	})
}

func drawItem(t *rapid.T) item {
	o := manifest.Object{
		APIVersion: rapid.SampledFrom([]string{"v1", "apps/v1", "postgresql.cnpg.io/v1"}).Draw(t, "apiVersion"),
		Kind:       rapid.SampledFrom([]string{"Cluster", "Secret", "Service"}).Draw(t, "kind"),
		Namespace:  rapid.SampledFrom([]string{"", "a", "a-b"}).Draw(t, "namespace"),
		Name:       rapid.StringMatching(`[a-c]{1,2}`).Draw(t, "name"),
	}
	metadata := map[string]any{"name": o.Name}
	if o.Namespace != "" {
		metadata["namespace"] = o.Namespace
	}
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-c:#"' \t-]{0,4}\n?){1,5}`), rapid.SampledFrom([]string{"on", "1e3", "", "line\nline\n\n"}))
	o.Fields = map[string]any{"apiVersion": o.APIVersion, "kind": o.Kind, "metadata": metadata,
		"spec": map[string]any{"text": text.Draw(t, "text"), "list": []any{text.Draw(t, "element"), map[string]any{text.Draw(t, "key"): true}}}}
	return item{generated: o}
}
