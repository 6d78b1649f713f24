//go:build e2e

package property

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// judge asks the rig that the tests share.
var judge *Judge

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cluster, err := rig.Start(ctx, rig.Options{Progress: os.Stderr})
	if err != nil {
		fmt.Fprintln(os.Stderr, "start the rig:", err)
		return 1
	}
	for _, namespace := range Namespaces {
		if err == nil {
			err = cluster.EnsureNamespace(ctx, namespace)
		}
	}
	if err == nil {
		err = InstallOlder(ctx, cluster)
	}
	judge = NewJudge(cluster)
	code := 1
	stop() // from here on an interrupt ends the tests at once, and the kernel ends the rig
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, "prepare the rig:", err)
	}
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the rig:", err)
		return 1
	}
	return code
}
