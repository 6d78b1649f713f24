package tree

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

var (
	errNotInline = errors.New("not a resource")
	errNotLocal  = errors.New("not on the file system")
)

// capturedKind is what captured resources become, so that nothing that kustomize does afterwards, such as fixing references and
// leaving out local configuration, reaches them or shows in them.
const capturedKind = "CapturedByPostgresApp"

// captureAll is a transformer that captures all resources as they are at this point: JSON patches can copy metadata, which kustomize
// works with, and what is beside it stays.
func captureAll(name string) string { return capture(name, "{name: .*}") }

// captureApps captures what is expanded alone.
func captureApps(name string) string { return capture(name, expandable()) }

// expandable selects what is expanded. The fields of a selector are regular expressions.
func expandable() string {
	return fmt.Sprintf("{group: %s, kind: (%s)}", v1alpha1.Group, strings.Join(v1alpha1.ExpandableKinds(), "|"))
}

func capture(name, target string) string {
	return fmt.Sprintf(`apiVersion: builtin
kind: PatchTransformer
metadata:
  name: %s
target: %s
patch: |-
  - {op: add, path: /%[3]s, value: {}}
  - {op: copy, from: /apiVersion, path: /%[3]s/apiVersion}
  - {op: copy, from: /kind, path: /%[3]s/kind}
  - {op: copy, from: /metadata, path: /%[3]s/metadata}
  - {op: replace, path: /apiVersion, value: %[4]s}
  - {op: replace, path: /kind, value: %[3]s}
  - {op: remove, path: /metadata/annotations}
`, name, target, capturedKind, "captured."+v1alpha1.APIVersion)
}

// deleteApps is a transformer that removes what is expanded. kustomize gives the patch the kind of each.
func deleteApps(name string) string {
	return fmt.Sprintf(`apiVersion: builtin
kind: PatchTransformer
metadata:
  name: %s
target: %s
patch: |-
  $patch: delete
  apiVersion: %s
  kind: %s
  metadata: {name: any}
`, name, expandable(), v1alpha1.APIVersion, v1alpha1.KindPostgresApp)
}

// askApps lets kustomize say which apps a transformer at this point of wk would see: it runs on the kustomization up to here. The apps
// known tell where they are from.
func (w *walker) askApps(wk *work, known []app) []*document {
	if !wk.part.head {
		w.refuse(wk.unit, "transformers", nil, fmt.Sprintf("a transformer between two of kind %s may make apps, which cannot be seen beforehand: "+
			"keep one %[1]s, after it", v1alpha1.KindPostgresDefaults))
		return nil
	}
	w.expand()
	top := newOverlay(w.overlay)
	name := w.name(wk.unit.dir)
	top.put(filepath.Join(wk.unit.dir, name+".yaml"), text(captureApps(name)))
	p := *w.assemble(wk)
	p.transformers = append(p.transformers[:len(p.transformers):len(p.transformers)], name+".yaml")
	for ; wk.parent != nil; wk = wk.parent {
		w.putTruncated(top, wk.unit, &p, types.ComponentKind)
		outer := *w.assemble(wk.parent)
		outer.untransformed = true
		outer.components = append(outer.components[:len(outer.components):len(outer.components)], w.reference(wk.parent.unit, wk.unit.dir))
		p = outer
	}
	w.putSchema(top, wk.unit, &p)
	p.order = true
	w.putTruncated(top, wk.unit, &p, types.KustomizationKind)
	documents, err := w.captured(top, wk.unit.dir, func(metadata map[string]any) string {
		for _, a := range known {
			if a.was(metadata) {
				return a.path
			}
		}
		return wk.unit.path()
	})
	if err != nil && w.layout != nil && strings.Contains(err.Error(), "external plugins disabled") {
		w.refuse(wk.unit, "transformers", nil, "functions of others change or make resources before the apps are expanded, and no program is run here: "+
			"list them after the transformer of this project, or in a kustomization that uses this one")
		return nil
	}
	if err != nil {
		w.fail(fmt.Errorf("%s: %w", w.display(wk.unit.path()), w.translate(err)))
		return nil
	}
	return documents
}

// was tells whether the metadata are the app's, which may have been renamed since it was read. kustomize notes former names, and the
// current one too when it is captured. To let kustomize note where resources are from would be simpler, but takes it longer than
// everything else.
func (a *app) was(metadata map[string]any) bool {
	first := func(annotation string) string {
		annotations, _ := metadata["annotations"].(map[string]any)
		values, _ := annotations[annotation].(string)
		value, _, _ := strings.Cut(values, ",")
		return value
	}
	namespace := a.namespace
	if namespace == "" {
		namespace = resid.DefaultNamespace
	}
	return first("internal.config.kubernetes.io/previousNames") == a.name && first("internal.config.kubernetes.io/previousNamespaces") == namespace
}

func (w *walker) putTruncated(top *Overlay, u *unit, p *part, kind string) {
	written, err := p.write(kind)
	if err != nil {
		w.fail(fmt.Errorf("%s: %w", w.display(u.path()), err))
		return
	}
	top.put(u.path(), text(written))
}

// putSchema gives a run that does not start at the root the OpenAPI schema that is in force below the root.
func (w *walker) putSchema(top *Overlay, u *unit, p *part) {
	if w.schema == nil {
		return
	}
	p.schema = w.schema.fields
	if w.schema.content != nil {
		name := w.name(u.dir) + ".json"
		top.put(filepath.Join(u.dir, name), text(w.schema.content))
		p.schema = map[string]string{"path": name}
	}
}

// schema is an OpenAPI schema that a kustomization sets.
type schema struct {
	fields  map[string]string
	content []byte
}

func (w *walker) schemaOf(u *unit) *schema {
	s := &schema{fields: u.fields.OpenAPI}
	if path := s.fields["path"]; path != "" {
		content, err := w.below.ReadFile(filepath.Join(u.dir, path))
		if err != nil {
			return nil // kustomize will say so
		}
		s.content = content
	}
	return s
}

// askConfigs lets kustomize say which configurations an entry that is a directory yields. Nothing in the directory is rewritten: its
// resources are configurations.
func (w *walker) askConfigs(u *unit, entry string) ([]*document, error) {
	top := newOverlay(w.below)
	name := w.name(u.dir)
	dir := filepath.Join(filepath.Dir(u.dir), name)
	top.mirrors[dir] = u.dir
	w.stands(name, dir, u.dir)
	file := name + ".yaml"
	top.put(filepath.Join(dir, file), text(captureAll(name)))
	p := &part{unit: u, resources: []string{entry}, transformers: []string{file}, order: true, origins: true}
	w.putSchema(top, &unit{dir: dir}, p)
	w.putTruncated(top, &unit{dir: dir, file: u.file}, p, types.KustomizationKind)
	return w.captured(top, dir, func(metadata map[string]any) string {
		annotations, _ := metadata["annotations"].(map[string]any)
		noted, _ := annotations[originAnnotation].(string)
		return w.sourcePath(noted, dir)
	})
}

// captured runs kustomize and gives the resources that it captured, in their order. source tells by their metadata which files they
// are from.
func (w *walker) captured(fs filesys.FileSystem, dir string, source func(metadata map[string]any) string) ([]*document, error) {
	resources, err := w.options.Render(fs, dir)
	if err != nil {
		return nil, err
	}
	var documents []*document
	for _, r := range resources.Resources() {
		if r.GetKind() != capturedKind {
			continue
		}
		d, err := release(r, source)
		if err != nil {
			return nil, err
		}
		documents = append(documents, d)
	}
	return documents, nil
}

// release gives a captured resource as it was.
func release(r *resource.Resource, source func(metadata map[string]any) string) (*document, error) {
	text, err := r.MarshalJSON()
	if err != nil {
		return nil, err
	}
	fields, err := (&document{json: text}).fields()
	if err != nil {
		return nil, err
	}
	original, _ := fields[capturedKind].(map[string]any)
	delete(fields, capturedKind)
	for name, value := range original {
		fields[name] = value
	}
	metadata, _ := fields["metadata"].(map[string]any)
	d := &document{path: source(metadata)}
	d.apiVersion, _ = fields["apiVersion"].(string)
	d.kind, _ = fields["kind"].(string)
	d.name, _ = metadata["name"].(string)
	d.namespace, _ = metadata["namespace"].(string)
	if annotations, ok := metadata["annotations"].(map[string]any); ok {
		local, ok := annotations[konfig.IgnoredByKustomizeAnnotation].(string)
		d.local = ok && local != "false"
		stripped(annotations)
		if len(annotations) == 0 {
			delete(metadata, "annotations")
		}
	}
	d.json, err = json.Marshal(fields)
	return d, err
}

// sourcePath is the file that kustomize noted as the origin of a resource.
func (w *walker) sourcePath(noted, dir string) string {
	var o resource.Origin
	if err := yaml.Unmarshal([]byte(noted), &o); err != nil || o.Repo != "" {
		return dir
	}
	path := o.Path
	if path == "" {
		path = o.ConfiguredIn
	}
	return w.real(filepath.Join(dir, path))
}
