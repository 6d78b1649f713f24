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
	indented := strings.ReplaceAll(strings.TrimSpace(string(app)), "\n", "\n  ")
	input := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + indented + "\nfunctionConfig:\n  " + indented + "\n"
	compare(b, input, []string{programs.postgresapp}, []string{programs.noop})
}

// BenchmarkGenerator compares kustomize with one exec generator with kustomize on what the generator made. The aim is at most 1.5.
func BenchmarkGenerator(b *testing.B) {
	programs := build(b)
	expanded := b.TempDir()
	write(b, filepath.Join(expanded, "objects.yaml"), run(b, "", programs.kustomize, "build", "--enable-alpha-plugins", "--enable-exec", "../../examples/quickstart"))
	write(b, filepath.Join(expanded, "kustomization.yaml"), "resources: [objects.yaml]\n")
	compare(b, "", []string{programs.kustomize, "build", "--enable-alpha-plugins", "--enable-exec", "../../examples/quickstart"},
		[]string{programs.kustomize, "build", expanded})
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
			compare(b, "", []string{programs.postgresapp, "build", apps}, []string{programs.kustomize, "build", expanded})
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
	}
	b.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return p
}

// compare runs both commands in turns and reports the medians of their CPU time, in milliseconds, and the ratio.
func compare(b *testing.B, stdin string, ours, yardstick []string) {
	var a, c []time.Duration
	for b.Loop() {
		for range rounds {
			a = append(a, cpu(b, stdin, ours))
			c = append(c, cpu(b, stdin, yardstick))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(a), "ms")
	b.ReportMetric(milliseconds(c), "yardstick-ms")
	b.ReportMetric(milliseconds(a)/milliseconds(c), "ratio")
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
