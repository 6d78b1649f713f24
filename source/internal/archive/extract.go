// Package archive takes apart archives that strangers made.
//
// What comes out is what kustomize-controller would make of the same archive: directories and regular files, in the extent that the
// limits allow. What an honest source never holds is refused as a whole, and nothing is ever written outside the target.
package archive

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// Limits bound what an archive may hold.
type Limits struct {
	// Archive is the size of the archive itself, compressed, in bytes.
	Archive int64

	// Tree is the size of all files together, extracted, in bytes.
	Tree int64

	// File is the size of each manifest, a file with the extension .yaml, .yml or .json, in bytes. All others are never parsed.
	File int64

	// Entries is the number of files and directories.
	Entries int
}

// DefaultLimits are generous for a repository of manifests: a tree of 1,000 apps has a few thousand files and a few megabytes.
var DefaultLimits = Limits{Archive: 64 << 20, Tree: 256 << 20, File: 8 << 20, Entries: 50_000}

// maxPath is the longest path of an entry, in bytes; Linux takes 4096 for a path below some root.
const maxPath = 2048

// Refused is an archive that will not become better by trying again.
type Refused struct{ Reason string }

func (r *Refused) Error() string { return r.Reason }

func refuse(format string, arguments ...any) error {
	return &Refused{Reason: fmt.Sprintf(format, arguments...)}
}

// Extract writes the directories and regular files of a gzip-compressed tar archive into the directory dir, which is empty. Symbolic
// links within the tree are left out, as Flux leaves them out.
//
// A *Refused error says what is wrong with the archive; any other is about the machine. In both cases dir may hold a part of the tree.
func Extract(ctx context.Context, archive io.Reader, dir string, limits Limits) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()

	compressed, err := gzip.NewReader(bufio.NewReader(archive))
	if err != nil {
		return refuse("not a gzip-compressed tar archive: %v", err)
	}
	// Headers and padding come on top of the files: four blocks of 512 bytes for each entry, and twice that where names are long.
	stream := &bounded{from: compressed, left: limits.Tree + int64(limits.Entries)*4096}
	x := &extraction{root: root, limits: limits, files: map[string]bool{}, directories: map[string]bool{".": true}}
	entries := tar.NewReader(stream)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if stream.exceeded {
			return refuse("holds more than %d bytes uncompressed", limits.Tree)
		}
		if err != nil {
			return refuse("not a whole tar archive: %v", err)
		}
		if err := x.entry(header, entries); err != nil {
			if stream.exceeded {
				return refuse("holds more than %d bytes uncompressed", limits.Tree)
			}
			return err
		}
	}
}

// extraction is the state of one archive being taken apart.
type extraction struct {
	root        *os.Root
	limits      Limits
	files       map[string]bool
	directories map[string]bool
	entries     int
	bytes       int64
}

func (x *extraction) entry(header *tar.Header, content io.Reader) error {
	if err := x.count(); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeXGlobalHeader: // a note that git archive leaves
		return nil
	case tar.TypeReg, tar.TypeDir, tar.TypeSymlink:
	default:
		return refuse("%s is neither a file nor a directory, but %s", quoted(header.Name), kindOf(header.Typeflag))
	}
	name, err := local(header.Name)
	if err != nil {
		return err
	}
	if header.Typeflag == tar.TypeSymlink {
		target := filepath.ToSlash(header.Linkname)
		if path.IsAbs(target) || !filepath.IsLocal(path.Join(path.Dir(name), target)) {
			return refuse("%s is a link to %s, outside of the tree", quoted(header.Name), quoted(header.Linkname))
		}
		return nil
	}
	if header.Typeflag == tar.TypeDir {
		return x.directory(name)
	}
	return x.file(name, header, content)
}

// count bounds what is in the archive, and the directories that are made because a path goes through them.
func (x *extraction) count() error {
	if x.entries++; x.entries > x.limits.Entries {
		return refuse("holds more than %d files and directories", x.limits.Entries)
	}
	return nil
}

func (x *extraction) directory(name string) error {
	if x.directories[name] {
		return nil
	}
	if err := x.directory(path.Dir(name)); err != nil {
		return err
	}
	if err := x.count(); err != nil {
		return err
	}
	if err := x.root.Mkdir(name, 0o700); err != nil {
		return collision(name, err)
	}
	x.directories[name] = true
	return nil
}

func (x *extraction) file(name string, header *tar.Header, content io.Reader) error {
	if x.files[name] {
		return refuse("%s is in it twice", quoted(header.Name))
	}
	x.files[name] = true
	if isManifest(name) && header.Size > x.limits.File {
		return refuse("%s has %d bytes, and a manifest may have %d", quoted(header.Name), header.Size, x.limits.File)
	}
	if x.bytes += header.Size; header.Size < 0 || x.bytes > x.limits.Tree {
		return refuse("holds more than %d bytes uncompressed", x.limits.Tree)
	}
	if err := x.directory(path.Dir(name)); err != nil {
		return err
	}
	mode := fs.FileMode(0o600)
	if header.Mode&0o111 != 0 {
		mode = 0o700
	}
	file, err := x.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return collision(name, err)
	}
	copied, err := io.Copy(&written{to: file}, content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	var write *writeError
	switch {
	case errors.As(err, &write):
		return write.err
	case err != nil:
		return refuse("not a whole tar archive: %s: %v", quoted(header.Name), err)
	case copied != header.Size:
		return refuse("not a whole tar archive: %s has %d of %d bytes", quoted(header.Name), copied, header.Size)
	}
	return nil
}

// local gives the path of an entry below the root of the tree.
func local(name string) (string, error) {
	switch {
	case len(name) > maxPath:
		return "", refuse("the path %s is longer than %d bytes", quoted(name), maxPath)
	case strings.ContainsAny(name, "\\\x00"):
		return "", refuse("the path %s is not one that every system reads alike", quoted(name))
	case path.IsAbs(name):
		return "", refuse("the path %s is absolute", quoted(name))
	}
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return "", refuse("the path %s leads upwards", quoted(name))
		}
	}
	return path.Clean(name), nil
}

// collision is what goes wrong where an entry meets an earlier one: a directory and a file of one name are the archive's fault.
func collision(name string, err error) error {
	if errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTDIR) {
		return refuse("%s is in it as a file and as a directory", quoted(name))
	}
	return err
}

// isManifest tells whether kustomize may parse a file because of its name.
func isManifest(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return path.Base(name) == "Kustomization"
}

func kindOf(flag byte) string {
	switch flag {
	case tar.TypeLink:
		return "a hard link"
	case tar.TypeChar, tar.TypeBlock:
		return "a device"
	case tar.TypeFifo:
		return "a named pipe"
	}
	return fmt.Sprintf("an entry of type %q", string(rune(flag)))
}

// quoted shortens what a stranger chose before it goes into a message.
func quoted(name string) string { return fmt.Sprintf("%.200q", name) }

// bounded reads up to a number of bytes, and remembers when there were more.
type bounded struct {
	from     io.Reader
	left     int64
	exceeded bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.exceeded = true
		return 0, errors.New("too much data")
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	return n, err
}

// written tells an error of writing from one of reading.
type written struct{ to io.Writer }

func (w *written) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if err != nil {
		return n, &writeError{err}
	}
	return n, nil
}

type writeError struct{ err error }

func (w *writeError) Error() string { return w.err.Error() }
