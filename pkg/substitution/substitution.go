// Package substitution knows what Flux' post-build substitution makes of a text: which ${...} is a variable, and which dollars it would
// take for one, or for half of one, although they are meant literally. SQL has dollar-quoted strings, CloudNativePG has placeholders of
// its own, and Prometheus has groups such as ${1}.
package substitution

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// dollars finds what the substitution reads in a text, and the placeholders of CloudNativePG, which it would take for its own: in this
// order an escape, two dollars, a placeholder of CloudNativePG, a variable, and what begins like one but makes the substitution fail or
// can have no value. The forms of a variable are those of github.com/fluxcd/pkg/envsubst 1.7.1; its name begins with a letter or an
// underscore (varsubRegex in github.com/fluxcd/pkg/kustomize).
//
// It is compiled when a text asks for it, which few do.
var dollars = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(\$\$\{)|(\$\$)|(\$\{(?:podselector:[^}]*|image_root)\})|` +
		`(\$\{#?[\pL_][\pL\pN_]*(?::[^}]+|[=/#%][^}]*|[,^]{1,2})?\})|(\$\{)`)
})

// The groups of dollars, by the index of their beginning in a match.
const (
	escapeGroup = 2 * (iota + 1)
	pairGroup
	ownGroup
	variableGroup
	otherGroup
)

// hasDollars tells whether text holds anything that dollars finds. The $labels of an alert are not among it.
func hasDollars(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "$$")
}

// HasVariable tells whether text holds a ${VARIABLE} that Flux substitutes.
func HasVariable(text string) bool { return Find(text).Variable }

// Found is what a text, or a whole object, holds.
type Found struct {
	// Variable is a ${VARIABLE}, be it with a default or another of its forms.
	Variable bool

	// Escape is a $${ with which somebody keeps Flux from substituting.
	Escape bool

	// Literal is something that the substitution would change or fail over.
	Literal bool
}

// Find looks for dollars in a value as JSON decodes it, keys of objects included.
func Find(value any) Found {
	var found Found
	found.in(value)
	return found
}

func (f *Found) in(value any) {
	switch value := value.(type) {
	case string:
		f.inText(value)
	case map[string]any:
		for key, element := range value {
			f.inText(key)
			f.in(element)
		}
	case []any:
		for _, element := range value {
			f.in(element)
		}
	}
}

func (f *Found) inText(text string) {
	if !hasDollars(text) {
		return
	}
	for _, match := range dollars().FindAllStringSubmatchIndex(text, -1) {
		switch {
		case match[escapeGroup] >= 0:
			f.Escape = true
		case match[variableGroup] >= 0:
			f.Variable = true
		default:
			f.Literal = true
		}
	}
}

// Escape returns a value whose literals come out of the substitution as they are in the value that is given. Objects and lists are changed
// in place.
func Escape(value any) any {
	switch value := value.(type) {
	case string:
		return escapeText(value)
	case map[string]any:
		for _, key := range slices.Collect(maps.Keys(value)) {
			element := Escape(value[key])
			delete(value, key)
			value[escapeText(key)] = element
		}
	case []any:
		for i, element := range value {
			value[i] = Escape(element)
		}
	}
	return value
}

func escapeText(text string) string {
	if !hasDollars(text) {
		return text
	}
	var b strings.Builder
	done := 0
	for _, match := range dollars().FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[done:match[0]])
		done = match[1]
		switch found := text[match[0]:match[1]]; {
		case match[pairGroup] >= 0:
			b.WriteString("$$" + found)
		case match[ownGroup] >= 0, match[otherGroup] >= 0:
			b.WriteString("$" + found)
		default:
			b.WriteString(found)
		}
	}
	return b.String() + text[done:]
}
