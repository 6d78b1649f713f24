// Command noop is the smallest function that the kpt SDK makes: it returns what it gets. Its cost is the yardstick for ours. With the
// name of a file in NOOP_ANSWER it writes that file instead, and is then about the least that a function of the SDK can take to give
// what ours gives.
package main

import (
	"io"
	"os"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

func main() {
	if err := run(); err != nil {
		os.Exit(1)
	}
}

func run() error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	answer, err := fn.Run(fn.ResourceListProcessorFunc(func(*fn.ResourceList) (bool, error) { return true, nil }), input)
	if ready := os.Getenv("NOOP_ANSWER"); err == nil && ready != "" {
		answer, err = os.ReadFile(ready)
	}
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(answer)
	return err
}
