package strict_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Common is embedded by value, Extra by pointer.
type Common struct {
	Name string `json:"name,omitempty"`
}

type Extra struct {
	Note string `json:"note,omitempty"`
}

type block struct {
	Size  string `json:"size"`
	Class string `json:"class,omitempty"`
}

type key string

type document struct {
	Common `json:",inline"`
	*Extra `json:",inline"`

	Count    int32                     `json:"count,omitempty"`
	Total    *int64                    `json:"total,omitempty"`
	Mask     uint16                    `json:"mask,omitempty"`
	Active   *bool                     `json:"active,omitempty"`
	Password string                    `json:"password,omitempty"`
	Block    *block                    `json:"block,omitempty"`
	Blocks   []block                   `json:"blocks,omitempty"`
	Words    []string                  `json:"words,omitempty"`
	Labels   map[string]string         `json:"labels,omitempty"`
	Amounts  map[key]resource.Quantity `json:"amounts,omitempty"`
	Nested   map[string]block          `json:"nested,omitempty"`
	Memory   resource.Quantity         `json:"memory,omitzero"`
	Port     intstr.IntOrString        `json:"port,omitzero"`
	At       metav1.Time               `json:"at,omitzero"`
	For      *metav1.Duration          `json:"for,omitempty"`
	Hidden   string                    `json:"-"`
	Untagged string
}

var options = strict.Options{
	Hint: func(path string) string {
		if path == "old" || path == "spec.blocks[].old" {
			return "write count"
		}
		return ""
	},
	Shape: func(path string) string {
		if path == "block" || path == "blocks[]" {
			return "{size: 10Gi}"
		}
		return ""
	},
	Secret: func(path string) bool { return path == "password" || path == "labels[]" },
}

func TestInto(t *testing.T) {
	fields, err := strict.Fields([]byte(`
name: shop
note: embedded by pointer
count: 3
total: 9000000000
mask: 65535
active: false
block: {size: 10Gi, class: null}
blocks: [{size: 1Gi}, {size: 2Gi}]
words: [a, b]
labels: {a.b/c: "1"}
amounts: {memory: 1Gi, cpu: 2}
nested: {x: {size: 3Gi}}
memory: 512Mi
port: 8080
at: 2026-11-20T08:00:00Z
for: 90s
Untagged: yes it is
`))
	require.NoError(t, err)
	var got document
	require.Empty(t, strict.Into(fields, &got, nil, strict.Options{}))
	total, active := int64(9000000000), false
	assert.Equal(t, document{
		Common: Common{Name: "shop"}, Extra: &Extra{Note: "embedded by pointer"},
		Count: 3, Total: &total, Mask: 65535, Active: &active,
		Block: &block{Size: "10Gi"}, Blocks: []block{{Size: "1Gi"}, {Size: "2Gi"}},
		Words: []string{"a", "b"}, Labels: map[string]string{"a.b/c": "1"},
		Amounts: map[key]resource.Quantity{"memory": resource.MustParse("1Gi"), "cpu": resource.MustParse("2")},
		Nested:  map[string]block{"x": {Size: "3Gi"}},
		Memory:  resource.MustParse("512Mi"), Port: intstr.FromInt32(8080),
		At: metav1.NewTime(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC).Local()), For: &metav1.Duration{Duration: 90 * time.Second},
		Untagged: "yes it is",
	}, got)
}

func TestIntoTakesNullForAbsence(t *testing.T) {
	fields, err := strict.Fields([]byte("count:\nblock:\nwords:\nlabels:\nmemory:\nat:\n"))
	require.NoError(t, err)
	var got document
	assert.Empty(t, strict.Into(fields, &got, nil, strict.Options{}))
	assert.Equal(t, document{}, got)
}

func TestIntoRefuses(t *testing.T) {
	long := strings.Repeat("x", 100)
	for name, test := range map[string]struct {
		document string
		want     []string
	}{
		"an unknown field": {"frob: 1", []string{
			`frob: Forbidden: unknown field: known here are Untagged, active, amounts, at, block, blocks, count, for, labels, mask, memory, name, nested, note, password, port, total, words`}},
		"a neighbour":                   {"cuont: 1", []string{`cuont: Forbidden: unknown field: did you mean "count"?`}},
		"a name in another case":        {"Count: 1", []string{`Count: Forbidden: unknown field: did you mean "count"?`}},
		"the Go name of a field":        {"Hidden: 1", []string{`Hidden: Forbidden: unknown field: known here are Untagged, active, amounts, at, block, blocks, count, for, labels, mask, memory, name, nested, note, password, port, total, words`}},
		"a hint":                        {"old: 1", []string{"old: Forbidden: unknown field: write count"}},
		"a neighbour deep in a list":    {"blocks: [{size: 1Gi}, {sise: 1Gi}]", []string{`blocks[1].sise: Forbidden: unknown field: did you mean "size"?`}},
		"a neighbour deep in a map":     {"nested: {a.b: {clas: x}}", []string{`nested[a.b].clas: Forbidden: unknown field: did you mean "class"?`}},
		"a name of several lines":       {"\"a\\nb\": 1\n", []string{`"a...": Forbidden: unknown field: known here are Untagged, active, amounts, at, block, blocks, count, for, labels, mask, memory, name, nested, note, password, port, total, words`}},
		"a number for text":             {"name: 17", []string{`name: Invalid value: 17: must be text: put it in quotes`}},
		"a fraction for text":           {"name: 1.10", []string{`name: Invalid value: 1.1: must be text: put it in quotes, because YAML drops the last zero of a number such as 1.10`}},
		"true for text":                 {"name: on", []string{`name: Invalid value: true: must be text: put it in quotes, because YAML reads on, off, yes and no as true and false`}},
		"a list for text":               {"name: [a]", []string{`name: Invalid value: "a list": must be text`}},
		"text for a number":             {`count: "3"`, []string{`count: Invalid value: "3": must be a whole number, without quotes`}},
		"a word for a number":           {"count: three", []string{`count: Invalid value: "three": must be a whole number`}},
		"a fraction for a number":       {"count: 2.5", []string{`count: Invalid value: 2.5: must be a whole number`}},
		"a number beyond 32 bits":       {"count: 2147483648", []string{`count: Invalid value: 2147483648: is out of range, which ends at 2147483647`}},
		"a number below 32 bits":        {"count: -2147483649", []string{`count: Invalid value: -2147483649: is out of range, which ends at -2147483648`}},
		"a number beyond 64 bits":       {"total: 9223372036854775808", []string{`total: Invalid value: 9.223372036854776e+18: is too large`}},
		"a negative number":             {"mask: -1", []string{`mask: Invalid value: -1: must be a whole number that is not negative`}},
		"a variable for a number":       {"count: ${N}", []string{`count: Invalid value: "${N}": must be a whole number; a ${VARIABLE} cannot stand here, because Flux substitutes it only after this value was computed with`}},
		"text for true":                 {`active: "True"`, []string{`active: Invalid value: "True": must be true or false, without quotes`}},
		"a number for true":             {"active: 1", []string{`active: Invalid value: 1: must be true or false`}},
		"text for an object":            {"nested: {x: 10Gi}", []string{`nested[x]: Invalid value: "10Gi": must be an object with fields such as class, size`}},
		"text for an object of a shape": {"block: 10Gi", []string{`block: Invalid value: "10Gi": must be an object: write {size: 10Gi}`}},
		"an object for a list":          {"words: {a: b}", []string{`words: Invalid value: "an object": must be a list: each element on a line of its own after "- "`}},
		"text for a list":               {"words: a", []string{`words: Invalid value: "a": must be a list: each element on a line of its own after "- "`}},
		"a list for a map":              {"labels: [a]", []string{`labels: Invalid value: "a list": must be an object`}},
		"null in a list":                {"words: [a, null]", []string{`words[1]: Required value: must have a value`}},
		"null in a map":                 {"labels: {a: null}", []string{`labels[a]: Required value: must have a value`}},
		"a secret of another type":      {"password: 1234\nlabels: {token: 5678}", []string{`labels[token]: Invalid value: "(hidden)": must be text: put it in quotes`, `password: Invalid value: "(hidden)": must be text: put it in quotes`}},
		"a secret below a strange key":  {"labels: {\"a]b\": 5678, \"c[d\": 5678}", []string{`labels[a)b]: Invalid value: "(hidden)": must be text: put it in quotes`, `labels[c(d]: Invalid value: "(hidden)": must be text: put it in quotes`}},
		"an amount":                     {"memory: 2GB", []string{`memory: Invalid value: "2GB": must be a quantity such as 512Mi, 10Gi, 250m or 2; did you mean 2Gi?`}},
		"an amount in words":            {"amounts: {memory: much}", []string{`amounts[memory]: Invalid value: "much": must be a quantity such as 512Mi, 10Gi, 250m or 2`}},
		"a variable for an amount":      {"memory: ${M}", []string{`memory: Invalid value: "${M}": must be a quantity such as 512Mi, 10Gi, 250m or 2; a ${VARIABLE} cannot stand here, because Flux substitutes it only after this value was computed with`}},
		"a port":                        {"port: [80]", []string{`port: Invalid value: "a list": must be a whole number or a text`}},
		"a time":                        {"at: 2026-11-20", []string{`at: Invalid value: "2026-11-20": must be a time with its zone such as 2026-11-20T08:00:00Z`}},
		"a duration":                    {"for: 90", []string{`for: Invalid value: 90: must be a duration such as 30s or 5m`}},
		"a long text":                   {"count: " + long, []string{`count: Invalid value: "` + long[:80] + `...": must be a whole number`}},
		"a text of several lines":       {"count: |\n  one\n  two\n", []string{`count: Invalid value: "one...": must be a whole number`}},
		"everything at once, in the order of the names": {"words: a\ncount: b\nfrob: c\nblock: {size: 1}\n", []string{
			`block.size: Invalid value: 1: must be text: put it in quotes`,
			`count: Invalid value: "b": must be a whole number`,
			`frob: Forbidden: unknown field: known here are Untagged, active, amounts, at, block, blocks, count, for, labels, mask, memory, name, nested, note, password, port, total, words`,
			`words: Invalid value: "a": must be a list: each element on a line of its own after "- "`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			fields, err := strict.Fields([]byte(test.document))
			require.NoError(t, err)
			var got []string
			for _, err := range strict.Into(fields, new(document), nil, options) {
				got = append(got, err.Error())
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestIntoBelowAPath(t *testing.T) {
	fields := map[string]any{"blocks": []any{map[string]any{"old": int64(1)}}}
	errs := strict.Into(fields, new(document), field.NewPath("spec"), options)
	require.Len(t, errs, 1)
	assert.Equal(t, "spec.blocks[0].old: Forbidden: unknown field: write count", errs[0].Error(), "hints see the whole path, without indices")
}

func TestIntoListsFewNames(t *testing.T) {
	// 25 names are one more than a message lists.
	type many struct {
		A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W, X, Y string
	}
	errs := strict.Into(map[string]any{"frobnicate": "x"}, new(many), nil, strict.Options{})
	require.Len(t, errs, 1)
	assert.Equal(t, "frobnicate: Forbidden: unknown field: remove it, as no field here has a similar name", errs[0].Error())
}

func TestIntoBytes(t *testing.T) {
	type blob struct {
		Data map[string][]byte `json:"data"`
	}
	var got blob
	assert.Empty(t, strict.Into(map[string]any{"data": map[string]any{"key": "aGk="}}, &got, nil, strict.Options{}))
	assert.Equal(t, map[string][]byte{"key": []byte("hi")}, got.Data) // echo -n hi | base64

	for name, value := range map[string]any{"not base64": "hi!", "a list": []any{int64(1)}} {
		t.Run(name, func(t *testing.T) {
			errs := strict.Into(map[string]any{"data": map[string]any{"key": value}}, &blob{}, nil, strict.Options{})
			require.Len(t, errs, 1)
			assert.Equal(t, "data[key]", errs[0].Field)
			assert.Contains(t, errs[0].Detail, "base64")
		})
	}
}

// TestMeant: a document as it was meant, by hand.
func TestMeant(t *testing.T) {
	tests := map[string]struct {
		fields, want map[string]any
		doubtful     []string
	}{
		"as written":            {map[string]any{"count": int64(1)}, map[string]any{"count": int64(1)}, nil},
		"misspelt":              {map[string]any{"cuont": int64(1)}, map[string]any{"count": int64(1)}, nil},
		"misspelt, with hint":   {map[string]any{"old": int64(1)}, map[string]any{}, []string{""}},
		"nothing like it":       {map[string]any{"block": map[string]any{"colour": "red"}}, map[string]any{"block": map[string]any{}}, []string{"block"}},
		"in a list":             {map[string]any{"blocks": []any{map[string]any{"siez": "1Gi"}}}, map[string]any{"blocks": []any{map[string]any{"size": "1Gi"}}}, nil},
		"in a map":              {map[string]any{"nested": map[string]any{"a": map[string]any{"siez": "1Gi"}}}, map[string]any{"nested": map[string]any{"a": map[string]any{"size": "1Gi"}}}, nil},
		"both are there":        {map[string]any{"count": int64(1), "cuont": int64(2)}, map[string]any{"count": int64(1)}, []string{""}},
		"two for one":           {map[string]any{"coutn": int64(1), "cuont": int64(2)}, map[string]any{"count": int64(1)}, []string{""}},
		"of another type":       {map[string]any{"block": "1Gi"}, map[string]any{"block": "1Gi"}, nil},
		"decodes itself":        {map[string]any{"memory": map[string]any{"sieze": 1}}, map[string]any{"memory": map[string]any{"sieze": 1}}, nil},
		"keys that users chose": {map[string]any{"labels": map[string]any{"cuont": "1"}}, map[string]any{"labels": map[string]any{"cuont": "1"}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			meant, doubtful := strict.Meant(test.fields, &document{}, nil, options)
			assert.Equal(t, test.want, meant)
			assert.Equal(t, test.doubtful, doubtful)
		})
	}
}
