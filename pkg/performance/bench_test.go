package performance

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rounds that a benchmark takes the median of. The two sides of a ratio take turns.
const rounds = 31

// BenchmarkFunction compares one run of the function for one app with the smallest function of the same SDK on the same input. The aim
// is at most 2.5.
func BenchmarkFunction(b *testing.B) {
	programs := build(b)
	app, err := os.ReadFile("../../examples/quickstart/postgres.yaml")
	require.NoError(b, err)
	compare(b, list(app), []string{programs.postgresapp}, []string{programs.noop}, nil)
}

// list is what kustomize sends to a generator.
func list(app []byte) string {
	indented := strings.ReplaceAll(strings.TrimSpace(string(app)), "\n", "\n  ")
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + indented + "\nfunctionConfig:\n  " + indented + "\n"
}

// BenchmarkGenerator compares kustomize with one exec generator with kustomize on what the generator makes, in the same kustomization.
// The aim is at most 1.5. What it would be with the least that a function of the SDK can take is reported beside it, as the floor: most
// of what is over 1 is kustomize's own, which starts a process, and writes and reads its objects once more.
func BenchmarkGenerator(b *testing.B) {
	programs := build(b)
	const quickstart = "../../examples/quickstart"
	app, err := os.ReadFile(filepath.Join(quickstart, "postgres.yaml"))
	require.NoError(b, err)
	kustomization, err := os.ReadFile(filepath.Join(quickstart, "kustomization.yaml"))
	require.NoError(b, err)
	dir := b.TempDir()
	layout := func(name, kustomization, postgres string) string {
		write(b, filepath.Join(dir, name, "kustomization.yaml"), kustomization)
		write(b, filepath.Join(dir, name, "postgres.yaml"), postgres)
		return filepath.Join(dir, name)
	}
	expanded := layout("expanded", strings.Replace(string(kustomization), "generators:", "resources:", 1),
		run(b, "", programs.postgresapp, "build", filepath.Join(quickstart, "postgres.yaml")))
	floor := layout("floor", string(kustomization), strings.Replace(string(app), "path: postgresapp", "path: noop", 1))
	write(b, filepath.Join(dir, "answer.yaml"), run(b, list(app), programs.postgresapp))
	b.Setenv("NOOP_ANSWER", filepath.Join(dir, "answer.yaml"))
	generate := func(dir string) []string {
		return []string{programs.kustomize, "build", "--enable-alpha-plugins", "--enable-exec", dir}
	}
	plain := []string{programs.kustomize, "build", expanded}
	want := run(b, "", plain...)
	require.True(b, want == run(b, "", generate(quickstart)...), "the expanded objects give another build")
	require.True(b, want == run(b, "", generate(floor)...), "the smallest function gives another build")
	compare(b, "", generate(quickstart), plain, generate(floor))
}

// BenchmarkBuild compares the build of 100 apps, in each layout, with kustomize on the manifests that they become. The aim is at most
// 1.25.
func BenchmarkBuild(b *testing.B) {
	programs := build(b)
	for _, layout := range []struct {
		name  string
		write func(b *testing.B, dir string)
	}{{"generators", generators}, {"transformer", transformer}, {"component", component}} {
		b.Run(layout.name, func(b *testing.B) {
			apps, expanded := b.TempDir(), b.TempDir()
			layout.write(b, apps)
			write(b, filepath.Join(expanded, "objects.yaml"), run(b, "", programs.postgresapp, "build", apps))
			write(b, filepath.Join(expanded, "kustomization.yaml"), "resources: [objects.yaml]\n")
			compare(b, "", []string{programs.postgresapp, "build", apps}, []string{programs.kustomize, "build", expanded}, nil)
		})
	}
}

// apps in a layout.
const apps = 100

func app(i int, function bool) string {
	annotation := ""
	if function {
		annotation = "\n  annotations: {config.kubernetes.io/function: \"exec: {path: postgresapp}\"}"
	}
	return fmt.Sprintf("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata:\n  name: app-%03d%s\nspec:\n"+
		"  storage: {size: 10Gi}\n  backup: {bucket: backups, credentials: {inheritFromIAMRole: true}}\n", i, annotation)
}

const defaults = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata:\n  name: defaults\n" +
	"  annotations: {config.kubernetes.io/function: \"exec: {path: postgresapp}\"}\nspec: {}\n"

func generators(b *testing.B, dir string) {
	list := "namespace: databases\ngenerators:\n"
	for i := range apps {
		write(b, filepath.Join(dir, fmt.Sprintf("app-%03d.yaml", i)), app(i, true))
		list += fmt.Sprintf("- app-%03d.yaml\n", i)
	}
	write(b, filepath.Join(dir, "kustomization.yaml"), list)
}

func transformer(b *testing.B, dir string) {
	list := "namespace: databases\ntransformers: [defaults.yaml]\nresources:\n"
	for i := range apps {
		write(b, filepath.Join(dir, fmt.Sprintf("app-%03d.yaml", i)), app(i, false))
		list += fmt.Sprintf("- app-%03d.yaml\n", i)
	}
	write(b, filepath.Join(dir, "defaults.yaml"), defaults)
	write(b, filepath.Join(dir, "kustomization.yaml"), list)
}

func component(b *testing.B, dir string) {
	list := "resources:\n"
	for i := range apps {
		name := fmt.Sprintf("app-%03d", i)
		write(b, filepath.Join(dir, name, "postgres.yaml"), app(i, false))
		write(b, filepath.Join(dir, name, "kustomization.yaml"), "namespace: "+name+"\nresources: [postgres.yaml]\ncomponents: [../components/postgres]\n")
		list += "- " + name + "\n"
	}
	write(b, filepath.Join(dir, "components", "postgres", "defaults.yaml"), defaults)
	write(b, filepath.Join(dir, "components", "postgres", "kustomization.yaml"),
		"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [defaults.yaml]\n")
	write(b, filepath.Join(dir, "kustomization.yaml"), list)
}

type programs struct{ postgresapp, noop, kustomize string }

// build builds the programs as a release does, and puts them on the PATH for kustomize.
func build(b *testing.B) programs {
	dir := b.TempDir()
	p := programs{filepath.Join(dir, "postgresapp"), filepath.Join(dir, "noop"), filepath.Join(dir, "kustomize")}
	for _, program := range []struct{ dir, source, target string }{
		{"../..", "./fn", p.postgresapp}, {"../..", "./pkg/performance/noop", p.noop}, {"../../tools", "sigs.k8s.io/kustomize/kustomize/v5", p.kustomize},
	} {
		c := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program.target, program.source)
		c.Dir = program.dir
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		output, err := c.CombinedOutput()
		require.NoError(b, err, string(output))
		install(b, program.target)
	}
	b.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return p
}

// install copies a program onto itself, as whoever installs one does. What the linker wrote lies in memory in small pieces until then, and
// takes up to a millisecond longer to start, the larger it is.
func install(b *testing.B, program string) {
	text, err := os.ReadFile(program)
	require.NoError(b, err)
	require.NoError(b, os.Remove(program))
	require.NoError(b, os.WriteFile(program, text, 0o755))
}

// compare runs the commands in turns and reports the medians of their CPU time, in milliseconds, and the ratio. floor may be nil.
func compare(b *testing.B, stdin string, ours, yardstick, floor []string) {
	var a, c, f []time.Duration
	for b.Loop() {
		for range rounds {
			a = append(a, cpu(b, stdin, ours))
			c = append(c, cpu(b, stdin, yardstick))
			if floor != nil {
				f = append(f, cpu(b, stdin, floor))
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(a), "ms")
	b.ReportMetric(milliseconds(c), "yardstick-ms")
	b.ReportMetric(milliseconds(a)/milliseconds(c), "ratio")
	if floor != nil {
		b.ReportMetric(milliseconds(f)/milliseconds(c), "floor-ratio")
	}
}

func milliseconds(durations []time.Duration) float64 {
	slices.Sort(durations)
	return float64(durations[len(durations)/2].Microseconds()) / 1000
}

func cpu(b *testing.B, stdin string, args []string) time.Duration {
	c := exec.Command(args[0], args[1:]...)
	c.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	require.NoError(b, c.Run(), stderr.String())
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

func run(b *testing.B, stdin string, args ...string) string {
	c := exec.Command(args[0], args[1:]...)
	c.Stdin = strings.NewReader(stdin)
	output, err := c.Output()
	require.NoError(b, err)
	return string(output)
}

func write(b *testing.B, path, text string) {
	require.NoError(b, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(b, os.WriteFile(path, []byte(text), 0o644))
}
