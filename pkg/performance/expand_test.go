package performance

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkExpand measures the expansion of repositories in which many apps share a Component, into another directory: CPU time, user and
// system together, the time for one app, and the most memory that is used. The time for one app must not grow. The aim is 3 s and 256 MB
// for 1,000 apps.
func BenchmarkExpand(b *testing.B) {
	programs := build(b)
	for _, size := range []int{100, 300, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			dir := b.TempDir()
			repository(b, filepath.Join(dir, "repository"), size)
			var spent []time.Duration
			var memory int64
			for b.Loop() {
				// Each time to a new directory: ext4 takes its time to find room for new files where as many have just been removed.
				c := exec.Command(programs.postgresapp, "expand", filepath.Join(dir, "repository"), "-o", filepath.Join(dir, fmt.Sprint("out", len(spent))))
				var stderr bytes.Buffer
				c.Stderr = &stderr
				require.NoError(b, c.Run(), stderr.String())
				spent = append(spent, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
				memory = max(memory, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			}
			ms := milliseconds(spent)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ms, "ms")
			b.ReportMetric(ms/float64(size), "ms/app")
			b.ReportMetric(float64(memory)/1024, "MiB")
		})
	}
}

// repository writes a repository of apps, each beside its application and in a namespace of its own.
func repository(b *testing.B, dir string, apps int) {
	write(b, filepath.Join(dir, "components", "postgres", "defaults.yaml"), defaults)
	write(b, filepath.Join(dir, "components", "postgres", "kustomization.yaml"),
		"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [defaults.yaml]\n")
	for i := range apps {
		name := fmt.Sprintf("app-%03d", i)
		write(b, filepath.Join(dir, "apps", name, "postgres.yaml"), app(i, false))
		write(b, filepath.Join(dir, "apps", name, "deployment.yaml"), fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\n", name))
		write(b, filepath.Join(dir, "apps", name, "kustomization.yaml"), fmt.Sprintf("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"+
			"namespace: %s\nresources:\n- deployment.yaml\n- postgres.yaml\ncomponents:\n- ../../components/postgres\n", name))
	}
}
