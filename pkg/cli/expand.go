package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// expandFlags are the flags of the command.
type expandFlags struct {
	output         string
	inPlace, check bool
	paths          []string
}

func expandCommand() *cobra.Command {
	var flags expandFlags
	c := &cobra.Command{
		Use:   "expand DIR (-o OUT | --in-place | --check)",
		Short: "Replace the PostgresApps of a repository by plain resources, for Flux",
		Long: `Replace every PostgresApp in the kustomizations of a directory by the resources that it becomes, so
that what builds the tree needs no function: Flux runs none. Everything else stays byte for byte. No key
is needed, nothing is fetched, no program is run.

With -o the expanded tree is written to another directory, as a whole or not at all.

With --in-place it stays where it is, to be committed: each app's file is kept beside its expansion
(postgres.yaml, postgres.expanded.yaml), and comments in the kustomizations say what they were. Go on
editing both; the next run finds its way back, and changes nothing if nothing has changed.

With --check nothing is written: it prints what --in-place would change, and fails if there is anything.`,
		Args: exactly(1, "one directory"),
		RunE: func(c *cobra.Command, args []string) error { return flags.run(c, args[0]) },
	}
	f := c.Flags()
	f.StringVarP(&flags.output, "output", "o", "", "write the expanded tree to this directory: new, empty, or an earlier output")
	f.BoolVar(&flags.inPlace, "in-place", false, "expand the tree where it is, and keep the sources")
	f.BoolVar(&flags.check, "check", false, "print what --in-place would change, and fail if there is anything")
	f.StringArrayVar(&flags.paths, "path", nil, "expand only this directory of DIR, and what its kustomization refers to; may be repeated")
	return c
}

func (e *expandFlags) run(c *cobra.Command, dir string) error {
	given := 0
	for _, one := range []bool{e.output != "", e.inPlace, e.check} {
		if one {
			given++
		}
	}
	if given != 1 {
		return usageError{fmt.Errorf("expand takes one of -o, --in-place and --check; see %s --help", c.CommandPath())}
	}
	o := repository.Options{InPlace: e.output == "", Paths: e.paths}
	if e.output != "" {
		inside, err := within(dir, e.output)
		if err != nil {
			return err
		}
		if inside != "" {
			o.Exclude = []string{inside}
		}
	}
	// A repository keeps the process busy for long enough that garbage is worth collecting. There is no limit on the memory as a whole:
	// it would make a repository that needs more take ever more time for each app.
	debug.SetGCPercent(200)
	result, findings, err := repository.Expand(dir, o)
	fmt.Fprint(c.ErrOrStderr(), findings)
	switch {
	case err != nil:
		return err
	case result == nil:
		return failed
	case e.output != "":
		return result.WriteTo(e.output)
	case e.inPlace:
		return result.Apply()
	}
	if !result.Changed() {
		return nil
	}
	text, err := result.Diff()
	if err != nil {
		return err
	}
	if _, err := c.OutOrStdout().Write(text); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "error: %s is not expanded as it would be now: run postgresapp expand %s --in-place, and commit what it changes\n", dir, dir)
	return failed
}

// within is the path of the output in the tree, or "" if it is elsewhere. The tree must not be in the output.
func within(dir, output string) (string, error) {
	tree, err := realPath(dir)
	if err != nil {
		return "", err
	}
	target, err := realPath(output)
	if err != nil {
		return "", err
	}
	if tree == target || strings.HasPrefix(tree, strings.TrimSuffix(target, "/")+"/") {
		return "", usageError{fmt.Errorf("%s would be replaced by the output %s: use --in-place, or name another directory", dir, output)}
	}
	if inside, ok := strings.CutPrefix(target, strings.TrimSuffix(tree, "/")+"/"); ok {
		return filepath.ToSlash(inside), nil
	}
	return "", nil
}

// realPath is the path without links, as far as it exists.
func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rest := ""
	for {
		real, err := filepath.EvalSymlinks(absolute)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		rest, absolute = filepath.Join(filepath.Base(absolute), rest), filepath.Dir(absolute)
	}
}
