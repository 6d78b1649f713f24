package jsontype_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// count encodes itself, also when it is nil.
type count map[string]string

func (c count) MarshalJSON() ([]byte, error) { return json.Marshal(len(c)) }

// word encodes itself, as a string.
type word string

func (w word) MarshalJSON() ([]byte, error) { return json.Marshal(string(w)) }

// Inner and Hidden are embedded; Outer hides Name of both and Value of Hidden.
type Inner struct {
	Name  string `json:"name,omitempty"`
	Inner int    `json:"inner"`
}

type Hidden struct {
	Name  string `json:"name,omitempty"`
	Value string `json:"value,omitempty"`
}

type outer struct {
	Inner   `json:",inline"`
	*Hidden `json:",inline"`
	Name    string `json:"name,omitempty"`
	Value   []byte `json:"value,omitempty"`
}

type record struct {
	Text       string
	Named      string             `json:"named"`
	Omitted    string             `json:"omitted,omitempty"`
	Never      string             `json:"-"`
	Word       word               `json:"word"`
	Flag       bool               `json:"flag"`
	Whole      int32              `json:"whole,omitempty"`
	Pointer    *int64             `json:"pointer"`
	List       []string           `json:"list"`
	Map        map[string]*record `json:"map,omitempty"`
	Count      count              `json:"count"`
	OmitCount  count              `json:"omitCount,omitempty"`
	Nested     outer              `json:"nested,omitempty"`
	Zero       Inner              `json:"zero,omitzero"`
	Anything   any                `json:"anything,omitempty"`
	Records    []record           `json:"records,omitempty"`
	unexported string
}

// TestEncodeAgreesWithTheStandardLibrary draws values and compares their encodings, nulls left out.
func TestEncodeAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := drawRecord(t, 2)
		got, err := jsontype.Encode(&value)
		require.NoError(t, err)
		text, err := json.Marshal(value)
		require.NoError(t, err)
		want, err := jsontype.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, withoutNulls(want), got)
	})
}

func drawRecord(t *rapid.T, depth int) record {
	text := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[a-z<>&"\\]{1,3}`))
	number := rapid.Int64Range(-2, 2)
	r := record{
		Text: text.Draw(t, "Text"), Named: text.Draw(t, "Named"), Omitted: text.Draw(t, "Omitted"), Never: "never", unexported: "never",
		Flag: rapid.Bool().Draw(t, "Flag"), Whole: rapid.Int32Range(0, 1).Draw(t, "Whole"), Pointer: rapid.Ptr(number, true).Draw(t, "Pointer"),
		List: rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfN(text, 0, 2)).Draw(t, "List"),
	}
	r.Word = word(rapid.String().Draw(t, "Word"))
	r.Count = rapid.OneOf(rapid.Just(count(nil)), rapid.Just(count{}), rapid.Just(count{"a": "b"})).Draw(t, "Count")
	r.OmitCount = rapid.OneOf(rapid.Just(count(nil)), rapid.Just(count{}), rapid.Just(count{"a": "b"})).Draw(t, "OmitCount")
	r.Zero = Inner{Inner: rapid.IntRange(0, 1).Draw(t, "Zero")}
	r.Nested = outer{Inner: Inner{Name: text.Draw(t, "Inner.Name")}, Name: text.Draw(t, "Name"), Value: rapid.SliceOfN(rapid.Byte(), 0, 2).Draw(t, "Value")}
	if rapid.Bool().Draw(t, "hidden") {
		r.Nested.Hidden = &Hidden{Name: text.Draw(t, "Hidden.Name"), Value: text.Draw(t, "Hidden.Value")}
	}
	r.Anything = rapid.OneOf(rapid.Just(any(nil)), number.AsAny(), text.AsAny(), rapid.Just(any(map[string]any{"a": []any{int64(1), "b"}}))).Draw(t, "Anything")
	if depth > 0 && rapid.Bool().Draw(t, "deeper") {
		inner := drawRecord(t, depth-1)
		r.Map, r.Records = map[string]*record{"a": &inner}, []record{inner, {}}
	}
	return r
}

func withoutNulls(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		if list, ok := value.([]any); ok {
			for i := range list {
				list[i] = withoutNulls(list[i])
			}
		}
		return value
	}
	for key, element := range object {
		if element == nil {
			delete(object, key)
		} else {
			object[key] = withoutNulls(element)
		}
	}
	return object
}
