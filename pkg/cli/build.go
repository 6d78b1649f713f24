package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

func buildCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "build PATH",
		Args: exactly(1, "one path"),
		RunE: func(c *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			result := render.Apps([]render.Document{{YAML: text, Source: args[0]}}, nil)
			fmt.Fprint(c.ErrOrStderr(), result.Findings)
			if result.Findings.Failed() {
				return failed
			}
			var out bytes.Buffer
			for _, e := range result.Expansions {
				for i, o := range e.Objects {
					if i > 0 {
						out.WriteString("---\n")
					}
					y, err := o.YAML()
					if err != nil {
						return err
					}
					out.Write(y)
				}
			}
			_, err = io.Copy(c.OutOrStdout(), &out)
			return err
		},
	}
}
