// Command generate writes the JSON Schema and the field reference of the API from its Go types. It needs no network.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/homelab-foundations/postgresapp/pkg/schema/internal/apidoc"
)

func main() {
	source := flag.String("source", "../api/v1alpha1", "the package of the API's types")
	schema := flag.String("schema", ".", "the directory of the schema")
	reference := flag.String("reference", "../../docs/reference", "the directory of the reference")
	flag.Parse()
	if err := generate(*source, *schema, *reference); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(source, schema, reference string) error {
	api, err := apidoc.Read(source)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(api.JSONSchema(), "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(schema, apidoc.SchemaFile), append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(reference, apidoc.ReferenceFile), api.Markdown(), 0o644)
}
