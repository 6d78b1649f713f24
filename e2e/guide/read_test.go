//go:build e2e

package guide

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// nested reads a field of an object that must have it.
func nested[T any](t *testing.T, object map[string]any, path ...string) T {
	t.Helper()
	value, found, err := unstructured.NestedFieldNoCopy(object, path...)
	require.NoError(t, err)
	require.True(t, found, path)
	require.IsType(t, *new(T), value, path)
	return value.(T)
}

func convert(t *testing.T, object map[string]any, into any) {
	t.Helper()
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(object, into))
}

func resources(t *testing.T, block map[string]any) corev1.ResourceRequirements {
	t.Helper()
	var requirements corev1.ResourceRequirements
	convert(t, block, &requirements)
	return requirements
}

// sum adds quantities up, so many times.
func sum(t *testing.T, times int, quantities ...string) string {
	t.Helper()
	var total resource.Quantity
	for range times {
		for _, quantity := range quantities {
			parsed, err := resource.ParseQuantity(quantity)
			require.NoError(t, err)
			total.Add(parsed)
		}
	}
	return total.String()
}

func yamlToJSON(text string) ([]byte, error) { return yaml.YAMLToJSON([]byte(text)) }

func wrap(object map[string]any) []*unstructured.Unstructured {
	return []*unstructured.Unstructured{{Object: object}}
}
