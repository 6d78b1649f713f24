//go:build e2e

package extension

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// stateEnv names the environment variable with a directory that is to keep the rig's state and logs.
const stateEnv = "POSTGRESAPP_E2E_STATE"

var (
	// cluster is the rig that all tests share. Each works in namespaces of its own.
	cluster *rig.Rig

	// git serves the repositories.
	git *gitServer

	// extension is the controller under test. Tests stop and kill it, so they run one after the other.
	extension *controller
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "start what the tests need:", err)
		if cluster != nil {
			_ = cluster.Stop()
		}
		return 1
	}
	stop() // from here on an interrupt ends the tests at once, and the kernel ends the rig
	code := m.Run()
	if err := errors.Join(cluster.Stop(), git.close()); err != nil {
		fmt.Fprintln(os.Stderr, "stop the rig:", err)
		return 1
	}
	return code
}

func start(ctx context.Context) (err error) {
	sourceController, err := assets.EnsureSourceController(ctx, os.Stderr)
	if err != nil {
		return err
	}
	if cluster, err = rig.Start(ctx, rig.Options{
		Flux: true, GarbageCollection: true, StateDir: os.Getenv(stateEnv), Progress: os.Stderr,
	}); err != nil {
		return err
	}
	if git, err = serveGit(filepath.Join(cluster.Dir, "git")); err != nil {
		return err
	}
	if err := startSourceController(sourceController); err != nil {
		return err
	}
	if err := install(ctx); err != nil {
		return fmt.Errorf("install the extension: %w", err)
	}
	if extension, err = newController(ctx); err != nil {
		return err
	}
	return extension.start()
}

// startSourceController starts Flux's source-controller with a storage of its own below the rig's directory.
func startSourceController(program string) error {
	address, err := rig.FreeAddress()
	if err != nil {
		return err
	}
	storage := filepath.Join(cluster.Dir, "source-controller-storage")
	if err := os.Mkdir(storage, 0o700); err != nil {
		return err
	}
	_, err = cluster.StartProgram("source-controller", []string{"RUNTIME_NAMESPACE=" + rig.FluxNamespace}, program,
		"--storage-path="+storage, "--storage-addr="+address, "--storage-adv-addr="+address,
		"--metrics-addr=127.0.0.1:0", "--health-addr=127.0.0.1:0", "--events-addr=", "--watch-all-namespaces")
	return err
}
