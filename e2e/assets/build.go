package assets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// e2eModule is this module; the module of the programs is in its directory tools.
const e2eModule = "github.com/homelab-foundations/postgresapp/e2e"

// packages are the main packages of the programs.
var packages = map[Program]string{
	Etcd:                  "go.etcd.io/etcd/server/v3",
	KubeAPIServer:         "k8s.io/kubernetes/cmd/kube-apiserver",
	CNPGManager:           "github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
	KustomizeController:   "github.com/fluxcd/kustomize-controller",
	KubeControllerManager: "k8s.io/kubernetes/cmd/kube-controller-manager",
	Kubectl:               "k8s.io/kubernetes/cmd/kubectl",
	KubectlCNPG:           "github.com/cloudnative-pg/cloudnative-pg/cmd/kubectl-cnpg",
	SOPS:                  "github.com/getsops/sops/v3/cmd/sops",
	AgeKeygen:             "filippo.io/age/cmd/age-keygen",
}

// buildFlags keep optimisation: without it a third of the compile time would be saved once, and the API server would take twice as long
// over the thousands of objects that each run of package property sends it.
var buildFlags = []string{"-mod=readonly", "-trimpath", "-buildvcs=false"}

// linkFlags leave out symbols and DWARF, which would double the files.
const linkFlags = "-s -w"

// builder makes assets in dir from the modules that tools pins.
type builder struct {
	tools    string
	dir      string
	progress io.Writer
}

func newBuilder(ctx context.Context, progress io.Writer) (*builder, error) {
	// The module is found through the go command and not through the path of this file, which -trimpath removes.
	dir, err := goOutput(ctx, "", "list", "-m", "-f", "{{.Dir}}", e2eModule)
	if err != nil {
		return nil, fmt.Errorf("find the directory of module %s: %w", e2eModule, err)
	}
	b := &builder{tools: filepath.Join(dir, "tools"), progress: progress}
	key, err := b.key(ctx)
	if err != nil {
		return nil, err
	}
	root, err := cacheRoot()
	if err != nil {
		return nil, err
	}
	b.dir = filepath.Join(root, key)
	return b, nil
}

// key returns a name for all that decides what the assets are: the pinned modules, how they are built and by
// which compiler, and the manifests that are taken along.
func (b *builder) key(ctx context.Context) (string, error) {
	h := sha256.New()
	if err := b.pins(h); err != nil {
		return "", err
	}
	platform, err := goOutput(ctx, b.tools, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return "", err
	}
	fmt.Fprintln(h, platform, buildFlags, linkFlags, packages, manifests)
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// pins writes what pins the modules.
func (b *builder) pins(to io.Writer) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(b.tools, name))
		if err != nil {
			return fmt.Errorf("read what pins the programs: %w", err)
		}
		if _, err := to.Write(content); err != nil {
			return err
		}
	}
	return nil
}

// build compiles a program and puts it at path.
func (b *builder) build(ctx context.Context, p Program, path string) error {
	ldflags := linkFlags
	if strings.HasPrefix(packages[p], "k8s.io/kubernetes/") {
		version, err := b.kubernetesVersionFlags(ctx)
		if err != nil {
			return err
		}
		ldflags += " " + version
	}
	return b.compile(ctx, string(p), packages[p], ldflags, path)
}

// compile builds a main package and puts the program at path, whole or not at all.
func (b *builder) compile(ctx context.Context, name, pkg, ldflags, path string) error {
	fmt.Fprintf(b.progress, "building %s\n", name)
	start := time.Now()
	tmp := path + ".tmp"
	defer os.Remove(tmp) // gone already when all went well
	args := append([]string{"build"}, buildFlags...)
	args = append(args, "-ldflags="+ldflags, "-o", tmp, pkg)
	if _, err := goOutput(ctx, b.tools, args...); err != nil {
		return fmt.Errorf("build %s: %w", name, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("put %s in place: %w", name, err)
	}
	fmt.Fprintf(b.progress, "built %s in %s\n", name, time.Since(start).Round(time.Second))
	return nil
}

// kubernetesVersionFlags returns the linker flags by which a Kubernetes program knows its version. Without them
// it calls itself v0.0.0-master.
func (b *builder) kubernetesVersionFlags(ctx context.Context) (string, error) {
	version, err := goOutput(ctx, b.tools, "list", "-mod=readonly", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	if err != nil {
		return "", err
	}
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) != 3 {
		return "", fmt.Errorf("version %q of k8s.io/kubernetes is not of the form v1.2.3", version)
	}
	const pkg = "k8s.io/component-base/version."
	return fmt.Sprintf("-X %[1]sgitVersion=%[2]s -X %[1]sgitMajor=%[3]s -X %[1]sgitMinor=%[4]s",
		pkg, version, parts[0], parts[1]), nil
}

// goOutput runs the go command in dir and returns what it prints, without the last line end.
func goOutput(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	// The programs need no C compiler, and the modules are as their go.mod says, whatever workspace surrounds them.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		// "go mod download -json" reports on stdout.
		said := strings.TrimSpace(stderr.String() + "\n" + string(out))
		return "", errors.Join(fmt.Errorf("go %s: %w", args[0], err), errors.New(said))
	}
	return strings.TrimSpace(string(out)), nil
}

// lock waits until no other process holds the lock file and takes it.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the cache directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { _ = f.Close() }, nil // closing releases the lock
}
