//go:build e2e

package guide

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// repository is the root of the repository.
const repository = "../.."

// cluster is the rig that all tests share. Each works in namespaces of its own.
var cluster *rig.Rig

// terminal is a directory with the programs of a reader's terminal, and postgresapp itself.
var terminal string

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	terminal, err = os.MkdirTemp("", "postgresapp-guide-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(terminal)
	if err := layOut(ctx, terminal); err != nil {
		return 0, err
	}
	cluster, err = rig.Start(ctx, rig.Options{
		Flux: true, GarbageCollection: true, StateDir: os.Getenv("POSTGRESAPP_E2E_STATE"), Progress: os.Stderr,
	})
	if err != nil {
		return 0, fmt.Errorf("start the rig: %w", err)
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	stop() // from here on an interrupt ends the tests at once, and the kernel ends the rig
	return m.Run(), nil
}

// layOut puts the programs of a terminal into a directory under their own names.
func layOut(ctx context.Context, dir string) error {
	set, err := assets.Ensure(ctx, os.Stderr, assets.Terminal()...)
	if err != nil {
		return err
	}
	for _, program := range assets.Terminal() {
		if err := os.Symlink(set.Program(program), filepath.Join(dir, string(program))); err != nil {
			return err
		}
	}
	flux, err := filepath.Abs("testdata/flux")
	if err != nil {
		return err
	}
	if err := os.Symlink(flux, filepath.Join(dir, "flux")); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "postgresapp"), "./fn")
	build.Dir = repository
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build postgresapp: %w\n%s", err, output)
	}
	return nil
}
