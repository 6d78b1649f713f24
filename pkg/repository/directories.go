package repository

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// directories are those of a tree, of which those on the way down to the one that was used last stay open: files are mostly used one
// directory after the other, and the kernel then goes down to each once, instead of once for each file. As with os.Root, nothing outside
// of the tree is reached, whatever has become of it meanwhile. Paths are relative to the tree, with slashes.
type directories struct {
	root *os.Root
	open []directory
}

// directory is one that is open, by its path, which ends with a slash.
type directory struct {
	path string
	*os.Root
}

func openDirectories(dir string) (*directories, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &directories{root: root}, nil
}

func (d *directories) close() error { return errors.Join(d.leave(""), d.root.Close()) }

// leave closes the directories that are not on the way down to a path.
func (d *directories) leave(path string) (err error) {
	for i := len(d.open) - 1; i >= 0 && !strings.HasPrefix(path, d.open[i].path); i-- {
		err = errors.Join(err, d.open[i].Close())
		d.open = d.open[:i]
	}
	return err
}

// of gives the directory that a path is in, which is good until the next call, and the path's name in it.
func (d *directories) of(name string) (*os.Root, string, error) {
	dir, base := path.Split(name)
	if err := d.leave(dir); err != nil {
		return nil, "", err
	}
	in, way := d.root, ""
	if n := len(d.open); n > 0 {
		in, way = d.open[n-1].Root, d.open[n-1].path
	}
	for way != dir {
		step, _, _ := strings.Cut(dir[len(way):], "/")
		next, err := in.OpenRoot(step)
		if err != nil {
			return nil, "", err
		}
		in, way = next, way+step+"/"
		d.open = append(d.open, directory{way, next})
	}
	return in, base, nil
}

// make gives the directory that a path is in, as of does, and makes it if it is not there.
func (d *directories) make(name string) (*os.Root, string, error) {
	in, base, err := d.of(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return in, base, err
	}
	if err := d.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return nil, "", err
	}
	return d.of(name)
}

// read opens a file. What has become something else since the tree was listed is refused: a pipe would let its reader wait for ever.
func (d *directories) read(name string) (*os.File, error) {
	in, base, err := d.of(name)
	if err != nil {
		return nil, err
	}
	file, err := in.OpenFile(base, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errChanged
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// create writes a new file with the mode that is given, whatever the process' own mask.
func (d *directories) create(name string, perm fs.FileMode, fill func(*os.File) error) (err error) {
	in, base, err := d.make(name)
	if err != nil {
		return err
	}
	// Without O_NONBLOCK, Go would try whether it can wait for the file, and take that back, for each one.
	file, err := in.OpenFile(base, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := fill(file); err != nil {
		return err
	}
	return file.Chmod(perm)
}

var errChanged = errors.New("it has become something else than a file while the tree was read: run it again")

// named is an error about a file, in which the file system's own path, which may be relative to any directory, is replaced by name.
func named(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, withoutPath(err))
}
