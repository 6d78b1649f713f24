// Command flux builds kustomizations as Flux's kustomize-controller does between fetching an artifact and applying it, by Flux's own
// library: it generates a kustomization where there is none, builds with plugins disabled and with nothing outside of the artifact, and
// substitutes variables. It decrypts nothing.
//
// It reads a list of requests in JSON from its standard input, and writes the list of answers to its standard output.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// request is a Kustomization to build.
type request struct {
	// Root is the directory of the artifact. It stays as it is.
	Root string

	// Path is the Kustomization's spec.path.
	Path string

	// Substitute is its spec.postBuild.substitute. Without any variable nothing is substituted.
	Substitute map[string]any
}

// answer is what would be applied, or why the build fails.
type answer struct{ YAML, Error string }

func main() {
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		fmt.Fprintln(os.Stderr, "read the requests:", err)
		os.Exit(1)
	}
	answers := make([]answer, len(requests))
	for i, r := range requests {
		text, err := build(r)
		if answers[i].YAML = string(text); err != nil {
			answers[i].Error = err.Error()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build(r request) ([]byte, error) {
	root, err := os.MkdirTemp("", "artifact-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	if err := os.CopyFS(root, os.DirFS(r.Root)); err != nil {
		return nil, err
	}
	spec := map[string]any{"path": r.Path}
	if len(r.Substitute) > 0 {
		spec["postBuild"] = map[string]any{"substitute": r.Substitute}
	}
	kustomization := unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	dir := filepath.Join(root, r.Path)
	if _, err := kustomize.NewGenerator(root, kustomization).WriteFile(dir); err != nil {
		return nil, err
	}
	resources, err := kustomize.SecureBuild(root, dir, true)
	if err != nil {
		return nil, err
	}
	if len(r.Substitute) > 0 {
		for _, resource := range resources.Resources() {
			// A dry run looks up no ConfigMaps and Secrets: there is no cluster. Strict is the controller's default.
			changed, err := kustomize.SubstituteVariables(context.Background(), nil, kustomization, resource,
				kustomize.SubstituteWithDryRun(true), kustomize.SubstituteWithStrict(true))
			if err != nil {
				return nil, err
			}
			if changed != nil {
				if _, err := resources.Replace(changed); err != nil {
					return nil, err
				}
			}
		}
	}
	return resources.AsYaml()
}
