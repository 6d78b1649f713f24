package rig

import (
	"fmt"
	"regexp"

	"github.com/fluxcd/pkg/envsubst"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// substituteKey is the label or annotation by which an object opts out of substitution with the value "disabled".
const substituteKey = "kustomize.toolkit.fluxcd.io/substitute"

// Substitute replaces the ${VAR} expressions of an object as kustomize-controller does after its build, with the
// same library: in the object's plain YAML, where quotes of the source are gone and a value that looks like a
// number becomes one. A variable with neither value nor default is an error.
func Substitute(object *unstructured.Unstructured, values map[string]string) (*unstructured.Unstructured, error) {
	if !substitutes(object) {
		return object, nil
	}
	label := object.GetKind() + " " + object.GetName()
	text, err := yaml.Marshal(object.Object)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", label, err)
	}
	replaced, err := envsubst.Eval(string(text), func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
	if err != nil {
		return nil, fmt.Errorf("%s: substitute variables: %w", label, err)
	}
	content, err := yaml.YAMLToJSON([]byte(replaced))
	if err != nil {
		return nil, fmt.Errorf("%s: after the substitution of variables: %w", label, err)
	}
	result := &unstructured.Unstructured{}
	if err := result.UnmarshalJSON(content); err != nil {
		return nil, fmt.Errorf("%s: after the substitution of variables: %w", label, err)
	}
	return result, nil
}

// variable finds ${VAR} without a default. In $${VAR} the doubled dollar sign stands for itself.
var variable = regexp.MustCompile(`(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Variables returns the names of the variables for which Substitute needs a value, some perhaps repeatedly.
func Variables(object *unstructured.Unstructured) ([]string, error) {
	if !substitutes(object) {
		return nil, nil
	}
	text, err := yaml.Marshal(object.Object)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
	}
	var names []string
	for _, match := range variable.FindAllStringSubmatch(string(text), -1) {
		if match[1] == "" {
			names = append(names, match[2])
		}
	}
	return names, nil
}

func substitutes(object *unstructured.Unstructured) bool {
	return object.GetLabels()[substituteKey] != "disabled" && object.GetAnnotations()[substituteKey] != "disabled"
}
