package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

// allowed are the licences that a binary under Apache-2.0 may be linked with and passed on, by their SPDX names: they ask for attribution
// (and MPL-2.0 for the source of the files under it, which the module proxy has) and put no condition on the rest.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense"}

// confidence is the least share of a licence's words that a file must have in common with it.
const confidence = 0.9

// linkedPackage is what the go command says of a package.
type linkedPackage struct {
	ImportPath, Dir string
	Standard        bool
	Module          *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path, Version string }
	}
}

// list reads the answer of "go list -deps -json".
func list(command *exec.Cmd) ([]linkedPackage, error) {
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", command, err)
	}
	var packages []linkedPackage
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var one linkedPackage
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", command, err)
		}
		packages = append(packages, one)
	}
}

// module is one that packages are linked from.
type module struct {
	path, version string
	licences      licences
}

// licences are SPDX names, sorted.
type licences []string

func (l licences) String() string { return strings.Join(l, ", ") }

// reader tells licences apart.
type reader struct {
	classifier *classifier.Classifier
	files      map[string]licences // by path
}

func newReader() (*reader, error) {
	c, err := assets.DefaultClassifier()
	if err != nil {
		return nil, fmt.Errorf("load the texts of licences: %w", err)
	}
	return &reader{classifier: c, files: map[string]licences{}}, nil
}

// judge returns the modules of packages with their licences, and an error for each that must not be linked.
func (r *reader) judge(packages []linkedPackage) ([]module, error) {
	modules := map[string]*module{}
	var refused []error
	for _, p := range packages {
		if p.Standard || p.Module == nil {
			continue
		}
		m := modules[p.Module.Path]
		if m == nil {
			m = &module{path: p.Module.Path, version: p.Module.Version}
			if p.Module.Replace != nil {
				m.version = p.Module.Replace.Path + " " + p.Module.Replace.Version
			}
			modules[p.Module.Path] = m
		}
		found, err := r.above(p.Dir, p.Module.Dir)
		if err != nil {
			refused = append(refused, fmt.Errorf("%s: %w", p.ImportPath, err))
		}
		m.licences = append(m.licences, found...)
	}
	var sorted []module
	for _, m := range modules {
		slices.Sort(m.licences)
		m.licences = slices.Compact(m.licences)
		sorted = append(sorted, *m)
		for _, name := range m.licences {
			if !slices.Contains(allowed, name) {
				refused = append(refused, fmt.Errorf("%s is under %s, which is not allowed: %s", m.path, name, strings.Join(allowed, ", ")))
			}
		}
	}
	slices.SortFunc(sorted, func(a, b module) int { return strings.Compare(a.path, b.path) })
	slices.SortFunc(refused, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return sorted, errors.Join(slices.CompactFunc(refused, func(a, b error) bool { return a.Error() == b.Error() })...)
}

// licenceFile is how files with a licence are called.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-.].*)?$`)

// above reads the licence files in a package's directory, and in those above it, to the top of its module.
func (r *reader) above(dir, top string) (licences, error) {
	var found licences
	for ; ; dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if entry.IsDir() || !licenceFile.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
				continue
			}
			names, err := r.read(filepath.Join(dir, entry.Name()))
			if err != nil {
				return nil, err
			}
			found = append(found, names...)
		}
		if dir == top || dir == filepath.Dir(dir) {
			break
		}
	}
	if len(found) == 0 {
		return nil, errors.New("has no licence file")
	}
	return found, nil
}

// read tells which licences a file holds.
func (r *reader) read(path string) (licences, error) {
	if names, known := r.files[path]; known {
		return names, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	names := r.tell(text)
	if len(names) == 0 {
		return nil, fmt.Errorf("%s holds no licence that is known", path)
	}
	r.files[path] = names
	return names, nil
}

func (r *reader) tell(text []byte) licences {
	var names licences
	for _, match := range r.classifier.Match(text).Matches {
		if match.MatchType == "License" && match.Confidence >= confidence && !slices.Contains(names, match.Name) {
			names = append(names, match.Name)
		}
	}
	slices.Sort(names)
	return names
}
