package controller

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/artifact/config"
	"github.com/fluxcd/pkg/artifact/storage"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/stretchr/testify/require"
	kuberuntime "k8s.io/apimachinery/pkg/runtime"
	kuberecorder "k8s.io/client-go/tools/record"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/source/internal/archive"
	"github.com/homelab-foundations/postgresapp/source/internal/expansion"
)

// BenchmarkPublish measures the way from a new revision to the published artifact, for repositories in which many apps share a Component:
// download, extraction, expansion in a process of its own, archiving and announcing. It takes turns with `postgresapp expand` of the same
// tree. CPU time, user and system together, of all processes: the aim is a ratio of at most 2, and a time for one app that does not grow.
// What it costs where nothing has changed has no figure: TestRestartCostsNothing of the rig counts the expansions, of which there are none.
func BenchmarkPublish(b *testing.B) {
	bin := b.TempDir()
	extension, function := filepath.Join(bin, "postgresapp-source"), filepath.Join(bin, "postgresapp")
	for _, program := range []struct{ dir, source, target string }{{"../..", "./cmd", extension}, {"../../..", "./fn", function}} {
		compile := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program.target, program.source)
		compile.Dir, compile.Env = program.dir, append(os.Environ(), "CGO_ENABLED=0")
		out, err := compile.CombinedOutput()
		require.NoError(b, err, string(out))
	}
	for _, size := range []int{100, 300, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			r, object, source := publisher(b, extension, fleet(size))
			tree, rounds := unpacked(b, r, source), 0
			var published, expanded []time.Duration
			for b.Loop() {
				rounds++
				expand := exec.Command(function, "expand", tree, "-o", filepath.Join(b.TempDir(), "out"))
				out, err := expand.CombinedOutput()
				require.NoError(b, err, string(out))
				expanded = append(expanded, expand.ProcessState.UserTime()+expand.ProcessState.SystemTime())

				before := spent(b)
				failed := r.produce(b.Context(), object, source)
				require.Nil(b, failed)
				published = append(published, spent(b)-before)
				require.Equal(b, int32(size), object.Status.Apps)
			}
			slices.Sort(published)
			slices.Sort(expanded)
			of, by := published[rounds/2], expanded[rounds/2]
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(of.Seconds()*1000, "ms")
			b.ReportMetric(of.Seconds()*1000/float64(size), "ms/app")
			b.ReportMetric(of.Seconds()/by.Seconds(), "x-of-expand")
		})
	}
}

// publisher is a reconciler, what it publishes for, and a source of files.
func publisher(b *testing.B, program string, files map[string]string) (*Reconciler, *v1alpha1.PostgresAppSource, *origin) {
	store, err := storage.New(&config.Options{StoragePath: b.TempDir(), StorageAdvAddress: "extension.example", ArtifactRetentionRecords: 2, ArtifactDigestAlgo: "sha256"})
	require.NoError(b, err)
	scheme := kuberuntime.NewScheme()
	require.NoError(b, sourcev1.AddToScheme(scheme))
	require.NoError(b, v1alpha1.AddToScheme(scheme))
	cluster := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&sourcev1.ExternalArtifact{}).Build()
	r := &Reconciler{
		Client: cluster, Reader: cluster, Storage: store, WorkDir: b.TempDir(), Limits: archive.DefaultLimits, MaxExpanded: 2 * archive.DefaultLimits.Tree,
		EventRecorder: kuberecorder.NewFakeRecorder(1000), FetchTimeout: time.Minute, Version: "bench",
		Expander: expansion.Process{Program: program, Memory: 512 << 20, Timeout: time.Minute, Temporary: b.TempDir()},
	}
	r.fetcher = r.newFetcher()
	text := packed(b, files)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text) }))
	b.Cleanup(server.Close)
	return r, source(nil), &origin{input: "sha256:new", artifact: meta.Artifact{
		URL: server.URL + "/a.tar.gz", Revision: "main@sha1:1", Digest: fmt.Sprintf("sha256:%x", sha256.Sum256(text)),
	}}
}

// unpacked is the source's tree in a directory.
func unpacked(b *testing.B, r *Reconciler, source *origin) string {
	dir, failed := r.fetch(b.Context(), source, b.TempDir())
	require.Nil(b, failed)
	return dir
}

// spent is the CPU time of this process and of those that it has waited for.
func spent(b *testing.B) (total time.Duration) {
	runtime.Gosched()
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		require.NoError(b, syscall.Getrusage(who, &usage))
		total += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return total
}

// fleet is a repository of apps, each beside its application and in a namespace of its own.
func fleet(apps int) map[string]string {
	files := map[string]string{
		"components/postgres/defaults.yaml":      "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: defaults}\nspec: {}\n",
		"components/postgres/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [defaults.yaml]\n",
	}
	for i := range apps {
		name := fmt.Sprintf("app-%03d", i)
		files["apps/"+name+"/postgres.yaml"] = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: " + name + "}\n" +
			"spec:\n  storage: {size: 10Gi}\n  backup: {bucket: backups, credentials: {inheritFromIAMRole: true}}\n"
		files["apps/"+name+"/deployment.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\n"
		files["apps/"+name+"/kustomization.yaml"] = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: " + name +
			"\nresources:\n- deployment.yaml\n- postgres.yaml\ncomponents:\n- ../../components/postgres\n"
	}
	return files
}

func packed(b *testing.B, files map[string]string) []byte {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	tree := tar.NewWriter(compressed)
	for name, text := range files {
		require.NoError(b, tree.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}))
		_, err := tree.Write([]byte(text))
		require.NoError(b, err)
	}
	require.NoError(b, tree.Close())
	require.NoError(b, compressed.Close())
	return out.Bytes()
}
