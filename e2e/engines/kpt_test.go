//go:build e2e

package engines

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runtimeEnv chooses docker, by the variable's name in kpt before and after 1.0.0-beta.59.
var runtimeEnv = []string{"KPT_FN_RUNTIME=docker", "KRM_FN_RUNTIME=docker"}

// kptDoors are the ways in which kpt runs the function over a package. config is a file of the package that is the functionConfig, or "".
var kptDoors = map[string]func(pkg, config string) []string{
	"render": func(pkg, _ string) []string { return []string{"kpt", "fn", "render", "--allow-exec", pkg} },
	"eval --exec": func(pkg, config string) []string {
		return eval(pkg, config, "--exec", "postgresapp")
	},
	"eval --image": func(pkg, config string) []string {
		return eval(pkg, config, "--image", image, "--image-pull-policy", "never")
	},
}

func eval(pkg, config string, flags ...string) []string {
	args := append([]string{"kpt", "fn", "eval", pkg}, flags...)
	if config != "" {
		args = append(args, "--fn-config", filepath.Join(pkg, config))
	}
	return args
}

// kptfile makes a directory a package, of which `kpt fn render` expands the apps.
func kptfile(config string) string {
	text := "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: databases\npipeline:\n  mutators:\n  - exec: postgresapp\n"
	if config != "" {
		text += "    configPath: " + config + "\n"
	}
	return text
}

// TestKptExample does what the READMEs say of the example that is a package.
func TestKptExample(t *testing.T) {
	need(t, "kpt")
	var commands []string
	for _, readme := range []string{"README.md", filepath.Join(examples, "kpt", "README.md")} {
		content, err := os.ReadFile(filepath.Join(repository, readme))
		require.NoError(t, err)
		for line := range strings.Lines(string(content)) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "kpt ") {
				commands = append(commands, line)
			}
		}
	}
	require.Len(t, commands, 2, "the commands for kpt in the READMEs")
	for _, command := range commands {
		t.Run(command, func(t *testing.T) {
			root := copySources(t)
			dir := filepath.Join(root, examples, "kpt")
			before := files(t, dir)
			for range 2 {
				call{dir: root, args: []string{"sh", "-c", command}}.output(t)
				want := maps.Clone(before)
				for path, content := range before {
					if path, expected := strings.CutPrefix(path, "expected"+string(filepath.Separator)); expected {
						want[path] = content
					}
				}
				assert.Equal(t, want, files(t, dir))
			}
		})
	}
}

// TestKptPackages turns examples into packages. Every door must give the same files; a second run must change none; and the files, put
// into the kustomization where the function was, must build to what the function gives there.
func TestKptPackages(t *testing.T) {
	need(t, "kpt")
	cases := []struct {
		example, config string
		function        string // what the kustomization says of the function
	}{
		{example: "quickstart", function: "generators:\n- postgres.yaml\n"},
		{example: "point-in-time-restore", function: "generators:\n- postgres.yaml\n"},
		{example: "temporal-and-iceberg", function: "generators:\n- postgres.yaml\n"},
		{example: "many-apps", config: "defaults.yaml", function: "resources:\n- apps.yaml\ntransformers:\n- defaults.yaml\n"},
	}
	for _, c := range cases {
		t.Run(c.example, func(t *testing.T) {
			t.Parallel()
			source := filepath.Join(copySources(t), examples, c.example)
			built := kustomize(t, source, "--enable-alpha-plugins", "--enable-exec")
			require.NoError(t, os.Remove(filepath.Join(source, "expected.yaml"))) // it would be the place of the objects
			write(t, filepath.Join(source, "Kptfile"), kptfile(c.config))
			before := files(t, source)

			results := map[string]map[string]string{}
			for door, command := range kptDoors {
				pkg := filepath.Join(t.TempDir(), c.example)
				require.NoError(t, os.CopyFS(pkg, os.DirFS(source)))
				call{env: runtimeEnv, args: command(pkg, c.config)}.output(t)
				results[door] = files(t, pkg)
				call{env: runtimeEnv, args: command(pkg, c.config)}.output(t)
				assert.Equal(t, results[door], files(t, pkg), "%s, a second time", door)

				assertForeign(t, before, results[door])
				assert.Equal(t, built, plain(t, pkg, c.function, before), "%s, built by kustomize without the function", door)
			}
			for door, result := range results {
				assert.Equal(t, results["render"], result, door)
			}
		})
	}
}

// assertForeign compares the files that kpt has no reason to change: all that were there, except for those with apps or defaults, which
// are marked as local.
func assertForeign(t *testing.T, before, after map[string]string) {
	t.Helper()
	for path, content := range before {
		if strings.Contains(content, "postgresapp.dev/v1alpha1") {
			assert.Contains(t, after[path], `config.kubernetes.io/local-config: "true"`, path)
			continue
		}
		assert.Equal(t, content, after[path], path)
	}
}

// plain puts the files that a package has got into its kustomizations, in the place of the function, and builds the package.
func plain(t *testing.T, pkg, function string, before map[string]string) string {
	t.Helper()
	replaced := 0
	for path, content := range files(t, pkg) {
		if filepath.Base(path) != "kustomization.yaml" || !strings.Contains(content, function) {
			continue
		}
		dir := filepath.Join(pkg, filepath.Dir(path))
		resources := "resources:\n"
		for _, name := range slices.Sorted(maps.Keys(files(t, dir))) {
			inPackage, err := filepath.Rel(pkg, filepath.Join(dir, name))
			require.NoError(t, err)
			if _, old := before[inPackage]; !old {
				resources += "- " + filepath.ToSlash(name) + "\n"
			}
		}
		write(t, filepath.Join(pkg, path), strings.Replace(content, function, resources, 1))
		replaced++
	}
	require.NotZero(t, replaced, "no kustomization of %s has %q", pkg, function)
	return kustomize(t, pkg)
}

// foreign is what else may be in a package: resources as people write them, with comments and in their own layout, and a file that is no
// resource at all. kpt itself gives some of it another layout, whatever the function.
var foreign = map[string]string{
	"notes.txt": "  not YAML: [\n",
	"web/deployment.yaml": `# The application.
kind: Deployment
apiVersion: apps/v1
metadata:
    name: web   # the front
spec:
    template:
        spec:
            containers:
                - name: web
                  image: "registry.example.com/web:1"
`,
	"settings.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: temporal-system}
data:
  a: 'one'

  b: "two"
---
apiVersion: v1
kind: Service
metadata:
  name: temporal-postgres-external   # beside what is generated, and not of it
  namespace: temporal-system
spec:
  selector: {cnpg.io/cluster: temporal-postgres}
`,
}

// TestKptPackageIsMaintained follows a package through what happens to one.
func TestKptPackageIsMaintained(t *testing.T) {
	need(t, "kpt")
	for door, command := range kptDoors {
		t.Run(door, func(t *testing.T) {
			t.Parallel()
			pkg := filepath.Join(t.TempDir(), "temporal")
			for _, name := range []string{"Kptfile", "postgres.yaml"} {
				content, err := os.ReadFile(filepath.Join(repository, examples, "kpt", name))
				require.NoError(t, err)
				write(t, filepath.Join(pkg, name), string(content))
			}
			untouched := t.TempDir()
			for path, content := range foreign {
				write(t, filepath.Join(pkg, path), content)
				write(t, filepath.Join(untouched, path), content)
			}
			call{args: eval(untouched, "", "--exec", "cat")}.output(t)
			app := filepath.Join(pkg, "postgres.yaml")
			kpt := func() outcome { return call{env: runtimeEnv, args: command(pkg, "")}.run(t) }
			update := func() map[string]string {
				t.Helper()
				got := kpt()
				require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
				return files(t, pkg)
			}
			const cluster, moved = "temporal/cluster_temporal-postgres.yaml", "database/the-cluster.yaml"
			const database = "temporal/database_temporal-postgres-temporal-visibility.yaml"

			first := update()
			require.Contains(t, first, cluster)
			require.Contains(t, first, database)
			assert.Contains(t, first["postgres.yaml"], "# Temporal keeps workflows", "comments of the app stay")
			for path, content := range files(t, untouched) {
				assert.Equal(t, content, first[path], "%s, as a function leaves it that does nothing", path)
			}
			assert.Equal(t, first, update(), "nothing changes when nothing has changed")

			// A file is moved, and stays where it is, with what the app says next.
			require.NoError(t, os.MkdirAll(filepath.Join(pkg, filepath.Dir(moved)), 0o755))
			require.NoError(t, os.Rename(filepath.Join(pkg, cluster), filepath.Join(pkg, moved)))
			want := maps.Clone(first)
			want[moved] = first[cluster]
			delete(want, cluster)
			assert.Equal(t, want, update(), "a moved file stays")
			edit(t, app, "size: 10Gi", "size: 20Gi")
			grown := update()
			assert.Contains(t, grown[moved], "size: 20Gi\n")
			assert.ElementsMatch(t, slices.Collect(maps.Keys(want)), slices.Collect(maps.Keys(grown)), "a moved file is kept up to date in its place")
			edit(t, app, "size: 20Gi", "size: 10Gi")
			assert.Equal(t, want, update(), "what is taken back is as before")

			// A setting is taken out, and what it was for is gone. Nothing else is.
			edit(t, app, "  databases:\n  - name: temporal_visibility\n", "")
			less := update()
			delete(want, database)
			want["postgres.yaml"] = less["postgres.yaml"]
			assert.Equal(t, want, less)

			// A mistake changes nothing, and is said with the app, the field and the remedy.
			edit(t, app, "size: 10Gi", "size: large")
			broken := files(t, pkg)
			got := kpt()
			assert.NotZero(t, got.code)
			assert.Equal(t, broken, files(t, pkg))
			assert.Contains(t, got.stderr, "PostgresApp temporal-system/temporal (postgres.yaml): spec.storage.size: ")
			assert.Contains(t, got.stderr, "such as 10Gi")

			edit(t, app, "size: large", "size: 10Gi")
			assert.Equal(t, less, update(), "and is forgotten when it is mended")
		})
	}
}
