// Package build renders a kustomization with all its PostgresApps in one process, by kustomize's own library and without plugins.
//
// The result is byte for byte that of kustomize v5.8.2 with postgresapp as its function:
//
//	kustomize build --enable-alpha-plugins --enable-exec DIR
//
// There is one thing more. PostgresApps that no transformer of the tree expands would be left in kustomize's output as they are, which
// no cluster understands; here they are expanded as well, at the end and without defaults, as if the kustomization's last transformer
// did it. Apps that are annotated config.kubernetes.io/local-config: "true" are what kustomize leaves out of its output, and they stay
// out: this is how a base holds apps for its overlays to expand.
package build

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/tree"
)

// KustomizeVersion is the kustomize whose results Build gives.
const KustomizeVersion = "v5.8.2"

// Build renders the kustomization in dir and gives its resources as YAML. There is no output if a finding is an error, or if there is
// an error, which is then one of kustomize's. Paths in findings begin with dir as it is given.
//
// kustomize keeps the OpenAPI schema that a kustomization sets in global variables: Build must not run twice at the same time, nor
// beside kustomize's own library.
func Build(fs filesys.FileSystem, dir string, o Options, expand tree.Expander) ([]byte, diag.Findings, error) {
	return newBuilder(o, expand).text(fs, dir)
}

// Resources is Build with the resources as kustomize holds them, for those who write each to a file of its own.
func Resources(fs filesys.FileSystem, dir string, o Options, expand tree.Expander) (resmap.ResMap, diag.Findings, error) {
	return newBuilder(o, expand).resources(fs, dir)
}

type builder struct {
	options *krusty.Options
	tree    tree.Options
}

func newBuilder(o Options, expand tree.Expander) *builder {
	b := &builder{options: o.krusty()}
	b.tree = tree.Options{
		Expand:     expand,
		Render:     b.render,
		RootOnly:   b.options.LoadRestrictions != types.LoadRestrictionsNone,
		InputOrder: b.options.Reorder == krusty.ReorderOptionNone,
		Plugins:    o.EnableAlphaPlugins,
		Exec:       o.EnableExec,
	}
	return b
}

func (b *builder) text(fs filesys.FileSystem, dir string) ([]byte, diag.Findings, error) {
	resources, findings, err := b.resources(fs, dir)
	if resources == nil {
		return nil, findings, err
	}
	out, err := resources.AsYaml()
	return out, findings, err
}

func (b *builder) resources(fs filesys.FileSystem, dir string) (resmap.ResMap, diag.Findings, error) {
	b.tree.Assume = true
	resources, findings, assumed, err := b.build(fs, dir)
	if assumed && resources == nil {
		b.tree.Assume = false
		resources, findings, _, err = b.build(fs, dir)
	}
	return resources, findings, err
}

// build rewrites the tree and lets kustomize build it. There are no resources if apps remain that should have been expanded; assumed
// tells whether that may be because something was assumed to hold none.
func (b *builder) build(fs filesys.FileSystem, dir string) (resources resmap.ResMap, findings diag.Findings, assumed bool, err error) {
	rewritten, findings, err := tree.Rewrite(fs, dir, b.tree)
	if err != nil || rewritten == nil {
		return nil, findings, false, err
	}
	resources, err = b.tree.Render(rewritten.FS, rewritten.Dir)
	if err != nil {
		more, err := rewritten.Explain(err)
		return nil, append(findings, more...), rewritten.Assumed, err
	}
	if left := append(rewritten.Leftover(resources), rewritten.Ignored()...); len(left) > 0 {
		return nil, append(findings, left...), rewritten.Assumed, nil
	}
	if err := rewritten.Restore(resources); err != nil {
		return nil, findings, false, err
	}
	if err := b.label(rewritten.BuildMetadata, resources); err != nil {
		return nil, findings, false, err
	}
	return resources, findings, false, nil
}

// Renderer runs kustomize with the options, for those who rewrite trees. It must not run twice at the same time.
func Renderer(o Options) func(fs filesys.FileSystem, dir string) (resmap.ResMap, error) {
	return newBuilder(o, nil).render
}

// render runs kustomize.
func (b *builder) render(fs filesys.FileSystem, dir string) (resmap.ResMap, error) {
	// kustomize does not forget the schema of an earlier run when the next one sets none.
	if openapi.GetSchemaVersion() != openapi.DefaultOpenAPI {
		openapi.ResetOpenAPI()
	}
	return krusty.MakeKustomizer(b.options).Run(fs, dir)
}

// label gives the label that names the kustomize that made the resources the value that the kustomize command gives it: the library
// knows only its own version.
func (b *builder) label(buildMetadata []string, resources resmap.ResMap) error {
	if !b.options.AddManagedbyLabel && !slices.Contains(buildMetadata, types.ManagedByLabelOption) {
		return nil
	}
	for _, r := range resources.Resources() {
		labels := r.GetLabels()
		labels[konfig.ManagedbyLabelKey] = "kustomize-" + KustomizeVersion
		if err := r.SetLabels(labels); err != nil {
			return fmt.Errorf("label %s: %w", r.CurId(), err)
		}
	}
	return nil
}
