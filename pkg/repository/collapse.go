package repository

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// collapse takes back what an earlier run did in place: kustomizations are seen as they were, with all changes since, and what that run
// added is not seen.
func (x *expansion) collapse() (findings diag.Findings) {
	fail := func(name string, err error) {
		message := strings.TrimPrefix(withoutPath(err).Error(), name+": ")
		if f := (diag.Finding{Severity: diag.Error, Source: x.display(name), Message: message}); !slices.Contains(findings, f) {
			findings = append(findings, f)
		}
	}
	directories := map[string]bool{}
	for _, name := range x.names {
		if !x.entries[name].mode.IsRegular() || !strings.HasSuffix(name, ".expanded.yaml") && !isKustomization(name) {
			continue
		}
		begins, err := x.isEarlier(name)
		if err != nil {
			fail(name, err)
			continue
		}
		if !begins {
			continue
		}
		if _, err := x.readDisk(name); err != nil {
			fail(name, err)
			continue
		}
		x.earlier = append(x.earlier, name)
		if dir := path.Dir(name); isKustomization(name) && strings.HasSuffix(dir, ".expanded") {
			directories[dir] = true
		}
	}
	// All files of a directory that an earlier run has made are its own.
	for _, name := range x.names {
		if directories[path.Dir(name)] && x.entries[name].mode.IsRegular() && !slices.Contains(x.earlier, name) {
			text, err := x.readDisk(name)
			if err != nil {
				fail(name, err)
				continue
			}
			x.cache[name] = text
			x.earlier = append(x.earlier, name)
		}
	}
	for dir := range directories {
		x.hidden[dir] = true
	}
	for _, name := range x.earlier {
		x.hidden[name] = true
	}
	for _, name := range x.names {
		if !isKustomization(name) || x.hidden[name] || !x.entries[name].mode.IsRegular() {
			continue
		}
		raw, err := x.readDisk(name)
		if err != nil {
			fail(name, err)
			continue
		}
		if bytes.Contains(raw, []byte("# postgresapp: ")) {
			x.restored[name] = restore(raw, func(entry string) bool { return x.Exists(path.Join(path.Dir(name), entry)) })
		}
	}
	return findings
}

// isEarlier tells whether an earlier run has written a file. Kustomizations are read as a whole, as they will be needed.
func (s *snapshot) isEarlier(name string) (bool, error) {
	if isKustomization(name) {
		text, err := s.readDisk(name)
		return bytes.HasPrefix(text, []byte(header)), err
	}
	file, err := s.tree.read(strings.TrimPrefix(name, "/"))
	if err != nil {
		return false, err
	}
	defer file.Close()
	start := make([]byte, len(header))
	n, _ := file.Read(start)
	return string(start[:n]) == header, nil
}

// The lines of an expanded kustomization. They are compiled when they are needed: every run of the function would pay for them otherwise.
var (
	wasLine      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^( *)` + wasMark + `(?: (.*))?$`) })
	replacedLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^ *- .* ` + wasMark + ` (.*)$`) })
	fileEntry    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^ *- (\S+)(?: +#.*)?$`) })
	keyLine      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\w+:$`) })
)

// restore gives a kustomization the text that it had before it was expanded in place, with what has been changed in it since. An entry
// of which the file does not exist any more goes with it.
func restore(raw []byte, exists func(entry string) bool) []byte {
	text := string(raw)
	eol := "\n"
	if strings.Contains(text, "\r\n") {
		eol = "\r\n"
		text = strings.ReplaceAll(text, eol, "\n")
	}
	var out []string
	back := func(line string) {
		if entry := fileEntry().FindStringSubmatch(line); entry != nil {
			var name string
			if yaml.Unmarshal([]byte(entry[1]), &name) == nil && strings.HasSuffix(name, ".yaml") && !strings.Contains(name, "://") && !exists(name) {
				return
			}
		}
		out = append(out, line)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		bare, added := strings.CutSuffix(line, " "+addedMark)
		switch {
		case added && keyLine().MatchString(bare) && i+1 < len(lines) && isForeignItem(lines[i+1:]):
			out = append(out, bare) // somebody has added to the list
		case added:
		case wasLine().MatchString(line):
			m := wasLine().FindStringSubmatch(line)
			if m[2] == "" {
				out = append(out, "")
			} else {
				back(m[1] + m[2])
			}
		case replacedLine().MatchString(line):
			back(replacedLine().FindStringSubmatch(line)[1])
		default:
			out = append(out, line)
		}
	}
	return []byte(strings.Join(out, eol))
}

// isForeignItem tells whether a list has an entry that is not of an earlier run.
func isForeignItem(lines []string) bool {
	for _, line := range lines {
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case strings.HasSuffix(line, addedMark), strings.HasPrefix(trimmed, "#"), trimmed == "":
		case strings.HasPrefix(trimmed, "- "):
			return true
		default:
			return false
		}
	}
	return false
}
