package strict_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

func TestFields(t *testing.T) {
	// YAML 1.1 as the Kubernetes family reads it: https://yaml.org/type.
	got, err := strict.Fields([]byte(`
whole: 3
negative: -2147483649
octal: 017
fraction: 1.10
large: 9223372036854775808
truth: yes
text: "yes"
time: 2026-11-20T08:00:00Z
nothing:
4: a key that is no text
list: [1, two, null]
object: {inner: {deep: 1}}
merged: {<<: &base {a: 1}, b: 2}
`))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"whole":    int64(3),
		"negative": int64(-2147483649),
		"octal":    int64(15), // 1*8 + 7
		"fraction": 1.1,
		"large":    float64(9223372036854775808), // 2^63, one more than an int64 holds
		"truth":    true,
		"text":     "yes",
		"time":     "2026-11-20T08:00:00Z",
		"nothing":  nil,
		"4":        "a key that is no text",
		"list":     []any{int64(1), "two", nil},
		"object":   map[string]any{"inner": map[string]any{"deep": int64(1)}},
		"merged":   map[string]any{"a": int64(1), "b": int64(2)},
	}, got)
}

func TestFieldsRefuse(t *testing.T) {
	for name, test := range map[string]struct{ document, want string }{
		"nothing":                {"", "the document is empty: write apiVersion, kind, metadata and spec"},
		"null":                   {"null\n", "the document is empty: write apiVersion, kind, metadata and spec"},
		"a list":                 {"- a\n", "the document is a list: it must be an object with apiVersion, kind, metadata and spec"},
		"text":                   {"s3cr3t\n", "the document is text: it must be an object with apiVersion, kind, metadata and spec"},
		"a number":               {"1\n", "the document is a number: it must be an object with apiVersion, kind, metadata and spec"},
		"true":                   {"on\n", "the document is true or false: it must be an object with apiVersion, kind, metadata and spec"},
		"a key twice":            {"a: 1\nb: 2\na: s3cr3t\n", `not valid YAML: line 3: field "a" stands twice: remove one of the two`},
		"a key twice, below":     {"a:\n  b: 1\n  b: s3cr3t\n", `not valid YAML: line 3: field "b" stands twice: remove one of the two`},
		"a tab":                  {"a:\n\tb: 1\n", "not valid YAML: line 2: a tab: indent with spaces"},
		"a tab after spaces":     {"a:\n  b: 1\n  \tc: 1\n", "not valid YAML: line 3: a tab: indent with spaces"},
		"a quote that stays":     {"a: \"s3cr3t\n", "not valid YAML: line 2: a quote was opened and is never closed"},
		"an unknown alias":       {"a: *s\n", "not valid YAML: no anchor &s stands before the alias *s"},
		"an unknown escape":      {`a: "s3cr3t\q"`, `not valid YAML: a backslash that means nothing between double quotes: use single quotes, or \\`},
		"a control character":    {"a: s3cr3t\x01\n", "not valid YAML: a control character: remove it"},
		"no UTF-8":               {"a: \xff\n", "not valid YAML: a character that is not UTF-8: save the file as UTF-8"},
		"a key that is a list":   {"? [s3cr3t]\n: 1\n", "not valid YAML: a field's name that is no plain text: put it in quotes"},
		"a key that is a map":    {"? {s3cr3t: 1}\n: 1\n", "not valid YAML: a field's name that is no plain text: put it in quotes"},
		"infinity":               {"a: .inf\n", "not valid YAML: a number that is no finite one: write the number itself"},
		"not a number":           {"a: .nan\n", "not valid YAML: a number that is no finite one: write the number itself"},
		"nested beyond measure":  {strings.Repeat("[", 20000), "not valid YAML: objects and lists are nested too deeply"},
		"an unknown type":        {"a: !s3cr3t!x 1\n", "not valid YAML: a word that begins with !: put it in quotes"},
		"a value behind a brace": {"a: {b: 1} s3cr3t\n", "not valid YAML: a line that does not fit those around it: indent the fields of one object alike, and close quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			fields, err := strict.Fields([]byte(test.document))
			assert.Nil(t, fields)
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestClosest(t *testing.T) {
	candidates := []string{"storage", "storageClass", "instances", "imageName", "pg_hba", "ro", "rw"}
	for word, want := range map[string]string{
		"instaces":      "instances",    // one letter is missing
		"Instances":     "instances",    // letter case alone
		"storageclass":  "storageClass", // letter case alone
		"storage-class": "storageClass", // separators alone
		"pghba":         "pg_hba",       // separators alone
		"storag":        "storage",      // one of six letters: a third is two
		"image":         "",             // four letters of five are missing: a third is one
		"frobnicate":    "",
		"rx":            "", // a third of two letters is none
		"RW":            "rw",
		"isntances":     "instances", // two letters changed places
		"":              "",
	} {
		assert.Equal(t, want, strict.Closest(word, candidates), word)
	}
	assert.Equal(t, "a", strict.Closest("A", []string{"b", "a"}))
	assert.Empty(t, strict.Closest("word", nil))
	assert.Equal(t, "aac", strict.Closest("aab", []string{"aac", "aad"}), "the first of two that are equally near")
	assert.Empty(t, strict.Closest(strings.Repeat("instances", 10), candidates), "nobody means a name by 90 letters")
}

func TestClosestSize(t *testing.T) {
	for text, want := range map[string]string{
		"20Gb":   "20Gi",
		"20GB":   "20Gi",
		"20gb":   "20Gi",
		"20 Gi":  "20Gi",
		"20GiB":  "20Gi",
		"512MB":  "512Mi",
		"1.5tb":  "1.5Ti",
		"64kB":   "64Ki",
		"10G":    "10Gi",
		"10Gi":   "", // right already
		"10":     "", // no unit to go by
		"10 b":   "",
		"ten Gi": "",
		"-1Gb":   "",
		"":       "",
	} {
		assert.Equal(t, want, strict.ClosestSize(text), text)
	}
}
