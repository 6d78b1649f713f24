package repository

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/homelab-foundations/postgresapp/pkg/tree"
)

// Comments with which a kustomization says what it was before it was expanded in place.
const (
	wasMark   = "# postgresapp: was:"
	addedMark = "# postgresapp: added"
)

var errNotBlock = errors.New("it cannot be edited line by line: write it as YAML in block style, without anchors, every field once")

// edit changes the text of a kustomization. All lines that have nothing to do with the change keep every character. In place, lines that
// go stay as comments, and lines that come are marked, so that restore finds the text that there was.
func edit(raw []byte, change *tree.Change, inPlace bool) ([]byte, error) {
	e, err := newEditor(raw, inPlace)
	if err != nil {
		return nil, err
	}
	if e.unfold(change) {
		if e, err = newEditor(e.text(), inPlace); err != nil {
			return nil, err
		}
	}
	for _, name := range change.Fields {
		if f := e.field(name); f != nil {
			e.drop(f.first, f.last)
			f.gone = true
		}
	}
	lists := []string{"resources", "generators", "components", "transformers"}
	for _, entry := range change.Entries {
		if !slices.Contains(lists, entry.List) {
			lists = append(lists, entry.List)
		}
	}
	for _, patch := range change.Patches {
		if !slices.Contains(lists, patch.List) {
			lists = append(lists, patch.List)
		}
	}
	for _, list := range lists {
		if err := e.list(list, change); err != nil {
			return nil, err
		}
	}
	e.fill()
	return e.text(), nil
}

// span is a field of a kustomization, or an element of its list, with the lines that it takes, counted from 0.
type span struct {
	name        string
	key, value  *yaml.Node
	first, last int
	items       []span
	gone        bool
}

type editor struct {
	lines   []string
	eol     string
	inPlace bool
	fields  []*span

	// dropped are lines that go, replaced those that others take the place of, after lines to put behind another one; before the first
	// one for -1.
	dropped  map[int]bool
	replaced map[int]string
	after    map[int][]string
	vanished map[int]bool

	// added are the fields that are new.
	added []string
}

func newEditor(raw []byte, inPlace bool) (*editor, error) {
	e := &editor{inPlace: inPlace, eol: "\n", dropped: map[int]bool{}, replaced: map[int]string{}, after: map[int][]string{}, vanished: map[int]bool{}}
	if bytes.Contains(raw, []byte("\r\n")) {
		e.eol = "\r\n"
		raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	}
	var document yaml.Node
	if err := yaml.Unmarshal(raw, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode || !plainStyle(document.Content[0]) {
		return nil, errNotBlock
	}
	root := document.Content[0]
	e.lines = strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	for i := 0; i+1 < len(root.Content); i += 2 {
		e.fields = append(e.fields, &span{name: strings.ToLower(root.Content[i].Value), key: root.Content[i], value: root.Content[i+1], first: root.Content[i].Line - 1})
	}
	for i, f := range e.fields {
		end := len(e.lines)
		if i+1 < len(e.fields) {
			end = e.fields[i+1].first
		}
		f.last = e.contentEnd(f.first, end, f.key.Column-1)
		if f.value.Kind != yaml.SequenceNode || f.value.Style&yaml.FlowStyle != 0 {
			continue
		}
		for _, item := range f.value.Content {
			f.items = append(f.items, span{value: item, first: item.Line - 1})
		}
		for j := range f.items {
			// An element may begin with comments or anchors behind its dash; its line is where the dash is or below.
			for f.items[j].first > f.first && !strings.HasPrefix(strings.TrimLeft(e.lines[f.items[j].first], " "), "-") {
				f.items[j].first--
			}
		}
		for j := range f.items {
			end := f.last + 1
			if j+1 < len(f.items) {
				end = f.items[j+1].first
			}
			f.items[j].last = e.contentEnd(f.items[j].first, end, indentation(e.lines[f.items[j].first]))
		}
	}
	return e, nil
}

// plainStyle tells whether lines of the file can be told apart: it is in block style, no part refers to another, no field is there twice.
func plainStyle(root *yaml.Node) bool {
	if root.Style&yaml.FlowStyle != 0 {
		return false
	}
	seen := map[string]bool{}
	lines := map[int]bool{}
	for i := 0; i < len(root.Content); i += 2 {
		name := strings.ToLower(root.Content[i].Value)
		if seen[name] || lines[root.Content[i].Line] {
			return false
		}
		seen[name], lines[root.Content[i].Line] = true, true
	}
	var linked func(n *yaml.Node) bool
	linked = func(n *yaml.Node) bool {
		return n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, linked)
	}
	return !linked(root)
}

// contentEnd is the last line of what begins in first and ends before end: comments and empty lines at its end belong to what follows.
func (e *editor) contentEnd(first, end, indent int) int {
	last := end - 1
	for last > first {
		line := strings.TrimSpace(e.lines[last])
		if line == "" || strings.HasPrefix(line, "#") && indentation(e.lines[last]) <= indent || line == "---" || line == "..." {
			last--
			continue
		}
		break
	}
	return last
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func (e *editor) field(name string) *span {
	for _, f := range e.fields {
		if f.name == strings.ToLower(name) && !f.gone {
			return f
		}
	}
	return nil
}

func (e *editor) drop(first, last int) {
	for i := first; i <= last; i++ {
		e.dropped[i] = true
	}
}

// list changes one list.
func (e *editor) list(name string, change *tree.Change) error {
	var entries []tree.EntryChange
	for _, c := range change.Entries {
		if c.List == name {
			entries = append(entries, c)
		}
	}
	gone := map[int]bool{}
	for _, p := range change.Patches {
		if p.List == name {
			gone[p.Index] = true
		}
	}
	if len(entries)+len(gone) == 0 {
		return nil
	}
	f := e.field(name)
	if f == nil {
		e.add(name, entries)
		return nil
	}
	switch {
	case f.value.Kind == yaml.SequenceNode && len(f.value.Content) == len(gone) && len(entries) == 0:
		e.drop(f.first, f.last)
		f.gone = true
		return nil
	case f.value.Tag == "!!null":
		for _, c := range entries {
			e.after[f.first] = append(e.after[f.first], e.mark("- "+scalar(c.New)))
		}
		return nil
	case len(f.items) == 0:
		return errNotBlock
	}
	left := len(f.items)
	column := strings.Repeat(" ", indentation(e.lines[f.items[0].first]))
	for i := range gone {
		if i >= len(f.items) {
			return errNotBlock
		}
		e.drop(f.items[i].first, f.items[i].last)
		left--
	}
	tail := f.items[len(f.items)-1].last
	for _, c := range entries {
		at := slices.IndexFunc(f.items, func(s span) bool { return c.Old != "" && s.value.Value == c.Old })
		switch {
		case c.Old == "":
			behind := tail
			if c.First {
				behind = f.first
			}
			if i := slices.IndexFunc(f.items, func(s span) bool { return c.After != "" && s.value.Value == c.After }); i >= 0 {
				behind = f.items[i].last
			}
			e.after[behind] = append(e.after[behind], e.mark(column+"- "+scalar(c.New)))
			left++
		case at < 0:
			return errNotBlock
		case c.New == "":
			e.drop(f.items[at].first, f.items[at].last)
			left--
		case f.items[at].first != f.items[at].last:
			return errNotBlock
		default:
			line := f.items[at].first
			e.replaced[line] = column + "- " + scalar(c.New) + e.comment(line, f.items[at].value)
		}
	}
	if left == 0 {
		e.drop(f.first, f.last)
		f.gone = true
	}
	return nil
}

// comment is what follows an entry that takes the place of another one: what the line was, or the comment that it had.
func (e *editor) comment(line int, value *yaml.Node) string {
	switch {
	case e.inPlace:
		return " " + wasMark + " " + e.lines[line]
	case value.LineComment != "":
		return " " + value.LineComment
	}
	return ""
}

func (e *editor) mark(line string) string {
	if e.inPlace {
		return line + " " + addedMark
	}
	return line
}

// unfold writes the lists that are to be changed with one entry in a line, if they are in one line now. It tells whether there was one.
// What it writes stays, also where changes are taken back.
func (e *editor) unfold(change *tree.Change) (unfolded bool) {
	for _, c := range change.Entries {
		f := e.field(c.List)
		if f == nil || f.value.Kind != yaml.SequenceNode || len(f.items) > 0 {
			continue
		}
		line := f.key.Value + ":"
		if f.value.LineComment != "" {
			line += " " + f.value.LineComment
		}
		var block []string
		for _, item := range f.value.Content {
			block = append(block, "- "+scalar(item.Value))
		}
		e.replaced[f.first] = strings.Join(append([]string{line}, block...), "\n")
		e.vanish(f.first+1, f.last)
		f.gone, unfolded = true, true
	}
	return unfolded
}

// vanish removes lines without a trace.
func (e *editor) vanish(first, last int) {
	for i := first; i <= last; i++ {
		e.vanished[i] = true
	}
}

// header fields stand before lists that are added.
var headerFields = []string{"apiversion", "kind", "metadata", "namespace", "nameprefix", "namesuffix"}

// add adds a list: resources behind the header, others at the end.
func (e *editor) add(name string, entries []tree.EntryChange) {
	at := len(e.lines) - 1
	if len(e.fields) > 0 {
		at = e.fields[len(e.fields)-1].last
	}
	if name == "resources" {
		at = -1
		for _, f := range e.fields {
			if !slices.Contains(headerFields, f.name) {
				break
			}
			at = f.last
		}
		if at < 0 && len(e.fields) > 0 {
			at = e.fields[0].first - 1
		}
	}
	lines := []string{e.mark(name + ":")}
	for _, c := range entries {
		if c.New != "" {
			lines = append(lines, e.mark("- "+scalar(c.New)))
		}
	}
	e.added = append(e.added, name)
	e.after[at] = append(e.after[at], lines...)
}

// fill gives a kustomization that has nothing any more an empty list: kustomize takes it for no kustomization else.
func (e *editor) fill() {
	if len(e.added) > 0 {
		return
	}
	last := -1
	for _, f := range e.fields {
		if f.name == "apiversion" || f.name == "kind" {
			continue
		}
		if !f.gone {
			return
		}
		last = f.last
	}
	e.after[last] = append(e.after[last], e.mark("transformers: []"))
}

func (e *editor) text() []byte {
	var out []string
	out = append(out, e.after[-1]...)
	for i, line := range e.lines {
		replacement, replaced := e.replaced[i]
		switch {
		case e.vanished[i]:
		case replaced && !e.dropped[i]:
			out = append(out, replacement)
		case !e.dropped[i]:
			out = append(out, line)
		case e.inPlace:
			space := strings.Repeat(" ", indentation(line))
			out = append(out, strings.TrimRight(space+wasMark+" "+line[len(space):], " "))
		}
		out = append(out, e.after[i]...)
	}
	return []byte(strings.ReplaceAll(strings.Join(out, "\n")+"\n", "\n", e.eol))
}

// scalar is a text as YAML.
func scalar(value string) string {
	var node yaml.Node
	node.SetString(value)
	text, err := yaml.Marshal(&node)
	if err != nil {
		panic("repository: a path cannot be written: " + err.Error())
	}
	return strings.TrimSuffix(string(text), "\n")
}
