package property

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
	"github.com/homelab-foundations/postgresapp/e2e/rig"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// olderGroup is the API group of the definitions of a version.
func olderGroup(version string) string {
	return "v" + strings.ReplaceAll(version, ".", "-") + "." + operatorGroup
}

var operatorGroup, _, _ = strings.Cut(cnpg.APIVersion, "/")

// InstallOlder gives the rig the definitions of all of assets.OlderOperators, under a group of their own, and waits until it serves them:
// it then judges an app's objects by the definitions of its operatorVersion too. Their webhooks do not run here.
func InstallOlder(ctx context.Context, cluster *rig.Rig) error {
	var definitions []*unstructured.Unstructured
	for _, version := range assets.OlderOperators {
		operator, err := assets.EnsureOperator(ctx, os.Stderr, version)
		if err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(operator.CRDs(), "*.yaml"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("definitions of %s: none found: %w", version, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			definition := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(strings.ReplaceAll(string(text), operatorGroup, olderGroup(version))), &definition.Object); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			keepRules(definition.Object)
			definitions = append(definitions, definition)
		}
	}
	if _, err := cluster.Apply(ctx, "", definitions...); err != nil {
		return fmt.Errorf("install the definitions of older versions: %w", err)
	}
	return wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		for _, definition := range definitions {
			kind, _, _ := unstructured.NestedString(definition.Object, "spec", "names", "kind")
			group, _, _ := unstructured.NestedString(definition.Object, "spec", "group")
			probe := &unstructured.Unstructured{Object: map[string]any{"apiVersion": group + "/v1", "kind": kind}}
			if _, err := cluster.Client.IsObjectNamespaced(probe); err != nil {
				return false, nil
			}
		}
		return true, nil
	})
}

// keepRules gives rules back the group that they compare with, which the renaming has changed.
func keepRules(value any) {
	switch value := value.(type) {
	case map[string]any:
		if rule, ok := value["rule"].(string); ok {
			for _, version := range assets.OlderOperators {
				rule = strings.ReplaceAll(rule, olderGroup(version), operatorGroup)
			}
			value["rule"] = rule
		}
		for _, element := range value {
			keepRules(element)
		}
	case []any:
		for _, element := range value {
			keepRules(element)
		}
	}
}

// ForOlder returns those objects that an older operator defines, as objects of its definitions. There are none for the rig's own version.
func ForOlder(version string, objects []manifest.Object) []manifest.Object {
	if !slices.Contains(assets.OlderOperators, version) {
		return nil
	}
	var moved []manifest.Object
	for _, object := range objects {
		if object.APIVersion == cnpg.APIVersion {
			fields := clone(object.Fields)
			fillIn(fields)
			fields["apiVersion"] = olderGroup(version) + "/v1"
			moved = append(moved, manifest.Of(fields))
		}
	}
	return moved
}

// fillIn sets the one field without which a rule of the definitions fails, and which the operator's webhook sets before they are asked
// (SetDefaults in api/v1/cluster_defaults.go, CloudNativePG 1.27.0 to 1.29.0).
func fillIn(fields map[string]any) {
	synchronous, found, _ := unstructured.NestedMap(fields, "spec", "postgresql", "synchronous")
	if found && synchronous["dataDurability"] == nil {
		_ = unstructured.SetNestedField(fields, "required", "spec", "postgresql", "synchronous", "dataDurability")
	}
}

// OperatorVersion is the version that the document names, or "".
func (d Document) OperatorVersion() string {
	spec := d.Spec()
	for _, settings := range []any{spec, spec["defaults"]} {
		if fields, ok := settings.(map[string]any); ok {
			if version, said := fields["operatorVersion"].(string); said {
				return version
			}
		}
	}
	return ""
}
