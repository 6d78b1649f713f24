package repository

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/tree"
)

// snapshot is a tree on disk as kustomize sees it: read-only, with the tree's directory as the root of the file system, and with nothing
// outside of it. What matters is read once, so that a file that changes meanwhile is seen in one state.
//
// Some files are seen as they were before an earlier run expanded them, and what that run added is not seen at all.
type snapshot struct {
	tree   *directories
	dir    string
	limits Limits

	// entries are all files, directories and links, by their paths.
	entries map[string]entry
	names   []string

	// cache has what has been read, restored the texts that take the place of a file's, hidden the files that are not seen.
	cache    map[string][]byte
	restored map[string][]byte
	hidden   map[string]bool

	size, read int64
}

// entry is a file, a directory or a link.
type entry struct {
	mode   fs.FileMode
	perm   fs.FileMode
	target string
}

var _ filesys.FileSystem = (*snapshot)(nil)

// errOutside is the error of a link that leads out of the tree.
var errOutside = errors.New("a link leads out of the tree: what is there is not part of it")

// look lists a tree.
func look(dir string, o Options) (*snapshot, error) {
	tree, err := openDirectories(dir)
	if err != nil {
		return nil, err
	}
	s := &snapshot{
		tree: tree, dir: dir, limits: o.Limits.withDefaults(), entries: map[string]entry{"/": {mode: fs.ModeDir}},
		cache: map[string][]byte{}, restored: map[string][]byte{}, hidden: map[string]bool{},
	}
	err = fs.WalkDir(tree.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(dir, name), withoutPath(err))
		}
		if name == "." {
			return nil
		}
		if d.Name() == ".git" || slices.Contains(o.Exclude, name) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		return s.add(name, d)
	})
	if err != nil {
		return nil, errors.Join(err, tree.close())
	}
	slices.Sort(s.names)
	return s, nil
}

func (s *snapshot) add(name string, d fs.DirEntry) error {
	e := entry{mode: d.Type()}
	display := filepath.Join(s.dir, name)
	info, err := d.Info()
	if err != nil {
		return fmt.Errorf("%s: %w", display, withoutPath(err))
	}
	e.perm = info.Mode().Perm()
	switch {
	case d.IsDir():
	case e.mode.IsRegular():
		if s.size += info.Size(); s.size > s.limits.Bytes {
			return fmt.Errorf("%s: the files of the tree have more than %d bytes together", s.dir, s.limits.Bytes)
		}
	case e.mode&fs.ModeSymlink != 0:
		target, err := s.tree.root.Readlink(name)
		if err != nil {
			return fmt.Errorf("%s: %w", display, withoutPath(err))
		}
		e.target = target
	default:
		return fmt.Errorf("%s: it is neither a file, nor a directory, nor a link: it cannot be part of a repository", display)
	}
	if len(s.entries) > s.limits.Files {
		return fmt.Errorf("%s: the tree has more than %d files", s.dir, s.limits.Files)
	}
	s.entries["/"+name] = e
	s.names = append(s.names, "/"+name)
	return nil
}

func (s *snapshot) close() error { return s.tree.close() }

// withoutPath is an error without the path that the file system's own errors begin with, which is relative to the tree.
func withoutPath(err error) error {
	var wrong *fs.PathError
	if errors.As(err, &wrong) {
		return wrong.Err
	}
	return err
}

// resolve follows links, and gives the path of what is there.
func (s *snapshot) resolve(name string) (string, error) {
	rest := strings.Split(strings.Trim(path.Clean("/"+filepath.ToSlash(name)), "/"), "/")
	at := "/"
	for hops := 0; len(rest) > 0; {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			if at == "/" {
				return "", errOutside
			}
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, part)
		e, ok := s.entries[next]
		if !ok || s.hidden[next] {
			return "", fs.ErrNotExist
		}
		if e.mode&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if hops++; hops > 40 {
			return "", errors.New("too many links")
		}
		if path.IsAbs(e.target) {
			return "", errOutside
		}
		rest = append(strings.Split(e.target, "/"), rest...)
	}
	return at, nil
}

// ReadFile implements filesys.FileSystem.
func (s *snapshot) ReadFile(name string) ([]byte, error) {
	real, err := s.resolve(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if text, ok := s.restored[real]; ok {
		return text, nil
	}
	return s.readDisk(real)
}

// readDisk reads a file as it is on disk.
func (s *snapshot) readDisk(real string) ([]byte, error) {
	if text, ok := s.cache[real]; ok {
		return text, nil
	}
	if e, ok := s.entries[real]; !ok || !e.mode.IsRegular() {
		return nil, fmt.Errorf("%s: it is no file", real)
	}
	file, err := s.tree.read(strings.TrimPrefix(real, "/"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", real, withoutPath(err))
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, s.limits.FileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", real, withoutPath(err))
	}
	if int64(len(text)) > s.limits.FileBytes {
		return nil, fmt.Errorf("%s: it has more than %d bytes: split it, or keep it out of the kustomizations", real, s.limits.FileBytes)
	}
	if err := tree.CheckAliases(text); err != nil {
		return nil, fmt.Errorf("%s: %w", real, err)
	}
	if isKustomization(real) || bytes.Contains(text, []byte(v1alpha1.Group)) {
		if s.read += int64(len(text)); s.read > s.limits.ReadBytes {
			return nil, fmt.Errorf("%s: the files that mention apps have more than %d bytes together", real, s.limits.ReadBytes)
		}
		s.cache[real] = text
	}
	return text, nil
}

func isKustomization(name string) bool {
	return tree.IsKustomizationFile(path.Base(name))
}

// CleanedAbs implements filesys.FileSystem.
func (s *snapshot) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	real, err := s.resolve(name)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	if s.entries[real].mode.IsDir() {
		return filesys.ConfirmedDir(real), "", nil
	}
	return filesys.ConfirmedDir(path.Dir(real)), path.Base(real), nil
}

// Exists implements filesys.FileSystem.
func (s *snapshot) Exists(name string) bool {
	_, err := s.resolve(name)
	return err == nil
}

// IsDir implements filesys.FileSystem.
func (s *snapshot) IsDir(name string) bool {
	real, err := s.resolve(name)
	return err == nil && s.entries[real].mode.IsDir()
}

// ReadDir implements filesys.FileSystem.
func (s *snapshot) ReadDir(name string) (names []string, err error) {
	real, err := s.resolve(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, one := range s.names {
		if path.Dir(one) == real && !s.hidden[one] {
			names = append(names, path.Base(one))
		}
	}
	return names, nil
}

// Glob implements filesys.FileSystem.
func (s *snapshot) Glob(pattern string) (names []string, err error) {
	for _, one := range s.names {
		if ok, err := path.Match(pattern, one); err != nil {
			return nil, err
		} else if ok && !s.hidden[one] {
			names = append(names, one)
		}
	}
	return names, nil
}

// Walk implements filesys.FileSystem. It fails: nothing in kustomize walks.
func (s *snapshot) Walk(name string, _ filepath.WalkFunc) error { return readOnly("walk", name) }

// Open implements filesys.FileSystem. It fails: files are read as a whole.
func (s *snapshot) Open(name string) (filesys.File, error) { return nil, readOnly("open", name) }

// Create implements filesys.FileSystem. It fails.
func (s *snapshot) Create(name string) (filesys.File, error) { return nil, readOnly("create", name) }

// Mkdir implements filesys.FileSystem. It fails.
func (s *snapshot) Mkdir(name string) error { return readOnly("make", name) }

// MkdirAll implements filesys.FileSystem. It fails.
func (s *snapshot) MkdirAll(name string) error { return readOnly("make", name) }

// RemoveAll implements filesys.FileSystem. It fails.
func (s *snapshot) RemoveAll(name string) error { return readOnly("remove", name) }

// WriteFile implements filesys.FileSystem. It fails.
func (s *snapshot) WriteFile(name string, _ []byte) error { return readOnly("write", name) }

func readOnly(verb, name string) error {
	return fmt.Errorf("cannot %s %s: the tree is only read", verb, name)
}
