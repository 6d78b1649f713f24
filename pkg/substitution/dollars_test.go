package substitution

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// pattern says the same as dollars, and takes a hundred times as long to prepare: its groups are the kinds in their order.
var pattern = regexp.MustCompile(`(\$\$\{)|(\$\$)|(\$\{(?:podselector:[^}]*|image_root)\})|` +
	`(\$\{#?[\pL_][\pL\pN_]*(?::[^}]+|[=/#%][^}]*|[,^]{1,2})?\})|(\$\{)`)

// FuzzDollars reads any text as the pattern does.
func FuzzDollars(f *testing.F) {
	for _, text := range []string{"$", "$$", "$$$", "$${", "$$${X}", "${X}", "${#X}", "${##X}", "${1}", "${_1}", "${\u00e4\u0663}", "${\u0663}", "${X:}",
		"${X::}", "${X:=a}b}", "${X,}", "${X,^}", "${X,,,}", "${X,a}", "${X=}", "${X/a/b}", "${X%%a}", "${X-a}", "${X", "${X:", "${", "${}", "${#}",
		"${podselector:a}", "${podselector:", "${podselectors:a}", "${image_root}", "${image_root}}", "${image_root", "${image_roots}", "${X:\n}",
		"a\xff${X\xff}", "$a $(b) ${c}$"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want []found
		for _, match := range pattern.FindAllStringSubmatchIndex(text, -1) {
			for kind := escape; kind <= other; kind++ {
				if match[2*(kind+1)] >= 0 {
					want = append(want, found{kind, match[0], match[1]})
				}
			}
		}
		var got []found
		for f := range dollars(text) {
			got = append(got, f)
		}
		assert.Equal(t, want, got, "%q", text)
	})
}
