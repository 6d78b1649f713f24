package adopt

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// parse reads the documents of a test.
func parse(t *testing.T, documents ...string) []Fields {
	t.Helper()
	var objects []Fields
	for _, document := range documents {
		text, err := yaml.YAMLToJSONStrict([]byte(document))
		require.NoError(t, err, document)
		value, err := jsontype.Parse(text)
		require.NoError(t, err, document)
		objects = append(objects, value.(Fields))
	}
	return objects
}

func TestCluster(t *testing.T) {
	for name, test := range adoptions() {
		t.Run(name, func(t *testing.T) {
			objects := parse(t, test.objects...)
			adopted, err := Cluster(objects...)
			require.NoError(t, err)
			want := parse(t, "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp"+test.want)[0]
			assert.Equal(t, want, adopted.App)
			assert.Len(t, adopted.Kept, test.kept)
			assert.Equal(t, parse(t, test.objects...), objects, "the given objects were changed")
		})
	}
}

// TestRoundTrip expands what manifests became and holds it against them: nothing that they say may be lost.
func TestRoundTrip(t *testing.T) {
	for name, test := range adoptions() {
		t.Run(name, func(t *testing.T) {
			objects := parse(t, test.objects...)
			adopted, err := Cluster(objects...)
			require.NoError(t, err)
			app, err := yaml.Marshal(adopted.App)
			require.NoError(t, err)
			result := render.Apps([]render.Document{{YAML: app}}, nil)
			require.False(t, result.Findings.Failed(), "%s", result.Findings)
			var emitted []Fields
			for _, object := range result.Expansions[0].Objects {
				emitted = append(emitted, object.Fields)
			}
			differences, err := Compare(objects, emitted)
			require.NoError(t, err)
			assert.Empty(t, Unexplained(differences))
		})
	}
}

func TestClusterErrors(t *testing.T) {
	tests := map[string]struct {
		objects []string
		want    string
	}{
		"nothing":          {nil, "no Cluster"},
		"another Cluster":  {[]string{"apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: a}"}, "no Cluster"},
		"two of them":      {[]string{smallest, smallest}, "more than one"},
		"one without name": {[]string{"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nspec: {}"}, "metadata.name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Cluster(parse(t, test.objects...)...)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestLineages(t *testing.T) {
	tests := map[string]struct {
		from, to string
		base     string
		lineage  int
		earlier  int
		none     bool
	}{
		"one folder for both":       {from: "shop", to: "shop", base: "shop", lineage: 2, earlier: 1},
		"the second from the first": {from: "shop", to: "shop-2", base: "shop", lineage: 2, earlier: 1},
		"the fifth from the fourth": {from: "shop-4", to: "shop-5", base: "shop", lineage: 5, earlier: 4},
		"the fifth from the first":  {from: "shop", to: "shop-5", base: "shop", lineage: 5, earlier: 1},
		"a name that ends in 1":     {from: "shop-1", to: "shop-2", none: true},
		"versions":                  {from: "shop-v1", to: "shop-v2", none: true},
		"leading zeros":             {from: "shop-01", to: "shop-02", none: true},
		"back in time":              {from: "shop-3", to: "shop-2", none: true},
		"another name":              {from: "cart", to: "shop-2", none: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			base, lineage, earlier, ok := lineages(test.from, test.to)
			assert.Equal(t, !test.none, ok)
			if ok {
				assert.Equal(t, []any{test.base, test.lineage, test.earlier}, []any{base, lineage, earlier})
			}
		})
	}
}

// fuzzed reads a document that may be anything.
func fuzzed(document string) (Fields, bool) {
	text, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		return nil, false
	}
	value, err := jsontype.Parse(text)
	object, ok := value.(Fields)
	return object, ok && err == nil
}
