package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// readApps reads the PostgresApps and PostgresPlatforms of a file, or of standard input for "-", and the PostgresDefaults of another, if one
// is named.
func readApps(path, defaults string, stdin io.Reader) (apps []render.Document, shared *render.Document, err error) {
	documents, err := readDocuments(path, stdin)
	if err != nil {
		return nil, nil, err
	}
	for _, document := range documents {
		if !v1alpha1.Expandable(document.kind) || document.apiVersion != v1alpha1.APIVersion {
			return nil, nil, fmt.Errorf("%s holds %s where a PostgresApp or PostgresPlatform of %s must be", document.Source, document.describe(), v1alpha1.APIVersion)
		}
		apps = append(apps, document.Document)
	}
	if len(apps) == 0 {
		return nil, nil, fmt.Errorf("%s holds no PostgresApp and no PostgresPlatform", path)
	}
	shared, err = readDefaults(defaults, stdin)
	return apps, shared, err
}

// readDefaults reads the PostgresDefaults of a file, if one is named.
func readDefaults(path string, stdin io.Reader) (*render.Document, error) {
	if path == "" {
		return nil, nil
	}
	documents, err := readDocuments(path, stdin)
	if err != nil {
		return nil, err
	}
	if len(documents) != 1 || documents[0].kind != v1alpha1.KindPostgresDefaults {
		return nil, fmt.Errorf("%s must hold one document of kind PostgresDefaults", path)
	}
	return &documents[0].Document, nil
}

// document is one document of a file, with what it says it is.
type document struct {
	render.Document
	apiVersion, kind string
}

func (d document) describe() string {
	if d.kind == "" {
		return "a document without kind"
	}
	return d.kind + " of " + d.apiVersion
}

// readDocuments splits a file into its documents. Each keeps its comments.
func readDocuments(path string, stdin io.Reader) ([]document, error) {
	var text []byte
	var err error
	if path == "-" {
		path = "standard input"
		text, err = io.ReadAll(stdin)
	} else {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	var documents []document
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var node yaml.Node
		switch err := decoder.Decode(&node); {
		case errors.Is(err, io.EOF):
			return documents, nil
		case err != nil:
			return nil, fmt.Errorf("%s: not valid YAML: %w", path, err)
		}
		if len(node.Content) == 1 && node.Content[0].Tag == "!!null" {
			continue
		}
		one, err := yaml.Marshal(&node)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		d := document{Document: render.Document{YAML: one, Source: path}}
		var header struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string `yaml:"kind"`
		}
		if node.Decode(&header) == nil {
			d.apiVersion, d.kind = header.APIVersion, header.Kind
		}
		documents = append(documents, d)
	}
}
