package build

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"
	"github.com/homelab-foundations/postgresapp/pkg/krm"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// The test program is the functions, too, that kustomize runs: kustomize finds it under their names on the PATH.
const (
	// functionName expands by the core, treetest.FunctionName by that of the tests.
	functionName = "postgresapp"

	// foreignName is a function of others: see foreign.
	foreignName = "foreign"
)

func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case functionName:
		os.Exit(krm.Run(nil, os.Stdin, os.Stdout, os.Stderr, render.Apps))
	case treetest.FunctionName:
		os.Exit(krm.Run(nil, os.Stdin, os.Stdout, os.Stderr, treetest.Expand))
	case foreignName:
		os.Exit(foreign(os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(withFunctions(m.Run))
}

// withFunctions runs the tests with the functions on the PATH.
func withFunctions(run func() int) int {
	program, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "functions")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{functionName, treetest.FunctionName, foreignName} {
		if err := os.Symlink(program, filepath.Join(dir, name)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return run()
}
