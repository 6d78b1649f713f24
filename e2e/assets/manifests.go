package assets

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// manifestSource is a module that carries manifests the rig installs.
type manifestSource struct {
	module string
	// version and sum pin a module of which nothing is compiled. Both are empty for a module that tools/go.mod
	// pins: manifests and program are then of one version.
	version, sum string
	// crds are glob patterns below the module.
	crds []string
	// webhooks is the file with webhook registrations, if it has one.
	webhooks string
}

var operatorManifests = manifestSource{
	module:   "github.com/cloudnative-pg/cloudnative-pg",
	crds:     []string{"config/crd/bases/*.yaml"},
	webhooks: "config/webhook/manifests.yaml",
}

var manifests = []manifestSource{operatorManifests, {
	// Without it the operator refuses backups by volume snapshot.
	module: "github.com/kubernetes-csi/external-snapshotter/client/v8",
	crds:   []string{"config/crd/snapshot.storage.k8s.io_*.yaml"},
}, {
	// The plugin itself does not run in the rig; the ObjectStore is its only resource.
	module:  "github.com/cloudnative-pg/plugin-barman-cloud",
	version: "v0.15.0",
	sum:     "h1:gNVytrzzYUE08wxLDrjfJqy1FPPSFkMe1OEr4s4pVI0=",
	crds:    []string{"config/crd/bases/barmancloud.cnpg.io_objectstores.yaml"},
}, {
	// The version of the monitoring types that the product is compiled with.
	module:  "github.com/prometheus-operator/prometheus-operator",
	version: "v0.92.0",
	sum:     "h1:tAbsod3+9sQsxDeAvLP27dAe9terToht5M+YdDwLGP0=",
	crds: []string{
		"example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
		"example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
		"example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
	},
}, {
	module:  "github.com/external-secrets/external-secrets",
	version: "v1.3.2",
	sum:     "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
	crds:    []string{"config/crds/bases/external-secrets.io_externalsecrets.yaml"},
}, {
	module: "github.com/fluxcd/kustomize-controller",
	crds:   []string{"config/crd/bases/*.yaml"},
}, {
	module:  "github.com/fluxcd/source-controller",
	version: "v1.9.3",
	sum:     "h1:Zj1gfvK/2MFIm/K3vh5fSHoJBoggLKMuLWf5ZEmaF0w=",
	crds:    []string{"config/crd/bases/*.yaml"},
}, {
	module:  "github.com/fluxcd/helm-controller",
	version: "v1.6.4",
	sum:     "h1:u/Ew7LehrwDQaE/NqWdaB3XnNDCxRGDcp1FZl7RKj4g=",
	crds:    []string{"config/crd/bases/*.yaml"},
}}

// extract copies the manifests of modules into the set.
func (b *builder) extract(ctx context.Context, set Set, sources []manifestSource) error {
	if len(sources) == 0 {
		return nil
	}
	fmt.Fprintln(b.progress, "extracting CRDs and webhook registrations")
	if err := os.MkdirAll(set.CRDs(), 0o755); err != nil {
		return err
	}
	var webhooks string
	for _, source := range sources {
		dir, err := b.moduleDir(ctx, source)
		if err != nil {
			return err
		}
		for _, pattern := range source.crds {
			files, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
			if err != nil {
				return err
			}
			if len(files) == 0 {
				return fmt.Errorf("module %s has no file %s", source.module, pattern)
			}
			for _, file := range files {
				if err := copyFile(filepath.Join(set.CRDs(), filepath.Base(file)), file); err != nil {
					return err
				}
			}
		}
		if source.webhooks != "" {
			webhooks = filepath.Join(dir, filepath.FromSlash(source.webhooks))
		}
	}
	return copyFile(set.Webhooks(), webhooks)
}

// moduleDir downloads a module, compares its checksum with the pinned one and returns its directory.
func (b *builder) moduleDir(ctx context.Context, source manifestSource) (string, error) {
	query := source.module // the version that tools/go.mod pins, checked against its go.sum
	if source.version != "" {
		query += "@" + source.version
	}
	out, err := goOutput(ctx, b.tools, "mod", "download", "-json", query)
	if err != nil {
		return "", fmt.Errorf("download %s: %w", query, err)
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal([]byte(out), &module); err != nil {
		return "", fmt.Errorf("download %s: %w", query, err)
	}
	if source.sum != "" && module.Sum != source.sum {
		return "", fmt.Errorf("download %s: its checksum is %s, not the pinned %s", query, module.Sum, source.sum)
	}
	return module.Dir, nil
}

// copyFile copies a file so that to is never half of it.
func copyFile(to, from string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	tmp := to + ".tmp"
	if err := os.WriteFile(tmp, content, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, to)
}
