package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// unit is a kustomization file of the tree.
type unit struct {
	// dir is the absolute, delinkified path of its directory, file the name of the file in it.
	dir, file string

	// raw is the text of the file.
	raw []byte

	// fields are what it says, with the fields that kustomize replaced by others moved to those. Rewriting does not change them.
	fields types.Kustomization

	// resources, generators and components are its lists after the generators of ours have been replaced by their objects.
	resources, generators, components []string

	// rewritten tells whether those lists differ from the file's.
	rewritten bool

	// foreign tells whether resources come from something that is not seen before kustomize runs it: a helm chart, or a generator
	// that is neither ours nor kustomize's own.
	foreign bool

	generating, transformers *configs

	// generated are the generators of ours whose objects are resources.
	generated []*config
}

// path is the path of the kustomization file.
func (u *unit) path() string { return filepath.Join(u.dir, u.file) }

func (u *unit) isComponent() bool { return u.fields.Kind == types.ComponentKind }

// IsKustomizationFile tells whether kustomize takes a file of this name for the kustomization of its directory.
func IsKustomizationFile(name string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), name)
}

// readUnit reads the kustomization in dir, which is absolute and delinkified, as kustomize does.
func readUnit(fs filesys.FileSystem, dir string) (*unit, error) {
	u := &unit{dir: dir}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		path := filepath.Join(dir, name)
		raw, err := fs.ReadFile(path)
		switch {
		case err != nil && (errors.Is(err, os.ErrPermission) || fs.Exists(path) && !fs.IsDir(path)):
			return nil, err // kustomize would say that there is none
		case err != nil:
			continue
		}
		if u.file != "" {
			return nil, fmt.Errorf("it holds both %s and %s: keep one of them", u.file, name)
		}
		u.file, u.raw = name, raw
	}
	if u.file == "" {
		return nil, errors.New("it holds no kustomization: write a kustomization.yaml, or give the directory that has one")
	}
	if err := u.fields.Unmarshal(u.raw); err != nil {
		return nil, err
	}
	u.fields.FixKustomization()
	u.resources = u.fields.Resources
	u.generators = u.fields.Generators
	u.components = u.fields.Components
	return u, nil
}

// transforms tells whether the kustomization has fields with which kustomize changes what it has accumulated. Whether a field reaches
// a PostgresApp in the end is not looked at: to ask kustomize without need costs little, not to ask gives a wrong result.
func (u *unit) transforms() bool {
	f := &u.fields
	return len(f.Patches)+len(f.PatchesStrategicMerge)+len(f.PatchesJson6902)+len(f.Labels)+len(f.CommonLabels)+
		len(f.CommonAnnotations)+len(f.Images)+len(f.Replicas)+len(f.Replacements) > 0 ||
		f.Namespace != "" || f.NamePrefix != "" || f.NameSuffix != ""
}

// generates tells whether the kustomization has fields with which kustomize generates resources itself, which come before those of
// the generators that are listed.
func (u *unit) generates() bool {
	return len(u.fields.ConfigMapGenerator)+len(u.fields.SecretGenerator)+len(u.fields.HelmCharts) > 0
}
