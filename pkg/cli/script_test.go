package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/cli"
)

func TestMain(m *testing.M) {
	program := func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
	testscript.Main(m, map[string]func(){
		"postgresapp": program,
		"PostgresApp": program, // under this name kustomize calls it as a plugin
	})
}

// TestScripts runs the program as a user does.
func TestScripts(t *testing.T) {
	testscript.Run(t, parameters("testdata/script"))
}

// TestKustomize runs the program beside the real kustomize, at the version of tools/go.mod, which calls it as its function: both are to
// do the same.
func TestKustomize(t *testing.T) {
	programs := t.TempDir()
	build := exec.Command("go", "build", "-o", programs, "sigs.k8s.io/kustomize/kustomize/v5")
	build.Dir = filepath.FromSlash("../../tools")
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	p := parameters("testdata/kustomize")
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("PATH", fmt.Sprint(env.Getenv("PATH"), string(os.PathListSeparator), programs))
		return nil
	}
	testscript.Run(t, p)
}

func parameters(dir string) testscript.Params {
	return testscript.Params{
		Dir: dir, RequireExplicitExec: true, RequireUniqueNames: true, UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "" && os.Getenv("CI") == "",
	}
}
