package tree

import (
	"errors"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// Options say how a tree is rewritten.
type Options struct {
	// Expand is the core.
	Expand Expander

	// Render runs kustomize on a kustomization of a file system that the rewriting made, with plugins as they will be for the result,
	// and gives the resources in kustomize's order. It is called for what cannot be told from files alone.
	Render func(fs filesys.FileSystem, dir string) (resmap.ResMap, error)

	// RootOnly tells whether kustomize will refuse files outside of a kustomization's directory.
	RootOnly bool

	// InputOrder tells whether kustomize is told to keep the order of the input, where the kustomization does not say.
	InputOrder bool

	// Plugins tells whether kustomize will run functions of others, Exec whether those that are programs too.
	Plugins, Exec bool

	// Assume takes remote resources, helm charts and the generators of others to hold no PostgresApp, so that kustomize does not have
	// to fetch or run them twice. Whether that was right is seen in the output: see Tree.Assumed.
	Assume bool
}

// Tree is a rewritten tree.
type Tree struct {
	// FS is the file system with the rewritten kustomizations, Dir the directory to build in it.
	FS  *Overlay
	Dir string

	// Objects are the files that hold what apps become.
	Objects []*Objects

	// BuildMetadata is what the kustomization asks kustomize to note in its output.
	BuildMetadata []string

	// Assumed tells whether something that could not be looked into was taken to hold no PostgresApp. If Leftover finds one in the
	// output, or kustomize fails, the tree has to be rewritten without assuming.
	Assumed bool

	walker *walker
}

// Rewrite rewrites the kustomizations that the one in dir consists of. Paths in findings are relative to dir as it is given. The tree
// is nil if a finding is an error, or if there is an error, which is one of kustomize's.
func Rewrite(fs filesys.FileSystem, dir string, options Options) (*Tree, diag.Findings, error) {
	if (&resource.Origin{}).Append(dir).Repo != "" {
		return nil, nil, fmt.Errorf("%s is a remote repository: clone it, and give the directory", dir)
	}
	if !fs.Exists(dir) {
		return nil, nil, fmt.Errorf("%s does not exist", dir)
	}
	root, name, err := fs.CleanedAbs(dir)
	if err != nil {
		return nil, nil, err
	}
	if name != "" {
		return nil, nil, fmt.Errorf("%s is a file: give the directory of a kustomization", dir)
	}
	w := newWalker(guard{fs}, root.String(), dir, options)
	target, err := readUnit(w.below, w.root)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", dir, err)
	}
	w.ordered = inputOrder(&target.fields, options.InputOrder)
	w.traced = slices.Contains(target.fields.BuildMetadata, types.TransformerAnnotations)
	w.kustomization(w.root)
	w.expand()
	if options.Plugins && !options.Exec {
		w.watch()
	}
	w.findings.Sort()
	if w.findings.Failed() {
		return nil, w.findings, nil
	}
	if w.err != nil {
		return nil, w.findings, w.err
	}
	return &Tree{FS: w.overlay, Dir: w.root, Objects: w.objects, BuildMetadata: target.fields.BuildMetadata, Assumed: w.assumed, walker: w}, w.findings, nil
}

func newWalker(fs filesys.FileSystem, root, given string, options Options) *walker {
	return &walker{
		options: options, below: fs, overlay: newOverlay(fs), root: root, given: given,
		units: map[string]*unit{}, results: map[string]state{}, active: map[string]bool{}, read: map[string]*file{},
		expanded: map[expansionKey][]manifest.Object{}, markers: map[string]origin{}, parts: map[string]string{}, inlined: map[origin]string{},
	}
}

// fail keeps the first error that is kustomize's rather than an app's.
func (w *walker) fail(err error) { w.err = errors.Join(w.err, err) }
