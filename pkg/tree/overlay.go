package tree

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Overlay is a file system with some files that take the place of those below it, or that exist only in it. It cannot be written to.
//
// All paths of the additions are absolute and clean.
type Overlay struct {
	below filesys.FileSystem

	// files are the added and replaced files.
	files map[string]content

	// directories are added and hold nothing but added files.
	directories map[string]bool

	// mirrors are added directories that show the files of another one, except for those that are replaced. Directories in it are
	// the other's own.
	mirrors map[string]string

	// redirects are directories for which kustomize is to take another one.
	redirects map[string]string

	// watch, unless nil, is told of every file that is read from below.
	watch func(path string, content []byte)
}

// content is what a file holds.
type content interface {
	bytes() ([]byte, error)
}

// text is fixed content.
type text []byte

func (t text) bytes() ([]byte, error) { return t, nil }

var _ filesys.FileSystem = (*Overlay)(nil)

func newOverlay(below filesys.FileSystem) *Overlay {
	return &Overlay{
		below:       below,
		files:       map[string]content{},
		directories: map[string]bool{},
		mirrors:     map[string]string{},
		redirects:   map[string]string{},
	}
}

// put adds or replaces a file.
func (o *Overlay) put(path string, c content) { o.files[path] = c }

// virtual is the longest mirror that path is in or below, and the path that it stands for.
func (o *Overlay) virtual(path string) (mirror, real string, ok bool) {
	if len(o.mirrors) == 0 {
		return "", "", false
	}
	for dir := path; ; {
		if source, ok := o.mirrors[dir]; ok {
			return dir, filepath.Join(source, strings.TrimPrefix(path, dir)), true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", "", false
		}
		dir = up
	}
}

// CleanedAbs implements filesys.FileSystem. Files in a mirror are in the mirror, so that kustomize's restriction to files below a
// kustomization's directory holds in it as it does in the original.
func (o *Overlay) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	clean := filepath.Clean(path)
	if target, ok := o.redirects[clean]; ok {
		return filesys.ConfirmedDir(target), "", nil
	}
	if _, ok := o.files[clean]; ok {
		return filesys.ConfirmedDir(filepath.Dir(clean)), filepath.Base(clean), nil
	}
	if o.directories[clean] || o.mirrors[clean] != "" {
		return filesys.ConfirmedDir(clean), "", nil
	}
	mirror, real, ok := o.virtual(clean)
	if !ok {
		dir, file, err := o.below.CleanedAbs(path)
		if target, ok := o.redirects[dir.String()]; ok && err == nil && file == "" {
			return filesys.ConfirmedDir(target), "", nil
		}
		return dir, file, err
	}
	dir, file, err := o.CleanedAbs(real)
	if err != nil || file == "" {
		return dir, file, err
	}
	if source := filesys.ConfirmedDir(o.mirrors[mirror]); dir.HasPrefix(source) {
		dir = filesys.ConfirmedDir(filepath.Join(mirror, strings.TrimPrefix(dir.String(), source.String())))
	}
	return dir, file, nil
}

// ReadFile implements filesys.FileSystem.
func (o *Overlay) ReadFile(path string) ([]byte, error) {
	clean := filepath.Clean(path)
	if c, ok := o.files[clean]; ok {
		return c.bytes()
	}
	if _, real, ok := o.virtual(clean); ok {
		if o.hidden(clean) {
			return nil, fmt.Errorf("%s does not exist", path)
		}
		return o.ReadFile(real)
	}
	content, err := o.below.ReadFile(path)
	if err == nil && o.watch != nil {
		o.watch(clean, content)
	}
	return content, err
}

// hidden tells whether path would be the kustomization file of the directory that a mirror shows, which a mirror has its own of.
func (o *Overlay) hidden(path string) bool {
	if _, ok := o.mirrors[filepath.Dir(path)]; !ok {
		return false
	}
	return IsKustomizationFile(filepath.Base(path))
}

// Exists implements filesys.FileSystem.
func (o *Overlay) Exists(path string) bool {
	clean := filepath.Clean(path)
	if _, ok := o.files[clean]; ok || o.IsDir(clean) {
		return true
	}
	if _, real, ok := o.virtual(clean); ok {
		return !o.hidden(clean) && o.Exists(real)
	}
	return o.below.Exists(path)
}

// IsDir implements filesys.FileSystem.
func (o *Overlay) IsDir(path string) bool {
	clean := filepath.Clean(path)
	if o.directories[clean] || o.mirrors[clean] != "" || o.redirects[clean] != "" {
		return true
	}
	if _, real, ok := o.virtual(clean); ok {
		return o.IsDir(real)
	}
	return o.below.IsDir(path)
}

// ReadDir implements filesys.FileSystem. Additions are not listed.
func (o *Overlay) ReadDir(path string) ([]string, error) { return o.below.ReadDir(o.original(path)) }

// Open implements filesys.FileSystem. It opens what is below the overlay.
func (o *Overlay) Open(path string) (filesys.File, error) { return o.below.Open(o.original(path)) }

// Glob implements filesys.FileSystem. It finds what is below the overlay.
func (o *Overlay) Glob(pattern string) ([]string, error) { return o.below.Glob(pattern) }

// Walk implements filesys.FileSystem. It walks what is below the overlay.
func (o *Overlay) Walk(path string, walk filepath.WalkFunc) error { return o.below.Walk(path, walk) }

// original is the path below the overlay that path stands for.
func (o *Overlay) original(path string) string {
	if _, real, ok := o.virtual(filepath.Clean(path)); ok {
		return o.original(real)
	}
	return path
}

// RemoveAll implements filesys.FileSystem. kustomize clones remote bases into temporary directories of its own, which are the only
// thing that it removes, and the only thing that may be.
func (o *Overlay) RemoveAll(path string) error {
	if !strings.HasPrefix(filepath.Base(path), fetchedPrefix) {
		return errReadOnly("remove", path)
	}
	return o.below.RemoveAll(path)
}

// Create implements filesys.FileSystem. It always fails.
func (o *Overlay) Create(path string) (filesys.File, error) { return nil, errReadOnly("create", path) }

// Mkdir implements filesys.FileSystem. It always fails.
func (o *Overlay) Mkdir(path string) error { return errReadOnly("make", path) }

// MkdirAll implements filesys.FileSystem. It always fails.
func (o *Overlay) MkdirAll(path string) error { return errReadOnly("make", path) }

// WriteFile implements filesys.FileSystem. It always fails.
func (o *Overlay) WriteFile(path string, _ []byte) error { return errReadOnly("write", path) }

func errReadOnly(verb, path string) error {
	return fmt.Errorf("cannot %s %s: the rewritten tree is read-only", verb, path)
}

// Files are the paths of all added and replaced files, sorted.
func (o *Overlay) Files() []string {
	paths := make([]string, 0, len(o.files))
	for path := range o.files {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	return paths
}
