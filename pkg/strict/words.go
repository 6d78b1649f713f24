package strict

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

const (
	// maxShown is how much of a value or key a message repeats, in bytes. More would bury the remedy.
	maxShown = 80

	// maxListed is how many names a message lists. More than that nobody reads in one line.
	maxListed = 24
)

// Closest returns the candidate that word was probably meant to be, or "". A candidate counts when it differs by letter case or
// separators alone, by at most a third of the word's letters, or by two letters that changed places.
func Closest(word string, candidates []string) string {
	if len(word) > maxShown {
		return ""
	}
	if slices.Contains(candidates, word) {
		return word
	}
	best, bestDistance := "", len(word)/3+1
	folded := fold(word)
	for _, candidate := range candidates {
		if fold(candidate) == folded {
			return candidate
		}
		distance := levenshtein.Distance(folded, fold(candidate), nil)
		if distance == 2 && swapped(folded, fold(candidate)) {
			distance = 1
		}
		if distance < bestDistance {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

// swapped tells whether two words are one but for two neighbours that changed places.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func fold(word string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(word))
}

// pattern writes a path without its indices and keys, which hold no brackets.
func pattern(path *field.Path) string {
	var b strings.Builder
	inside := false
	for _, r := range path.String() {
		switch {
		case r == '[':
			inside = true
			b.WriteString("[]")
		case r == ']':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// describe is the type of a value in plain words.
func describe(value any) string {
	switch value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "text"
	case bool:
		return "true or false"
	case nil:
		return "nothing"
	}
	return "a number"
}

// quotes says how to write a value as text. YAML reads on, off, yes and no as booleans, and 017 and 1.10 as the numbers 15 and 1.1, so that
// the original word is not known any more.
func quotes(value any) string {
	switch value.(type) {
	case bool:
		return ": put it in quotes, because YAML reads on, off, yes and no as true and false"
	case int64:
		return ": put it in quotes"
	case float64:
		return ": put it in quotes, because YAML drops the last zero of a number such as 1.10"
	}
	return ""
}

// looseQuantity is a size as people write it elsewhere: with a unit in bytes, in lower case, after a space, or without one.
var looseQuantity = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*([kKmMgGtT])(?:[iI]?[bB]?)$`)
})

// ClosestSize returns the quantity of storage or memory that text was probably meant to be, such as 20Gi for 20Gb, or "".
func ClosestSize(text string) string {
	match := looseQuantity().FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	if size := match[1] + strings.ToUpper(match[2]) + "i"; size != text {
		return size
	}
	return ""
}

// didYouMeanSize words ClosestSize.
func didYouMeanSize(value any) string {
	if text, ok := value.(string); ok {
		if size := ClosestSize(text); size != "" {
			return "; did you mean " + size + "?"
		}
	}
	return ""
}

// wholeNumber says what is wrong with a value where a whole number must be.
func wholeNumber(value any) string {
	switch value := value.(type) {
	case string:
		if _, err := strconv.ParseInt(value, 10, 64); err == nil {
			return "must be a whole number, without quotes"
		}
	case float64:
		if value == math.Trunc(value) {
			return "is too large"
		}
	}
	return "must be a whole number"
}

// withoutQuotes tells to remove the quotes around a word that would be right without.
func withoutQuotes(value any, words ...string) string {
	if text, ok := value.(string); ok && slices.Contains(words, strings.ToLower(text)) {
		return ", without quotes"
	}
	return ""
}

// substitution explains why a ${VARIABLE} cannot stand where a value is computed with.
func substitution(value any) string {
	if text, ok := value.(string); ok && strings.Contains(text, "${") {
		return "; a ${VARIABLE} cannot stand here, because Flux substitutes it only after this value was computed with"
	}
	return ""
}

// shorten cuts a text to what a message can hold, on one line.
func shorten(text string) string {
	line, _, more := strings.Cut(text, "\n")
	if len(line) > maxShown {
		line, more = line[:maxShown], true
		for !utf8.ValidString(line) && line != "" && len(line) > maxShown-utf8.UTFMax {
			line = line[:len(line)-1]
		}
	}
	if more {
		line += "..."
	}
	return line
}

// someFields names a few of a struct's fields.
func someFields(t reflect.Type) string {
	known := jsontype.Of(t).Names
	return strings.Join(known[:min(3, len(known))], ", ")
}
