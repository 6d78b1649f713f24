// Command assets builds every program the end-to-end tests run, as far as it is not there already, and prints the
// directory they are in. "assets -dir" prints the directory and builds nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
)

func main() {
	dirOnly := flag.Bool("dir", false, "print the directory of the assets and build nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *dirOnly); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dirOnly bool) error {
	if dirOnly {
		dir, err := assets.Dir(ctx)
		if err != nil {
			return err
		}
		fmt.Println(dir)
		return nil
	}
	set, err := assets.Ensure(ctx, os.Stderr, assets.All()...)
	if err != nil {
		return err
	}
	for _, ensure := range []func(context.Context, io.Writer) (string, error){assets.EnsureSourceController, assets.EnsureHelm} {
		if _, err := ensure(ctx, os.Stderr); err != nil {
			return err
		}
	}
	for _, version := range assets.OlderOperators {
		if _, err := assets.EnsureOperator(ctx, os.Stderr, version); err != nil {
			return err
		}
	}
	fmt.Println(set.Dir())
	return nil
}
