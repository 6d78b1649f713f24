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
	p.Cmds = map[string]func(ts *testscript.TestScript, neg bool, args []string){"alike": alike}
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("PATH", fmt.Sprint(env.Getenv("PATH"), string(os.PathListSeparator), programs))
		return nil
	}
	testscript.Run(t, p)
}

// alike runs kustomize build with leave to run functions, and postgresapp build without, both with the same arguments: they are to give
// the same bytes and the same exit code. With ! both are to fail. The output of the latter is what stdout and stderr look at afterwards.
func alike(ts *testscript.TestScript, neg bool, args []string) {
	theirs := ts.Exec("kustomize", append([]string{"build", "--enable-alpha-plugins", "--enable-exec"}, args...)...)
	want, said := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	ours := ts.Exec("postgresapp", append([]string{"build"}, args...)...)
	got := ts.ReadFile("stdout")
	switch {
	case (theirs != nil) != neg || (ours != nil) != neg:
		ts.Fatalf("kustomize: %v\n%s\npostgresapp: %v\n%s", theirs, said, ours, ts.ReadFile("stderr"))
	case want != got:
		ts.Fatalf("the output of kustomize\n%s\nis not that of postgresapp\n%s", want, got)
	case neg != (got == ""):
		ts.Fatalf("output:\n%s", got)
	}
}

func parameters(dir string) testscript.Params {
	return testscript.Params{
		Dir: dir, RequireExplicitExec: true, RequireUniqueNames: true, UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "" && os.Getenv("CI") == "",
	}
}
