package tree

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// Explain gives an error of kustomize on the rewritten tree in the words of the user's. Where an app makes an object that is there
// already, that is a finding about the app instead.
func (t *Tree) Explain(err error) (diag.Findings, error) {
	w := t.walker
	for _, o := range w.objects {
		for _, object := range o.Objects {
			if !strings.Contains(err.Error(), "already registered id: "+kustomizeID(object)) {
				continue
			}
			app := o.arrival.makers[sortKey(object)]
			return diag.Findings{{
				Severity: diag.Error, Kind: app.kind, Namespace: app.namespace, Name: app.name, Source: w.display(app.path),
				Message: fmt.Sprintf("its %s %s is among the resources already: rename the app, or remove the other one", object.Kind, object.Name),
			}}, nil
		}
	}
	err = w.translate(err)
	if !strings.Contains(err.Error(), w.given) {
		err = fmt.Errorf("%s: %w", w.given, err)
	}
	return nil, err
}

// kustomizeID is the name that kustomize gives to an object in its messages.
func kustomizeID(o manifest.Object) string {
	group, version := resid.ParseGroupVersion(o.APIVersion)
	return resid.NewResIdWithNamespace(resid.NewGvk(group, version, o.Kind), o.Name, o.Namespace).String()
}

// Leftover gives the resources in kustomize's output that no cluster knows: apps that could not be seen before kustomize ran, and what
// was probably meant to be one.
func (t *Tree) Leftover(resources resmap.ResMap) (findings diag.Findings) {
	kinds := v1alpha1.Kinds()
	for _, r := range resources.Resources() {
		kind, group := r.GetKind(), r.GetGvk().Group
		f := diag.Finding{Severity: diag.Error, Kind: kind, Namespace: r.GetNamespace(), Name: r.GetName(), Source: t.walker.given}
		switch {
		case kind == capturedKind, v1alpha1.Expandable(kind) && group == v1alpha1.Group:
			if kind == capturedKind {
				if captured, err := r.GetString(capturedKind + ".kind"); err == nil {
					f.Kind = captured
				}
			}
			f.Message = "it comes from where it cannot be expanded: list its file under resources of a kustomization in this tree"
		case kind == v1alpha1.KindPostgresDefaults && group == v1alpha1.Group:
			f.Message = "as a resource it has no effect and no cluster knows it: list it under transformers"
		case group == v1alpha1.Group && strict.Closest(kind, kinds) != "":
			f.Field, f.Message = "kind", fmt.Sprintf("unknown in %s: did you mean %s?", v1alpha1.APIVersion, strict.Closest(kind, kinds))
		case slices.Contains(kinds, kind) && (group == "" || strict.Closest(group, []string{v1alpha1.Group}) != ""):
			f.Field, f.Message = "apiVersion", fmt.Sprintf("%.80q does not have this kind: did you mean %s?", r.GetApiVersion(), v1alpha1.APIVersion)
		default:
			continue
		}
		findings = append(findings, f)
	}
	return findings
}

// Restore gives the notes that kustomize makes on resources, where buildMetadata asks for them, the content that they would have if
// kustomize had run the function.
func (t *Tree) Restore(resources resmap.ResMap) error {
	for _, r := range resources.Resources() {
		from, err := r.GetOrigin()
		if err != nil {
			return err
		}
		if from != nil {
			if err := r.SetOrigin(t.walker.restored(from)); err != nil {
				return err
			}
		}
		if err := t.restoreTransformations(r); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tree) restoreTransformations(r *resource.Resource) error {
	all, err := r.GetTransformations()
	if err != nil || all == nil {
		return err
	}
	if err := r.ClearTransformations(); err != nil {
		return err
	}
	for _, one := range all {
		if marker, ok := t.walker.markers[one.ConfiguredBy.Name]; ok {
			if marker.unnoted {
				continue
			}
			one = marker.noted()
		} else {
			one = t.walker.restored(one)
		}
		if err := r.AddTransformation(one); err != nil {
			return err
		}
	}
	return nil
}
