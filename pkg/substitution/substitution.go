// Package substitution knows what Flux' post-build substitution makes of a text: which ${...} is a variable, and which dollars it would
// take for one, or for half of one, although they are meant literally. SQL has dollar-quoted strings, CloudNativePG has placeholders of
// its own, and Prometheus has groups such as ${1}.
package substitution

import (
	"maps"
	"slices"
	"strings"
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
	for found := range dollars(text) {
		switch found.kind {
		case escape:
			f.Escape = true
		case variable:
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
	for found := range dollars(text) {
		b.WriteString(text[done:found.start])
		done = found.end
		switch found.kind {
		case pair:
			b.WriteString("$$")
		case own, other:
			b.WriteString("$")
		}
		b.WriteString(text[found.start:found.end])
	}
	return b.String() + text[done:]
}
