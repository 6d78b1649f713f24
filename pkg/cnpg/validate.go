package cnpg

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg/internal/schema"
)

// schemas are the definitions of the kinds, without prose and with equal parts once: the operator's at 1.30.0, ObjectStore at 0.15.0 of the
// plugin, ExternalSecret at 1.3.2, Flux's at source-controller 1.9.3 and helm-controller 1.6.4, and the Prometheus operator's at the version whose types the product uses. Each file names its source.
//
//go:embed schemas/*.json
var schemas embed.FS

// kinds are those with a schema, sorted by name.
var kinds = [...]struct{ kind, apiVersion string }{
	{"Backup", APIVersion},
	{"Cluster", APIVersion},
	{"ClusterImageCatalog", APIVersion},
	{"Database", APIVersion},
	{"DatabaseRole", APIVersion},
	{"ExternalSecret", externalSecretsAPIVersion},
	{"HelmRelease", helmAPIVersion},
	{"HelmRepository", sourceAPIVersion},
	{"ImageCatalog", APIVersion},
	{"OCIRepository", sourceAPIVersion},
	{"ObjectStore", ObjectStoreAPIVersion},
	{"PodMonitor", monitoringAPIVersion},
	{"Pooler", APIVersion},
	{"PrometheusRule", monitoringAPIVersion},
	{"Publication", APIVersion},
	{"ScheduledBackup", APIVersion},
	{"ServiceMonitor", monitoringAPIVersion},
	{"Subscription", APIVersion},
}

const (
	monitoringAPIVersion      = "monitoring.coreos.com/v1"
	externalSecretsAPIVersion = "external-secrets.io/v1"
	sourceAPIVersion          = "source.toolkit.fluxcd.io/v1"
	helmAPIVersion            = "helm.toolkit.fluxcd.io/v2"
)

// decoded holds the schemas that were needed so far, by kind.
var decoded sync.Map

// HasSchema tells whether Validate knows a kind.
func HasSchema(apiVersion, kind string) bool {
	for _, k := range kinds {
		if k.kind == kind && k.apiVersion == apiVersion {
			return true
		}
	}
	return false
}

// Validate returns everything about an object that the API server would refuse when it is created, as far as the definition of its kind says:
// unknown fields, types, required fields, enumerations, patterns, bounds, keys that repeat, and the definition's own rules. It returns nothing
// for kinds that it does not know, such as Secret. Numbers may be of any type that a decoder of YAML or JSON makes of them.
//
// What the operator's admission refuses beyond that, and rules about changes of an object, are not its business. The schemas are those of the
// newest version; Check tells what an older one does not have.
func Validate(apiVersion, kind string, object map[string]any, path *field.Path) field.ErrorList {
	if !HasSchema(apiVersion, kind) {
		return nil
	}
	document, err := load(kind)
	if err != nil {
		return field.ErrorList{field.InternalError(path, err)}
	}
	return document.Validate(object, path)
}

// Kinds returns the kinds with a schema, as apiVersion and kind with a space between them, sorted by kind.
func Kinds() []string {
	names := make([]string, 0, len(kinds))
	for _, k := range kinds {
		names = append(names, k.apiVersion+" "+k.kind)
	}
	return slices.Clip(names)
}

func load(kind string) (*schema.Document, error) {
	if document, ok := decoded.Load(kind); ok {
		return document.(*schema.Document), nil
	}
	text, err := schemas.ReadFile("schemas/" + strings.ToLower(kind) + ".json")
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", kind, err)
	}
	document, err := schema.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", kind, err)
	}
	actual, _ := decoded.LoadOrStore(kind, document)
	return actual.(*schema.Document), nil
}
