package change

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Write tells the changes to a person: what differs, then what it means. It writes nothing where nothing differs.
func (c Changes) Write(w io.Writer) error {
	var out bytes.Buffer
	for i, object := range c.Objects {
		if i > 0 && (len(object.Fields) > 0 || len(c.Objects[i-1].Fields) > 0) {
			out.WriteByte('\n')
		}
		switch {
		case object.Was == nil:
			fmt.Fprintf(&out, "+ %s\n", object.Title())
		case object.Is == nil:
			fmt.Fprintf(&out, "- %s\n", object.Title())
		default:
			fmt.Fprintf(&out, "~ %s\n", object.Title())
			for _, field := range object.Fields {
				field.write(&out, text(object.Is, "kind"))
			}
		}
	}
	if len(c.Consequences) > 0 {
		out.WriteString("\nWhat this means for what runs\n")
	}
	for _, consequence := range c.Consequences {
		where := consequence.Object
		if consequence.Field != "" {
			where += ", " + consequence.Field
		}
		fmt.Fprintf(&out, "%s: %s\n    %s\n", strings.ToUpper(string(consequence.Effect)), where, strings.ReplaceAll(consequence.Message, "\n", "\n    "))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// write is one field on one line, or the lines of a text that differ.
func (f Field) write(w io.Writer, kind string) {
	was, is := f.Shown(kind)
	switch {
	case was == hidden && is == hidden:
		fmt.Fprintf(w, "    ~ %s: another value, not shown\n", f.Path)
	case strings.HasSuffix(f.Path, "["+was+is+"]"):
		fmt.Fprintf(w, "    %c %s\n", sign(f), f.Path)
	case f.Was == nil && !strings.Contains(is, "\n"):
		fmt.Fprintf(w, "    + %s: %s\n", f.Path, is)
	case f.Is == nil && !strings.Contains(was, "\n"):
		fmt.Fprintf(w, "    - %s: %s\n", f.Path, was)
	case !strings.Contains(was+is, "\n"):
		fmt.Fprintf(w, "    ~ %s: %s -> %s\n", f.Path, was, is)
	default:
		fmt.Fprintf(w, "    ~ %s:\n", f.Path)
		lines := strings.Split(string(diff.Diff("was", []byte(was), "is", []byte(is))), "\n")
		for _, line := range lines {
			if line == "" || strings.HasPrefix(line, "diff ") || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "+++ ") || strings.HasPrefix(line, `\ `) {
				continue
			}
			fmt.Fprintf(w, "        %s\n", line)
		}
	}
}

func sign(f Field) byte {
	if f.Was == nil {
		return '+'
	}
	return '-'
}
