// Package cli is the command line: it tells the function protocol from the commands, and each command has a file of its own.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/krm"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// Exit codes.
const (
	exitSuccess = 0
	exitFailure = 1
	exitUsage   = 2
)

// failed is returned by a command that has said already what is wrong.
var failed = errors.New("failed")

// Main runs the program with its arguments, without its name, and returns the exit code: 0 for success, 1 for an error in the input, 2
// for a wrong call.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) (exitCode int) {
	defer func() {
		if cause := recover(); cause != nil {
			// An error of the Go runtime never holds a part of the input.
			what, _ := cause.(runtime.Error)
			fmt.Fprintf(stderr, "internal error: %v: please report it, with the input that led to it, at "+
				"https://github.com/homelab-foundations/postgresapp/issues\n", what)
			exitCode = exitFailure
		}
	}()
	if isFunction(args) {
		return krm.Run(args, stdin, stdout, stderr, render.Apps)
	}
	root := command()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	switch err := root.Execute(); {
	case err == nil:
		return exitSuccess
	case errors.As(err, new(trouble)):
		if !errors.Is(err, failed) {
			fmt.Fprintf(stderr, "error: %v\n", err)
		}
		return exitUsage
	case errors.Is(err, failed):
		return exitFailure
	default:
		fmt.Fprintf(stderr, "error: %v\n", err)
		var wrong usageError
		// cobra has no type for it.
		if errors.As(err, &wrong) || strings.HasPrefix(err.Error(), "unknown command") {
			return exitUsage
		}
		return exitFailure
	}
}

// isFunction tells whether kustomize or kpt calls: without arguments, or, as an exec plugin of kustomize, with the file of the
// configuration, which kustomize also puts into the environment.
func isFunction(args []string) bool {
	_, plugin := os.LookupEnv("KUSTOMIZE_PLUGIN_CONFIG_STRING")
	return len(args) == 0 || plugin && len(args) == 1
}

// usageError is a wrong call.
type usageError struct{ error }

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "postgresapp",
		Short: "Expand PostgresApp resources into CloudNativePG manifests",
		Long: `postgresapp turns a small resource, PostgresApp, into the complete CloudNativePG manifests of a
database. Called without arguments it is a KRM function for kustomize and kpt, which reads a
ResourceList from standard input; the commands below need neither of them.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(c *cobra.Command, args []string) error {
			if slices.Contains(args, "") {
				return usageError{fmt.Errorf("an argument of %s is empty: is a variable not set?", c.Name())}
			}
			return nil
		},
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
	})
	root.AddCommand(adoptCommand(), buildCommand(), diffCommand(), expandCommand(), explainCommand(), installCommand(), schemaCommand(), versionCommand())
	root.CompletionOptions.HiddenDefaultCmd = false
	return root
}

// exactly refuses a call with another number of arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("%s takes %s; see %s --help", c.Name(), what, c.CommandPath())}
		}
		return nil
	}
}
