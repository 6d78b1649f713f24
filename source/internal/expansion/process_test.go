package expansion

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary be the program that Process runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		switch os.Getenv("TMPDIR") {
		case "hang":
			time.Sleep(time.Hour)
		case "crash":
			panic("of all things")
		}
		os.Exit(Main())
	}
	os.Exit(m.Run())
}

func process(t *testing.T) Process {
	program, err := os.Executable()
	require.NoError(t, err)
	return Process{Program: program, Memory: 512 << 20, Timeout: time.Minute, Temporary: t.TempDir()}
}

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return dir
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(content)
		return err
	}))
	return files
}

const app = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: %s}\nspec: {storage: {size: 1Gi}, backup: {enabled: false}}\n"

func lab() map[string]string {
	return map[string]string{
		"lab/shop/kustomization.yaml":  "resources: [postgres.yaml]\nnamespace: shop\n",
		"lab/shop/postgres.yaml":       fmt.Sprintf(app, "shop"),
		"lab/blog/kustomization.yaml":  "resources: [postgres.yaml]\nnamespace: blog\n",
		"lab/blog/postgres.yaml":       fmt.Sprintf(app, "blog"),
		"lab/blog/deployment.enc.yaml": "data: ENC[AES256_GCM,data:abc]\nsops: {mac: ENC[x]}\n",
	}
}

func TestExpand(t *testing.T) {
	dir := tree(t, lab())
	report, err := process(t).Expand(t.Context(), dir, nil)
	require.NoError(t, err)
	assert.Equal(t, Report{Apps: 2}, report)
	after := read(t, dir)
	assert.Equal(t, lab()["lab/blog/deployment.enc.yaml"], after["lab/blog/deployment.enc.yaml"])
	for name, content := range after {
		assert.NotContains(t, content, "kind: PostgresApp", name)
	}
	assert.Contains(t, strings.Join(values(after), "\n"), "name: shop-postgres")
}

func TestExpandSomePaths(t *testing.T) {
	dir := tree(t, lab())
	report, err := process(t).Expand(t.Context(), dir, []string{"lab/shop"})
	require.NoError(t, err)
	assert.Equal(t, Report{Apps: 1}, report)
	assert.Equal(t, lab()["lab/blog/postgres.yaml"], read(t, dir)["lab/blog/postgres.yaml"])
}

func TestMistakesChangeNothing(t *testing.T) {
	files := lab()
	files["lab/blog/postgres.yaml"] = strings.Replace(files["lab/blog/postgres.yaml"], "storage", "storrage", 1)
	dir := tree(t, files)
	report, err := process(t).Expand(t.Context(), dir, nil)
	require.NoError(t, err)
	assert.True(t, report.Failed())
	said := report.Findings.Errors().String()
	assert.Contains(t, said, "(lab/blog/postgres.yaml): spec.storrage: ")
	assert.NotContains(t, said, dir)
	assert.Equal(t, files, read(t, dir))
}

func TestProblem(t *testing.T) {
	files := map[string]string{"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a, postgres.yaml]\n",
		"b/postgres.yaml": fmt.Sprintf(app, "cycle")}
	dir := tree(t, files)
	report, err := process(t).Expand(t.Context(), dir, nil)
	require.NoError(t, err)
	require.True(t, report.Failed(), "kustomizations that refer to each other")
	assert.NotContains(t, report.Problem+report.Findings.String(), dir)
	assert.Equal(t, files, read(t, dir))
}

// TestExpansionIsAlone proves that nothing of the controller's environment reaches the expansion.
func TestExpansionIsAlone(t *testing.T) {
	dir, p := tree(t, lab()), process(t)
	t.Setenv("TMPDIR", "crash") // would make it panic, if it arrived
	_, err := p.Expand(t.Context(), dir, nil)
	assert.NoError(t, err)
}

func TestExpansionThatDoesNotEnd(t *testing.T) {
	p := process(t)
	p.Temporary, p.Timeout = "hang", 100*time.Millisecond
	_, err := p.Expand(t.Context(), t.TempDir(), nil)
	assert.EqualError(t, err, "the expansion took longer than 100ms")
}

func TestExpansionThatCrashes(t *testing.T) {
	p := process(t)
	p.Temporary = "crash"
	_, err := p.Expand(t.Context(), t.TempDir(), nil)
	assert.EqualError(t, err, "the expansion ended with exit status 2: panic: of all things")
}

func TestExpansionThatWantsMemory(t *testing.T) {
	p := process(t)
	p.Memory = 12 << 20
	_, err := p.Expand(t.Context(), tree(t, lab()), nil)
	assert.EqualError(t, err, "the expansion needs more than 12 MiB of memory")
}

func values(m map[string]string) (all []string) {
	for _, v := range m {
		all = append(all, v)
	}
	return all
}
