package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/build"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// buildFlags are the flags of the command, named as kustomize build names them.
type buildFlags struct {
	output, defaults        string
	loadRestrictor, reorder string
	options                 build.Options
}

func buildCommand() *cobra.Command {
	var flags buildFlags
	c := &cobra.Command{
		Use:   "build [PATH]",
		Short: "Render a kustomization, or the PostgresApps of a file",
		Long: `Render a kustomization with its PostgresApps expanded, in one process: it runs neither kustomize, nor
functions, nor containers, and gives what kustomize build with this function gives. PATH defaults to
the current directory.

Where PATH is a file, or - for standard input, its PostgresApps are expanded by themselves.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("build takes one path; see %s --help", c.CommandPath())}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			path := "."
			if len(args) == 1 {
				path = args[0]
			}
			output, err := flags.build(c, path)
			if err != nil {
				return err
			}
			return flags.write(c.OutOrStdout(), output)
		},
	}
	f, o := c.Flags(), &flags.options
	f.StringVarP(&flags.output, "output", "o", "", "write to this file, or one file for each object to this directory, instead of standard output")
	f.StringVar(&flags.defaults, "defaults", "", "a file with PostgresDefaults, where PATH is a file")
	f.StringVar(&flags.loadRestrictor, "load-restrictor", types.LoadRestrictionsRootOnly.String(),
		"LoadRestrictionsNone lets kustomizations load files from outside their directory")
	f.StringVar(&flags.reorder, "reorder", "", "legacy or none, where the kustomization has no sortOptions")
	f.BoolVar(&o.EnableManagedByLabel, "enable-managedby-label", false, "label the objects with app.kubernetes.io/managed-by")
	f.BoolVar(&o.EnableHelm, "enable-helm", false, "let kustomize run helm")
	f.StringVar(&o.HelmCommand, "helm-command", "helm", "the helm to run")
	f.StringVar(&o.HelmKubeVersion, "helm-kube-version", "", "the Kubernetes version that helm renders for")
	f.StringArrayVar(&o.HelmAPIVersions, "helm-api-versions", nil, "the APIs that helm renders for")
	f.BoolVar(&o.HelmDebug, "helm-debug", false, "let helm print debug output")
	f.BoolVar(&o.EnableAlphaPlugins, "enable-alpha-plugins", false, "let kustomize run functions of others, in containers")
	f.BoolVar(&o.EnableExec, "enable-exec", false, "let kustomize run programs as functions of others")
	f.BoolVar(&o.Network, "network", false, "give functions of others the network that they declare")
	f.StringVar(&o.NetworkName, "network-name", "bridge", "the network of functions of others")
	f.StringArrayVar(&o.Mounts, "mount", nil, "what functions of others may read")
	f.StringArrayVarP(&o.Env, "env", "e", nil, "environment of functions of others")
	f.BoolVar(&o.AsCurrentUser, "as-current-user", false, "run containers of others as the current user")
	return c
}

// rendered is an output: YAML, and its objects where they go into a directory.
type rendered struct {
	text    []byte
	objects []objectFile
}

func (b *buildFlags) build(c *cobra.Command, path string) (rendered, error) {
	switch b.loadRestrictor {
	case types.LoadRestrictionsRootOnly.String():
		b.options.LoadRestrictor = types.LoadRestrictionsRootOnly
	case types.LoadRestrictionsNone.String():
		b.options.LoadRestrictor = types.LoadRestrictionsNone
	default:
		return rendered{}, usageError{fmt.Errorf("--load-restrictor is %q: write LoadRestrictionsRootOnly or LoadRestrictionsNone", b.loadRestrictor)}
	}
	if os.Getenv(konfig.EnableManagedbyLabelEnv) == "on" {
		b.options.EnableManagedByLabel = true
	}
	switch b.reorder {
	case "", "legacy", "none":
		b.options.Reorder = krusty.ReorderOption(b.reorder)
	default:
		return rendered{}, usageError{fmt.Errorf("--reorder is %q: write legacy or none", b.reorder)}
	}
	if info, err := os.Stat(path); path == "-" || err == nil && !info.IsDir() {
		return b.file(c, path)
	}
	if b.defaults != "" {
		return rendered{}, usageError{errors.New("--defaults is for a file: in a kustomization list the PostgresDefaults under transformers")}
	}
	resources, findings, err := build.Resources(build.OnDisk(), path, b.options, render.Apps)
	fmt.Fprint(c.ErrOrStderr(), findings)
	switch {
	case err != nil:
		return rendered{}, err
	case findings.Failed():
		return rendered{}, failed
	}
	output := rendered{}
	if output.text, err = resources.AsYaml(); err != nil || b.output == "" {
		return output, err
	}
	for _, resource := range resources.Resources() {
		fields, err := resource.Map()
		if err != nil {
			return rendered{}, err
		}
		text, err := yaml.Marshal(fields) // as kustomize does for files
		if err != nil {
			return rendered{}, err
		}
		output.objects = append(output.objects, objectFile{resource.CurId(), text})
	}
	return output, nil
}

// file expands the apps of a file, without any kustomization.
func (b *buildFlags) file(c *cobra.Command, path string) (rendered, error) {
	apps, shared, err := readApps(path, b.defaults, c.InOrStdin())
	if err != nil {
		return rendered{}, err
	}
	result := render.Apps(apps, shared)
	fmt.Fprint(c.ErrOrStderr(), result.Findings)
	if result.Findings.Failed() {
		return rendered{}, failed
	}
	var text bytes.Buffer
	var objects []objectFile
	for _, expansion := range result.Expansions {
		for _, object := range expansion.Objects {
			document, err := object.YAML()
			if err != nil {
				return rendered{}, err
			}
			if text.Len() > 0 {
				text.WriteString("---\n")
			}
			text.Write(document)
			group, version := resid.ParseGroupVersion(object.APIVersion)
			objects = append(objects, objectFile{resid.NewResIdWithNamespace(resid.NewGvk(group, version, object.Kind), object.Name, object.Namespace), document})
		}
	}
	return rendered{text.Bytes(), objects}, nil
}

// write sends the output where it is to go.
func (b *buildFlags) write(stdout io.Writer, output rendered) error {
	if info, err := os.Stat(b.output); err == nil && info.IsDir() {
		return writeDirectory(b.output, output.objects)
	}
	return writeOutput(stdout, b.output, output.text)
}
