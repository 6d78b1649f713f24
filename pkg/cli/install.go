package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

func installCommand() *cobra.Command {
	var plugin bool
	c := &cobra.Command{
		Use:   "install DIR",
		Short: "Copy this program into a directory",
		Long: `Copy this program into a directory, which is made if it does not exist. The container image has
no shell; an init container installs the program from it by this command.

With --plugin the directory is kustomize's plugin home, and the program goes where kubectl and
kustomize look for exec plugins of our kinds.`,
		Args: exactly(1, "one directory"),
		RunE: func(c *cobra.Command, args []string) error {
			targets := []string{filepath.Join(args[0], "postgresapp")}
			if plugin {
				home := filepath.Join(args[0], filepath.FromSlash(v1alpha1.APIVersion))
				targets = nil
				for _, kind := range v1alpha1.Kinds() {
					targets = append(targets, filepath.Join(home, strings.ToLower(kind), kind))
				}
			}
			self, err := os.Executable()
			if err != nil {
				return err
			}
			for _, target := range targets {
				if err := copyProgram(self, target); err != nil {
					return fmt.Errorf("cannot install %s: %w", target, err)
				}
				fmt.Fprintln(c.OutOrStdout(), target)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&plugin, "plugin", false, "treat DIR as KUSTOMIZE_PLUGIN_HOME")
	return c
}

// copyProgram replaces target in one step, so that a running copy is not disturbed and a failure leaves what was there.
func copyProgram(source, target string) error {
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	waiting, err := beside(target, in, 0o700)
	if err != nil {
		return err
	}
	// Others are to run it too, whatever the umask says.
	if err := os.Chmod(waiting, 0o755); err != nil {
		return errors.Join(err, os.Remove(waiting))
	}
	return staged{waiting: waiting, path: target}.commit()
}
