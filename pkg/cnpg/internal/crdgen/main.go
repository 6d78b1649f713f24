// Command crdgen writes what package cnpg knows of custom resources, from the
// definitions that CloudNativePG, its Barman Cloud plugin and the Prometheus
// operator publish: the schemas in schemas/ and the timeline of fields in
// timeline_table.go. It runs in the directory of package cnpg, by go generate.
//
// The definitions are in the modules' zip files, except those of the Prometheus
// operator, whose module has types only: controller-gen makes them of these, as
// upstream does.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "crdgen:", err)
		os.Exit(1)
	}
}

// run writes the files below dir, the directory of package cnpg.
func run(dir string) error {
	files, err := generate(dir)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, schemaFolder)); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

const schemaFolder = "schemas"

// generate returns the files by their path below dir, the directory of package
// cnpg, from where it finds controller-gen.
func generate(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	definitions, err := latest(dir)
	if err != nil {
		return nil, err
	}
	for _, d := range definitions {
		document, err := trim(d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.kind, err)
		}
		files[filepath.Join(schemaFolder, fileName(d.kind))] = encode(document)
	}
	files["timeline_table.go"], err = timeline()
	return files, err
}
