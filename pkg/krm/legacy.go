package krm

import (
	"fmt"
	"io"
	"os"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// The environment of an exec plugin. kustomize leaves a variable out when its value is too long.
const (
	pluginConfigEnv = "KUSTOMIZE_PLUGIN_CONFIG_STRING"
	pluginRootEnv   = "KUSTOMIZE_PLUGIN_CONFIG_ROOT"
)

// plugin speaks the protocol of kustomize's exec plugins, which is older than KRM functions and the only one that `kubectl kustomize`
// knows: the configuration is a file, resources are bare YAML documents.
func plugin(args []string, stdin io.Reader, stdout, stderr io.Writer, expand Expander) int {
	if len(args) > 1 {
		return fail(stderr, fmt.Errorf("%s: unexpected argument after the file: settings are fields of the resource", args[0]))
	}
	config, err := os.ReadFile(args[0])
	if err != nil {
		return fail(stderr, err)
	}
	list, err := pluginList(config, stdin)
	if err != nil {
		return fail(stderr, err)
	}
	items, findings := process(list, expand)
	report(stderr, findings)
	if findings.Failed() {
		return 1
	}
	return write(stdout, stderr, func() ([]byte, error) { return documents(items) })
}

// pluginList is what the same call would have been as a KRM function.
func pluginList(config []byte, stdin io.Reader) (*fn.ResourceList, error) {
	configs, err := readObjects(config)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the plugin's configuration %w", err)
	case len(configs) != 1:
		return nil, fmt.Errorf("the plugin's configuration holds %d documents where one must be", len(configs))
	}
	list := &fn.ResourceList{FunctionConfig: configs[0]}
	if kind := list.FunctionConfig.GetKind(); !v1alpha1.Known(kind) {
		return nil, fmt.Errorf("the plugin's configuration is of kind %.40q: known are %s", kind, v1alpha1.KnownKinds())
	}
	if !sendsResources(list.FunctionConfig, stdin) {
		return list, nil
	}
	input, err := io.ReadAll(stdin)
	if err != nil {
		return nil, fmt.Errorf("cannot read standard input: %w", err)
	}
	if list.Items, err = readObjects(input); err != nil {
		return nil, fmt.Errorf("standard input %w", err)
	}
	return list, nil
}

// sendsResources tells whether resources are waiting on standard input. A generator gets none, and started by hand it must not wait
// for any. kustomize closes its input; an app that is listed under transformers: by mistake must return what it finds there, because
// kustomize deletes the resources that a transformer leaves out.
func sendsResources(config *fn.KubeObject, stdin io.Reader) bool {
	if terminal(stdin) {
		return false
	}
	if !v1alpha1.Expandable(config.GetKind()) {
		return true
	}
	return os.Getenv(pluginConfigEnv) != "" || os.Getenv(pluginRootEnv) != ""
}

// readObjects parses a stream of bare documents.
func readObjects(input []byte) (fn.KubeObjects, error) {
	nodes, err := readDocuments(input, -1)
	if err != nil {
		return nil, fmt.Errorf("is %w", err)
	}
	objects := make(fn.KubeObjects, 0, len(nodes))
	for i, node := range nodes {
		object, err := asObject(node)
		if err != nil {
			return nil, fmt.Errorf("has a document, number %d, that %w", i+1, err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}
