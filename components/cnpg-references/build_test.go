package cnpgreferences_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// configuration is what the Component's files hold: the part of kustomize's
// transformer configuration that we use.
type configuration struct {
	NameReference []backReference   `json:"nameReference"`
	Images        []types.FieldSpec `json:"images"`
	Replicas      []types.FieldSpec `json:"replicas"`
}

type backReference struct {
	Group      string            `json:"group"`
	Version    string            `json:"version"`
	Kind       string            `json:"kind"`
	FieldSpecs []types.FieldSpec `json:"fieldSpecs"`
}

// componentFiles are the files of the Component, by name.
func componentFiles(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.yaml")
	require.NoError(t, err)
	files := map[string]string{}
	for _, name := range names {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		files[name] = string(content)
	}
	require.NotEmpty(t, files)
	return files
}

// component is the configuration of all files that the Component lists.
func component(t *testing.T) configuration {
	t.Helper()
	files := componentFiles(t)
	var kustomization types.Kustomization
	require.NoError(t, yaml.UnmarshalStrict([]byte(files["kustomization.yaml"]), &kustomization))
	require.Len(t, kustomization.Configurations, len(files)-1, "a file that kustomization.yaml does not list")
	var all configuration
	for _, name := range kustomization.Configurations {
		var one configuration
		require.NoError(t, yaml.UnmarshalStrict([]byte(files[name]), &one), name)
		all.NameReference = append(all.NameReference, one.NameReference...)
		all.Images = append(all.Images, one.Images...)
		all.Replicas = append(all.Replicas, one.Replicas...)
	}
	return all
}

// build runs kustomize on a tree of files, with the Component beside them in
// /component and plugins disabled.
func build(t *testing.T, tree map[string]string, dir string) (resmap.ResMap, error) {
	t.Helper()
	fs := filesys.MakeFsInMemory()
	for name, content := range componentFiles(t) {
		require.NoError(t, fs.WriteFile("/component/"+name, []byte(content)))
	}
	for name, content := range tree {
		require.NoError(t, fs.WriteFile(name, []byte(content)))
	}
	return krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, dir)
}

// mustBuild is build for trees that have to build.
func mustBuild(t *testing.T, tree map[string]string, dir string) resmap.ResMap {
	t.Helper()
	resources, err := build(t, tree, dir)
	require.NoError(t, err)
	return resources
}

// values returns what is at a path of a built object: more than one value if
// there are lists on the way, none if the field is not there.
func values(t *testing.T, resources resmap.ResMap, kind, name, path string) []any {
	t.Helper()
	for _, resource := range resources.Resources() {
		if resource.GetKind() == kind && resource.GetName() == name {
			content, err := resource.Map()
			require.NoError(t, err)
			return collect(content, splitPath(path))
		}
	}
	require.Failf(t, "not built", "no %s %s", kind, name)
	return nil
}

func collect(content any, path []string) []any {
	if list, ok := content.([]any); ok {
		var found []any
		for _, item := range list {
			found = append(found, collect(item, path)...)
		}
		return found
	}
	if len(path) == 0 {
		return []any{content}
	}
	if mapping, ok := content.(map[string]any); ok {
		if item, ok := mapping[path[0]]; ok {
			return collect(item, path[1:])
		}
	}
	return nil
}

// documents joins YAML documents.
func documents(t *testing.T, objects ...map[string]any) string {
	t.Helper()
	var all []string
	for _, object := range objects {
		content, err := yaml.Marshal(object)
		require.NoError(t, err)
		all = append(all, string(content))
	}
	return strings.Join(all, "---\n")
}
