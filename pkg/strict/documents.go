package strict

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"
)

// byteOrderMark may stand before each document of a stream. The parser takes it before the first alone.
var byteOrderMark = []byte("\ufeff")

// Documents parses a stream of YAML documents, in UTF-8 or with a byte order mark in UTF-16, one at a time, and leaves out those that hold
// nothing. It ends with the first error, which names the line where the text is not YAML and never holds a value.
func Documents(stream []byte) iter.Seq2[*yaml.Node, error] {
	return func(yield func(*yaml.Node, error) bool) {
		stream = inUTF8(stream)
		decoder := yaml.NewDecoder(bytes.NewReader(stream))
		for {
			var document yaml.Node
			switch err := decoder.Decode(&document); {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(nil, SyntaxError(err, stream))
				return
			case len(document.Content) == 0 || document.Content[0].Tag == "!!null":
				continue
			}
			if !yield(document.Content[0], nil) {
				return
			}
		}
	}
}

// Text is the text of a document, as it stands in its stream.
type Text struct {
	YAML []byte

	// Before is the number of lines of the stream that come before.
	Before int
}

// Texts gives the text of each document of a stream that holds anything, or nil where the documents cannot be told apart in the text. n is
// how many Documents has found.
func Texts(stream []byte, n int) (texts []Text) {
	var document Text
	lines, some := 0, false
	end := func() {
		if some {
			texts = append(texts, document)
		}
		document, some = Text{Before: lines}, false
	}
	for line := range bytes.Lines(breaks(inUTF8(stream))) {
		if content, ok := bytes.CutPrefix(line, []byte("---")); ok && (content[0] == ' ' || content[0] == '\n' || content[0] == '\t') {
			end()
			line = append([]byte("   "), content...)
		}
		lines++
		document.YAML = append(document.YAML, line...)
		rest := bytes.TrimSpace(line)
		some = some || len(rest) > 0 && rest[0] != '#'
	}
	if end(); len(texts) != n {
		return nil
	}
	return texts
}

// Check gives the first thing that is wrong with a stream of documents as YAML, a field that stands twice included.
func Check(stream []byte) error {
	n := 0
	for _, err := range Documents(stream) {
		if err != nil {
			return err
		}
		n++
	}
	for _, text := range Texts(stream, n) {
		if _, err := FieldsAt(text); err != nil {
			return err
		}
	}
	return nil
}

// breaks makes all ends of lines the same, and gives the last line one.
func breaks(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	if !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	return text
}

// inUTF8 is a stream in UTF-8, without the marks before its documents.
func inUTF8(stream []byte) []byte {
	if len(stream) > 1 && (stream[0] == 0xff && stream[1] == 0xfe || stream[0] == 0xfe && stream[1] == 0xff) {
		low := 0
		if stream[0] == 0xfe {
			low = 1
		}
		units := make([]uint16, 0, len(stream)/2)
		for i := 2; i+1 < len(stream); i += 2 {
			units = append(units, uint16(stream[i+low])|uint16(stream[i+1-low])<<8)
		}
		stream = []byte(string(utf16.Decode(units)))
	}
	stream = bytes.TrimPrefix(stream, byteOrderMark)
	if !bytes.Contains(stream, byteOrderMark) {
		return stream
	}
	var clean []byte
	marker := false
	for line := range bytes.Lines(stream) {
		rest, marked := bytes.CutPrefix(line, byteOrderMark)
		if marked && (marker || bytes.HasPrefix(rest, []byte("---"))) {
			line = rest
		}
		marker = bytes.HasPrefix(line, []byte("---"))
		clean = append(clean, line...)
	}
	return clean
}
