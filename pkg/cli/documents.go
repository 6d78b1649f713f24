package cli

import (
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// readApps reads the PostgresApps and PostgresPlatforms of a file, or of standard input for "-", and the PostgresDefaults of another, if one
// is named.
func readApps(path, defaults string, stdin io.Reader) (apps []render.Document, shared *render.Document, err error) {
	documents, err := readDocuments(path, stdin, func(d document) error {
		if !v1alpha1.Expandable(d.kind) || d.apiVersion != v1alpha1.APIVersion {
			return fmt.Errorf("%s holds %s where a PostgresApp or PostgresPlatform of %s must be", d.Source, d.describe(), v1alpha1.APIVersion)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for _, document := range documents {
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
	documents, err := readDocuments(path, stdin, nil)
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
	switch {
	case d.kind == "":
		return "a document without kind"
	case d.apiVersion == "":
		return d.kind + " without apiVersion"
	}
	return d.kind + " of " + d.apiVersion
}

// readDocuments splits a file into its documents. Each keeps its comments, and its lines their numbers. Reading ends with the first that
// accept, unless nil, gives an error for.
func readDocuments(path string, stdin io.Reader, accept func(document) error) ([]document, error) {
	var text []byte
	var err error
	switch info, unknown := os.Stat(path); {
	case path == "-":
		path = "standard input"
		text, err = io.ReadAll(stdin)
	case unknown == nil && info.IsDir():
		err = fmt.Errorf("%s is a directory where a file must be", path)
	default:
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	var documents []document
	var nodes []*yaml.Node
	for node, err := range strict.Documents(text) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		d := document{Document: render.Document{Source: path}, apiVersion: scalar(node, "apiVersion"), kind: scalar(node, "kind")}
		if accept != nil {
			if err := accept(d); err != nil {
				return nil, err
			}
		}
		documents, nodes = append(documents, d), append(nodes, node)
	}
	texts := strict.Texts(text, len(documents))
	for i, node := range nodes {
		if texts != nil {
			documents[i].YAML, documents[i].Before = texts[i].YAML, texts[i].Before
		} else if documents[i].YAML, err = yaml.Marshal(node); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return documents, nil
}

// scalar is the text of a document's field, or "".
func scalar(document *yaml.Node, name string) string {
	if document.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(document.Content); i += 2 {
		value := document.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		if document.Content[i].Value == name && value.Kind == yaml.ScalarNode {
			return value.Value
		}
	}
	return ""
}
