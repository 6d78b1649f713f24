// Command licenses finds the licence of everything that a Go program is linked from, and fails where one is missing, unknown or not on the
// list of those that a program under the Apache License may be distributed with.
//
//	licenses PACKAGE...
//
// It asks the go command in the working directory which packages are linked, and reads the licence files that stand beside a package or
// above it in its module. The standard library has none there; it is Go's own, BSD-3-Clause.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"text/tabwriter"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: licenses PACKAGE...")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

// run prints a line for each module, and returns what must not be distributed.
func run(packages []string) error {
	reader, err := newReader()
	if err != nil {
		return err
	}
	linked, err := list(exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Dir,Module,Standard"}, packages...)...))
	if err != nil {
		return err
	}
	found, refused := reader.judge(linked)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, m := range found {
		fmt.Fprintf(table, "%s\t%s\t%s\n", m.path, m.version, m.licences)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return refused
}
