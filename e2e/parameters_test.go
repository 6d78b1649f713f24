//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
	"github.com/homelab-foundations/postgresapp/pkg/postgres/servertest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// TestExamplesStart starts a real PostgreSQL with the parameters of every Cluster of every example, those included that the operator's
// webhook adds. What needs more memory than the machine has is read by the server's program, which starts nothing then.
//
// The libraries of shared_preload_libraries are left out, because they are in the images and not on the machine: their parameters are
// read as any text. So are parameters that the server is too old for, by the table that is compared with it in pkg/postgres.
func TestExamplesStart(t *testing.T) {
	server := servertest.New(t)
	clusters := exampleClusters(t)
	require.Greater(t, len(clusters), 20)
	namespace := newNamespace(t)
	started := map[string]string{} // by what it was started with
	for _, example := range clusters {
		t.Run(example.where, func(t *testing.T) {
			example.cluster.SetNamespace(namespace)
			require.NoError(t, cluster.Client.Create(t.Context(), example.cluster, client.DryRunAll))
			var live cnpgv1.Cluster
			require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(example.cluster.Object, &live))
			parameters := live.Spec.PostgresConfiguration.Parameters
			require.Contains(t, parameters, "max_replication_slots", "the webhook has added its own")
			if other, ok := started[fmt.Sprint(parameters)]; ok {
				t.Logf("has the parameters of %s", other)
				return
			}
			started[fmt.Sprint(parameters)] = example.where
			parameters["log_directory"] = "log" // the operator's is a volume of the pod
			for name := range parameters {
				if _, known := postgres.LookupSetting(server.Major, name); !known && !strings.Contains(name, ".") {
					_, newer := postgres.LookupSetting(postgres.Majors()[len(postgres.Majors())-1], name)
					require.True(t, newer, "no PostgreSQL has %s", name)
					t.Logf("left out: %s, which came after PostgreSQL %d", name, server.Major)
					delete(parameters, name)
				}
			}
			answer, err := server.Show("shared_memory_size", parameters)
			require.NoError(t, err)
			megabytes, err := strconv.ParseInt(answer, 10, 64)
			require.NoError(t, err)
			if megabytes<<20 > servertest.AvailableMemory(t)/2 {
				t.Logf("read, not started: needs %d MB of shared memory", megabytes)
				return
			}
			assert.NoError(t, server.Run(parameters))
		})
	}
}

// exampleCluster is a Cluster of an example.
type exampleCluster struct {
	where   string // its example and name
	cluster *unstructured.Unstructured
}

// exampleClusters are those that the examples expand to, and those of the documents in the reference, which are for reading and have no
// expected output.
func exampleClusters(t *testing.T) []exampleCluster {
	t.Helper()
	var found []exampleCluster
	add := func(dir string, objects []*unstructured.Unstructured) {
		name, err := filepath.Rel(examples, dir)
		require.NoError(t, err)
		for _, object := range substitute(t, objects) {
			if object.GetKind() == "Cluster" {
				found = append(found, exampleCluster{where: name + " " + object.GetName(), cluster: object})
			}
		}
	}
	require.NoError(t, filepath.WalkDir(examples, func(path string, entry fs.DirEntry, err error) error {
		if entry.Name() == "expected.yaml" || entry.Name() == "expected" {
			add(filepath.Dir(path), parse(t, readManifests(t, path)))
		}
		return err
	}))
	files, err := filepath.Glob(filepath.Join(examples, "reference", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if filepath.Base(file) == "defaults.yaml" {
			continue // makes nothing by itself
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			result := render.Apps([]render.Document{{YAML: document, Source: file}}, nil)
			require.False(t, result.Findings.Failed(), "%s", result.Findings)
			var objects []*unstructured.Unstructured
			for _, object := range result.Expansions[0].Objects {
				objects = append(objects, &unstructured.Unstructured{Object: object.Fields})
			}
			add(filepath.Dir(file), objects)
		}
	}
	return found
}
