package strict

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

var (
	lineNumber   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line ([0-9]+): `) })
	duplicateKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(line [0-9]+: )key (.+?) already set in map`) })
	alias        = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`unknown anchor '([^']*)' referenced`) })
)

// complaints are what the YAML parser says (scannerc.go, parserc.go and readerc.go of go.yaml.in/yaml/v2), and what it means to whoever
// wrote the document. The first that matches counts.
var complaints = []struct{ contains, means string }{
	{"found a tab character", "a tab: indent with spaces"},
	{"found character that cannot start any token", "a value that begins with @, % or `: put it in quotes"},
	{"mapping values are not allowed", "a colon where none can be: indent the fields of one object alike, leave a space behind the colon of the " +
		"field before, or put a value that holds a colon in quotes"},
	{"could not find expected ':'", "a line that is no field: write a colon and a space behind the field's name"},
	{"did not find expected key", "a line that does not fit those around it: indent the fields of one object alike, and close quotes"},
	{"did not find expected '-' indicator", "a line that does not fit the list above it: begin each element with a dash, indented alike"},
	{"block sequence entries are not allowed", "a dash that begins no list: put the list on lines of its own below the field's name"},
	{"did not find expected ',' or ']'", "a list in brackets that is not closed: separate its elements by commas and end it with ]"},
	{"did not find expected ',' or '}'", "an object in braces that is not closed: separate its fields by commas and end it with }"},
	{"found unexpected end of stream", "a quote was opened and is never closed"},
	{"found unknown escape character", `a backslash that means nothing between double quotes: use single quotes, or \\`},
	{"did not find expected hexdecimal number", `a backslash that means nothing between double quotes: use single quotes, or \\`},
	{"did not find expected node content", "a bracket, brace or comma where a value must be"},
	{"did not find expected alphabetic or numeric character", "a name is missing behind * or &: put a value that begins so in quotes"},
	{"undefined tag handle", "a word that begins with !: put it in quotes"},
	{"excessive aliasing", "too many aliases: write the values themselves"},
	{"control characters are not allowed", "a control character: remove it"},
	{"UTF-8", "a character that is not UTF-8: save the file as UTF-8"},
	{"value contains itself", "an alias stands for something that it is part of: write the value itself"},
	{"exceeded max depth", "objects and lists are nested too deeply"},
	{"unsupported value", "a number that is no finite one: write the number itself"},
	{"map key", "a field's name that is no plain text: put it in quotes"},
}

// SyntaxError words a parser's error as a person would, keeping its line and leaving out the text around it, which may be a secret.
func SyntaxError(err error, document []byte) error {
	message := err.Error()
	if found := duplicateKey().FindAllStringSubmatch(message, -1); found != nil {
		problems := make([]string, 0, len(found))
		for _, match := range found {
			problems = append(problems, match[1]+"field "+match[2]+" stands twice: remove one of the two")
		}
		return errors.New("not valid YAML: " + strings.Join(problems, "; "))
	}
	line := lineNumber().FindString(message)
	if match := alias().FindStringSubmatch(message); match != nil {
		return errors.New("not valid YAML: " + line + "no anchor &" + match[1] + " stands before the alias *" + match[1])
	}
	if number, found := tab(document, line); found && !strings.Contains(message, "end of stream") {
		return fmt.Errorf("not valid YAML: line %d: a tab: indent with spaces", number)
	}
	for _, complaint := range complaints {
		if strings.Contains(strings.ToLower(message), strings.ToLower(complaint.contains)) {
			return errors.New("not valid YAML: " + line + complaint.means)
		}
	}
	return errors.New(strings.TrimSuffix("not valid YAML: "+line, ": "))
}

// tab finds a line that is indented by one at the parser's line or the one before it, which it complains of in many ways.
func tab(document []byte, line string) (number int, found bool) {
	number, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(line, "line "), ": "))
	if err != nil {
		return 0, false
	}
	lines := bytes.Split(document, []byte("\n"))
	for _, n := range []int{number, number - 1} {
		if n < 1 || n > len(lines) {
			continue
		}
		text := lines[n-1]
		if bytes.IndexByte(text[:len(text)-len(bytes.TrimLeft(text, " \t"))], '\t') >= 0 {
			return n, true
		}
	}
	return 0, false
}
