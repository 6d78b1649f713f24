package cli

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/explain"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

func explainCommand() *cobra.Command {
	var defaults string
	c := &cobra.Command{
		Use:   "explain FILE|FIELD",
		Short: "Say what each app or platform of a file becomes and why, or what a field means",
		Long: `Say what each PostgresApp of a file becomes: every derived value with its reason, where it is backed up
to, where it comes from and how to restore it. And each PostgresPlatform: what is installed, by which charts
with which values, and who watches it. FILE may be - for standard input.

Or document a field of the PostgresApp and those below it, such as spec.backup.schedule. A field of another
kind has that before it: PostgresPlatform.spec.`,
		Args: exactly(1, "one file or field"),
		RunE: func(c *cobra.Command, args []string) error {
			if explain.IsField(args[0]) {
				return explain.Field(c.OutOrStdout(), args[0])
			}
			apps, shared, err := readApps(args[0], defaults, c.InOrStdin())
			if err != nil {
				return err
			}
			var out bytes.Buffer
			wrong := false
			for i, app := range apps {
				if i > 0 {
					out.WriteByte('\n')
				}
				made, findings := render.Plan(app, shared)
				fmt.Fprint(c.ErrOrStderr(), findings)
				if findings.Failed() {
					wrong = true
					continue
				}
				var err error
				if made.Platform != nil {
					err = explain.Platform(&out, made.Platform)
				} else {
					err = explain.App(&out, made.App)
				}
				if err != nil {
					return err
				}
			}
			if wrong {
				return failed
			}
			_, err = io.Copy(c.OutOrStdout(), &out)
			return err
		},
	}
	c.Flags().StringVar(&defaults, "defaults", "", "a file with PostgresDefaults that the apps inherit")
	return c
}
