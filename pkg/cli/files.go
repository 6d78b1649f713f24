package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// fileName is the name of an object's file in a directory of output, as kustomize build -o names it.
func fileName(namespace, group, version, kind, name string) string {
	parts := []string{version, kind, name}
	if group != "" {
		parts = append([]string{group}, parts...)
	}
	if namespace != "" {
		parts = append([]string{namespace}, parts...)
	}
	return strings.ToLower(strings.Join(parts, "_")) + ".yaml"
}

// groupVersion splits an apiVersion.
func groupVersion(apiVersion string) (group, version string) {
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		return group, version
	}
	return "", apiVersion
}

// writeOutput sends a text to a file, or to standard output for "".
func writeOutput(stdout io.Writer, path string, text []byte) error {
	if path == "" {
		_, err := stdout.Write(text)
		return err
	}
	return writeFile(path, text)
}

// writeFile replaces a file in one step: it holds the old content or the new one, never a part. An existing file keeps its mode, and
// what is no regular file, such as /dev/null, is written to.
func writeFile(path string, text []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return os.WriteFile(path, text, mode)
		}
		mode = info.Mode().Perm()
	}
	return replace(path, bytes.NewReader(text), mode)
}

// replace puts a new file in the place of path.
func replace(path string, content io.Reader, mode fs.FileMode) (err error) {
	out, err := os.CreateTemp(filepath.Dir(path), ".postgresapp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	if _, err = io.Copy(out, content); err == nil {
		err = out.Chmod(mode)
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), path)
}
