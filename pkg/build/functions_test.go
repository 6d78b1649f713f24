package build

import (
	"fmt"
	"io"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// foreign is a function of others. As a transformer it notes in an annotation which resources it has seen, as a generator it makes a
// ConfigMap. Where its configuration has spec.app, it makes a PostgresApp of that name, too.
func foreign(in io.Reader, out, errs io.Writer) int {
	input, err := io.ReadAll(in)
	if err == nil {
		input, err = fn.Run(fn.ResourceListProcessorFunc(foreignProcess), input)
	}
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	if _, err := out.Write(input); err != nil {
		return 1
	}
	return 0
}

func foreignProcess(list *fn.ResourceList) (bool, error) {
	config := list.FunctionConfig
	made := fn.NewEmptyKubeObject()
	make := func(apiVersion, kind, name string) error {
		object, err := fn.ParseKubeObject([]byte(fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata:\n  name: %s\n", apiVersion, kind, name)))
		list.Items = append(list.Items, object)
		made = object
		return err
	}
	if config.GetKind() == "ForeignGenerator" {
		list.Items = nil
		if err := make("v1", "ConfigMap", config.GetName()); err != nil {
			return false, err
		}
	}
	for _, item := range list.Items {
		if err := item.SetAnnotation("seen-by-"+config.GetName(), fmt.Sprint(len(list.Items))); err != nil {
			return false, err
		}
	}
	if name, ok, _ := config.NestedString("spec", "app"); ok {
		if err := make("postgresapp.dev/v1alpha1", "PostgresApp", name); err != nil {
			return false, err
		}
		if err := made.SetNestedField(map[string]any{"size": "1Gi"}, "spec", "storage"); err != nil {
			return false, err
		}
	}
	return true, nil
}
