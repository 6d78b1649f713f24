package guide

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Block is a fenced block of a page.
type Block struct {
	Place    string // file and line of the fence
	Language string // the first word after the fence
	Note     string // the rest of it
	Text     string
}

// fence begins or ends a block. A block within a list is indented.
var fence = regexp.MustCompile("^( *)```(.*)$")

// ReadBlocks returns the fenced blocks of a Markdown file in their order.
func ReadBlocks(path string) ([]Block, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var blocks []Block
	var open *Block
	var indent string
	n := 0
	for line := range strings.Lines(string(content)) {
		n++
		match := fence.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		switch {
		case match == nil && open != nil:
			open.Text += strings.TrimPrefix(line, indent)
		case match == nil:
		case open == nil:
			language, note, _ := strings.Cut(match[2], " ")
			indent, open = match[1], &Block{Place: fmt.Sprintf("%s:%d", path, n), Language: language, Note: note}
		default:
			blocks, open = append(blocks, *open), nil
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s: the block is not closed", open.Place)
	}
	return blocks, nil
}

// file tells which file a YAML block is about, and whether it is to be merged into it. Blocks that name none are for the eye.
func (b Block) file() (name string, merge bool) {
	first, _, _ := strings.Cut(b.Text, "\n")
	named := regexp.MustCompile(`^# (in )?([a-z0-9-]+\.yaml)$`).FindStringSubmatch(first)
	if b.Language != "yaml" || named == nil {
		return "", false
	}
	return named[2], named[1] != ""
}

// Shows tells whether an output holds what a reader should see: the lines of want in their order, with "..." for anything.
func Shows(output, want string) bool {
	lines := strings.Split(output, "\n")
	for expected := range strings.Lines(want) {
		pattern := regexp.QuoteMeta(strings.Join(strings.Fields(expected), " "))
		if columns, more := strings.CutSuffix(pattern, ` \.\.\.`); more {
			pattern = columns + `( .*)?` // a column may be empty, and leaves no trace then
		}
		pattern = strings.ReplaceAll(pattern, `\.\.\.`, ".*")
		matches := regexp.MustCompile("^" + pattern + "$").MatchString
		found := false
		for len(lines) > 0 && !found {
			found = matches(strings.Join(strings.Fields(lines[0]), " "))
			lines = lines[1:]
		}
		if !found {
			return false
		}
	}
	return true
}
