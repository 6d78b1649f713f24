package build

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// BenchmarkApps compares builds of 100 apps with plain kustomize on the manifests that they become, written into the files that the
// apps were in. It reports the medians of the CPU time of both, and their ratio: what an app costs over writing its manifests by hand.
// The two are measured in turns, so that the machine's other work meets both, and in either order, because the first has to ask the
// system for the memory that both use.
func BenchmarkApps(b *testing.B) {
	for _, layout := range []struct {
		name  string
		write func(b *testing.B, root string, plain bool)
	}{
		{"generators", writeGenerators},
		{"one transformer", writeOneTransformer},
		{"shared component", writeSharedComponent},
		{"shared component and namespaces", writeNamespaces},
		{"no transformer and a namespace", writeRemainder},
	} {
		b.Run(layout.name, func(b *testing.B) {
			apps, plain := filepath.Join(b.TempDir(), "apps"), filepath.Join(b.TempDir(), "plain")
			layout.write(b, apps, false)
			layout.write(b, plain, true)
			fs := filesys.MakeFsOnDisk()
			var ours, theirs []time.Duration
			for b.Loop() {
				var got, want []byte
				turns := []func(){
					func() {
						ours = append(ours, cpuTime(b, func() {
							out, findings, err := Build(fs, filepath.Join(apps, "root"), Options{}, render.Apps)
							require.NoError(b, err)
							require.False(b, findings.Failed())
							got = out
						}))
					},
					func() {
						theirs = append(theirs, cpuTime(b, func() {
							resources, err := krusty.MakeKustomizer(Options{}.krusty()).Run(fs, filepath.Join(plain, "root"))
							require.NoError(b, err)
							want, err = resources.AsYaml()
							require.NoError(b, err)
						}))
					},
				}
				if len(ours)%2 == 1 {
					slices.Reverse(turns)
				}
				for _, turn := range turns {
					turn()
				}
				require.True(b, bytes.Equal(want, got), "the two builds differ")
			}
			b.ReportMetric(milliseconds(median(ours)), "apps-ms")
			b.ReportMetric(milliseconds(median(theirs)), "plain-ms")
			b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

const benchmarkedApps = 100

func appYAML(i int, annotations string) string {
	return fmt.Sprintf(`apiVersion: postgresapp.dev/v1alpha1
kind: PostgresApp
metadata:
  name: app%[1]d
  namespace: team%[1]d
%[2]sspec:
  storage: {size: 10Gi}
  resources: {requests: {cpu: "1"}, limits: {memory: 2Gi}}
  backup:
    bucket: backups
    endpointURL: http://minio.minio.svc:9000
    credentials: {existingSecret: {name: minio}}
  poolers: [{type: rw}]
`, i, annotations)
}

// manifests are what an app becomes.
func manifests(b *testing.B, i int) string {
	result := render.Apps([]render.Document{{YAML: []byte(appYAML(i, ""))}}, nil)
	require.False(b, result.Findings.Failed(), result.Findings.String())
	var out string
	for _, object := range result.Expansions[0].Objects {
		text, err := object.YAML()
		require.NoError(b, err)
		out += "---\n" + string(text)
	}
	return out
}

func appFile(b *testing.B, i int, plain bool, annotations string) string {
	if plain {
		return manifests(b, i)
	}
	return appYAML(i, annotations)
}

const defaultsYAML = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: defaults}\nspec: {instances: 1}\n"

func writeGenerators(b *testing.B, root string, plain bool) {
	list := "generators:\n"
	if plain {
		list = "resources:\n"
	}
	for i := range benchmarkedApps {
		list += fmt.Sprintf("- app%d.yaml\n", i)
		put(b, filepath.Join(root, "root", fmt.Sprintf("app%d.yaml", i)), appFile(b, i, plain, "  annotations:\n    config.kubernetes.io/function: 'exec: {path: postgresapp}'\n"))
	}
	put(b, filepath.Join(root, "root", "kustomization.yaml"), list)
}

func writeOneTransformer(b *testing.B, root string, plain bool) {
	list := "resources:\n"
	for i := range benchmarkedApps {
		list += fmt.Sprintf("- app%d.yaml\n", i)
		put(b, filepath.Join(root, "root", fmt.Sprintf("app%d.yaml", i)), appFile(b, i, plain, ""))
	}
	if !plain {
		list += "transformers: [defaults.yaml]\n"
		put(b, filepath.Join(root, "root", "defaults.yaml"), defaultsYAML)
	}
	put(b, filepath.Join(root, "root", "kustomization.yaml"), list)
}

func writeRemainder(b *testing.B, root string, plain bool) {
	writeOneTransformer(b, root, plain)
	path := filepath.Join(root, "root", "kustomization.yaml")
	list, err := os.ReadFile(path)
	require.NoError(b, err)
	list = bytes.Replace(list, []byte("transformers: [defaults.yaml]\n"), nil, 1)
	put(b, path, string(list)+"namespace: database\n")
}

func writeSharedComponent(b *testing.B, root string, plain bool) {
	writeDirectories(b, root, plain, "")
}

func writeNamespaces(b *testing.B, root string, plain bool) {
	writeDirectories(b, root, plain, "namespace: team%d\n")
}

func writeDirectories(b *testing.B, root string, plain bool, more string) {
	list := "resources:\n"
	for i := range benchmarkedApps {
		list += fmt.Sprintf("- ../apps/app%d\n", i)
		dir := filepath.Join(root, "apps", fmt.Sprintf("app%d", i))
		put(b, filepath.Join(dir, "postgres.yaml"), appFile(b, i, plain, ""))
		text := "resources: [postgres.yaml]\n"
		if !plain {
			text += "components: [../../components/postgres]\n"
		}
		if more != "" {
			text += fmt.Sprintf(more, i)
		}
		put(b, filepath.Join(dir, "kustomization.yaml"), text)
	}
	put(b, filepath.Join(root, "root", "kustomization.yaml"), list)
	put(b, filepath.Join(root, "components", "postgres", "kustomization.yaml"),
		"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [defaults.yaml]\n")
	put(b, filepath.Join(root, "components", "postgres", "defaults.yaml"), defaultsYAML)
}

func put(b *testing.B, path, text string) {
	require.NoError(b, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(b, os.WriteFile(path, []byte(text), 0o644))
}

// cpuTime is the time that the process has computed for do, in all threads, without what collects the garbage of others.
func cpuTime(b *testing.B, do func()) time.Duration {
	runtime.GC()
	before := used(b)
	do()
	return used(b) - before
}

func used(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func median(values []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
