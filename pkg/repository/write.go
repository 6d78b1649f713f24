package repository

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

// writeTree writes the expanded tree into a new directory.
func (r *Result) writeTree(target string) error {
	if err := os.Mkdir(target, 0o755); err != nil {
		return err
	}
	source, err := os.OpenRoot(r.snapshot.dir)
	if err != nil {
		return err
	}
	defer source.Close()
	root, err := os.OpenRoot(target)
	if err != nil {
		return err
	}
	defer root.Close()
	skip := map[string]bool{outputMark: true}
	for _, name := range r.Removed {
		skip[name] = true
	}
	changed := map[string]File{}
	for _, f := range r.Files {
		changed[f.Path] = f
	}
	for _, name := range r.snapshot.names {
		entry, name := r.snapshot.entries[name], strings.TrimPrefix(name, "/")
		if skip[name] {
			continue
		}
		switch {
		case entry.mode.IsDir():
			// Whatever its mode, files have to go into it now.
			err = root.Mkdir(name, entry.perm|0o700)
		case entry.mode&fs.ModeSymlink != 0:
			err = root.Symlink(entry.target, name)
		default:
			f, ok := changed[name]
			err = copyFile(root, source, name, entry.perm, f.Content, ok)
			delete(changed, name)
		}
		if err != nil {
			return err
		}
	}
	for name, f := range changed {
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(name, f.Content, 0o644); err != nil {
			return err
		}
	}
	return root.WriteFile(outputMark, []byte(outputNote), 0o644)
}

// copyFile copies a file, or writes the content that takes the place of its own.
func copyFile(to, from *os.Root, name string, perm fs.FileMode, content []byte, changed bool) (err error) {
	out, err := to.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if changed {
		_, err = out.Write(content)
	} else {
		err = copyContent(out, from, name)
	}
	if err != nil {
		return err
	}
	return out.Chmod(perm)
}

func copyContent(out *os.File, from *os.Root, name string) error {
	in, err := from.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	if info, err := in.Stat(); err != nil {
		return err
	} else if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: it has become something else than a file", name)
	}
	_, err = io.Copy(out, in)
	return err
}

// Apply makes the changes in the tree itself. Each file is replaced in one step, and all files that are added are there before a
// kustomization refers to them; nothing is removed before everything else is done.
func (r *Result) Apply() error {
	root, err := os.OpenRoot(r.snapshot.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, changed := range []bool{false, true} {
		for _, f := range r.Files {
			if (f.Before != nil) != changed {
				continue
			}
			if err := replaceFile(root, f); err != nil {
				return err
			}
		}
	}
	for _, name := range r.Removed {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return r.removeEmptied(root)
}

func replaceFile(root *os.Root, f File) error {
	mode := fs.FileMode(0o644)
	if info, err := root.Stat(f.Path); err == nil {
		mode = info.Mode().Perm()
	}
	dir := filepath.Dir(f.Path)
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	fresh := filepath.Join(dir, ".postgresapp-"+filepath.Base(f.Path))
	if err := root.WriteFile(fresh, f.Content, 0o600); err != nil {
		return err
	}
	if err := root.Chmod(fresh, mode); err != nil {
		return err
	}
	return root.Rename(fresh, f.Path)
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
