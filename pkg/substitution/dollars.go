package substitution

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what the substitution makes of some dollars.
type kind int

const (
	escape   kind = iota // $${, of which ${ is left
	pair                 // $$, of which one is left
	own                  // a placeholder of CloudNativePG
	variable             // a variable, in any of its forms
	other                // ${ where no variable follows: the substitution fails, or finds no value
)

// found is a part of a text, from start to before end.
type found struct {
	kind       kind
	start, end int
}

// dollars yields what the substitution reads in a text, and the placeholders of CloudNativePG, which it would take for its own.
func dollars(text string) iter.Seq[found] {
	return func(yield func(found) bool) {
		for at := 0; ; {
			next := strings.IndexByte(text[at:], '$')
			if next < 0 {
				return
			}
			at += next
			kind, length := read(text[at:])
			if length > 0 && !yield(found{kind, at, at + length}) {
				return
			}
			at += max(length, 1)
		}
	}
}

// read tells what a text that begins with a dollar begins with, and how long that is: 0 for a dollar by itself.
func read(text string) (kind, int) {
	switch {
	case strings.HasPrefix(text, "$${"):
		return escape, len("$${")
	case strings.HasPrefix(text, "$$"):
		return pair, len("$$")
	case !strings.HasPrefix(text, "${"):
		return other, 0
	case strings.HasPrefix(text, "${image_root}"):
		return own, len("${image_root}")
	case strings.HasPrefix(text, "${podselector:") && strings.Contains(text, "}"):
		return own, strings.IndexByte(text, '}') + 1
	}
	if length := variableLength(text); length > 0 {
		return variable, length
	}
	return other, len("${")
}

// variableLength is how long the variable is that a text begins with, or 0. The forms are those of github.com/fluxcd/pkg/envsubst 1.7.1; a
// name begins with a letter or an underscore (varsubRegex in github.com/fluxcd/pkg/kustomize).
func variableLength(text string) int {
	name := strings.TrimPrefix(text[len("${"):], "#")
	rest := strings.TrimLeftFunc(name, isNameRune)
	first, _ := utf8.DecodeRuneInString(name)
	if len(rest) == len(name) || unicode.IsNumber(first) || rest == "" {
		return 0
	}
	length := len(text) - len(rest)
	end := strings.IndexByte(rest, '}')
	switch rest[0] {
	case '}':
		return length + 1
	case ':':
		if end > 1 {
			return length + end + 1
		}
	case '=', '/', '#', '%':
		if end > 0 {
			return length + end + 1
		}
	case ',', '^':
		if end == 1 || end == 2 && strings.ContainsRune(",^", rune(rest[1])) {
			return length + end + 1
		}
	}
	return 0
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }
