//go:build e2e

package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
	"github.com/homelab-foundations/postgresapp/e2e/property"
	"github.com/homelab-foundations/postgresapp/e2e/rig"
	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// TestOlderOperators applies every app of the examples, as it is for an older version of the operator, where that version runs: its
// definitions, rules and webhooks take it, and what the operator makes of one that stands alone agrees with what its objects refer to. What
// the version does not have, the product refuses, and says which version does.
func TestOlderOperators(t *testing.T) {
	apps := exampleApps(t)
	require.Greater(t, len(apps), 15)
	for _, version := range assets.OlderOperators {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			older, err := rig.Start(t.Context(), rig.Options{Operator: version, Progress: os.Stderr})
			require.NoError(t, err)
			defer func() { assert.NoError(t, older.Stop()) }()
			var passed atomic.Int32
			t.Run("apps", func(t *testing.T) {
				for _, app := range apps {
					t.Run(app.name, func(t *testing.T) {
						t.Parallel()
						if app.appliesTo(t, older, version) {
							passed.Add(1)
						}
					})
				}
			})
			assert.Greater(t, int(passed.Load()), len(apps)/2)
			t.Logf("%d of %d apps are possible", passed.Load(), len(apps))
		})
	}
}

// exampleApp is an app of an example.
type exampleApp struct {
	name, dir string
	document  property.Document
}

// exampleApps are the apps in the files of the examples, but for those that live on defaults in other files.
func exampleApps(t *testing.T) (apps []exampleApp) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(examples, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" || strings.HasPrefix(entry.Name(), "expected") {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			fields, err := strict.Fields(document)
			if err != nil || fields["kind"] != v1alpha1.KindPostgresApp {
				continue // of another kind, or for people
			}
			app := property.Document(fields)
			if spec := app.Spec(); spec != nil && (spec["storage"] != nil || spec["cluster"] != nil) {
				dir, err := filepath.Rel(examples, filepath.Dir(path))
				require.NoError(t, err)
				name, _, _ := unstructured.NestedString(fields, "metadata", "name")
				apps = append(apps, exampleApp{strings.ReplaceAll(dir, string(filepath.Separator), "-") + "-" + name, filepath.Dir(path), app})
			}
		}
		return nil
	}))
	return apps
}

// appliesTo applies the app to a rig with a version of the operator. It returns false when the product says that it cannot be there.
func (a exampleApp) appliesTo(t *testing.T, older *rig.Rig, version string) bool {
	document := property.Document(runtime.DeepCopyJSON(a.document))
	document.Spec()["operatorVersion"] = version
	result := document.Render()
	for _, finding := range result.Findings.Errors() {
		assert.Regexp(t, `1\.(28|29|30)|operatorVersion`, finding.Message, "%s", finding.Field)
	}
	if result.Findings.Failed() {
		return false
	}
	var objects []*unstructured.Unstructured
	for _, object := range result.Expansions[0].Objects {
		objects = append(objects, &unstructured.Unstructured{Object: runtime.DeepCopyJSON(object.Fields)})
	}
	objects = substitute(t, objects)
	namespaces := place(t, older, objects)
	warnings, err := older.Apply(t.Context(), namespaces[0], objects...)
	require.NoError(t, err)
	allowed := allowedWarnings(t, a.dir)
	for _, warning := range warnings {
		assert.True(t, slices.Contains(allowed, warning.Text) || property.Announced(warning.Text, result.Findings), "%s", warning)
	}
	if standsAlone(objects) {
		settle(t, older, objects, namespaces)
	}
	return true
}

// others are fields that name what is not among an app's objects: a catalog of images, a snapshot, an account, a Secret.
var others = map[string][][]string{
	"Cluster": {{"spec", "imageCatalogRef"}, {"spec", "bootstrap", "recovery", "volumeSnapshots"}, {"spec", "serviceAccountName"}},
	"Pooler":  {{"spec", "pgbouncer", "authQuerySecret"}},
}

// standsAlone tells whether the operator can do its work with an app's objects alone. Guests of a shared cluster need that one.
func standsAlone(objects []*unstructured.Unstructured) bool {
	cluster := false
	for _, object := range objects {
		cluster = cluster || object.GetKind() == "Cluster"
		for _, field := range others[object.GetKind()] {
			if _, found, _ := unstructured.NestedFieldNoCopy(object.Object, field...); found {
				return false
			}
		}
	}
	return cluster
}
