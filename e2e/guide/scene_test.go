//go:build e2e

package guide

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// patience bounds the waiting for what controllers do within seconds on an idle machine.
const patience = 3 * time.Minute

// scene is where a page is read: a directory, a namespace, and the variables of the shell.
type scene struct {
	dir       string
	namespace string
	env       map[string]string
}

// newScene makes an empty directory and a namespace for a test. The operator's bootstrap Jobs in it, and in those whose name begins with
// it, are finished as they appear.
func newScene(t *testing.T) *scene {
	t.Helper()
	name := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(strings.TrimPrefix(t.Name(), "Test")), "-")
	namespace, err := cluster.NewNamespace(t.Context(), strings.Trim(name[:min(len(name), 30)], "-"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, cluster.Retire(context.Background(), namespace)) })
	finishBootstraps(t, namespace)
	return &scene{dir: t.TempDir(), namespace: namespace, env: map[string]string{
		"NS": namespace, "CLUSTER": "orders-postgres", "FLUX_NAMESPACE": namespace,
		"BACKUP_ACCESS_KEY_ID": "AKIAEXAMPLE", "BACKUP_SECRET_ACCESS_KEY": "notASecretOfAnybody",
	}}
}

// finishBootstraps takes the place of the pods that the operator's Jobs would run, until the test ends.
func finishBootstraps(t *testing.T, prefix string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			var jobs batchv1.JobList
			err := cluster.Client.List(ctx, &jobs, client.HasLabels{"cnpg.io/jobRole"})
			for i := range jobs.Items {
				job := &jobs.Items[i]
				if strings.HasPrefix(job.Namespace, prefix) && job.Status.CompletionTime == nil && job.DeletionTimestamp == nil {
					err = cluster.FinishJob(ctx, job)
				}
			}
			if err != nil && ctx.Err() == nil && !apierrors.IsConflict(err) && !apierrors.IsNotFound(err) {
				t.Log("finish the bootstraps:", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(500 * time.Millisecond):
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// write puts a file into the directory.
func (s *scene) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// merge edits a YAML file as a reader would who is shown what is to change: null removes.
func (s *scene) merge(t *testing.T, name, change string) {
	t.Helper()
	before, err := os.ReadFile(filepath.Join(s.dir, name))
	require.NoError(t, err, "a page changes a file that it does not have")
	document, err := yaml.YAMLToJSON(before)
	require.NoError(t, err)
	patch, err := yaml.YAMLToJSON([]byte(change))
	require.NoError(t, err)
	merged, err := jsonpatch.MergePatch(document, patch)
	require.NoError(t, err)
	after, err := yaml.JSONToYAML(merged)
	require.NoError(t, err)
	s.write(t, name, string(after))
}

// shell runs a script with the programs of the terminal and returns what it writes to standard output.
func (s *scene) shell(t require.TestingT, script string) string {
	output, err := s.try(terminal, script)
	require.NoError(t, err, "%s", script)
	return output
}

func (s *scene) try(programs, script string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	command.Dir = s.dir
	command.Env = []string{
		"PATH=" + programs + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + terminal, "KUBECONFIG=" + cluster.Kubeconfig,
	}
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		command.Env = append(command.Env, name+"="+s.env[name])
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", &shellError{err, stderr.String() + stdout.String()}
	}
	return stdout.String(), nil
}

type shellError struct {
	err  error
	said string
}

func (e *shellError) Error() string { return e.err.Error() + "\n" + e.said }

// apply applies manifests to the scene's namespace.
func (s *scene) apply(t *testing.T, manifests string) {
	t.Helper()
	_, err := cluster.Apply(t.Context(), s.namespace, parse(t, manifests)...)
	require.NoError(t, err)
}

// eventually repeats a check that reads.
func eventually(t *testing.T, check func(t *assert.CollectT)) {
	t.Helper()
	require.EventuallyWithT(t, check, patience, 500*time.Millisecond)
}

func parse(t *testing.T, manifests string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := rig.Parse([]byte(manifests))
	require.NoError(t, err)
	require.NotEmpty(t, objects)
	return objects
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// context is for checks that may be repeated after the test's own is over.
func (s *scene) context() context.Context { return context.Background() }
