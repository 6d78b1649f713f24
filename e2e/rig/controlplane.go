package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
)

// controlPlane is etcd and kube-apiserver as envtest runs them, with all CRDs and webhook registrations.
type controlPlane struct {
	environment *envtest.Environment
}

// webhooks returns where the API server expects the webhooks: address, port and certificates.
func (c *controlPlane) webhooks() envtest.WebhookInstallOptions {
	return c.environment.WebhookInstallOptions
}

// startControlPlane starts etcd and kube-apiserver, installs the CRDs and registers the webhooks. The operator's are those of its own set.
func (r *Rig) startControlPlane(set, operator assets.Set) (*controlPlane, error) {
	crds, err := definitions(set, operator)
	if err != nil {
		return nil, err
	}
	launchers := filepath.Join(r.Dir, "bin")
	if err := os.MkdirAll(launchers, 0o755); err != nil {
		return nil, err
	}
	etcd, err := tiedLauncher(launchers, set.Program(assets.Etcd))
	if err != nil {
		return nil, err
	}
	apiServer, err := tiedLauncher(launchers, set.Program(assets.KubeAPIServer))
	if err != nil {
		return nil, err
	}
	state := map[string]string{}
	for _, name := range []string{"etcd", "kube-apiserver"} {
		state[name] = filepath.Join(r.Dir, name)
		if err := os.MkdirAll(state[name], 0o700); err != nil {
			return nil, err
		}
	}
	logs, err := os.Create(filepath.Join(r.Dir, "controlplane.log"))
	if err != nil {
		return nil, err
	}

	noExistingCluster := false // not even when the environment asks for one
	environment := &envtest.Environment{
		UseExistingCluster:       &noExistingCluster,
		ErrorIfCRDPathMissing:    true,
		ControlPlaneStartTimeout: time.Minute, // the default of 20 s is short on a busy machine
		CRDInstallOptions: envtest.CRDInstallOptions{
			Paths:   crds,
			MaxTime: time.Minute,
		},
		WebhookInstallOptions: envtest.WebhookInstallOptions{
			Paths: []string{operator.Webhooks()},
		},
	}
	// Paths set here win over the environment variables that envtest reads.
	environment.ControlPlane.Etcd = &envtest.Etcd{Path: etcd, DataDir: state["etcd"], Out: logs, Err: logs}
	server := environment.ControlPlane.GetAPIServer()
	server.Path, server.CertDir, server.Out, server.Err = apiServer, state["kube-apiserver"], logs, logs

	started, stop, stopped := make(chan error), make(chan struct{}), make(chan error)
	go func() {
		// envtest forks in this goroutine; see startProcess for why its thread has to live on.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		config, err := environment.Start()
		r.Config = config
		started <- err
		<-stop
		stopped <- environment.Stop()
	}()
	err = <-started
	r.shutdown = append(r.shutdown, func() error {
		close(stop)
		err := <-stopped
		_ = logs.Close()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("start the control plane: %w; its last words:\n%s", err, tail(logs.Name()))
	}
	r.Kubeconfig = filepath.Join(r.Dir, "kubeconfig")
	if err := os.WriteFile(r.Kubeconfig, environment.KubeConfig, 0o600); err != nil {
		return nil, err
	}
	return &controlPlane{environment: environment}, nil
}

// definitions are the files with the CRDs. Those of CloudNativePG come from the operator's set.
func definitions(set, operator assets.Set) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(set.CRDs(), "*.yaml"))
	if err != nil || set == operator {
		return files, err
	}
	files = slices.DeleteFunc(files, func(file string) bool {
		return strings.HasPrefix(filepath.Base(file), cnpgv1.SchemeGroupVersion.Group+"_")
	})
	own, err := filepath.Glob(filepath.Join(operator.CRDs(), "*.yaml"))
	return append(files, own...), err
}

// startGarbageCollection starts the controllers that finish deletions. The protection of claims is one of them:
// it alone takes off the finalizer that the API server puts on every PersistentVolumeClaim. The controller of quotas comes
// along: without it the API server refuses whatever a ResourceQuota counts.
func (r *Rig) startGarbageCollection(set assets.Set) error {
	_, err := r.startProcess("kube-controller-manager", nil, set.Program(assets.KubeControllerManager),
		"--kubeconfig="+r.Kubeconfig,
		"--controllers=garbage-collector-controller,namespace-controller,persistentvolumeclaim-protection-controller,resourcequota-controller",
		"--leader-elect=false",
		"--secure-port=0",
		"--use-service-account-credentials=false",
	)
	return err
}

// startKustomizeController starts Flux's kustomize-controller. What it applies comes from artifacts that a test
// announces in the status of a GitRepository or ExternalArtifact: no source-controller runs.
func (r *Rig) startKustomizeController(set assets.Set) error {
	_, err := r.startProcess("kustomize-controller",
		[]string{"RUNTIME_NAMESPACE=" + FluxNamespace},
		set.Program(assets.KustomizeController),
		"--watch-all-namespaces",
		"--enable-leader-election=false",
		"--metrics-addr=127.0.0.1:0",
		"--health-addr=127.0.0.1:0",
		"--events-addr=",
		"--feature-gates=ExternalArtifact=true",
		"--requeue-dependency=1s", // half a minute is for production: a Kustomization waits so long for one that it depends on
	)
	return err
}
