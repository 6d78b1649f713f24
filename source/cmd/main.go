// Command postgresapp-source is the source extension: a controller that publishes the trees of Flux sources with every PostgresApp in
// them expanded.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	gotkdigest "github.com/fluxcd/pkg/artifact/digest"
	"github.com/fluxcd/pkg/artifact/storage"
	fluxclient "github.com/fluxcd/pkg/runtime/client"
	fluxcontroller "github.com/fluxcd/pkg/runtime/controller"
	"github.com/fluxcd/pkg/runtime/events"
	"github.com/fluxcd/pkg/runtime/leaderelection"
	"github.com/fluxcd/pkg/runtime/logger"
	fluxmetrics "github.com/fluxcd/pkg/runtime/metrics"
	"github.com/fluxcd/pkg/runtime/probes"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlconfig "sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/source/internal/controller"
	"github.com/homelab-foundations/postgresapp/source/internal/expansion"
	"github.com/homelab-foundations/postgresapp/source/internal/server"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == expansion.Command {
		os.Exit(expansion.Main())
	}
	f := parse(os.Args[1:])
	log := logger.NewLogger(f.log)
	logger.SetLogger(log)
	if err := run(ctrl.SetupSignalHandler(), f); err != nil {
		log.Error(err, "the controller ends")
		os.Exit(1)
	}
}

// run is the controller, until the context ends.
func run(ctx context.Context, f flags) error {
	algorithm, err := gotkdigest.AlgorithmForName(f.artifacts.ArtifactDigestAlgo)
	if err != nil {
		return fmt.Errorf("--artifact-digest-algo: %w", err)
	}
	gotkdigest.Canonical = algorithm
	store, err := storage.New(&f.artifacts)
	if err != nil {
		return fmt.Errorf("--storage-path: %w", err)
	}
	if err := emptied(f.workDir); err != nil {
		return fmt.Errorf("--work-dir: %w", err)
	}
	program, digest, err := self()
	if err != nil {
		return err
	}
	manager, err := newManager(f)
	if err != nil {
		return err
	}
	artifacts := &server.Server{Dir: f.artifacts.StoragePath, Address: f.artifacts.StorageAddress}
	if err := manager.Add(artifacts); err != nil {
		return err
	}
	log := ctrl.Log.WithName("setup")
	probes.SetupChecks(manager, log)
	if err := manager.AddReadyzCheck("artifacts", artifacts.Ready); err != nil {
		return err
	}
	recorder, err := events.NewRecorder(manager, ctrl.Log, f.eventsAddress, controller.Name)
	if err != nil {
		return fmt.Errorf("--events-addr: %w", err)
	}
	reconciler := &controller.Reconciler{
		Client:        manager.GetClient(),
		EventRecorder: recorder,
		Metrics:       fluxcontroller.NewMetrics(manager, fluxmetrics.MustMakeRecorder(), v1alpha1.Finalizer),
		Reader:        manager.GetAPIReader(),
		Storage:       store,
		Expander: expansion.Process{
			Program: program, Memory: f.expansionMemory, Timeout: f.expansionTimeout, Temporary: f.workDir,
		},
		Version:              version(),
		Program:              digest,
		WorkDir:              f.workDir,
		Limits:               f.limits,
		MaxExpanded:          f.maxExpanded,
		FetchRetries:         f.fetchRetries,
		FetchTimeout:         f.fetchTimeout,
		NoCrossNamespaceRefs: f.acl.NoCrossNamespaceRefs,
	}
	if err := reconciler.SetupWithManager(ctx, manager, controller.Options{
		Concurrent:  f.concurrent,
		RateLimiter: fluxcontroller.GetRateLimiter(f.rateLimiter),
	}); err != nil {
		return err
	}
	log.Info("starting", "version", reconciler.Version, "program", digest)
	return manager.Start(ctx)
}

func newManager(f flags) (ctrl.Manager, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, sourcev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	if err := f.jitter.SetGlobalJitter(nil); err != nil {
		return nil, fmt.Errorf("--interval-jitter-percentage: %w", err)
	}
	selector, err := fluxcontroller.GetWatchSelector(f.watch)
	if err != nil {
		return nil, fmt.Errorf("--watch-label-selector: %w", err)
	}
	cache := ctrlcache.Options{ByObject: map[client.Object]ctrlcache.ByObject{&v1alpha1.PostgresAppSource{}: {Label: selector}}}
	if !f.watch.AllNamespaces {
		cache.DefaultNamespaces = map[string]ctrlcache.Config{os.Getenv(fluxcontroller.EnvRuntimeNamespace): {}}
	}
	lease := controller.Name + "-leader-election"
	if f.watch.LabelSelector != "" { // each shard has a leader of its own
		lease = leaderelection.GenerateID(lease, f.watch.LabelSelector)
	}
	return ctrl.NewManager(fluxclient.GetConfigOrDie(f.client), ctrl.Options{
		Scheme:                        scheme,
		Metrics:                       metricsserver.Options{BindAddress: f.metricsAddress},
		HealthProbeBindAddress:        f.healthAddress,
		LeaderElection:                f.leaderElection.Enable,
		LeaderElectionNamespace:       os.Getenv(fluxcontroller.EnvRuntimeNamespace), // that of the pod, where it is not set
		LeaderElectionReleaseOnCancel: f.leaderElection.ReleaseOnCancel,
		LeaseDuration:                 &f.leaderElection.LeaseDuration,
		RenewDeadline:                 &f.leaderElection.RenewDeadline,
		RetryPeriod:                   &f.leaderElection.RetryPeriod,
		LeaderElectionID:              lease,
		GracefulShutdownTimeout:       &f.shutdownTimeout,
		Cache:                         cache,
		Controller:                    ctrlconfig.Controller{RecoverPanic: ptr.To(true)},
	})
}

// emptied makes a directory, and removes what an earlier process has left in it.
func emptied(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range left {
		if err := os.RemoveAll(dir + "/" + entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

// self gives the path of the running program and a digest of it: whatever another build would make of a tree, it is another program.
func self() (path, digest string, err error) {
	path, err = os.Executable()
	if err != nil {
		return "", "", fmt.Errorf("find the running program: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", "", err
	}
	return path, "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
