package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	yamlv3 "go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// TestEmitter names, for each rule of the emitter, a text that needs it.
func TestEmitter(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"plain":                                 {"a-b.c/d?e=[f]{g},h&i*j!k|l>m%n@o`p'q\"r\\s", "a-b.c/d?e=[f]{g},h&i*j!k|l>m%n@o`p'q\"r\\s"},
		"nothing":                               {"", `""`},
		"a space":                               {" ", "' '"},
		"spaces at the start":                   {"  a", "'  a'"},
		"a space at the end":                    {"a ", "'a '"},
		"spaces inside":                         {"a  b", "a  b"},
		"a colon with a space":                  {"a: b", "'a: b'"},
		"a colon without a space":               {"a:b", "a:b"},
		"a colon at the end":                    {"a:", "'a:'"},
		"a colon at the start":                  {":a", ":a"},
		"a colon alone":                         {":", "':'"},
		"a hash after a space":                  {"a #b", "'a #b'"},
		"a hash after a letter":                 {"a#b", "a#b"},
		"a hash at the start":                   {"#a", "'#a'"},
		"a dash with a space":                   {"- a", "'- a'"},
		"a dash without a space":                {"-a", "-a"},
		"a dash":                                {"-", `"-"`},
		"a question mark with a space":          {"? a", "'? a'"},
		"a question mark without a space":       {"?a", "?a"},
		"a question mark":                       {"?", "'?'"},
		"a document's start":                    {"--- a", "'--- a'"},
		"a document's end":                      {"...a", "'...a'"},
		"a list":                                {"[a]", "'[a]'"},
		"a list's end":                          {"]", "']'"},
		"a mapping":                             {"{a}", "'{a}'"},
		"a mapping's end":                       {"}", "'}'"},
		"a comma":                               {", a", "', a'"},
		"an anchor":                             {"&a", "'&a'"},
		"an alias":                              {"*a", "'*a'"},
		"a tag":                                 {"!a", "'!a'"},
		"a literal block":                       {"|", "'|'"},
		"a folded block":                        {">", "'>'"},
		"a directive":                           {"%a", "'%a'"},
		"an at sign":                            {"@a", "'@a'"},
		"a backtick":                            {"`a`", "'`a`'"},
		"single quotes":                         {"'a'", "'''a'''"},
		"double quotes":                         {`"a"`, `'"a"'`},
		"double quotes and a number":            {"\t1\"\\", `"\t1\"\\"`},
		"a null":                                {"Null", `"Null"`},
		"a boolean of YAML 1.1":                 {"off", `"off"`},
		"a number":                              {"1_000.5e3", `"1_000.5e3"`},
		"an infinity":                           {"-.inf", `"-.inf"`},
		"a time":                                {"2026-11-20T08:00:00Z", `"2026-11-20T08:00:00Z"`},
		"a tab":                                 {"a\tb", `"a\tb"`},
		"a carriage return":                     {"a\r\nb", `"a\r\nb"`},
		"a bell":                                {"\a", `"\a"`},
		"an accent":                             {"é", "é"},
		"a character beyond 16 bits":            {"\U0001f418", `"\U0001F418"`},
		"a byte order mark":                     {"\ufeffa", `"\uFEFF\x61"`},
		"a next line":                           {"a\u0085b", `"a\Nb"`},
		"a line separator":                      {"a\u2028b\nc", `"a\Lb\nc"`},
		"lines":                                 {"a\nb\n", "|\n  a\n  b"},
		"lines without an end":                  {"a\nb", "|-\n  a\n  b"},
		"lines with an indentation":             {"a:\n  b\n", "|\n  a:\n    b"},
		"lines with an empty one":               {"a\n\nb\n", "|\n  a\n\n  b"},
		"lines with empty ones at the end":      {"a\n\n\n", "|+\n  a\n\n"},
		"lines with tabs":                       {"a\n\tb\t\n", "|\n  a\n  \tb\t"},
		"lines with accents":                    {"é\nb\n", "|\n  é\n  b"},
		"lines with a space at the end of one":  {"a \nb\n", `"a \nb\n"`},
		"lines with a space at the end":         {"a\nb ", `"a\nb "`},
		"lines that begin with a space":         {" a\nb\n", `" a\nb\n"`},
		"lines that begin with an empty one":    {"\na\n", `"\na\n"`},
		"lines with one that holds but a space": {"a\n \nb\n", `"a\n \nb\n"`},
		"an empty line":                         {"\n", `"\n"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := Object{Fields: map[string]any{"key": test.value}}.YAML()
			require.NoError(t, err)
			assert.Equal(t, "key: "+test.want+"\n", string(text))
			roundTrip(t, map[string]any{"key": test.value, test.value: "value", "list": []any{test.value, []any{test.value}}})
		})
	}
}

// The emitter writes what the library's encoder writes, at any indentation, and every reader reads what was written.
func TestEmitterAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.MapOfN(anyKey, anyValue(4), 0, 4).Draw(t, "fields")
		indentation := 2 * rapid.IntRange(0, 2).Draw(t, "indentation")
		object := Object{Fields: fields}
		want, err := object.encode()
		require.NoError(t, err)
		e := emitter{text: []byte("before\n")}
		e.mapping(fields, 0)
		if !e.rare {
			assert.Equal(t, "before\n"+string(want), string(e.text))
		}
		roundTrip(t, fields)

		nested, err := object.AppendYAML([]byte(strings.Repeat("- ", indentation/2)), indentation)
		require.NoError(t, err)
		var got any
		require.NoError(t, yamlv3.Unmarshal(nested, &got), "%s", nested)
		for range indentation / 2 {
			require.Len(t, got, 1)
			got = got.([]any)[0]
		}
		assert.Equal(t, decoded(fields), got, "%s", nested)
	})
}

// The encoder is for what is rare, not for manifests.
func TestEmitterKnowsManifests(t *testing.T) {
	e := emitter{}
	e.mapping(map[string]any{
		"a": []any{[]any{}, map[string]any{}, true, int64(-1), "text", ""}, strings.Repeat("k", 128): "a: b #c", "on": "yes",
		"sql": "SELECT 1;\n\n\tSELECT '2';", "quoted": "a\tb\"", "nested": map[string]any{"a": []any{map[string]any{"b": []any{"c"}}}},
	}, 0)
	assert.False(t, e.rare)
}

// roundTrip requires that the readers of YAML 1.1 that Kubernetes' clients use, and those of 1.2, read fields as they were.
func roundTrip(t require.TestingT, fields map[string]any) {
	text, err := Object{Fields: fields}.YAML()
	require.NoError(t, err)
	current := map[string]any{}
	require.NoError(t, yamlv3.Unmarshal(text, &current), "%s", text)
	assert.Equal(t, decoded(fields), current, "%s", text)
	asJSON, err := yaml.YAMLToJSONStrict(text)
	require.NoError(t, err, "%s", text)
	old, err := jsontype.Parse(asJSON)
	require.NoError(t, err)
	assert.Equal(t, fields, old, "%s", text)
}

// decoded is a value as the YAML library decodes it.
func decoded(value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(value))
		for key, element := range value {
			object[key] = decoded(element)
		}
		return object
	case []any:
		list := make([]any, 0, len(value))
		for _, element := range value {
			list = append(list, decoded(element))
		}
		return list
	case int64:
		return int(value)
	}
	return value
}

var (
	// anyText draws what a reader might take for something else.
	anyText = rapid.OneOf(
		rapid.StringMatching(`[-+.0-9a-fxo:_eEtTzZ ]{1,12}`),
		rapid.StringMatching(`[ \t\n#:{}\[\],&*!|>'"\\%@a-c?.-]{1,16}`),
		rapid.StringMatching(`(a| |\n|\t|:|  b\n|\n\n){1,8}`),
		rapid.SampledFrom([]string{"on", "Off", "YES", "no", "null", "~", "True", "y", "=", "<<", "0x1F", "0o17", "0b1", ".nan", "2026-11-20", "12:30:45", "1e3"}),
		rapid.String(),
		rapid.StringMatching(`[\x00-\x20\x7f-\xa0\x{2028}\x{2029}\x{feff}a]{1,6}`),
		rapid.StringMatching(`([a-z]{1,8} ){20,40}[a-z]`),
	)
	anyKey = rapid.OneOf(rapid.StringMatching(`[a-z]{1,8}`), anyText)
)

func anyValue(depth int) *rapid.Generator[any] {
	single := rapid.OneOf(anyText.AsAny(), rapid.Bool().AsAny(), rapid.Int64().AsAny())
	if depth == 0 {
		return single
	}
	return rapid.OneOf(single, rapid.Deferred(func() *rapid.Generator[any] { return rapid.MapOfN(anyKey, anyValue(depth-1), 0, 4).AsAny() }),
		rapid.Deferred(func() *rapid.Generator[any] { return rapid.SliceOfN(anyValue(depth-1), 0, 4).AsAny() }))
}
