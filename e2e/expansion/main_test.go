//go:build e2e

package expansion

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/build/treetest"
	"github.com/homelab-foundations/postgresapp/pkg/krm"
)

// programs is a directory that is first on the PATH: postgresapp, the function of random trees, kustomize, and Flux's build.
var programs string

// TestMain makes the test program the function of random trees, too, that kustomize runs.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == treetest.FunctionName {
		os.Exit(krm.Run(nil, os.Stdin, os.Stdout, os.Stderr, treetest.Expand))
	}
	code, err := withPrograms(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withPrograms(run func() int) (code int, err error) {
	if programs, err = os.MkdirTemp("", "expansion-"); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(programs)) }()
	for _, program := range []struct{ name, module, source string }{
		{"postgresapp", "../..", "./fn"}, {"kustomize", "../../tools", "sigs.k8s.io/kustomize/kustomize/v5"}, {"flux-build", "../flux", "."},
	} {
		compile := exec.Command("go", "build", "-o", filepath.Join(programs, program.name), program.source)
		compile.Dir = program.module
		compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
		if out, err := compile.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("build %s: %w\n%s", program.name, err, out)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	if err := os.Symlink(self, filepath.Join(programs, treetest.FunctionName)); err != nil {
		return 0, err
	}
	if err := os.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		return 0, err
	}
	return run(), nil
}

// version is in the label managedByLabel: programs that are built from source have another one than kustomize's releases.
var version = regexp.MustCompile(`managed-by: kustomize-\S+`)

// kustomize is the real program, with plugins disabled or as the plugin run.
func kustomize(dir string, plugins bool) (string, error) {
	arguments := []string{"build", dir}
	if plugins {
		arguments = append(arguments, "--enable-alpha-plugins", "--enable-exec")
	}
	command := exec.Command("kustomize", arguments...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, stderr.String())
	}
	return version.ReplaceAllString(stdout.String(), "managed-by: kustomize"), nil
}

// built is what Flux would apply, or why it would not.
type built struct{ YAML, Error string }

// request is what Flux is to build. See the program.
type request struct {
	Root, Path string
	Substitute map[string]string `json:",omitempty"`
}

// flux builds kustomizations by Flux's own library.
func flux(t require.TestingT, requests ...request) []built {
	input, err := json.Marshal(requests)
	require.NoError(t, err)
	command := exec.Command("flux-build")
	var stdout, stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &stdout, &stderr
	require.NoError(t, command.Run(), stderr.String())
	var all []built
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &all))
	require.Len(t, all, len(requests))
	for i := range all {
		all[i].YAML = version.ReplaceAllString(all[i].YAML, "managed-by: kustomize")
	}
	return all
}

// documents are those of an output, sorted: kustomize-controller applies in an order of its own, and the release of kustomize that Flux
// builds with sorts otherwise than the one that is under test.
func documents(output string) []string {
	all := strings.Split(strings.TrimSuffix(output, "\n"), "\n---\n")
	slices.Sort(all)
	return all
}

// contents are those of all files in a directory.
func contents(t require.TestingT, dir string) map[string]string {
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(text)
		return err
	}))
	return files
}

// write writes files to a new directory.
func write(t require.TestingT, dir string, files map[string]string) string {
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}
