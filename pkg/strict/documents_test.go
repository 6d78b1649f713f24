package strict_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// encoded is a text in UTF-16 with its mark.
func encoded(order binary.AppendByteOrder, text string) (out string) {
	var bytes []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		bytes = order.AppendUint16(bytes, unit)
	}
	return string(bytes)
}

func TestDocuments(t *testing.T) {
	const two = "a: 1\n---\na: 2 # ü\n"
	for name, c := range map[string]struct {
		stream string
		texts  []strict.Text // nil where they cannot be told apart
		n      int
	}{
		"nothing":                  {stream: "", n: 0},
		"comments":                 {stream: "# a\n---\n# b\n", n: 0},
		"separators":               {stream: "---\n---\n---", n: 0},
		"one":                      {stream: "a: 1", n: 1, texts: []strict.Text{{[]byte("a: 1\n"), 0}}},
		"two":                      {stream: two, n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2 # ü\n"), 1}}},
		"empty ones between":       {stream: "---\n---\n# a\n---\nb: 1\n---\n", n: 1, texts: []strict.Text{{[]byte("   \nb: 1\n"), 3}}},
		"behind the separator":     {stream: "--- {a: 1}\n--- # text\nb: 1\n", n: 2, texts: []strict.Text{{[]byte("    {a: 1}\n"), 0}, {[]byte("    # text\nb: 1\n"), 1}}},
		"a mark":                   {stream: "\ufeff" + two, n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2 # ü\n"), 1}}},
		"a mark behind a marker":   {stream: "a: 1\n---\n\ufeffa: 2\n", n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2\n"), 1}}},
		"a mark before a marker":   {stream: "a: 1\n\ufeff---\na: 2\n", n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2\n"), 1}}},
		"a mark that is a value":   {stream: "a: \"\ufeff\"\n", n: 1, texts: []strict.Text{{[]byte("a: \"\ufeff\"\n"), 0}}},
		"of Windows":               {stream: strings.ReplaceAll(two, "\n", "\r\n"), n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2 # ü\n"), 1}}},
		"of old Macs":              {stream: strings.ReplaceAll(two, "\n", "\r"), n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2 # ü\n"), 1}}},
		"UTF-16, little":           {stream: encoded(binary.LittleEndian, two), n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2 # ü\n"), 1}}},
		"UTF-16, big":              {stream: encoded(binary.BigEndian, two), n: 2, texts: []strict.Text{{[]byte("a: 1\n"), 0}, {[]byte("   \na: 2 # ü\n"), 1}}},
		"a directive":              {stream: "%YAML 1.1\n---\na: 1\n", n: 1},
		"a word, and its meaning":  {stream: "null\n---\na: 1\n", n: 1},
		"dashes in the text":       {stream: "a: |\n  ---\n  b\n", n: 1, texts: []strict.Text{{[]byte("a: |\n  ---\n  b\n"), 0}}},
		"more than three dashes":   {stream: "----: 1\n", n: 1, texts: []strict.Text{{[]byte("----: 1\n"), 0}}},
		"an end of the document":   {stream: "a: 1\n...\n", n: 1, texts: []strict.Text{{[]byte("a: 1\n...\n"), 0}}},
		"a separator of Unicode's": {stream: "a: 1\u2028---\nb: 1\n", n: 2},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			for node, err := range strict.Documents([]byte(c.stream)) {
				require.NoError(t, err)
				require.NotNil(t, node)
				n++
			}
			assert.Equal(t, c.n, n)
			assert.Equal(t, c.texts, strict.Texts([]byte(c.stream), n))
		})
	}
}

// TestDocumentsAreNotYAML names the line in the stream, and what is wrong.
func TestDocumentsAreNotYAML(t *testing.T) {
	for stream, want := range map[string]string{
		"a: 1\n---\nb: [\n":              "not valid YAML: line 3: ",
		"a: 1\n---\n\tb: 1\n":            "not valid YAML: line 3: a tab: indent with spaces",
		"a: \x00\n":                      "not valid YAML: a control character: remove it",
		"a: \xff\n":                      "not valid YAML: a character that is not UTF-8: save the file as UTF-8",
		strings.Repeat("[", 100_000):     "not valid YAML: objects and lists are nested too deeply",
		"a: *secret\n":                   "not valid YAML: no anchor &secret stands before the alias *secret",
		"password: \"secret\n":           "not valid YAML: line 2: a quote was opened and is never closed",
		"password: secret: other\n":      "not valid YAML: a colon where none can be",
		"one: 1\n---\npassword: @secret": "not valid YAML: line 3: a value that begins with @, % or `: put it in quotes",
	} {
		var last error
		for _, err := range strict.Documents([]byte(stream)) {
			last = err
		}
		assert.ErrorContains(t, last, want, "%.20q", stream)
	}
}

func TestCheck(t *testing.T) {
	assert.NoError(t, strict.Check([]byte("a: 1\n---\na: 2\n")))
	assert.EqualError(t, strict.Check([]byte("a: 1\n---\nb: [\n")), "not valid YAML: line 3: a bracket, brace or comma where a value must be")
	assert.EqualError(t, strict.Check([]byte("a: 1\n---\nb: 1\nb: 2\n")), `not valid YAML: line 4: field "b" stands twice: remove one of the two`)
}
