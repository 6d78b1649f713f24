package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/build"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// manifest is one object as JSON decodes it, with the place that it was read from.
type manifest struct {
	fields map[string]any
	text   []byte
	source string
}

// readManifests reads all objects of files, of directories with all below them, of kustomizations as they render, and of standard input
// for "-". What a build has to say about PostgresApps goes to stderr.
func readManifests(paths []string, stdin io.Reader, stderr io.Writer) ([]manifest, error) {
	var all []manifest
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case path == "-", err == nil && !info.IsDir():
			found, err := manifestsOf(path, stdin, func(d document) error {
				if d.kind == "" {
					return fmt.Errorf("%s holds a document without kind where a Kubernetes object must be", d.Source)
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		case err != nil:
			return nil, err
		case isKustomization(path):
			found, err := renderedManifests(path, stderr)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		default:
			found, err := manifestsBelow(path)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

func isKustomization(dir string) bool {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// manifestsOf reads the objects of one file. Documents without a kind are none. accept is readDocuments'.
func manifestsOf(path string, stdin io.Reader, accept func(document) error) ([]manifest, error) {
	documents, err := readDocuments(path, stdin, accept)
	if err != nil {
		return nil, err
	}
	var all []manifest
	for _, d := range documents {
		if d.kind == "" {
			continue
		}
		fields, err := decode(d.YAML)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Source, err)
		}
		all = append(all, manifest{fields, d.YAML, d.Source})
	}
	return all, nil
}

// manifestsBelow reads the YAML files of a directory and of those in it, hidden ones left out.
func manifestsBelow(dir string) ([]manifest, error) {
	var all []manifest
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := path != dir && strings.HasPrefix(entry.Name(), ".")
		switch extension := filepath.Ext(path); {
		case hidden && entry.IsDir():
			return filepath.SkipDir
		case hidden, !entry.Type().IsRegular(), extension != ".yaml" && extension != ".yml":
			return nil
		}
		found, err := manifestsOf(path, nil, nil)
		all = append(all, found...)
		return err
	})
	return all, err
}

// renderedManifests builds a kustomization.
func renderedManifests(dir string, stderr io.Writer) ([]manifest, error) {
	resources, findings, err := build.Resources(build.OnDisk(), dir, build.Options{}, render.Apps)
	fmt.Fprint(stderr, findings)
	if err != nil {
		return nil, err
	}
	if findings.Failed() {
		return nil, failed
	}
	var all []manifest
	for _, resource := range resources.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			return nil, err
		}
		fields, err := decode(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", dir, resource.CurId(), err)
		}
		all = append(all, manifest{fields, text, dir})
	}
	return all, nil
}

// decode reads one YAML document as JSON would be read, whole numbers as int64. A key that stands twice counts once, the last time: the
// API server's clients read it so too.
func decode(text []byte) (map[string]any, error) {
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, strict.SyntaxError(err, text)
	}
	value, err := jsontype.Parse(asJSON)
	if err != nil {
		return nil, err
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("a document is no object")
	}
	return fields, nil
}
