package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// newFile is the mode of new files. As everywhere, the caller's umask takes from it: what is written may hold secrets.
const newFile fs.FileMode = 0o666

// writeOutput sends a text to a file, or to standard output for "".
func writeOutput(stdout io.Writer, path string, text []byte) error {
	if path == "" {
		_, err := stdout.Write(text)
		return err
	}
	return writeFile(path, text)
}

// writeFile replaces a file in one step: it holds the old content or the new one, never a part. An existing file keeps its mode, a link
// stays and leads to the new content, and what is no regular file, such as /dev/null, is written to.
func writeFile(path string, text []byte) error {
	s, err := stage(path, text)
	if err != nil {
		return err
	}
	return s.commit()
}

// staged is content that waits beside the place where it belongs.
type staged struct {
	// waiting is the file that holds the content, or "" where path itself has to be written to.
	waiting string
	path    string
	text    []byte
}

// stage does for writeFile all that may go wrong and can be undone.
func stage(path string, text []byte) (staged, error) {
	info, err := os.Stat(path)
	if err != nil {
		if _, err := os.Lstat(path); err == nil { // a link to where nothing is yet
			return staged{path: path, text: text}, nil
		}
		waiting, err := beside(path, bytes.NewReader(text), newFile)
		return staged{waiting: waiting, path: path}, err
	}
	switch {
	case info.IsDir():
		return staged{}, &fs.PathError{Op: "write", Path: path, Err: errors.New("is a directory")}
	case !info.Mode().IsRegular():
		return staged{path: path, text: text}, nil
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return staged{}, err
	}
	waiting, err := beside(path, bytes.NewReader(text), newFile)
	if err != nil {
		return staged{}, err
	}
	if err := os.Chmod(waiting, info.Mode().Perm()); err != nil {
		return staged{}, errors.Join(err, os.Remove(waiting))
	}
	return staged{waiting: waiting, path: path}, nil
}

// commit puts the content in its place.
func (s staged) commit() error {
	if s.waiting == "" {
		return os.WriteFile(s.path, s.text, newFile)
	}
	if err := os.Rename(s.waiting, s.path); err != nil {
		return errors.Join(err, s.discard())
	}
	return nil
}

// discard undoes stage.
func (s staged) discard() error {
	if s.waiting == "" {
		return nil
	}
	return os.Remove(s.waiting)
}

// beside writes a new file in the directory of path and gives its name.
func beside(path string, content io.Reader, mode fs.FileMode) (name string, err error) {
	dir := filepath.Dir(path)
	name = filepath.Join(dir, ".postgresapp-"+rand.Text())
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &fs.PathError{Op: "write to", Path: dir, Err: errors.New("no such directory: make it first")}
	}
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, content)
	if err = errors.Join(err, out.Close()); err != nil {
		return "", errors.Join(err, os.Remove(name))
	}
	return name, nil
}
