package cli

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/adopt"
)

func adoptCommand() *cobra.Command {
	var output string
	var draft bool
	c := &cobra.Command{
		Use:   "adopt PATH...",
		Short: "Turn existing CloudNativePG manifests into PostgresApps",
		Long: `Turn each Cluster, with the ScheduledBackup, ObjectStore, Databases, roles and Poolers that belong to it,
into a PostgresApp that says the same. PATH is a file, a directory with manifests, a kustomization, which
is rendered, or - for standard input.

The PostgresApps go to standard output, and to standard error the account of what each replaces, what
changes and why, and what stays by hand. Each app is expanded again and compared with the manifests: if
anything is lost, or if an app would be refused, the exit code is 1 and there is no output without --draft.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{fmt.Errorf("adopt takes files or directories, or - for standard input; see %s --help", c.CommandPath())}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			apps, proven, err := adoptAll(c, args)
			if err != nil {
				return err
			}
			if !proven && !draft {
				return failed
			}
			if err := writeOutput(c.OutOrStdout(), output, apps); err != nil {
				return err
			}
			if !proven {
				return failed
			}
			return nil
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file instead of standard output")
	c.Flags().BoolVar(&draft, "draft", false, "write the PostgresApps even if one is refused or not proven, to be finished by hand; the exit code stays 1")
	return c
}

// adoptAll gives the PostgresApps of all Clusters, tells whether all are proven, and reports to standard error.
func adoptAll(c *cobra.Command, paths []string) (text []byte, proven bool, err error) {
	found, err := readManifests(paths, c.InOrStdin(), c.ErrOrStderr())
	if err != nil {
		return nil, false, err
	}
	var manifests []adopt.Manifest
	for _, m := range found {
		manifests = append(manifests, adopt.Manifest{Object: m.fields, Source: m.source})
	}
	families, errs := adopt.Families(manifests)
	if len(errs) > 0 {
		return nil, false, errors.Join(errs...)
	}
	var apps, report bytes.Buffer
	var adoptions []adopt.Adopted
	proven = true
	for i, family := range families {
		adopted, err := adopt.Cluster(family.Objects...)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", family.Source, err)
		}
		proof, err := adopt.Prove(family.Objects, adopted)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", family.Source, err)
		}
		adoptions = append(adoptions, adopted)
		proven = proven && proof.Holds()
		adopt.Report(&report, family, adopted, proof)
		app, err := adopted.YAML()
		if err != nil {
			return nil, false, err
		}
		if i > 0 {
			apps.WriteString("---\n")
		}
		apps.Write(app)
	}
	adopt.Unadopted(&report, families, adoptions)
	if _, err := report.WriteTo(c.ErrOrStderr()); err != nil {
		return nil, false, err
	}
	return apps.Bytes(), proven, nil
}
