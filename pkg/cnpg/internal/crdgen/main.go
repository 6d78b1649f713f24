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

// run writes everything below dir, the directory of package cnpg.
func run(dir string) error {
	definitions, err := latest(dir)
	if err != nil {
		return err
	}
	schemas := filepath.Join(dir, "schemas")
	if err := os.RemoveAll(schemas); err != nil {
		return err
	}
	if err := os.MkdirAll(schemas, 0o755); err != nil {
		return err
	}
	for _, d := range definitions {
		document, err := trim(d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.kind, err)
		}
		if err := os.WriteFile(filepath.Join(schemas, fileName(d.kind)), encode(document), 0o644); err != nil {
			return err
		}
	}
	table, err := timeline()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "timeline_table.go"), table, 0o644)
}
