package substitution_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// TestTexts: what Flux makes of each text was seen by running github.com/fluxcd/pkg/envsubst 1.7.1 on it, with X set to val.
func TestTexts(t *testing.T) {
	const variable, escape, literal = 1, 2, 4
	tests := map[string]struct {
		holds   int
		escaped string // "" where it is the text itself
	}{
		"costs $5, $X and $(X)":    {},                                                   // stays as it is
		"${X}":                     {holds: variable},                                    // val
		"${X:=default}":            {holds: variable},                                    // val
		"${X:-default}":            {holds: variable},                                    // val
		"${X:=}":                   {holds: variable},                                    // val
		"${X=default}":             {holds: variable},                                    // val
		"${X:0:1}":                 {holds: variable},                                    // v
		"${X,,}":                   {holds: variable},                                    // val
		"${#X}":                    {holds: variable},                                    // 3
		"${X/a/b}":                 {holds: variable},                                    // vbl
		"${_x1}":                   {holds: variable},                                    // the value of _x1
		"$${X}":                    {holds: escape},                                      // ${X}
		"DO $$ BEGIN END $$;":      {holds: literal, escaped: "DO $$$$ BEGIN END $$$$;"}, // DO $ BEGIN END $;
		"${podselector:api}":       {holds: literal, escaped: "$${podselector:api}"},     // no value
		"${image_root}/share":      {holds: literal, escaped: "$${image_root}/share"},    // no value
		"${":                       {holds: literal, escaped: "$${"},                     // unable to parse variable name
		"${}":                      {holds: literal, escaped: "$${}"},                    // unable to parse variable name
		"${ X }":                   {holds: literal, escaped: "$${ X }"},                 // unable to parse variable name
		"${X":                      {holds: literal, escaped: "$${X"},                    // missing closing brace
		"${a-b}":                   {holds: literal, escaped: "$${a-b}"},                 // missing closing brace
		"${1}":                     {holds: literal, escaped: "$${1}"},                   // no variable has such a name
		"$$ ${X} $${Y} ${":         {holds: variable | escape | literal, escaped: "$$$$ ${X} $${Y} $${"},
		"${X} in ${podselector:a}": {holds: variable | literal, escaped: "${X} in $${podselector:a}"},
	}
	for text, test := range tests {
		t.Run(text, func(t *testing.T) {
			assert.Equal(t, substitution.Found{
				Variable: test.holds&variable != 0, Escape: test.holds&escape != 0, Literal: test.holds&literal != 0,
			}, substitution.Find(text))
			assert.Equal(t, test.holds&variable != 0, substitution.HasVariable(text))
			if test.escaped == "" {
				test.escaped = text
			}
			assert.Equal(t, test.escaped, substitution.Escape(text))
		})
	}
}

func TestObjects(t *testing.T) {
	object := map[string]any{
		"list": []any{"$$", int64(1), map[string]any{"deep": "${"}},
		"a$$b": "${X}",
		"flag": true,
	}
	assert.Equal(t, substitution.Found{Variable: true, Literal: true}, substitution.Find(object))
	assert.Equal(t, map[string]any{
		"list":   []any{"$$$$", int64(1), map[string]any{"deep": "$${"}},
		"a$$$$b": "${X}",
		"flag":   true,
	}, substitution.Escape(object))
}
