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

// separate is a program whose module is in a directory of its own below tools: what it depends on does not go together with what the other
// programs depend on, and most tests need no such program.
type separate struct {
	name string // of the program and of the directory
	pkg  string // its main package
}

var (
	sourceController = separate{"source-controller", "github.com/fluxcd/source-controller"}
	helm             = separate{"helm", "helm.sh/helm/v3/cmd/helm"}
)

// EnsureSourceController returns the path of Flux's source-controller, after it has built it where it is missing.
// It is kept beside the sets of assets, in a directory named after all that decides what it is.
func EnsureSourceController(ctx context.Context, progress io.Writer) (string, error) {
	return sourceController.ensure(ctx, progress)
}

// EnsureHelm is the same for Helm.
func EnsureHelm(ctx context.Context, progress io.Writer) (string, error) {
	return helm.ensure(ctx, progress)
}

func (s separate) ensure(ctx context.Context, progress io.Writer) (string, error) {
	b, err := s.builder(ctx, progress)
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, s.name)
	if exists(path) {
		return path, nil // without a lock: the directory may be read-only
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return "", fmt.Errorf("make the cache directory (%s moves it): %w", CacheEnv, err)
	}
	unlock, err := lock(filepath.Join(b.dir, ".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(path) {
		return path, nil
	}
	return path, b.compile(ctx, s.name, s.pkg, linkFlags, path)
}

func (s separate) builder(ctx context.Context, progress io.Writer) (*builder, error) {
	module, err := goOutput(ctx, "", "list", "-m", "-f", "{{.Dir}}", e2eModule)
	if err != nil {
		return nil, fmt.Errorf("find the directory of module %s: %w", e2eModule, err)
	}
	b := &builder{tools: filepath.Join(module, "tools", s.name), progress: progress}
	h := sha256.New()
	if err := b.pins(h); err != nil {
		return nil, err
	}
	platform, err := goOutput(ctx, b.tools, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(h, platform, buildFlags, linkFlags, s.pkg)
	root, err := cacheRoot()
	if err != nil {
		return nil, err
	}
	b.dir = filepath.Join(root, hex.EncodeToString(h.Sum(nil))[:16])
	return b, nil
}
