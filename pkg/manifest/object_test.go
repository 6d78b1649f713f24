package manifest

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	yamlv3 "go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"
)

func TestYAML(t *testing.T) {
	tests := map[string]struct {
		fields map[string]any
		want   string
	}{
		"keys are sorted and lists are not indented": {
			fields: map[string]any{"b": []any{map[string]any{"d": int64(1), "c": true}}, "a": "text"},
			want:   "a: text\nb:\n- c: true\n  d: 1\n",
		},
		"lists in lists": {
			fields: map[string]any{"a": []any{[]any{"b"}}},
			want:   "a:\n- - b\n",
		},
		"what is empty with a meaning": {
			fields: map[string]any{"from": []any{map[string]any{"podSelector": map[string]any{}}}, "containers": []any{}},
			want:   "containers: []\nfrom:\n- podSelector: {}\n",
		},
		"texts that look like something else": {
			fields: map[string]any{"a": "on", "b": "0123", "c": "1e3", "d": "null", "e": "2026-11-20", "f": "0x1F", "g": "", "h": "~", "i": "12:30", "j": "1_000"},
			want: `a: "on"
b: "0123"
c: "1e3"
d: "null"
e: "2026-11-20"
f: "0x1F"
g: ""
h: "~"
i: "12:30"
j: "1_000"
`,
		},
		"texts that look like nothing else": {
			fields: map[string]any{"a": "10Gi", "b": "0 0 2 * * *", "c": "postgresql://u:p@h/d", "d": "${VARIABLE}"},
			want: `a: 10Gi
b: 0 0 2 * * *
c: postgresql://u:p@h/d
d: ${VARIABLE}
`,
		},
		"several lines": {
			fields: map[string]any{"sql": "CREATE TABLE a (\n  b int\n);\n"},
			want:   "sql: |\n  CREATE TABLE a (\n    b int\n  );\n",
		},
		"long texts are not folded": {
			fields: map[string]any{"a": "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua."},
			want:   "a: Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := Object{Fields: test.fields}.YAML()
			require.NoError(t, err)
			assert.Equal(t, test.want, string(text))
		})
	}
}

// Every text is read as what it was, by the readers of YAML 1.1 that Kubernetes' clients use and by those of 1.2.
func TestYAMLKeepsTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.StringMatching(`[-+.0-9a-fx:_eEtTzZ]{1,12}`),
			rapid.StringMatching(`[ \t\n#:{}\[\],&*!|>'"%@a-c-]{1,16}`),
			rapid.StringOf(rapid.RuneFrom(nil, printable)),
		).Draw(t, "value")
		text, err := Object{Fields: map[string]any{"key": value, value + "x": "key"}}.YAML()
		require.NoError(t, err)
		var old, current map[string]any
		require.NoError(t, yaml.Unmarshal(text, &old), "%s", text)
		require.NoError(t, yamlv3.Unmarshal(text, &current), "%s", text)
		assert.Equal(t, value, old["key"], "%s", text)
		assert.Equal(t, value, current["key"], "%s", text)
		assert.Equal(t, "key", old[value+"x"], "%s", text)
	})
}

// printable are the characters that YAML may hold as they are.
var printable = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x20, Hi: 0x7e, Stride: 1}, {Lo: 0xa0, Hi: 0xff, Stride: 1}, {Lo: 0x4e00, Hi: 0x4eff, Stride: 1}}}
