package repository

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// outputMark is the name of the file in the trees that WriteTo writes, by which it knows its own.
const outputMark = ".postgresapp-expanded"

const outputNote = "postgresapp expand has written this directory. Its next run replaces all of it.\n"

// WriteTo writes the whole expanded tree to the directory out, which is there afterwards as a whole or, after an error, as it was. It
// must not exist, or be empty, or be an earlier output. Files that are not changed are copied with their modes, links as links.
func (r *Result) WriteTo(out string) (err error) {
	if err := replaceable(out); err != nil {
		return err
	}
	parent := filepath.Dir(filepath.Clean(out))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	stage, err := os.MkdirTemp(parent, ".postgresapp-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	fresh := filepath.Join(stage, "tree")
	if err := r.writeTree(fresh); err != nil {
		return err
	}
	old := filepath.Join(stage, "old")
	if err := os.Rename(out, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, out); err != nil {
		if back := os.Rename(old, out); back != nil && !errors.Is(back, fs.ErrNotExist) {
			return errors.Join(err, back)
		}
		return err
	}
	return nil
}

// replaceable refuses a directory with what others have put there.
func replaceable(out string) error {
	info, err := os.Lstat(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is no directory: remove it, or name another one", out)
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if note, err := os.ReadFile(filepath.Join(out, outputMark)); err != nil || string(note) != outputNote {
		return fmt.Errorf("%s is not empty and was not written by this command: empty it, or name another directory", out)
	}
	return nil
}

// writeTree writes the expanded tree into a new directory. Files that have been read are written as they were then, others copied.
func (r *Result) writeTree(target string) error {
	if err := os.Mkdir(target, 0o755); err != nil {
		return err
	}
	from, err := openDirectories(r.snapshot.dir)
	if err != nil {
		return err
	}
	defer from.close()
	to, err := openDirectories(target)
	if err != nil {
		return err
	}
	defer to.close()
	skip := map[string]bool{outputMark: true}
	for _, name := range r.Removed {
		skip[name] = true
	}
	contents := map[string][]byte{}
	names := make([]string, 0, len(r.snapshot.names)+len(r.Files))
	for _, name := range r.snapshot.names {
		if name = strings.TrimPrefix(name, "/"); !skip[name] {
			names = append(names, name)
		}
	}
	for _, f := range r.Files {
		contents[f.Path] = f.Content
		if f.Before == nil {
			names = append(names, f.Path)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		content, changed := contents[name]
		if !changed {
			content, changed = r.snapshot.cache["/"+name]
		}
		switch entry, old := r.snapshot.entries["/"+name]; {
		case !old:
			err = to.create(name, 0o644, filledWith(content))
		case entry.mode.IsDir():
			err = makeDirectory(to, name, entry.perm)
		case entry.mode&fs.ModeSymlink != 0:
			err = makeLink(to, name, entry.target)
		case changed:
			err = to.create(name, entry.perm, filledWith(content))
		default:
			err = to.create(name, entry.perm, copyOf(from, name))
		}
		if err != nil {
			return named(r.snapshot.display(name), err)
		}
	}
	return to.create(outputMark, 0o644, filledWith([]byte(outputNote)))
}

// makeDirectory makes a directory that its owner can write to, whatever the mode of the original: files have to go into it.
func makeDirectory(to *directories, name string, perm fs.FileMode) error {
	in, base, err := to.of(name)
	if err != nil {
		return err
	}
	return in.Mkdir(base, perm|0o700)
}

func makeLink(to *directories, name, target string) error {
	in, base, err := to.of(name)
	if err != nil {
		return err
	}
	return in.Symlink(target, base)
}

func filledWith(content []byte) func(*os.File) error {
	return func(out *os.File) error {
		_, err := out.Write(content)
		return err
	}
}

func copyOf(from *directories, name string) func(*os.File) error {
	return func(out *os.File) error {
		in, err := from.read(name)
		if err != nil {
			return err
		}
		defer in.Close()
		_, err = io.Copy(out, in)
		return err
	}
}

// Apply makes the changes in the tree itself. Each file is replaced in one step, and all files that are added are there before a
// kustomization refers to them; nothing is removed before everything else is done.
func (r *Result) Apply() error {
	tree, err := openDirectories(r.snapshot.dir)
	if err != nil {
		return err
	}
	defer tree.close()
	for _, changed := range []bool{false, true} {
		for _, f := range r.Files {
			if (f.Before != nil) != changed {
				continue
			}
			if err := replaceFile(tree, f); err != nil {
				return named(r.snapshot.display(f.Path), err)
			}
		}
	}
	for _, name := range r.Removed {
		if err := tree.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return named(r.snapshot.display(name), err)
		}
	}
	return r.removeEmptied(tree.root)
}

func replaceFile(tree *directories, f File) error {
	in, base, err := tree.make(f.Path)
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info, err := in.Stat(base); err == nil {
		mode = info.Mode().Perm()
	}
	fresh := path.Join(path.Dir(f.Path), ".postgresapp-"+base)
	err = tree.create(fresh, mode, filledWith(f.Content))
	if errors.Is(err, fs.ErrExist) { // of a run that was killed
		if err := in.Remove(path.Base(fresh)); err != nil {
			return err
		}
		err = tree.create(fresh, mode, filledWith(f.Content))
	}
	if err != nil {
		return err
	}
	return in.Rename(path.Base(fresh), base)
}

// removeEmptied removes directories of earlier runs that have nothing in them any more.
func (r *Result) removeEmptied(root *os.Root) error {
	for _, name := range r.Removed {
		dir := filepath.Dir(name)
		if !strings.HasSuffix(dir, ".expanded") {
			continue
		}
		if entries, err := fs.ReadDir(root.FS(), filepath.ToSlash(dir)); err == nil && len(entries) == 0 {
			if err := root.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
