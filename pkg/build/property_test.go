package build

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// TestLawHoldsForAnyTree builds random trees in both ways: the build gives what kustomize gives with the function as a plugin, and
// fails where that does. Where apps remain in what kustomize gives, the tree gets a last transformer that expands them.
func TestLawHoldsForAnyTree(t *testing.T) {
	// The same trees in every run; for others: go test ./pkg/build -args -rapid.seed=N
	if given := flag.Lookup("rapid.seed"); given.Value.String() == given.DefValue {
		require.NoError(t, flag.Set("rapid.seed", "1"))
	}
	base := t.TempDir()
	trees := 0
	rapid.Check(t, func(rt *rapid.T) {
		trees++
		g := &forest{T: rt, files: map[string]string{}}
		g.grow()
		root := filepath.Join(base, fmt.Sprint(trees))
		defer os.RemoveAll(root)
		for name, text := range g.files {
			path := filepath.Join(root, name)
			require.NoError(rt, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(rt, os.WriteFile(path, []byte(text), 0o644))
		}
		dir := filepath.Join(root, "k0")

		got, findings, err := Build(filesys.MakeFsOnDisk(), dir, Options{}, expandSimply)
		want, wantErr := withPlugins(dir, Options{})
		if wantErr == nil && strings.Contains("\n"+want, "\nkind: PostgresApp\n") {
			if g.local || g.noted {
				// A last transformer would expand apps that are local configuration, too, and leave notes of itself.
				require.NotContains(rt, "\n"+string(got), "\nkind: PostgresApp\n")
				return
			}
			addLast(rt, dir)
			want, wantErr = withPlugins(dir, Options{})
		}
		if wantErr != nil && strings.Contains(wantErr.Error(), "merging from generator") {
			return // kustomize refuses generated objects that others had been before they were renamed; of resources it does not
		}
		if wantErr != nil {
			require.True(rt, err != nil || findings.Failed(), "kustomize fails: %v", wantErr)
			return
		}
		require.NoError(rt, err)
		require.Empty(rt, findings)
		require.Equal(rt, want, string(got))
	})
}

// forest is a random tree: Kustomizations k0, k1, ..., of which each refers to later ones only, as do the Components c0, c1, ....
type forest struct {
	*rapid.T
	files map[string]string

	// local tells whether an app is annotated as local configuration.
	local bool

	// noted tells whether the output says where resources are from.
	noted bool

	kustomizations, components, names int
}

func (g *forest) chance(percent int, label string) bool {
	return rapid.IntRange(1, 100).Draw(g.T, label) <= percent
}

func (g *forest) grow() {
	g.kustomizations = rapid.IntRange(1, 4).Draw(g.T, "kustomizations")
	g.components = rapid.IntRange(0, 3).Draw(g.T, "components")
	for i := range g.kustomizations {
		g.kustomization(fmt.Sprintf("k%d", i), i+1, 0, i == 0)
	}
	for i := range g.components {
		g.kustomization(fmt.Sprintf("c%d", i), g.kustomizations, i+1, false)
	}
}

// kustomization writes the kustomization of a directory, which may refer to Kustomizations and Components from the given numbers on.
func (g *forest) kustomization(dir string, kustomizations, components int, root bool) {
	component := strings.HasPrefix(dir, "c")
	var k strings.Builder
	if component {
		k.WriteString("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n")
	}
	// Nothing is a kustomization without this.
	k.WriteString("resources:\n- always.yaml\n")
	g.files[dir+"/always.yaml"] = fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: always-%s}\n", dir)
	for i := kustomizations; i < g.kustomizations; i++ {
		if g.chance(60, "base") {
			fmt.Fprintf(&k, "- ../k%d\n", i)
		}
	}
	generated := ""
	if g.chance(25, "generated") {
		generated = g.name("generated")
		k.WriteString("- uses.yaml\n")
		g.files[dir+"/uses.yaml"] = deployment("uses-"+generated, generated)
	}
	for range rapid.IntRange(0, 2).Draw(g.T, "files") {
		fmt.Fprintf(&k, "- %s\n", g.resource(dir))
	}
	g.generators(&k, dir)
	k.WriteString(g.list("components", g.components-components, func(i int) string { return fmt.Sprintf("../c%d", components+i) }))
	if generated != "" {
		fmt.Fprintf(&k, "configMapGenerator:\n- {name: %s, literals: [a=b]}\n", generated)
	}
	g.fields(&k)
	g.transformers(&k, dir)
	if root && g.chance(30, "order") {
		k.WriteString("sortOptions: {order: fifo}\n")
	}
	if root {
		metadata := rapid.SampledFrom([]string{"", "", "", "buildMetadata: [originAnnotations]\n", "buildMetadata: [transformerAnnotations, originAnnotations]\n",
			"buildMetadata: [managedByLabel]\n"}).Draw(g.T, "metadata")
		g.noted = strings.Contains(metadata, "Annotations")
		k.WriteString(metadata)
	}
	g.files[dir+"/kustomization.yaml"] = k.String()
}

func (g *forest) list(field string, n int, item func(int) string) string {
	var items string
	for i := range max(n, 0) {
		if g.chance(60, field) {
			items += "- " + item(i) + "\n"
		}
	}
	if items == "" {
		return ""
	}
	return field + ":\n" + items
}

func (g *forest) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// resource writes a file of resources and gives its name.
func (g *forest) resource(dir string) string {
	name := g.name("r")
	var documents []string
	for range rapid.IntRange(1, 3).Draw(g.T, "documents") {
		switch rapid.IntRange(0, 4).Draw(g.T, "document") {
		case 0:
			documents = append(documents, fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n", g.name("cm")))
		case 1:
			documents = append(documents, deployment(g.name("d"), fmt.Sprintf("app%d-settings", rapid.IntRange(1, 10).Draw(g.T, "refers"))))
		default:
			documents = append(documents, g.app(""))
		}
	}
	g.files[dir+"/"+name+".yaml"] = strings.Join(documents, "---\n")
	return name + ".yaml"
}

// app is a PostgresApp.
func (g *forest) app(annotations string) string {
	if annotations == "" && g.chance(10, "local") {
		g.local = true
		annotations = `{config.kubernetes.io/local-config: "true"}`
	}
	if annotations == "" {
		annotations = "{note: mine}"
	}
	namespace := rapid.SampledFrom([]string{"", "", ", namespace: own"}).Draw(g.T, "namespace")
	spec := rapid.SampledFrom([]string{"{instances: 1}", "{monitored: true}", "{word: yes, size: 0x10}"}).Draw(g.T, "spec")
	return fmt.Sprintf("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: %s%s, annotations: %s}\nspec: %s\n", g.name("app"), namespace, annotations, spec)
}

const functionAnnotation = `{config.kubernetes.io/function: "exec: {path: ` + simpleFunctionName + `}"}`

func (g *forest) generators(k *strings.Builder, dir string) {
	k.WriteString(g.list("generators", rapid.IntRange(0, 2).Draw(g.T, "generators"), func(int) string {
		switch rapid.IntRange(0, 3).Draw(g.T, "generator") {
		case 0:
			return "|-\n" + indent(g.app(functionAnnotation))
		case 1:
			name := g.name("g")
			g.files[dir+"/"+name+".yaml"] = fmt.Sprintf("apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: %s}\nliterals: [a=b]\n", g.name("builtin"))
			return name + ".yaml"
		case 2:
			name := g.name("generators")
			g.files[name+"/kustomization.yaml"] = "resources: [all.yaml]\nnamePrefix: gen-\n"
			g.files[name+"/all.yaml"] = g.app(functionAnnotation)
			if g.chance(40, "mixed") {
				g.files[name+"/all.yaml"] += fmt.Sprintf("---\napiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: %s}\nliterals: [a=b]\n", g.name("builtin"))
			}
			return "../" + name
		default:
			name := g.name("g")
			g.files[dir+"/"+name+".yaml"] = g.app(functionAnnotation)
			if g.chance(30, "two") {
				g.files[dir+"/"+name+".yaml"] += "---\n" + g.app(functionAnnotation)
			}
			return name + ".yaml"
		}
	}))
}

// fields writes fields with which kustomize changes resources.
func (g *forest) fields(k *strings.Builder) {
	for _, field := range []string{
		"namePrefix: pre-\n", "nameSuffix: -suf\n", "namespace: space\n", "commonAnnotations: {all: annotated}\n",
		"labels:\n- pairs: {labelled: here}\n  includeSelectors: true\n", "commonLabels: {common: label}\n",
		"images: [{name: postgres, newTag: new}]\n",
		"patches:\n- target: {kind: PostgresApp}\n  patch: |-\n    - {op: add, path: /spec/patched, value: true}\n" +
			"- target: {kind: Cluster}\n  patch: |-\n    - {op: replace, path: /spec/imageName, value: patched}\n",
	} {
		if g.chance(12, strings.TrimSpace(field)) {
			k.WriteString(field)
		}
	}
}

func (g *forest) transformers(k *strings.Builder, dir string) {
	k.WriteString(g.list("transformers", rapid.IntRange(0, 3).Draw(g.T, "transformers"), func(int) string {
		text := fmt.Sprintf("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: %s, annotations: %s}\nspec: {instances: 3}\n", g.name("defaults"), functionAnnotation)
		if g.chance(40, "builtin") {
			name := g.name("builtin")
			text = fmt.Sprintf("apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: %s}\nannotations: {%s: here}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n", name, name)
		}
		if g.chance(30, "inline") {
			return "|-\n" + indent(text)
		}
		name := g.name("t")
		g.files[dir+"/"+name+".yaml"] = text
		return name + ".yaml"
	}))
}

func deployment(name, settings string) string {
	return fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\nspec: {template: {spec: {containers: [{name: c, envFrom: [{configMapRef: {name: %s}}]}]}}}\n", name, settings)
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ")
}
