package cli

import (
	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/schema"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the kinds, for editors",
		Long: `Print the JSON Schema of PostgresApp, PostgresPlatform and PostgresDefaults. An editor with the YAML language server
completes and checks a file that begins with:

  # yaml-language-server: $schema=postgresapp.schema.json`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(schema.JSON())
			return err
		},
	}
}
