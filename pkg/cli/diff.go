package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/change"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

func diffCommand() *cobra.Command {
	var defaults string
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show what changes in the objects, and what that means for running databases",
		Long: `Compare two states of a repository as they expand: first what differs, object by object, then what it means
for the databases that run: what the API server refuses, what loses data, what stops or restarts
PostgreSQL, and what a running database does not see.

OLD and NEW are each a kustomization, which is rendered, a directory of manifests, a file with PostgresApps
or with what they become, or - for standard input. To compare with a commit, check it out beside:

  git worktree add ../old main && postgresapp diff ../old/clusters/prod clusters/prod

The exit code is 0 where nothing differs, 1 where something does, and 2 where something is wrong.`,
		Args: exactly(2, "two files or directories"),
		RunE: func(c *cobra.Command, args []string) error {
			changes, err := compare(c, args[0], args[1], defaults)
			if err != nil {
				return trouble{err}
			}
			if len(changes.Objects) == 0 {
				return nil
			}
			if err := changes.Write(c.OutOrStdout()); err != nil {
				return trouble{err}
			}
			return failed
		},
	}
	c.Flags().StringVar(&defaults, "defaults", "", "a file with PostgresDefaults, for the PostgresApps of files and plain directories")
	return c
}

// trouble is an error of a command whose exit code 1 means something else.
type trouble struct{ error }

func (t trouble) Unwrap() error { return t.error }

func compare(c *cobra.Command, from, to, defaults string) (change.Changes, error) {
	if from == "-" && to == "-" {
		return change.Changes{}, errors.New("only one of the two can be standard input")
	}
	var states [2][]change.Fields
	for i, path := range []string{from, to} {
		objects, err := expanded(path, defaults, c.InOrStdin(), c.ErrOrStderr())
		if err != nil {
			return change.Changes{}, err
		}
		states[i] = objects
	}
	return change.Compare(states[0], states[1]), nil
}

// expanded are the objects at a path, each PostgresApp replaced by what it becomes.
func expanded(path, defaults string, stdin io.Reader, stderr io.Writer) ([]change.Fields, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && path != "-" {
		return nil, fmt.Errorf("%s does not exist; an empty directory stands for nothing", path)
	}
	manifests, err := readManifests([]string{path}, stdin, stderr)
	if err != nil {
		return nil, err
	}
	var objects []change.Fields
	var apps []render.Document
	for _, m := range manifests {
		kind, _ := m.fields["kind"].(string)
		switch {
		case m.fields["apiVersion"] != v1alpha1.APIVersion:
			objects = append(objects, m.fields)
		case v1alpha1.Expandable(kind):
			apps = append(apps, render.Document{YAML: m.text, Source: filepath.ToSlash(m.source)})
		}
	}
	if len(apps) == 0 {
		return objects, nil
	}
	shared, err := readDefaults(defaults, stdin)
	if err != nil {
		return nil, err
	}
	result := render.Apps(apps, shared)
	fmt.Fprint(stderr, result.Findings)
	if result.Findings.Failed() {
		return nil, failed
	}
	for _, expansion := range result.Expansions {
		for _, object := range expansion.Objects {
			objects = append(objects, object.Fields)
		}
	}
	return objects, nil
}
