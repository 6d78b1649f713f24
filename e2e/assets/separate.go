package assets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Programs with modules of their own.
const (
	SourceController Program = "source-controller" // Flux's
	Helm             Program = "helm"
)

// OlderOperators are the versions of the CloudNativePG operator before that of the set, the oldest first: the first release of each,
// which has no more than the version promises.
var OlderOperators = []string{"1.27", "1.28", "1.29"}

// separate is a program with a module of its own below tools: what it depends on does not go together with what the other programs
// depend on. It is kept beside the sets of assets, in a set named after all that decides what it is.
type separate struct {
	module    string // its directory below tools
	program   Program
	pkg       string
	manifests []manifestSource
}

// EnsureSourceController returns the path of Flux's source-controller, after it has built it where it is missing.
func EnsureSourceController(ctx context.Context, progress io.Writer) (string, error) {
	set, err := separate{module: "source-controller", program: SourceController, pkg: "github.com/fluxcd/source-controller"}.ensure(ctx, progress)
	return set.Program(SourceController), err
}

// EnsureHelm is the same for Helm.
func EnsureHelm(ctx context.Context, progress io.Writer) (string, error) {
	set, err := separate{module: "helm", program: Helm, pkg: "helm.sh/helm/v3/cmd/helm"}.ensure(ctx, progress)
	return set.Program(Helm), err
}

// EnsureOperator returns a set of one of OlderOperators: its program, definitions and webhook registrations, and nothing else.
func EnsureOperator(ctx context.Context, progress io.Writer, version string) (Set, error) {
	return separate{module: "cnpg-" + version, program: CNPGManager, pkg: packages[CNPGManager], manifests: []manifestSource{operatorManifests}}.
		ensure(ctx, progress)
}

func (s separate) ensure(ctx context.Context, progress io.Writer) (Set, error) {
	b, err := s.builder(ctx, progress)
	if err != nil {
		return Set{}, err
	}
	set := Set{dir: b.dir}
	if exists(set.Program(s.program)) {
		return set, nil // without a lock: the directory may be read-only
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return Set{}, fmt.Errorf("make the cache directory (%s moves it): %w", CacheEnv, err)
	}
	unlock, err := lock(filepath.Join(b.dir, ".lock"))
	if err != nil {
		return Set{}, err
	}
	defer unlock()
	if exists(set.Program(s.program)) {
		return set, nil
	}
	if err := b.extract(ctx, set, s.manifests); err != nil {
		return Set{}, err
	}
	return set, b.compile(ctx, s.module, s.pkg, linkFlags, set.Program(s.program)) // last: it says that the set is complete
}

// builder makes the program in a directory of its own.
func (s separate) builder(ctx context.Context, progress io.Writer) (*builder, error) {
	module, err := goOutput(ctx, "", "list", "-m", "-f", "{{.Dir}}", e2eModule)
	if err != nil {
		return nil, fmt.Errorf("find the directory of module %s: %w", e2eModule, err)
	}
	b := &builder{tools: filepath.Join(module, "tools", s.module), progress: progress}
	h := sha256.New()
	if err := b.pins(h); err != nil {
		return nil, err
	}
	platform, err := goOutput(ctx, b.tools, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(h, platform, buildFlags, linkFlags, s.pkg, s.manifests)
	root, err := cacheRoot()
	if err != nil {
		return nil, err
	}
	b.dir = filepath.Join(root, hex.EncodeToString(h.Sum(nil))[:16])
	return b, nil
}
