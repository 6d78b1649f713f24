package render

import (
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// substituteKey switches the substitution of Flux' postBuild off for an object, as annotation or label with the value substituteOff.
const (
	substituteKey = "kustomize.toolkit.fluxcd.io/substitute"
	substituteOff = "disabled"
)

// guardSubstitution keeps Flux from changing, or failing over, what an object says literally: a dollar-quoted string of SQL, or a placeholder
// of the operator. An object without variables is excepted from substitution, which is right with Flux and without. In one with
// variables, which nobody but Flux gives their values, the literals are escaped.
func guardSubstitution(object manifest.Object) {
	found := substitution.Find(object.Fields)
	if !found.Literal {
		return
	}
	metadata := object.Fields["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	labels, _ := metadata["labels"].(map[string]any)
	switch {
	case annotations[substituteKey] == substituteOff, labels[substituteKey] == substituteOff:
	case found.Variable || found.Escape:
		substitution.Escape(object.Fields)
	case annotations == nil:
		metadata["annotations"] = map[string]any{substituteKey: substituteOff}
	default:
		annotations[substituteKey] = substituteOff
	}
}
