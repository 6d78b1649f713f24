// Command postgresapp expands PostgresApp resources: as a KRM function for kustomize and kpt when it is called without arguments, and
// by its own commands otherwise.
package main

import (
	"os"
	"runtime/debug"

	"github.com/homelab-foundations/postgresapp/pkg/cli"
)

func main() {
	// The process is over before a collection pays off; a large kustomization still has one now and then.
	debug.SetGCPercent(400)
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
