package property

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// operatorModule is where the operator's definitions come from.
const operatorModule = "github.com/cloudnative-pg/cloudnative-pg"

// Older are the versions of the operator before that of the rig, with the checksum of the module of each. Their definitions stand in the
// rig's API server under a group of their own, so that it judges an app's objects by the definitions of its operatorVersion too. Their
// webhooks do not run.
var Older = map[string]struct{ tag, sum string }{
	"1.27": {"v1.27.0", "h1:mp0zlYO4vKAJmQdArWORWKr1lmB4Hj8JeBQGX5RBnpg="},
	"1.28": {"v1.28.0", "h1:vkv0a0ewDSfJOPJrsyUr4uczsxheReAWf/k171V0Dm0="},
	"1.29": {"v1.29.0", "h1:49Dm8+y4va7RODspJjeaK8uMWP3OGAD0gMsxhjm16Mo="},
}

// olderGroup is the API group of the definitions of a version.
func olderGroup(version string) string {
	return "v" + strings.ReplaceAll(version, ".", "-") + "." + operatorGroup
}

var operatorGroup, _, _ = strings.Cut(cnpg.APIVersion, "/")

// InstallOlder gives the rig the definitions of all versions in Older, and waits until it serves them.
func InstallOlder(ctx context.Context, cluster *rig.Rig) error {
	var definitions []*unstructured.Unstructured
	for version, module := range Older {
		dir, err := download(ctx, operatorModule+"@"+module.tag, module.sum)
		if err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(dir, "config", "crd", "bases", "*.yaml"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("definitions of %s: none found: %w", module.tag, err)
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
			for version := range Older {
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

// download returns the directory of a module, after comparing its checksum.
func download(ctx context.Context, module, sum string) (string, error) {
	output, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", module).Output()
	if err != nil {
		return "", fmt.Errorf("download %s: %w", module, err)
	}
	var answer struct{ Dir, Sum string }
	if err := json.Unmarshal(output, &answer); err != nil {
		return "", fmt.Errorf("download %s: %w", module, err)
	}
	if answer.Sum != sum {
		return "", fmt.Errorf("download %s: its checksum is %s, not the pinned %s", module, answer.Sum, sum)
	}
	return answer.Dir, nil
}

// ForOlder returns those objects that an older operator defines, as objects of its definitions. There are none for the rig's own version.
func ForOlder(version string, objects []manifest.Object) []manifest.Object {
	if _, older := Older[version]; !older {
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
