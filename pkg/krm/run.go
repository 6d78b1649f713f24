// Package krm is the function behind kustomize and kpt: it speaks the KRM function protocol on standard input and output, and the
// older protocol of kustomize's exec plugins. It is a thin adapter; what an app becomes is the business of the Expander.
//
// What the function does depends on its functionConfig:
//
//   - PostgresApp, PostgresPlatform: that one is expanded. In a kustomization it is an entry of generators.
//   - PostgresDefaults: every app among the items is expanded, with these defaults, and every platform. In a kustomization it is an
//     entry of transformers.
//   - None, or a ConfigMap without data: every app and platform among the items is expanded.
//
// What is said of apps below holds for platforms as well. An app of a kustomize build makes way for its objects. An app that is a file
// of a kpt package stays, and its objects are files next to it, which belong to the function: each run writes them anew wherever they
// are, and removes those that the app does not need any more. Changes to them, comments included, do not last; what must differ goes
// into the app.
package krm

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// Exit codes of Run.
const (
	exitSuccess = 0
	exitFailure = 1
	exitUsage   = 2
)

// usage is shown to people who start the function by hand.
const usage = `postgresapp turns PostgresApp and PostgresPlatform resources into the manifests of CloudNativePG.
Without a command it is a KRM function, which kustomize and kpt start and send a ResourceList on standard input.
To expand a file or a kustomization, run: postgresapp build PATH. For all commands, run: postgresapp help
`

// Run evaluates the function once. args are the arguments without the program's name: none for a KRM function, the path of the
// configuration for an exec plugin of kustomize.
//
// Findings go to stderr, one in a line, and into the results of the ResourceList, because kustomize shows only the former and kpt
// hides them at times. Nothing but YAML goes to stdout. The exit code is 0 for success, warnings included, 1 when there is an error,
// and 2 when a person at a terminal seems to expect something else. With an error the items that come out are those that went in,
// and nothing comes out where the input was not a ResourceList.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer, expand Expander) (exitCode int) {
	defer func() {
		if cause := recover(); cause != nil {
			report(stderr, diag.Findings{{Severity: diag.Error, Message: internalError(cause)}})
			exitCode = exitFailure
		}
	}()
	if len(args) > 0 {
		return plugin(args, stdin, stdout, stderr, expand)
	}
	if terminal(stdin) {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	return function(stdin, stdout, stderr, expand)
}

// function speaks the KRM function protocol.
func function(stdin io.Reader, stdout, stderr io.Writer, expand Expander) int {
	input, err := io.ReadAll(stdin)
	if err != nil {
		return fail(stderr, fmt.Errorf("cannot read standard input: %w", err))
	}
	list, err := readList(input)
	if err != nil {
		return fail(stderr, err)
	}
	items, findings := process(list, expand)
	report(stderr, findings)
	exitCode := write(stdout, stderr, func() ([]byte, error) { return listYAML(list, items) })
	if findings.Failed() {
		return exitFailure
	}
	return exitCode
}

// write sends everything at once, so that a failure leaves no partial output.
func write(stdout, stderr io.Writer, output func() ([]byte, error)) int {
	text, err := output()
	if err != nil {
		return fail(stderr, errors.New("the output cannot be written as YAML"))
	}
	if _, err := stdout.Write(text); err != nil {
		return fail(stderr, fmt.Errorf("cannot write standard output: %w", err))
	}
	return exitSuccess
}

// terminal tells whether reading would wait for a person, or for nobody as /dev/null does.
func terminal(stdin io.Reader) bool {
	file, ok := stdin.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// internalError words a panic. Its value is shown where it comes from the Go runtime, as that never holds part of the input.
func internalError(cause any) string {
	where := ""
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			where = fmt.Sprintf(" in %s (%s:%d)", frame.Function, path.Base(frame.File), frame.Line)
			break
		}
		if !more {
			break
		}
	}
	what := ""
	if err, ok := cause.(runtime.Error); ok {
		what = ": " + err.Error()
	}
	return "internal error" + where + what + ": please report it, with the input that led to it, at https://github.com/homelab-foundations/postgresapp/issues"
}
