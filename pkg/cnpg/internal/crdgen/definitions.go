package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

const (
	operator     = "github.com/cloudnative-pg/cloudnative-pg"
	plugin       = "github.com/cloudnative-pg/plugin-barman-cloud"
	monitoring   = "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"
	newest       = "v1.30.0"
	pluginTag    = "v0.15.0"
	external     = "github.com/external-secrets/external-secrets"
	externalTag  = "v1.3.2"
	sources      = "github.com/fluxcd/source-controller"
	sourcesTag   = "v1.9.3"
	helm         = "github.com/fluxcd/helm-controller"
	helmTag      = "v1.6.4"
	generatorPkg = "sigs.k8s.io/controller-tools/cmd/controller-gen"
)

// operatorTags are the versions the timeline compares, oldest first.
var operatorTags = []string{"v1.27.0", "v1.28.0", "v1.29.0", newest}

// definition is a custom resource definition.
type definition struct {
	kind, apiVersion, source string
	schema                   node
}

// version is one version of a definition.
type version struct {
	Name   string
	Served bool
	Schema struct{ OpenAPIV3Schema node }
}

// node is an OpenAPI schema as it is written in a definition.
type node = map[string]any

// latest returns the definitions whose schemas are embedded, sorted by kind.
func latest(dir string) ([]definition, error) {
	found, err := fromModule(operator, newest, "config/crd/bases/*.yaml")
	if err != nil {
		return nil, err
	}
	stores, err := fromModule(plugin, pluginTag, "config/crd/bases/*.yaml")
	if err != nil {
		return nil, err
	}
	secrets, err := fromModule(external, externalTag, "config/crds/bases/external-secrets.io_externalsecrets.yaml")
	if err != nil {
		return nil, err
	}
	charts, err := fromModule(sources, sourcesTag, "config/crd/bases/source.toolkit.fluxcd.io_[ho]*repositories.yaml")
	if err != nil {
		return nil, err
	}
	installed, err := fromModule(helm, helmTag, "config/crd/bases/*.yaml")
	if err != nil {
		return nil, err
	}
	monitors, err := fromTypes(dir)
	if err != nil {
		return nil, err
	}
	found = append(found, stores...)
	found = append(found, secrets...)
	found = append(found, monitors...)
	found = append(found, charts...)
	found = append(found, installed...)
	kept := found[:0]
	for _, d := range found {
		switch d.kind {
		case "FailoverQuorum": // written by the operator alone
		case "Alertmanager", "Probe", "Prometheus", "ThanosRuler":
		default:
			kept = append(kept, d)
		}
	}
	sort.Slice(kept, func(i, j int) bool { return kept[i].kind < kept[j].kind })
	return kept, nil
}

// fromModule reads the definitions in those files of a module that match a pattern.
func fromModule(module, version, pattern string) ([]definition, error) {
	root, err := download(module, version)
	if err != nil {
		return nil, err
	}
	return read(filepath.Join(root, filepath.FromSlash(pattern)), module+"@"+version)
}

// download returns the directory of a module's version in the module cache.
func download(module, version string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module+"@"+version)
	out, err := cmd.Output()
	var answer struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &answer); jsonErr != nil {
		return "", errors.Join(err, jsonErr)
	}
	if answer.Error != "" {
		return "", fmt.Errorf("%s@%s: %s", module, version, answer.Error)
	}
	return answer.Dir, nil
}

// fromTypes makes the Prometheus operator's definitions from the types at the
// version in go.mod.
func fromTypes(dir string) ([]definition, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", monitoring).Output()
	if err != nil {
		return nil, fmt.Errorf("version of %s: %w", monitoring, err)
	}
	version := strings.TrimSpace(string(out))
	scratch, err := os.MkdirTemp("", "crdgen")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	tool := filepath.Join(scratch, "controller-gen")
	steps := [][]string{
		{"go", "build", "-C", filepath.Join(dir, "..", "..", "tools", "generate"), "-o", tool, generatorPkg},
		{tool, "crd:crdVersions=v1,allowDangerousTypes=true", "paths=" + monitoring + "/v1", "output:crd:dir=" + scratch},
	}
	for _, step := range steps {
		if text, err := exec.Command(step[0], step[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(step, " "), err, text)
		}
	}
	return read(filepath.Join(scratch, "*.yaml"), monitoring+"@"+version)
}

// read reads all definitions in the files that match a pattern, one a file.
func read(pattern, source string) ([]definition, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no definitions in %s", source, pattern)
	}
	var found []definition
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var crd struct {
			Spec struct {
				Group    string
				Names    struct{ Kind string }
				Versions []version
			}
		}
		if err := yaml.Unmarshal(text, &crd); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		served := slices.DeleteFunc(crd.Spec.Versions, func(v version) bool { return !v.Served })
		if len(served) != 1 {
			return nil, fmt.Errorf("%s: %d versions are served, and one is expected", file, len(served))
		}
		v := served[0]
		found = append(found, definition{
			kind:       crd.Spec.Names.Kind,
			apiVersion: crd.Spec.Group + "/" + v.Name,
			source:     source,
			schema:     v.Schema.OpenAPIV3Schema,
		})
	}
	return found, nil
}

// fileName is where a kind's schema is kept.
func fileName(kind string) string {
	return strings.ToLower(kind) + ".json"
}
