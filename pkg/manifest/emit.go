package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// emitter writes values as block YAML: keys sorted, lists not indented, text in several lines as a literal block. Of what manifests
// are made of it writes, byte for byte, what the encoder of go.yaml.in/yaml/v3 makes of node's tree. That encoder would need as much
// time and memory for one app as everything before it together. What is rare is left to it.
type emitter struct {
	text []byte

	// keys of the mappings that are open, each sorted.
	keys []string

	// rare tells that a value is left to the encoder. The text is of no use then.
	rare bool
}

// longestKey is the longest text, in bytes, that the encoder writes as a key without a "?" before it.
const longestKey = 128

// mapping writes fields in lines of the given indentation. The first one begins where the text ends.
func (e *emitter) mapping(fields map[string]any, indentation int) {
	if len(fields) == 0 {
		e.text = append(e.text, "{}\n"...)
		return
	}
	first := len(e.keys)
	for key := range fields {
		e.keys = append(e.keys, key)
	}
	slices.Sort(e.keys[first:])
	for i := first; i < first+len(fields); i++ {
		key := e.keys[i]
		if i > first {
			e.indent(indentation)
		}
		seen := examine(key)
		e.rare = e.rare || len(key) > longestKey || seen.lineFeed
		e.scalar(key, seen)
		e.text = append(e.text, ':')
		switch value := fields[key].(type) {
		case map[string]any:
			if len(value) > 0 {
				e.newLine(indentation + 2)
			} else {
				e.text = append(e.text, ' ')
			}
			e.mapping(value, indentation+2)
		case []any:
			if len(value) > 0 {
				e.newLine(indentation)
			} else {
				e.text = append(e.text, ' ')
			}
			e.list(value, indentation)
		default:
			e.text = append(e.text, ' ')
			e.single(value, indentation)
		}
	}
	e.keys = e.keys[:first]
}

// list writes elements in lines of the given indentation. The first one begins where the text ends.
func (e *emitter) list(elements []any, indentation int) {
	if len(elements) == 0 {
		e.text = append(e.text, "[]\n"...)
		return
	}
	for i, element := range elements {
		if i > 0 {
			e.indent(indentation)
		}
		e.text = append(e.text, "- "...)
		switch element := element.(type) {
		case map[string]any:
			e.mapping(element, indentation+2)
		case []any:
			e.list(element, indentation+2)
		default:
			e.single(element, indentation)
		}
	}
}

// single writes a value that is neither a mapping nor a list, of a key or an element in a line of the given indentation.
func (e *emitter) single(value any, indentation int) {
	switch value := value.(type) {
	case string:
		seen := examine(value)
		if seen.lineFeed && !seen.rare && blockLines(value) && blockAllowed(value) {
			e.block(value, indentation+2)
			return
		}
		e.scalar(value, seen)
	case bool:
		e.text = strconv.AppendBool(e.text, value)
	case int64:
		e.text = strconv.AppendInt(e.text, value, 10)
	default:
		e.rare = true
	}
	e.text = append(e.text, '\n')
}

// scalar writes a text within a line.
func (e *emitter) scalar(text string, seen characters) {
	e.rare = e.rare || seen.rare
	switch {
	case seen.lineFeed, seen.tab, ambiguous(text):
		e.doubleQuoted(text)
	case seen.indicator, !plainEnds(text):
		e.singleQuoted(text)
	default:
		e.text = append(e.text, text...)
	}
}

// block writes a text as a literal block, each line with the given indentation.
func (e *emitter) block(text string, indentation int) {
	e.rare = e.rare || strings.HasSuffix(text, "\n\n")
	e.text = append(e.text, '|')
	if !strings.HasSuffix(text, "\n") {
		e.text = append(e.text, '-')
	}
	e.text = append(e.text, '\n')
	for line := range strings.Lines(text) {
		if line != "\n" {
			e.indent(indentation)
		}
		e.text = append(e.text, line...)
	}
	if !strings.HasSuffix(text, "\n") {
		e.text = append(e.text, '\n')
	}
}

func (e *emitter) singleQuoted(text string) {
	e.text = append(e.text, '\'')
	for i := range len(text) {
		if text[i] == '\'' {
			e.text = append(e.text, '\'')
		}
		e.text = append(e.text, text[i])
	}
	e.text = append(e.text, '\'')
}

func (e *emitter) doubleQuoted(text string) {
	e.text = append(e.text, '"')
	for i := range len(text) {
		switch c := text[i]; c {
		case '\n':
			e.text = append(e.text, `\n`...)
		case '\t':
			e.text = append(e.text, `\t`...)
		case '"', '\\':
			e.text = append(e.text, '\\', c)
		default:
			e.text = append(e.text, c)
		}
	}
	e.text = append(e.text, '"')
}

func (e *emitter) newLine(indentation int) {
	e.text = append(e.text, '\n')
	e.indent(indentation)
}

func (e *emitter) indent(indentation int) {
	for range indentation {
		e.text = append(e.text, ' ')
	}
}

// characters are what is in a text.
type characters struct {
	lineFeed, tab bool

	// indicator is ": " or " #", which end a plain text.
	indicator bool

	// rare is anything but printable ASCII, tabs and line feeds: other characters may be line breaks for YAML, or not printable.
	rare bool
}

func examine(text string) (seen characters) {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\n':
			seen.lineFeed = true
		case c == '\t':
			seen.tab = true
		case c == ' ' && i+1 < len(text) && text[i+1] == '#', c == ':' && i+1 < len(text) && text[i+1] == ' ':
			seen.indicator = true
		case c < ' ' || c > '~':
			seen.rare = true
		}
	}
	return seen
}

// plainEnds tells whether a text that is not empty begins and ends with what is no indicator there, so that it can stand without quotes
// if there is none inside (https://yaml.org/spec/1.2.2/#733-plain-style).
func plainEnds(text string) bool {
	switch text[0] {
	case ' ', '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return false
	case '-', '?', ':':
		if len(text) == 1 || text[1] == ' ' {
			return false
		}
	}
	last := text[len(text)-1]
	return last != ' ' && last != ':' && !strings.HasPrefix(text, "---") && !strings.HasPrefix(text, "...")
}

// blockAllowed tells whether a text of several lines can be a literal block for the encoder, which wants no spaces before a line's end.
func blockAllowed(text string) bool {
	return !strings.HasSuffix(text, " ") && !strings.Contains(text, " \n")
}
