package repository

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// found is what a tree holds that may have to do with apps.
type found struct {
	// kustomizations are directories.
	kustomizations []string

	// bare are files with apps in directories without a kustomization.
	bare []string

	findings diag.Findings
}

// scan finds the kustomizations of a tree, and the files that mention apps beside none.
func (s *snapshot) scan() (f found) {
	has := map[string]bool{}
	for _, name := range s.names {
		if e := s.entries[name]; isKustomization(name) && !e.mode.IsDir() && !s.hidden[name] {
			if dir := path.Dir(name); !has[dir] && !s.isChart(dir) {
				has[dir] = true
				f.kustomizations = append(f.kustomizations, dir)
			}
		}
	}
	for _, name := range s.names {
		dir := path.Dir(name)
		if has[dir] || s.hidden[name] || !s.entries[name].mode.IsRegular() || !isYAML(name) || s.isChart(dir) {
			continue
		}
		mentions, err := s.mentions(name)
		if err != nil {
			f.findings = append(f.findings, diag.Finding{Severity: diag.Error, Source: s.display(name), Message: withoutPath(err).Error()})
		}
		if mentions {
			f.bare = append(f.bare, name)
		}
	}
	return f
}

// isYAML tells whether Flux would take a file for resources.
func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// isChart tells whether a directory is in a Helm chart, where files are templates.
func (s *snapshot) isChart(dir string) bool {
	for ; dir != "/"; dir = path.Dir(dir) {
		if path.Base(dir) == "templates" {
			if _, ok := s.entries[path.Join(path.Dir(dir), "Chart.yaml")]; ok {
				return true
			}
		}
	}
	return false
}

// mentions tells whether a file holds the name of a kind of ours. It takes no more memory for a large file than for a small one.
func (s *snapshot) mentions(name string) (bool, error) {
	file, err := s.tree.read(strings.TrimPrefix(name, "/"))
	if err != nil {
		return false, err
	}
	defer file.Close()
	words := v1alpha1.Kinds()
	const longest = 64
	reader := bufio.NewReaderSize(file, 64<<10)
	for {
		window, err := reader.Peek(reader.Size())
		for _, word := range words {
			if bytes.Contains(window, []byte(word)) {
				return true, nil
			}
		}
		switch {
		case err == io.EOF:
			return false, nil
		case err != nil:
			return false, err
		}
		if _, err := reader.Discard(reader.Size() - longest); err != nil {
			return false, err
		}
	}
}

// display is a path of the tree as the user would write it.
func (s *snapshot) display(name string) string { return path.Join(s.dir, name) }
