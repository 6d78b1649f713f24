package repository

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/homelab-foundations/postgresapp/pkg/build"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/tree"
)

// Expand finds out what to change in the tree in dir, and writes nothing. The result is nil if a finding is an error, or if there is an
// error, which is then about the tree as a whole or about reading it. Paths in findings begin with dir as it is given.
//
// It may be called any number of times in one process, but not twice at the same time, nor beside kustomize's own library, which keeps
// the OpenAPI schema of a kustomization in global variables.
func Expand(dir string, o Options) (*Result, diag.Findings, error) {
	s, err := look(dir, o)
	if err != nil {
		return nil, nil, err
	}
	defer s.close()
	x := &expansion{snapshot: s, options: o}
	if findings := x.collapse(); findings.Failed() {
		return nil, findings, nil
	}
	scanned := s.scan()
	if scanned.findings.Failed() {
		return nil, scanned.findings, nil
	}
	places, err := x.places(scanned)
	if err != nil {
		return nil, nil, err
	}
	if o.Core == nil {
		o.Core = render.Apps
	}
	objects := 0
	layout, findings, err := tree.Lay(s, dir, places, tree.Options{
		Expand: func(apps []render.Document, defaults *render.Document) render.Result {
			result := o.Core(apps, defaults)
			for _, e := range result.Expansions {
				objects += len(e.Objects)
			}
			if objects > s.limits.Objects {
				return render.Result{Findings: diag.Findings{{Severity: diag.Error, Source: dir,
					Message: fmt.Sprintf("the apps become more than %d objects", s.limits.Objects)}}}
			}
			return result
		},
		Render: build.Renderer(build.Options{LoadRestrictor: types.LoadRestrictionsNone}),
	})
	if layout == nil || err != nil {
		return nil, findings, err
	}
	result, more := x.result(layout)
	findings = append(findings, more...)
	if findings.Failed() {
		return nil, findings, nil
	}
	result.Objects = objects
	return result, findings, nil
}

// expansion is one call of Expand.
type expansion struct {
	*snapshot
	options Options

	// earlier are the files that an earlier run has added.
	earlier []string
}

// places are the parts of the tree to expand.
func (x *expansion) places(f found) (tree.Places, error) {
	p := tree.Places{Kustomizations: f.kustomizations, Bare: f.bare, Taken: x.taken, Written: x.written()}
	if len(x.options.Paths) == 0 {
		return p, nil
	}
	p.Roots, p.Bare = []string{}, nil
	for _, given := range x.options.Paths {
		dir, err := x.resolve(given)
		if err != nil {
			return p, fmt.Errorf("%s: %w", filepath.Join(x.dir, given), err)
		}
		if !x.entries[dir].mode.IsDir() {
			return p, fmt.Errorf("%s: it is no directory", filepath.Join(x.dir, given))
		}
		if slices.Contains(f.kustomizations, dir) {
			p.Roots = append(p.Roots, dir)
			continue
		}
		// Flux takes all files below, and stops where a kustomization is, which it takes as a whole.
		below := strings.TrimSuffix(dir, "/") + "/"
		for _, one := range f.kustomizations {
			if strings.HasPrefix(one, below) && !slices.ContainsFunc(f.kustomizations, func(other string) bool {
				return strings.HasPrefix(other, below) && strings.HasPrefix(one, other+"/")
			}) {
				p.Roots = append(p.Roots, one)
			}
		}
		for _, file := range f.bare {
			if strings.HasPrefix(file, below) && !slices.ContainsFunc(f.kustomizations, func(other string) bool {
				return strings.HasPrefix(other, below) && strings.HasPrefix(file, other+"/")
			}) {
				p.Bare = append(p.Bare, file)
			}
		}
	}
	return p, nil
}

// written tells of a file whether an earlier run has written an expansion beside it.
func (x *expansion) written() func(file string) bool {
	sources := map[string]bool{}
	for _, one := range x.earlier {
		if source, ok := sourceOf(x.cache[one]); ok {
			sources[path.Join(path.Dir(one), source)] = true
		}
	}
	return func(file string) bool { return sources[file] }
}

// taken tells whether somebody else's file or directory has a path.
func (x *expansion) taken(name string) bool {
	_, ok := x.entries[name]
	return ok && !x.hidden[name]
}
