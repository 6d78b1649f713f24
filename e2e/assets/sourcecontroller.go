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

// sourceController is Flux's source-controller. Its module is in the directory tools/source-controller: what it
// depends on does not go together with what the other programs depend on.
const (
	sourceController        = "source-controller"
	sourceControllerPackage = "github.com/fluxcd/source-controller"
)

// EnsureSourceController returns the path of Flux's source-controller, after it has built it where it is missing.
// It is kept beside the sets of assets, in a directory named after all that decides what it is.
func EnsureSourceController(ctx context.Context, progress io.Writer) (string, error) {
	b, err := newSourceControllerBuilder(ctx, progress)
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, sourceController)
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
	return path, b.compile(ctx, sourceController, sourceControllerPackage, linkFlags, path)
}

func newSourceControllerBuilder(ctx context.Context, progress io.Writer) (*builder, error) {
	module, err := goOutput(ctx, "", "list", "-m", "-f", "{{.Dir}}", e2eModule)
	if err != nil {
		return nil, fmt.Errorf("find the directory of module %s: %w", e2eModule, err)
	}
	b := &builder{tools: filepath.Join(module, "tools", sourceController), progress: progress}
	h := sha256.New()
	if err := b.pins(h); err != nil {
		return nil, err
	}
	platform, err := goOutput(ctx, b.tools, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(h, platform, buildFlags, linkFlags, sourceControllerPackage)
	root, err := cacheRoot()
	if err != nil {
		return nil, err
	}
	b.dir = filepath.Join(root, hex.EncodeToString(h.Sum(nil))[:16])
	return b, nil
}
