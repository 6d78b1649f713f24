// Package config tests the manifests of the source extension. What a server says to them is tested end to end.
package config

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// TestGenerated proves that the CRD, the role and the deep copies are what the types and the markers say.
func TestGenerated(t *testing.T) {
	generator := filepath.Join(t.TempDir(), "controller-gen")
	run(t, "../tools", "go", "build", "-o", generator, "sigs.k8s.io/controller-tools/cmd/controller-gen")
	dir := t.TempDir()
	run(t, "..", generator, "crd", "paths=./api/...", "output:crd:dir="+dir)
	run(t, "..", generator, "rbac:roleName=postgresapp-source", "paths=./internal/controller/...", "output:rbac:dir="+dir)
	run(t, "..", generator, "object", "paths=./api/...", "output:object:dir="+dir)
	for generated, committed := range map[string]string{
		"source.postgresapp.dev_postgresappsources.yaml": "default/crd/source.postgresapp.dev_postgresappsources.yaml",
		"role.yaml":                "default/rbac/role.yaml",
		"zz_generated.deepcopy.go": "../api/v1alpha1/zz_generated.deepcopy.go",
	} {
		want, err := os.ReadFile(filepath.Join(dir, generated))
		require.NoError(t, err)
		have, err := os.ReadFile(committed)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(have), "%s is stale: run make generate", committed)
	}
}

func run(t *testing.T, dir, name string, arguments ...string) {
	t.Helper()
	command := exec.Command(name, arguments...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func build(t *testing.T, fs filesys.FileSystem, dir string) resmap.ResMap {
	t.Helper()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, dir)
	require.NoError(t, err)
	return resources
}

// TestRights are the least: what is not listed here, the controller may not do.
func TestRights(t *testing.T) {
	granted := map[string][]string{}
	for _, r := range build(t, filesys.MakeFsOnDisk(), "default").Resources() {
		if kind := r.GetKind(); (kind != "ClusterRole" && kind != "Role") || slices.Contains([]string{"postgresapp-source-view", "postgresapp-source-edit"}, r.GetName()) {
			continue
		}
		var role rbacv1.ClusterRole
		require.NoError(t, yaml.Unmarshal([]byte(r.MustYaml()), &role))
		for _, rule := range role.Rules {
			for _, group := range rule.APIGroups {
				for _, resource := range rule.Resources {
					granted[resource+"."+group] = append(granted[resource+"."+group], rule.Verbs...)
				}
			}
		}
	}
	assert.Equal(t, map[string][]string{
		"events.":                                              {"create", "patch", "create", "patch"}, // its own, and those of leader election
		"leases.coordination.k8s.io":                           {"create", "get", "update", "patch"},
		"buckets.source.toolkit.fluxcd.io":                     {"get", "list", "watch"},
		"gitrepositories.source.toolkit.fluxcd.io":             {"get", "list", "watch"},
		"ocirepositories.source.toolkit.fluxcd.io":             {"get", "list", "watch"},
		"externalartifacts.source.toolkit.fluxcd.io":           {"create", "delete", "get", "list", "patch", "watch"},
		"externalartifacts/status.source.toolkit.fluxcd.io":    {"patch"},
		"postgresappsources.source.postgresapp.dev":            {"get", "list", "patch", "watch"},
		"postgresappsources/status.source.postgresapp.dev":     {"patch"},
		"postgresappsources/finalizers.source.postgresapp.dev": {"update"},
	}, granted)
}

// TestPodIsRestricted checks what the restricted pod security standard demands, and what it does not: a read-only root file system.
func TestPodIsRestricted(t *testing.T) {
	content, err := os.ReadFile("default/deployment.yaml")
	require.NoError(t, err)
	var deployment appsv1.Deployment
	require.NoError(t, yaml.UnmarshalStrict(content, &deployment))
	pod := deployment.Spec.Template.Spec
	assert.True(t, *pod.SecurityContext.RunAsNonRoot)
	assert.EqualValues(t, "RuntimeDefault", pod.SecurityContext.SeccompProfile.Type)
	require.Len(t, pod.Containers, 1)
	container := pod.Containers[0].SecurityContext
	assert.False(t, *container.AllowPrivilegeEscalation)
	assert.True(t, *container.ReadOnlyRootFilesystem)
	assert.EqualValues(t, []string{"ALL"}, []string{string(container.Capabilities.Drop[0])})
	assert.Empty(t, container.Capabilities.Add)
	for _, volume := range pod.Volumes {
		require.NotNil(t, volume.EmptyDir, volume.Name)
		assert.False(t, volume.EmptyDir.SizeLimit.IsZero(), "%s has no limit", volume.Name)
	}
	assert.EqualValues(t, 1, *deployment.Spec.Replicas)
	assert.EqualValues(t, "Recreate", deployment.Spec.Strategy.Type)
}

// TestBootstrap lists the Component as somebody with a repository made by flux bootstrap does.
func TestBootstrap(t *testing.T) {
	fs := filesys.MakeFsInMemory()
	for _, pattern := range []string{"*/*.yaml", "*/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range files {
			content, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NoError(t, fs.WriteFile("/repository/extension/"+name, content))
		}
	}
	require.NoError(t, fs.WriteFile("/repository/flux-system/kustomization.yaml", []byte("resources: [gotk-components.yaml]\ncomponents: [../extension/flux]\n")))
	require.NoError(t, fs.WriteFile("/repository/flux-system/gotk-components.yaml", []byte(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: kustomize-controller, namespace: flux-system}
spec: {template: {spec: {containers: [{name: manager, args: [--watch-all-namespaces=true]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: source-controller, namespace: flux-system}
spec: {template: {spec: {containers: [{name: manager, args: [--watch-all-namespaces=true]}]}}}
`)))
	arguments := map[string][]string{}
	for _, r := range build(t, fs, "/repository/flux-system").Resources() {
		if r.GetKind() == "Deployment" {
			var deployment appsv1.Deployment
			require.NoError(t, yaml.Unmarshal([]byte(r.MustYaml()), &deployment))
			arguments[r.GetName()] = deployment.Spec.Template.Spec.Containers[0].Args
		}
	}
	assert.Equal(t, []string{"--watch-all-namespaces=true", "--feature-gates=ExternalArtifact=true"}, arguments["kustomize-controller"])
	assert.Equal(t, []string{"--watch-all-namespaces=true"}, arguments["source-controller"])
	assert.NotEmpty(t, arguments["postgresapp-source"])
}
