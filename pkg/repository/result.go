package repository

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/tree"
)

// Result is what to change in a tree.
type Result struct {
	// Files are the files that are added or changed, in the order of their paths.
	Files []File

	// Removed are the files that go, in their order, relative to the tree and with slashes.
	Removed []string

	// Apps is the number of apps, each counted once for each place where it is expanded, Objects that of the objects that they become.
	Apps, Objects int

	snapshot *snapshot
}

// File is a file with new content.
type File struct {
	// Path is relative to the tree, with slashes.
	Path string

	// Content is what it is to hold, Before what it holds, nil if it is added.
	Content, Before []byte
}

// Changed tells whether anything is to be changed.
func (r *Result) Changed() bool { return len(r.Files)+len(r.Removed) > 0 }

// Diff is the change as a unified diff.
func (r *Result) Diff() ([]byte, error) {
	var out bytes.Buffer
	write := func(name string, before, after []byte) {
		from, to := "a/"+name, "b/"+name
		if before == nil {
			from = "/dev/null"
		}
		if after == nil {
			to = "/dev/null"
		}
		text := diff.Diff(from, before, to, after)
		_, text, _ = bytes.Cut(text, []byte("\n")) // the line that begins with diff
		out.Write(text)
	}
	for _, f := range r.Files {
		write(f.Path, f.Before, f.Content)
	}
	for _, name := range r.Removed {
		text, err := r.snapshot.cached(name)
		if err != nil {
			return nil, err
		}
		write(name, text, nil)
	}
	return out.Bytes(), nil
}

// cached is a file as it was when the tree was read.
func (s *snapshot) cached(name string) ([]byte, error) {
	if text, ok := s.cache["/"+name]; ok {
		return text, nil
	}
	return nil, fmt.Errorf("%s: %w", filepath.Join(s.dir, name), fs.ErrNotExist)
}

// result makes files of a layout.
func (x *expansion) result(layout *tree.Layout) (*Result, diag.Findings) {
	var findings diag.Findings
	fail := func(name, message string) {
		findings = append(findings, diag.Finding{Severity: diag.Error, Source: x.display(name), Message: message})
	}
	files := map[string][]byte{}
	for _, change := range layout.Changes {
		raw, err := x.ReadFile(change.Path)
		if err == nil {
			raw, err = edit(raw, change, x.options.InPlace)
		}
		if err != nil {
			fail(change.Path, err.Error())
			continue
		}
		files[change.Path] = raw
	}
	for name, raw := range x.restored {
		// A kustomization that has no apps any more.
		if _, ok := files[name]; !ok {
			files[name] = raw
		}
	}
	var buffer []byte
	for _, e := range layout.Expansions {
		if e.Bare && x.options.InPlace {
			e.Pieces = slices.DeleteFunc(e.Pieces, func(p tree.Piece) bool { return p.Text != nil })
			raw, err := x.ReadFile(e.Source)
			if err == nil {
				raw, err = keepLocal(raw)
			}
			if err != nil {
				fail(e.Source, err.Error())
				continue
			}
			files[e.Source] = raw
		}
		text, err := write(buffer[:0], e)
		if err != nil {
			fail(e.Path, err.Error())
			continue
		}
		files[e.Path], buffer = bytes.Clone(text), text
		e.Pieces = nil // objects take several times the memory of their text
	}
	for to, from := range layout.Copies {
		raw, err := x.ReadFile(from)
		if err != nil {
			fail(from, err.Error())
			continue
		}
		files[to] = raw
	}
	if findings.Failed() {
		return nil, findings
	}
	r := &Result{Apps: layout.Apps, snapshot: x.snapshot}
	for name, text := range files {
		before, err := x.before(name)
		if err != nil {
			fail(name, err.Error())
			continue
		}
		if before == nil || !bytes.Equal(before, text) {
			r.Files = append(r.Files, File{Path: strings.TrimPrefix(name, "/"), Content: text, Before: before})
		}
	}
	slices.SortFunc(r.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	gone := slices.Clone(x.earlier)
	if !x.options.InPlace {
		gone = append(gone, layout.Sources...)
	}
	for _, name := range gone {
		if _, ok := files[name]; !ok {
			r.Removed = append(r.Removed, strings.TrimPrefix(name, "/"))
		}
	}
	slices.Sort(r.Removed)
	r.Removed = slices.Compact(r.Removed)
	return r, findings
}

// before is what a file holds on disk, or nil if there is none.
func (x *expansion) before(name string) ([]byte, error) {
	if _, ok := x.entries[name]; !ok {
		return nil, nil
	}
	text, err := x.readDisk(name)
	if text == nil && err == nil {
		text = []byte{}
	}
	return text, err
}

// header is the beginning of every file that a run adds. A file that begins so is replaced and removed by later runs.
const header = "# Written by postgresapp expand from "

// write appends the text of an expansion to another one.
func write(text []byte, e *tree.Expansion) ([]byte, error) {
	source, err := filepath.Rel(path.Dir(e.Path), e.Source)
	if err != nil {
		return nil, err
	}
	text = append(text, header+filepath.ToSlash(source)+": change that file, and run it again.\n"...)
	if e.Kustomization != nil {
		return append(text, e.Kustomization...), nil
	}
	for i, piece := range e.Pieces {
		if i > 0 {
			text = append(text, "---\n"...)
		}
		if piece.Text != nil {
			text = append(text, piece.Text...)
			continue
		}
		if text, err = piece.Object.AppendYAML(text, 0); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// sourceOf is the source that a file of an earlier run names, relative to its directory.
func sourceOf(text []byte) (string, bool) {
	rest, ok := bytes.CutPrefix(text, []byte(header))
	if !ok {
		return "", false
	}
	source, _, ok := bytes.Cut(rest, []byte(": change that file"))
	return string(source), ok
}
