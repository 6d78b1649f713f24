// Package rig runs Kubernetes without containers, for tests that want the judgement of the real programs: etcd and
// kube-apiserver, the CloudNativePG operator with its admission webhooks and reconcilers, and on request Flux's
// kustomize-controller and the garbage collector. All are ordinary processes on free ports of the loopback
// interface. They end with the process that started them, however it ends.
//
// There is no kubelet and no scheduler: no pod ever runs. FinishJob stands in for the one thing the operator waits
// for before it creates its first instance.
//
// The package runs on Linux.
package rig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
)

// The namespaces that the operators' programs take for their own.
const (
	OperatorNamespace = "cnpg-system"
	FluxNamespace     = "flux-system"
)

// Options say what a rig runs besides the control plane and the CloudNativePG operator.
type Options struct {
	// Flux starts kustomize-controller, with the feature gate ExternalArtifact on.
	Flux bool

	// GarbageCollection starts those controllers of kube-controller-manager that finish deletions, and the one that counts for
	// ResourceQuotas. Without it dependents outlive their owner, and a deleted namespace stays Terminating.
	GarbageCollection bool

	// Operator is the version of the CloudNativePG operator, one of assets.OlderOperators. Empty means the newest.
	Operator string

	// StateDir is a directory below which the rig makes its own, with the state and the log of every program, and
	// leaves it behind. Without it that directory is a temporary one, which Stop removes.
	StateDir string

	// Progress is told what is built and started. Defaults to silence.
	Progress io.Writer
}

// Rig is a running control plane with its operators.
type Rig struct {
	// Config has the rights of a cluster administrator.
	Config *rest.Config
	// Client is made of Config. It knows the types of client-go and of CloudNativePG; others are unstructured.
	Client client.Client
	// Kubeconfig is the path of a file with the same rights, for programs such as kubectl.
	Kubeconfig string
	// Dir is the directory with the state and the logs: <program>.log, and controlplane.log for etcd and
	// kube-apiserver.
	Dir string

	removeDir bool
	apply     *applier
	shutdown  []func() error // in the order of starting
	stopOnce  sync.Once
	stopErr   error
}

// Start starts a rig and returns when its API server and the operator's webhooks answer. It builds the programs
// first where they are missing, which takes minutes. The caller must call Stop.
//
// ctx bounds the starting only.
func Start(ctx context.Context, options Options) (*Rig, error) {
	if options.Progress == nil {
		options.Progress = io.Discard
	}
	programs := []assets.Program{assets.Etcd, assets.KubeAPIServer}
	if options.Operator == "" {
		programs = append(programs, assets.CNPGManager)
	}
	if options.Flux {
		programs = append(programs, assets.KustomizeController)
	}
	if options.GarbageCollection {
		programs = append(programs, assets.KubeControllerManager)
	}
	set, err := assets.Ensure(ctx, options.Progress, programs...)
	if err != nil {
		return nil, err
	}
	operator := operatorProgram{set: set, image: newestOperatorImage}
	if options.Operator != "" {
		if operator.set, err = assets.EnsureOperator(ctx, options.Progress, options.Operator); err != nil {
			return nil, err
		}
		operator.image = operatorImage(options.Operator + ".0")
	}
	begin := time.Now()
	r := &Rig{removeDir: options.StateDir == ""}
	if err := r.start(ctx, set, operator, options); err != nil {
		return nil, errors.Join(err, r.Stop())
	}
	fmt.Fprintf(options.Progress, "rig up after %.1f s, state in %s\n", time.Since(begin).Seconds(), r.Dir)
	return r, nil
}

func (r *Rig) start(ctx context.Context, set assets.Set, operator operatorProgram, options Options) error {
	if err := r.makeDir(options.StateDir); err != nil {
		return err
	}
	plane, err := r.startControlPlane(set, operator.set)
	if err != nil {
		return err
	}
	if err := r.connect(); err != nil {
		return err
	}
	for _, namespace := range []string{OperatorNamespace, FluxNamespace} {
		if err := r.EnsureNamespace(ctx, namespace); err != nil {
			return err
		}
	}
	if options.GarbageCollection {
		if err := r.startGarbageCollection(set); err != nil {
			return err
		}
	}
	if options.Flux {
		if err := r.startKustomizeController(set); err != nil {
			return err
		}
	}
	return r.startOperator(ctx, operator, plane.webhooks())
}

// makeDir makes a new directory below parent, or below the system's for temporary files.
func (r *Rig) makeDir(parent string) error {
	if parent != "" {
		var err error
		if parent, err = filepath.Abs(parent); err != nil {
			return err
		}
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp(parent, "pgapp-e2e-")
	if err != nil {
		return fmt.Errorf("make a directory for the rig's state: %w", err)
	}
	r.Dir = dir
	return nil
}

// connect makes the clients for the API server.
func (r *Rig) connect() error {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), cnpgv1.AddToScheme(scheme)); err != nil {
		return err
	}
	var err error
	if r.Client, err = client.New(r.Config, client.Options{Scheme: scheme}); err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	r.apply, err = newApplier(r.Config, r.Client.RESTMapper())
	return err
}

// Stop ends all programs and removes the temporary directory. It returns an error when a program ended before it
// was told to. Calling it again changes nothing.
func (r *Rig) Stop() error {
	r.stopOnce.Do(func() {
		for i := len(r.shutdown) - 1; i >= 0; i-- {
			r.stopErr = errors.Join(r.stopErr, r.shutdown[i]())
		}
		if r.removeDir && r.Dir != "" {
			r.stopErr = errors.Join(r.stopErr, os.RemoveAll(r.Dir))
		}
	})
	return r.stopErr
}

// EnsureNamespace creates a namespace unless it exists.
func (r *Rig) EnsureNamespace(ctx context.Context, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if err := r.Client.Create(ctx, namespace); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	return nil
}

// Retire deletes what the operator would go on reconciling in namespaces for as long as the rig lives: no instance of a Cluster ever
// answers here, so it asks for each again and again, and says so in its status. A test that is done with a namespace retires it; with all
// Clusters left, the programs of a rig work three times as much.
func (r *Rig) Retire(ctx context.Context, namespaces ...string) error {
	var all error
	for _, namespace := range namespaces {
		for _, kind := range []client.Object{&cnpgv1.ScheduledBackup{}, &cnpgv1.Backup{}, &cnpgv1.Pooler{}, &cnpgv1.Cluster{}} {
			if err := r.Client.DeleteAllOf(ctx, kind, client.InNamespace(namespace)); err != nil {
				all = errors.Join(all, fmt.Errorf("retire namespace %s: %w", namespace, err))
			}
		}
	}
	return all
}

// NewNamespace creates a namespace whose name begins with prefix and is like no other, and returns the name.
func (r *Rig) NewNamespace(ctx context.Context, prefix string) (string, error) {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: prefix + "-"}}
	if err := r.Client.Create(ctx, namespace); err != nil {
		return "", fmt.Errorf("create a namespace %s-...: %w", prefix, err)
	}
	return namespace.Name, nil
}
