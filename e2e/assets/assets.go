// Package assets provides what the rig runs: a control plane, the CloudNativePG operator and a Flux controller,
// built from source at the versions that e2e/tools/go.mod pins, and the CRDs and webhook registrations that belong
// to them, taken from the same modules. Beside them are the programs that a person at a terminal has.
//
// Everything is made once and kept in a directory outside the source tree, named after all that decides its
// contents. Programs and manifests appear there by rename, so a directory never holds half a file.
package assets

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// CacheEnv names the environment variable that moves the directory below which assets are kept. Without it they
// are in postgresapp/e2e below the user's cache directory ($XDG_CACHE_HOME or $HOME/.cache).
const CacheEnv = "POSTGRESAPP_E2E_CACHE"

// Program is the file name of a program the rig can run.
type Program string

// The programs, in the order they are built.
const (
	Etcd                  Program = "etcd"
	KubeAPIServer         Program = "kube-apiserver"
	CNPGManager           Program = "cnpg-manager"
	KustomizeController   Program = "kustomize-controller"
	KubeControllerManager Program = "kube-controller-manager"
	Kubectl               Program = "kubectl"
	KubectlCNPG           Program = "kubectl-cnpg" // kubectl finds it as its plugin cnpg
	SOPS                  Program = "sops"
	AgeKeygen             Program = "age-keygen"
)

// All returns every program.
func All() []Program {
	return append([]Program{Etcd, KubeAPIServer, CNPGManager, KustomizeController, KubeControllerManager}, Terminal()...)
}

// Terminal returns the programs that a person at a terminal has, under the names by which the documentation calls them.
func Terminal() []Program { return []Program{Kubectl, KubectlCNPG, SOPS, AgeKeygen} }

// Set is a directory of assets.
type Set struct {
	dir string
}

// Dir returns the directory.
func (s Set) Dir() string { return s.dir }

// Program returns the path of a program.
func (s Set) Program(p Program) string { return filepath.Join(s.dir, string(p)) }

// CRDs returns the directory of the CustomResourceDefinitions, one in each file.
func (s Set) CRDs() string { return filepath.Join(s.dir, "crds") }

// Webhooks returns the file with CloudNativePG's webhook registrations.
func (s Set) Webhooks() string { return filepath.Join(s.dir, "webhooks.yaml") }

// Dir returns the directory that Ensure fills, whether it is there or not.
func Dir(ctx context.Context) (string, error) {
	b, err := newBuilder(ctx, io.Discard)
	if err != nil {
		return "", err
	}
	return b.dir, nil
}

// Ensure returns the assets with the programs asked for, after it has made what is missing. With a cold module
// and build cache that takes minutes, and what it does is written to progress. Processes that call it at the same
// time wait for each other.
func Ensure(ctx context.Context, progress io.Writer, programs ...Program) (Set, error) {
	b, err := newBuilder(ctx, progress)
	if err != nil {
		return Set{}, err
	}
	set := Set{dir: b.dir}
	if set.complete(programs) {
		return set, nil // without a lock: the directory may be read-only
	}
	if err := os.MkdirAll(set.dir, 0o755); err != nil {
		return Set{}, fmt.Errorf("make the cache directory (%s moves it): %w", CacheEnv, err)
	}
	unlock, err := lock(filepath.Join(set.dir, ".lock"))
	if err != nil {
		return Set{}, err
	}
	defer unlock()

	for _, p := range All() {
		if !slices.Contains(programs, p) || exists(set.Program(p)) {
			continue
		}
		if err := b.build(ctx, p, set.Program(p)); err != nil {
			return Set{}, err
		}
	}
	if !exists(set.Webhooks()) {
		if err := b.extract(ctx, set, manifests); err != nil {
			return Set{}, err
		}
	}
	return set, nil
}

// complete tells whether the set has the programs and the manifests, of which the webhooks come last.
func (s Set) complete(programs []Program) bool {
	return exists(s.Webhooks()) && !slices.ContainsFunc(programs, func(p Program) bool { return !exists(s.Program(p)) })
}

// cacheRoot returns the directory below which sets of assets are kept.
func cacheRoot() (string, error) {
	if dir := os.Getenv(CacheEnv); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a directory for the built programs (set %s to choose one): %w", CacheEnv, err)
	}
	return filepath.Join(dir, "postgresapp", "e2e"), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
