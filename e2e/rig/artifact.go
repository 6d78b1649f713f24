package rig

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Publish serves a tree of files, by their paths, until stop is called, and announces it in the status of an existing ExternalArtifact,
// as a source controller does. Flux' Kustomizations that refer to it then apply it.
func (r *Rig) Publish(ctx context.Context, key client.ObjectKey, revision string, files map[string]string) (stop func(), err error) {
	archive, err := pack(files)
	if err != nil {
		return nil, fmt.Errorf("pack revision %s: %w", revision, err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive) }))
	artifact := &unstructured.Unstructured{}
	artifact.SetGroupVersionKind(schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "ExternalArtifact"})
	if err := r.Client.Get(ctx, key, artifact); err != nil {
		server.Close()
		return nil, err
	}
	status := map[string]any{
		"path":           "tree.tar.gz",
		"url":            server.URL + "/tree.tar.gz",
		"revision":       revision,
		"digest":         fmt.Sprintf("sha256:%x", sha256.Sum256(archive)),
		"size":           int64(len(archive)),
		"lastUpdateTime": time.Now().UTC().Format(time.RFC3339),
	}
	if err := unstructured.SetNestedMap(artifact.Object, status, "status", "artifact"); err != nil {
		server.Close()
		return nil, err
	}
	if err := r.Client.Status().Update(ctx, artifact); err != nil {
		server.Close()
		return nil, fmt.Errorf("announce revision %s: %w", revision, err)
	}
	return server.Close, nil
}

// pack makes the archive of an artifact.
func pack(files map[string]string) ([]byte, error) {
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	tree := tar.NewWriter(compressed)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := tree.WriteHeader(&tar.Header{Name: path, Mode: 0o644, Size: int64(len(files[path]))}); err != nil {
			return nil, err
		}
		if _, err := tree.Write([]byte(files[path])); err != nil {
			return nil, err
		}
	}
	if err := tree.Close(); err != nil {
		return nil, err
	}
	if err := compressed.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}
