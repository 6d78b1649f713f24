package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// Version is set when a release is built: -ldflags "-X github.com/homelab-foundations/postgresapp/pkg/cli.Version=v0.1.0".
var Version string

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and what it supports",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "postgresapp %s (%s/%s), CloudNativePG %s to %s\n",
				version(), runtime.GOOS, runtime.GOARCH, cnpg.Versions[0], cnpg.Newest)
			return err
		},
	}
}

// version is what the release set, else what `go install` knows, else the commit.
func version() string {
	if Version != "" {
		return Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return "(development at " + setting.Value[:min(12, len(setting.Value))] + ")"
		}
	}
	return "(development)"
}
