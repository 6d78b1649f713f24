package rig

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

// FieldManager is the manager of the fields that Apply sets.
const FieldManager = "postgresapp-e2e"

// Warning is what the API server says about an object that it accepts.
type Warning struct {
	Object string // kind, namespace and name
	Text   string
}

func (w Warning) String() string { return w.Object + ": " + w.Text }

// Parse reads the objects of a YAML stream. A key given twice is an error, an empty document is none.
func Parse(manifests []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(manifests)))
	for n := 1; ; n++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", n, err)
		}
		content, err := yaml.YAMLToJSONStrict(document)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", n, err)
		}
		if string(content) == "null" {
			continue
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(content); err != nil {
			return nil, fmt.Errorf("document %d: %w", n, err)
		}
		objects = append(objects, object)
	}
}

// Apply gives the objects to the API server one after the other, as server-side apply that takes over conflicting
// fields and refuses unknown and repeated ones. Namespaced objects without a namespace go to the given one; the
// namespaces must exist.
//
// It goes on after a rejection. The error holds them all, in the server's words, each with kind and name of its
// object.
func (r *Rig) Apply(ctx context.Context, namespace string, objects ...*unstructured.Unstructured) ([]Warning, error) {
	var warnings []Warning
	var rejections error
	for _, object := range objects {
		_, said, err := r.apply.apply(ctx, namespace, object, false)
		warnings = append(warnings, said...)
		rejections = errors.Join(rejections, err)
	}
	return warnings, rejections
}

// DryRun asks the API server what Apply would make of an object, and changes nothing: schemas, rules and webhooks all have their say. The
// object that it returns holds all that they fill in; there is none where they refuse it. It is safe for concurrent use.
func (r *Rig) DryRun(ctx context.Context, namespace string, object *unstructured.Unstructured) (*unstructured.Unstructured, []Warning, error) {
	return r.apply.apply(ctx, namespace, object, true)
}

// applier applies objects of any kind.
type applier struct {
	config *rest.Config
	http   *http.Client
	mapper meta.RESTMapper
}

func newApplier(config *rest.Config, mapper meta.RESTMapper) (*applier, error) {
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("make a client to apply with: %w", err)
	}
	return &applier{config: config, http: httpClient, mapper: mapper}, nil
}

func (a *applier) apply(
	ctx context.Context, namespace string, object *unstructured.Unstructured, dryRun bool,
) (*unstructured.Unstructured, []Warning, error) {
	gvk := object.GroupVersionKind()
	mapping, err := a.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s: %w", gvk.Kind, object.GetName(), err)
	}
	label := gvk.Kind + " " + object.GetName()
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if object.GetNamespace() == "" {
			object = object.DeepCopy()
			object.SetNamespace(namespace)
		}
		label = gvk.Kind + " " + object.GetNamespace() + "/" + object.GetName()
	}
	body, err := json.Marshal(object)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", label, err)
	}

	heard := &warningCollector{object: label}
	config := rest.CopyConfig(a.config)
	config.WarningHandler = heard
	dynamicClient, err := dynamic.NewForConfigAndClient(config, a.http)
	if err != nil {
		return nil, nil, err
	}
	force := true
	options := metav1.PatchOptions{FieldManager: FieldManager, FieldValidation: metav1.FieldValidationStrict, Force: &force}
	if dryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	applied, err := dynamicClient.Resource(mapping.Resource).Namespace(object.GetNamespace()).Patch(
		ctx, object.GetName(), types.ApplyPatchType, body, options)
	if err != nil {
		return nil, heard.all(), fmt.Errorf("%s: %w", label, err)
	}
	return applied, heard.all(), nil
}

// warningCollector keeps the warnings of one request.
type warningCollector struct {
	object   string
	mu       sync.Mutex
	warnings []Warning
}

// HandleWarningHeader implements rest.WarningHandler. 299 is the code of all of Kubernetes' warnings.
func (w *warningCollector) HandleWarningHeader(code int, _ string, text string) {
	if code != 299 || text == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.warnings = append(w.warnings, Warning{Object: w.object, Text: text})
}

func (w *warningCollector) all() []Warning {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.warnings
}
