//go:build e2e

package engines

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

const (
	repository = "../.."
	examples   = "examples" // below a copy of the repository's examples, see copySources
)

// image is the reference of the image under test in the docker daemon. No registry has its tag.
var image = fmt.Sprintf("ghcr.io/homelab-foundations/postgresapp:e2e-%d", os.Getpid())

// programs is a directory that is first on the PATH, with the very program that is in the image, and with kustomize.
var programs string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	teardown, err := setUp(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "set up the engines:", errors.Join(err, teardown()))
		return 1
	}
	over := make(chan struct{})
	code := 0
	go func() {
		defer close(over)
		code = m.Run()
	}()
	select {
	case <-over:
	case <-ctx.Done():
		fmt.Fprintln(os.Stderr, "interrupted")
		code = 1
	}
	for _, program := range []string{"kpt", "kubectl"} {
		if _, err := exec.LookPath(program); err != nil {
			fmt.Fprintln(os.Stderr, notRun(program))
		}
	}
	if err := teardown(); err != nil {
		fmt.Fprintln(os.Stderr, "clear up after the engines:", err)
		return 1
	}
	return code
}

// setUp gets a docker daemon, the image, its program and kustomize. teardown, which is never nil, undoes it.
func setUp(ctx context.Context) (teardown func() error, err error) {
	var undo []func() error
	teardown = func() error {
		var errs []error
		for i := len(undo) - 1; i >= 0; i-- {
			errs = append(errs, undo[i]())
		}
		return errors.Join(errs...)
	}
	// A short path: the sockets of the daemon are below it.
	dir, err := os.MkdirTemp("", "pgapp-e2e-")
	if err != nil {
		return teardown, err
	}
	undo = append(undo, func() error { return os.RemoveAll(dir) })

	if err := answers(ctx); err != nil {
		daemon, err := startDaemon(ctx, filepath.Join(dir, "docker"))
		if err != nil {
			return teardown, err
		}
		undo = append(undo, daemon.stop)
	} else {
		undo = append(undo, func() error { return removeImage(image) })
	}
	if err := command(ctx, repository, "make", "image", "IMAGE="+image, "ARCH="+runtime.GOARCH); err != nil {
		return teardown, err
	}

	programs = filepath.Join(dir, "bin")
	if err := os.Mkdir(programs, 0o755); err != nil {
		return teardown, err
	}
	if err := copyProgram(filepath.Join(repository, "dist", "linux-"+runtime.GOARCH, "postgresapp"), programs); err != nil {
		return teardown, err
	}
	err = command(ctx, filepath.Join(repository, "tools"), "go", "build", "-o", programs, "sigs.k8s.io/kustomize/kustomize/v5")
	if err != nil {
		return teardown, err
	}
	return teardown, os.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// command runs a program, and returns its output in the error if it fails.
func command(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	// The make that runs these tests must not pass its own flags and variables on.
	cmd.Env = append(os.Environ(), "MAKEFLAGS=")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, output)
	}
	return nil
}

func copyProgram(path, dir string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(filepath.Join(dir, filepath.Base(path)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// need ends a test, loudly, for the lack of a program that cannot be installed everywhere.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(notRun(program))
	}
}

func notRun(program string) string { return "NOT RUN: " + program + " not found" }
