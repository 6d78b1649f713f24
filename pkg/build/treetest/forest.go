package treetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pgregory.net/rapid"
)

// Forest is a random tree: Kustomizations k0, k1, ..., of which each refers to later ones only, as do the Components c0, c1, ....
type Forest struct {
	*rapid.T
	// Files are the texts of its files by their paths.
	Files map[string]string

	// Local tells whether an app is annotated as local configuration.
	Local bool

	// Noted tells whether the output says where resources are from.
	Noted bool

	plain bool

	kustomizations, components, names int
}

func (g *Forest) chance(percent int, label string) bool {
	return rapid.IntRange(1, 100).Draw(g.T, label) <= percent
}

// Grow draws a tree. If plain, its output says nothing about where resources are from, no file holds configurations of ours beside
// others, and less in it meets twice, which kustomize mostly refuses.
func Grow(t *rapid.T, plain bool) *Forest {
	g := &Forest{T: t, Files: map[string]string{}, plain: plain}
	g.grow()
	return g
}

// density is how often something is drawn of which two may not be kept apart.
func (g *Forest) density(percent int) int {
	if g.plain {
		return percent * 2 / 3
	}
	return percent
}

func (g *Forest) grow() {
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
func (g *Forest) kustomization(dir string, kustomizations, components int, root bool) {
	component := strings.HasPrefix(dir, "c")
	var k strings.Builder
	if component {
		k.WriteString("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n")
	}
	// Nothing is a kustomization without this.
	k.WriteString("resources:\n- always.yaml\n")
	g.Files[dir+"/always.yaml"] = fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: always-%s}\n", dir)
	for i := kustomizations; i < g.kustomizations; i++ {
		if g.chance(g.density(60), "base") {
			fmt.Fprintf(&k, "- ../k%d\n", i)
		}
	}
	generated := ""
	if g.chance(g.density(25), "generated") {
		generated = g.name("generated")
		k.WriteString("- uses.yaml\n")
		g.Files[dir+"/uses.yaml"] = deployment("uses-"+generated, generated)
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
		if g.plain && strings.Contains(metadata, "Annotations") {
			metadata = ""
		}
		g.Noted = strings.Contains(metadata, "Annotations")
		k.WriteString(metadata)
	}
	g.Files[dir+"/kustomization.yaml"] = k.String()
}

func (g *Forest) list(field string, n int, item func(int) string) string {
	var items string
	for i := range max(n, 0) {
		if g.chance(g.density(60), field) {
			items += "- " + item(i) + "\n"
		}
	}
	if items == "" {
		return ""
	}
	return field + ":\n" + items
}

func (g *Forest) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// resource writes a file of resources and gives its name.
func (g *Forest) resource(dir string) string {
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
	g.Files[dir+"/"+name+".yaml"] = strings.Join(documents, "---\n")
	return name + ".yaml"
}

// app is a PostgresApp.
func (g *Forest) app(annotations string) string {
	if annotations == "" && g.chance(10, "local") {
		g.Local = true
		annotations = `{config.kubernetes.io/local-config: "true"}`
	}
	if annotations == "" {
		annotations = "{note: mine}"
	}
	namespace := rapid.SampledFrom([]string{"", "", ", namespace: own"}).Draw(g.T, "namespace")
	spec := rapid.SampledFrom([]string{"{instances: 1}", "{monitored: true}", "{word: yes, size: 0x10}"}).Draw(g.T, "spec")
	return fmt.Sprintf("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: %s%s, annotations: %s}\nspec: %s\n", g.name("app"), namespace, annotations, spec)
}

const functionAnnotation = `{config.kubernetes.io/function: "exec: {path: ` + FunctionName + `}"}`

func (g *Forest) generators(k *strings.Builder, dir string) {
	k.WriteString(g.list("generators", rapid.IntRange(0, 2).Draw(g.T, "generators"), func(int) string {
		switch rapid.IntRange(0, 3).Draw(g.T, "generator") {
		case 0:
			return "|-\n" + indent(g.app(functionAnnotation))
		case 1:
			name := g.name("g")
			g.Files[dir+"/"+name+".yaml"] = fmt.Sprintf("apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: %s}\nliterals: [a=b]\n", g.name("builtin"))
			return name + ".yaml"
		case 2:
			name := g.name("generators")
			g.Files[name+"/kustomization.yaml"] = "resources: [all.yaml]\nnamePrefix: gen-\n"
			g.Files[name+"/all.yaml"] = g.app(functionAnnotation)
			if !g.plain && g.chance(40, "mixed") {
				g.Files[name+"/all.yaml"] += fmt.Sprintf("---\napiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: %s}\nliterals: [a=b]\n", g.name("builtin"))
			}
			return "../" + name
		default:
			name := g.name("g")
			g.Files[dir+"/"+name+".yaml"] = g.app(functionAnnotation)
			if g.chance(30, "two") {
				g.Files[dir+"/"+name+".yaml"] += "---\n" + g.app(functionAnnotation)
			}
			return name + ".yaml"
		}
	}))
}

// fields writes fields with which kustomize changes resources.
func (g *Forest) fields(k *strings.Builder) {
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

func (g *Forest) transformers(k *strings.Builder, dir string) {
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
		g.Files[dir+"/"+name+".yaml"] = text
		return name + ".yaml"
	}))
}

func deployment(name, settings string) string {
	return fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\nspec: {template: {spec: {containers: [{name: c, envFrom: [{configMapRef: {name: %s}}]}]}}}\n", name, settings)
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ")
}

// Write writes the tree to a directory.
func (g *Forest) Write(root string) error {
	for name, text := range g.Files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
