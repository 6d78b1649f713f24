//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// stateEnv names the environment variable with a directory that is to keep the rig's state and logs.
const stateEnv = "POSTGRESAPP_E2E_STATE"

// cluster is the rig that all tests share. Each works in namespaces of its own.
var cluster *rig.Rig

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	cluster, err = rig.Start(ctx, rig.Options{
		Flux:              true,
		GarbageCollection: true,
		StateDir:          os.Getenv(stateEnv),
		Progress:          os.Stderr,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "start the rig:", err)
		return 1
	}
	stop() // from here on an interrupt ends the tests at once, and the kernel ends the rig
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the rig:", err)
		return 1
	}
	return code
}
