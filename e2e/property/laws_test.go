package property

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// text is what a result becomes in a file.
func text(t require.TestingT, result render.Result) string {
	var b strings.Builder
	for _, expansion := range result.Expansions {
		for _, object := range expansion.Objects {
			document, err := yaml.Marshal(object.Fields)
			require.NoError(t, err)
			b.WriteString("---\n" + string(document))
		}
	}
	return b.String() + result.Findings.String()
}

// TestSameInputSameBytes: neither the run nor the order in which fields are written matters.
func TestSameInputSameBytes(t *testing.T) {
	check(t, 200, func(t *rapid.T) {
		document := Drawn().Draw(t, "app")
		want := text(t, document.Render())
		assert.Equal(t, want, text(t, document.Render()), "a second time")
		shuffled := render.Apps([]render.Document{{YAML: shuffle(document)}}, nil)
		assert.Equal(t, want, text(t, shuffled), "with its fields in another order")
	})
}

// shuffle writes the fields of a document in an order of its own, the same for the same document. JSON is YAML, too.
func shuffle(document Document) []byte {
	order := rand.New(rand.NewPCG(1, uint64(len(document.YAML()))))
	var b bytes.Buffer
	var write func(value any)
	write = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(value))
			order.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			b.WriteByte('{')
			for i, key := range keys {
				if i > 0 {
					b.WriteByte(',')
				}
				write(key)
				b.WriteByte(':')
				write(value[key])
			}
			b.WriteByte('}')
		case []any:
			b.WriteByte('[')
			for i, element := range value {
				if i > 0 {
					b.WriteByte(',')
				}
				write(element)
			}
			b.WriteByte(']')
		default:
			text, err := json.Marshal(value)
			if err != nil {
				panic(err) // drawn values always marshal
			}
			b.Write(text)
		}
	}
	write(map[string]any(document))
	return b.Bytes()
}

// TestNamespaceLaw: setting the namespace before the expansion gives what setting it afterwards gives.
func TestNamespaceLaw(t *testing.T) {
	const one, other = "the-first-namespace", "another-namespace-here"
	check(t, 200, func(t *rapid.T) {
		app := Valid().Draw(t, "app")
		in := func(namespace string) []manifest.Object {
			document := clone(app.Document)
			metadata := document["metadata"].(map[string]any)
			delete(metadata, "namespace")
			if namespace != "" {
				metadata["namespace"] = namespace
			}
			result := Document(document).Render()
			require.False(t, result.Findings.Failed(), "%s", result.Findings)
			return result.Expansions[0].Objects
		}
		none, first, second := in(""), in(one), in(other)
		require.Len(t, first, len(none))
		require.Len(t, second, len(none))
		for i := range none {
			for _, moved := range []struct {
				namespace string
				fields    map[string]any
			}{{one, first[i].Fields}, {other, second[i].Fields}} {
				metadata := moved.fields["metadata"].(map[string]any)
				if none[i].Namespace == "" {
					assert.Equal(t, moved.namespace, metadata["namespace"])
					delete(metadata, "namespace")
				}
				assert.Equal(t, none[i].Fields, moved.fields)
			}
		}
	})
}

// secretPaths are the fields that hold a password or a key.
var secretPaths = [][]string{
	{"credentials", "password"}, {"backup", "credentials", "accessKeyId"}, {"backup", "credentials", "secretAccessKey"},
	{"restore", "from", "credentials", "accessKeyId"}, {"restore", "from", "credentials", "secretAccessKey"},
}

// TestSecretsStayInSecrets: the value of a field that holds a secret is in Secrets alone, be it a variable or a literal, and in no message.
func TestSecretsStayInSecrets(t *testing.T) {
	drawn, marks := 0, 0
	check(t, 150, func(t *rapid.T) {
		document := clone(Valid("spec.credentials.password", "spec.backup.credentials.accessKeyId").Draw(t, "app").Document)
		var secrets []string
		mark := func(holder map[string]any, name string) {
			if _, set := holder[name].(string); !set {
				return
			}
			secret := fmt.Sprintf("s3cr3t-%d-of-the-app", len(secrets))
			if len(secrets)%2 == 0 {
				secret = fmt.Sprintf("${S3CR3T_%d}", len(secrets))
			}
			secrets = append(secrets, secret)
			holder[name] = secret
		}
		for _, spec := range []map[string]any{document["spec"].(map[string]any), object(document["spec"].(map[string]any), "defaults")} {
			for _, path := range secretPaths {
				mark(object(spec, path[:len(path)-1]...), path[len(path)-1])
			}
			for _, role := range list(spec["roles"]) {
				mark(object(role, "credentials"), "password")
			}
		}
		drawn, marks = drawn+1, marks+len(secrets)
		result := Document(document).Render()
		for _, secret := range secrets {
			assert.NotContains(t, result.Findings.String(), secret)
			for _, expansion := range result.Expansions {
				for _, object := range expansion.Objects {
					if object.Kind != "Secret" {
						assert.NotContains(t, fmt.Sprint(object.Fields), secret, "%s %s", object.Kind, object.Name)
					}
				}
			}
		}
	})
	assert.Greater(t, marks, drawn/2, "secrets were drawn")
}

// object returns the object at a path, or an empty one.
func object(fields map[string]any, path ...string) map[string]any {
	for _, name := range path {
		fields, _ = fields[name].(map[string]any)
	}
	if fields == nil {
		return map[string]any{}
	}
	return fields
}

// TestInheritanceLaw: what is said in spec.defaults, or in the shared defaults, means what it means in the spec itself. Messages say where
// it stands, the objects do not know.
func TestInheritanceLaw(t *testing.T) {
	origin := regexp.MustCompile(` \(set by [^)]*\)`)
	check(t, 150, func(t *rapid.T) {
		document := clone(Valid().Draw(t, "app").Document)
		spec := document["spec"].(map[string]any)
		if _, guest := spec["cluster"]; guest || spec["defaults"] != nil {
			t.Skip("a guest inherits less than it may say")
		}
		plain := Document(document).Render()
		require.False(t, plain.Findings.Failed(), "%s", plain.Findings)
		want := text(t, plain)

		own := clone(document)
		own["spec"] = map[string]any{"defaults": spec}
		assert.Equal(t, want, origin.ReplaceAllString(text(t, Document(own).Render()), ""), "in spec.defaults")

		bare := clone(document)
		bare["spec"] = map[string]any{}
		shared := Document{"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresDefaults, "metadata": map[string]any{"name": "all"}, "spec": spec}
		result := render.Apps([]render.Document{{YAML: Document(bare).YAML()}}, &render.Document{YAML: shared.YAML()})
		assert.Equal(t, want, origin.ReplaceAllString(text(t, result), ""), "in PostgresDefaults")
	})
}

// said are texts of people, and what they are when Flux has substituted $VAR's value, value.
var said = []struct{ text, substituted string }{
	{"SELECT 1", "SELECT 1"},
	{"DO $$ BEGIN END $$;", "DO $$ BEGIN END $$;"},
	{"SELECT '${VAR}'", "SELECT 'value'"},
	{"SELECT '$${VAR}'", "SELECT '${VAR}'"},
	{"SELECT '${VAR:=default}', $1", "SELECT 'value', $1"},
	{"SELECT '${', '${}'", "SELECT '${', '${}'"},
	{"SELECT '${1}'", "SELECT '${1}'"},
	{"SELECT $body$ ${VAR} $body$", "SELECT $body$ value $body$"},
	{"${image_root} $$", "${image_root} $$"},
}

// TestFluxLaw: texts come out of Flux' substitution as they were meant, whatever stands beside them.
func TestFluxLaw(t *testing.T) {
	check(t, 300, func(t *rapid.T) {
		var sql, want []any
		for range rapid.IntRange(1, 5).Draw(t, "count") {
			text := rapid.SampledFrom(said).Draw(t, "text")
			sql, want = append(sql, text.text), append(want, text.substituted)
		}
		document := Document{"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresApp, "metadata": map[string]any{"name": "shop"},
			"spec": map[string]any{"storage": map[string]any{"size": "10Gi"}, "initdb": map[string]any{"postInitSQL": sql}}}
		result := document.Render()
		require.False(t, result.Findings.Failed(), "%s", result.Findings)
		cluster := &unstructured.Unstructured{Object: result.Expansions[0].Objects[0].Fields}
		require.Equal(t, "Cluster", cluster.GetKind())
		if !strings.Contains(fmt.Sprint(sql), "VAR") {
			got, _, err := unstructured.NestedSlice(cluster.Object, "spec", "bootstrap", "initdb", "postInitSQL")
			require.NoError(t, err)
			assert.Equal(t, sql, got, "without Flux")
		}
		substituted, err := rig.Substitute(cluster, Variables)
		require.NoError(t, err)
		got, _, err := unstructured.NestedSlice(substituted.Object, "spec", "bootstrap", "initdb", "postInitSQL")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	})
}
