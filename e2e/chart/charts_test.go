//go:build e2e

package chart

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
)

// chartsEnv names the environment variable with the clone of the charts.
const chartsEnv = "POSTGRESAPP_CHARTS"

// The charts, and the first version of each that the product knows.
const (
	operator = "cloudnative-pg"
	plugin   = "plugin-barman-cloud"
)

type fields = map[string]any

// charts are the charts at all their versions, and Helm.
type charts struct {
	clone, helm, dir string

	mutex   sync.Mutex
	laidOut map[string]string
}

// open skips the test where there is no clone, and says so.
func open(t *testing.T) *charts {
	t.Helper()
	clone := os.Getenv(chartsEnv)
	if clone == "" {
		t.Skip("NOT RENDERED: " + chartsEnv + " names no clone of github.com/cloudnative-pg/charts")
	}
	helm, err := assets.EnsureHelm(t.Context(), os.Stderr)
	require.NoError(t, err)
	return &charts{clone: clone, helm: helm, dir: t.TempDir(), laidOut: map[string]string{}}
}

// versions are those of a chart that have a tag, oldest first.
func (c *charts) versions(t *testing.T, chart string) []string {
	t.Helper()
	var versions []string
	for tag := range strings.Lines(c.git(t, "tag", "--list", "--sort=version:refname", chart+"-v*")) {
		if version := strings.TrimPrefix(strings.TrimSpace(tag), chart+"-v"); !strings.Contains(version, "-") { // no candidates
			versions = append(versions, version)
		}
	}
	require.NotEmpty(t, versions, "the clone has no tags of %s", chart)
	return versions
}

// file is a file of a chart at a version, decoded.
func (c *charts) file(t *testing.T, chart, version, name string) fields {
	t.Helper()
	var decoded fields
	require.NoError(t, yaml.Unmarshal([]byte(c.git(t, "show", chart+"-v"+version+":charts/"+chart+"/"+name)), &decoded))
	return decoded
}

func (c *charts) git(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", append([]string{"-C", c.clone, "-c", "safe.directory=*"}, args...)...)
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	require.NoError(t, err, "git %s: %s", args[0], said.String())
	return string(out)
}

// layOut returns a directory with a chart at a version.
func (c *charts) layOut(t *testing.T, chart, version string) string {
	t.Helper()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	tag := chart + "-v" + version
	if dir, done := c.laidOut[tag]; done {
		return dir
	}
	into := filepath.Join(c.dir, tag)
	require.NoError(t, os.MkdirAll(into, 0o755))
	archive := filepath.Join(c.dir, tag+".tar")
	c.git(t, "archive", "--output", archive, tag, "charts/"+chart)
	out, err := exec.CommandContext(t.Context(), "tar", "-xf", archive, "-C", into, "--strip-components=1").CombinedOutput()
	require.NoError(t, err, "%s", out)
	dir := filepath.Join(into, chart)
	c.standIn(t, chart, version, dir)
	c.laidOut[tag] = dir
	return dir
}

// standIn puts an empty chart in the place of each that the chart includes. It includes one, of dashboards, which a platform cannot switch on.
func (c *charts) standIn(t *testing.T, chart, version, dir string) {
	t.Helper()
	dependencies, _ := c.file(t, chart, version, "Chart.yaml")["dependencies"].([]any)
	for _, dependency := range dependencies {
		name := dependency.(fields)["name"].(string)
		require.Equal(t, "0.0", dependency.(fields)["version"])
		included := filepath.Join(dir, "charts", name)
		require.NoError(t, os.MkdirAll(included, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(included, "Chart.yaml"), []byte("{apiVersion: v2, name: "+name+", version: 0.0.1}\n"), 0o644))
	}
}

// namespace is where the charts are rendered for.
const namespace = "cnpg-system"

// render is what Helm makes of a chart at a version, by kind and name.
func (c *charts) render(t *testing.T, chart, version string, values fields) (map[string]fields, error) {
	t.Helper()
	text, err := yaml.Marshal(values)
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), c.helm, "template", chart, c.layOut(t, chart, version), "--namespace", namespace, "--kube-version", "1.34.0",
		"--values", "-")
	command.Stdin = bytes.NewReader(text)
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return nil, &refusal{said.String()}
	}
	objects := map[string]fields{}
	for document := range strings.SplitSeq("\n"+string(out), "\n---") {
		var object fields
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			return nil, err
		}
		if object != nil {
			objects[object["kind"].(string)+" "+object["metadata"].(fields)["name"].(string)] = object
		}
	}
	return objects, nil
}

// refusal is what Helm says of values that it does not take.
type refusal struct{ said string }

func (r *refusal) Error() string { return r.said }
