package cnpgreferences_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
)

// apiVersions of the kinds that are referred to.
var targetAPIVersions = map[string]string{
	"ConfigMap": "v1", "Secret": "v1", "ServiceAccount": "v1", "PersistentVolumeClaim": "v1",
	"Backup": "postgresql.cnpg.io/v1", "Cluster": "postgresql.cnpg.io/v1", "Pooler": "postgresql.cnpg.io/v1",
	"ImageCatalog": "postgresql.cnpg.io/v1", "ClusterImageCatalog": "postgresql.cnpg.io/v1",
	"ObjectStore":    "barmancloud.cnpg.io/v1",
	"ExternalSecret": "external-secrets.io/v1", "SecretStore": "external-secrets.io/v1", "ClusterSecretStore": "external-secrets.io/v1",
	"Certificate":    "cert-manager.io/v1",
	"HelmRepository": "source.toolkit.fluxcd.io/v1", "GitRepository": "source.toolkit.fluxcd.io/v1", "Bucket": "source.toolkit.fluxcd.io/v1",
	"OCIRepository": "source.toolkit.fluxcd.io/v1", "HelmChart": "source.toolkit.fluxcd.io/v1",
	"HelmRelease":   "helm.toolkit.fluxcd.io/v2",
	"PriorityClass": "scheduling.k8s.io/v1", "StorageClass": "storage.k8s.io/v1",
	"VolumeSnapshot": "snapshot.storage.k8s.io/v1", "VolumeSnapshotClass": "snapshot.storage.k8s.io/v1",
}

// overlay renames all of ../base. A prefix, a suffix and a namespace at once is
// what a stage of an environment looks like.
const overlay = `
resources: [../base]
namePrefix: stg-
nameSuffix: -eu
namespace: shop
`

const base = `
resources: [objects.yaml]
components: [../component]
`

// Every single path of the Component: one object names another there, and
// follows its new name. The objects come from the Go types, so a path that does
// not exist in them fails here too.
func TestEveryReferenceFollows(t *testing.T) {
	for _, target := range component(t).NameReference {
		t.Run(target.Kind, func(t *testing.T) {
			var objects []map[string]any
			for i, spec := range target.FieldSpecs {
				objects = append(objects,
					referrer(t, spec, fmt.Sprintf("referrer-%d", i), fmt.Sprintf("target-%d", i)),
					map[string]any{
						"apiVersion": targetAPIVersions[target.Kind], "kind": target.Kind,
						"metadata": map[string]any{"name": fmt.Sprintf("target-%d", i)},
					})
			}
			built := mustBuild(t, map[string]string{
				"/base/kustomization.yaml":    base,
				"/base/objects.yaml":          documents(t, objects...),
				"/overlay/kustomization.yaml": overlay,
			}, "/overlay")
			for i, spec := range target.FieldSpecs {
				want := fmt.Sprintf("stg-target-%d-eu", i)
				got := values(t, built, referrerKind(spec), fmt.Sprintf("stg-referrer-%d-eu", i), spec.Path)
				assert.Equal(t, []any{want}, got, "%s %s", spec.Kind, spec.Path)
			}
		})
	}
}

// The same for generated names, whose hash changes with the content.
func TestEveryReferenceFollowsGeneratedNames(t *testing.T) {
	for _, target := range component(t).NameReference {
		if target.Kind != "Secret" && target.Kind != "ConfigMap" {
			continue
		}
		t.Run(target.Kind, func(t *testing.T) {
			generators := map[string]string{"Secret": "secretGenerator", "ConfigMap": "configMapGenerator"}
			kustomization := base + generators[target.Kind] + ":\n"
			var objects []map[string]any
			for i, spec := range target.FieldSpecs {
				objects = append(objects, referrer(t, spec, fmt.Sprintf("referrer-%d", i), fmt.Sprintf("target-%d", i)))
				kustomization += fmt.Sprintf("- {name: target-%d, literals: [key=%d]}\n", i, i)
			}
			built := mustBuild(t, map[string]string{
				"/base/kustomization.yaml":    kustomization,
				"/base/objects.yaml":          documents(t, objects...),
				"/overlay/kustomization.yaml": overlay,
			}, "/overlay")
			for i, spec := range target.FieldSpecs {
				want := generatedName(t, built, target.Kind, fmt.Sprintf("stg-target-%d-eu", i))
				got := values(t, built, referrerKind(spec), fmt.Sprintf("stg-referrer-%d-eu", i), spec.Path)
				assert.Equal(t, []any{want}, got, "%s %s", spec.Kind, spec.Path)
			}
		})
	}
}

// generatedName finds the object with a hash behind the name.
func generatedName(t *testing.T, built resmap.ResMap, kind, name string) string {
	t.Helper()
	hashed := regexp.MustCompile("^" + regexp.QuoteMeta(name) + "-[a-z0-9]{10}$")
	for _, resource := range built.Resources() {
		if resource.GetKind() == kind && hashed.MatchString(resource.GetName()) {
			return resource.GetName()
		}
	}
	require.Failf(t, "not generated", "no %s %s with a hash", kind, name)
	return ""
}

func TestEveryImageIsReplaced(t *testing.T) {
	specs := component(t).Images
	var objects []map[string]any
	for i, spec := range specs {
		objects = append(objects, referrer(t, spec, fmt.Sprintf("referrer-%d", i),
			fmt.Sprintf("ghcr.io/cloudnative-pg/image-%d:17.6-standard-trixie@sha256:%s", i, strings.Repeat("0", 64))))
	}
	kustomization := "resources: [../base]\nimages:\n"
	for i := range specs {
		kustomization += fmt.Sprintf("- {name: ghcr.io/cloudnative-pg/image-%d, newName: mirror.example/pg, newTag: 18.4-standard-trixie}\n", i)
	}
	built := mustBuild(t, map[string]string{
		"/base/kustomization.yaml":    base,
		"/base/objects.yaml":          documents(t, objects...),
		"/overlay/kustomization.yaml": kustomization,
	}, "/overlay")
	for i, spec := range specs {
		got := values(t, built, spec.Kind, fmt.Sprintf("referrer-%d", i), spec.Path)
		assert.Equal(t, []any{"mirror.example/pg:18.4-standard-trixie"}, got, "%s %s", spec.Kind, spec.Path)
	}
}

func TestReplicasAreSet(t *testing.T) {
	specs := component(t).Replicas
	require.Len(t, specs, 2, "Cluster and Pooler have instances")
	for _, spec := range specs {
		t.Run(spec.Kind, func(t *testing.T) {
			given := referrer(t, spec, "given", 1)
			left := map[string]any{
				"apiVersion": given["apiVersion"], "kind": spec.Kind, "metadata": map[string]any{"name": "left-out"},
			}
			built := mustBuild(t, map[string]string{
				"/base/kustomization.yaml": base,
				"/base/objects.yaml":       documents(t, given, left),
				"/overlay/kustomization.yaml": `
resources: [../base]
replicas:
- {name: given, count: 3}
- {name: left-out, count: 5}
`,
			}, "/overlay")
			assert.Equal(t, []any{3}, values(t, built, spec.Kind, "given", spec.Path))
			assert.Equal(t, []any{5}, values(t, built, spec.Kind, "left-out", spec.Path))
		})
	}
}

// referrer is an object with a value at the field of a spec.
func referrer(t *testing.T, spec types.FieldSpec, name string, value any) map[string]any {
	t.Helper()
	object, err := object(referrerKind(spec), name, spec.Path, value)
	require.NoError(t, err)
	if spec.Group != "" {
		require.Equal(t, spec.Group, strings.Split(object["apiVersion"].(string), "/")[0], "group of %s", spec.Kind)
	}
	return object
}

// referrerKind is the kind to try a spec on: any, where it names none.
func referrerKind(spec types.FieldSpec) string {
	if spec.Kind == "" {
		return "ConfigMap"
	}
	return spec.Kind
}
