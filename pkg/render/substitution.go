package render

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// substituteAnnotation switches the substitution of Flux' postBuild off for an object.
const substituteAnnotation = "kustomize.toolkit.fluxcd.io/substitute"

// own are the placeholders of CloudNativePG, which Flux would replace by nothing.
var own = regexp.MustCompile(`\$\{(podselector:[^}]*|image_root)\}`)

// guardSubstitution keeps Flux from substituting in an object that holds a literal ${ or $$: a placeholder of the operator, or a
// dollar-quoted string of SQL. Without Flux the annotation means nothing. The warning tells when the object holds a variable of the user
// too, which stays as it is then.
func guardSubstitution(object manifest.Object) (warnings []string) {
	literal, variable := false, ""
	walk(object.Fields, func(text string) {
		rest := own.ReplaceAllString(text, "")
		if rest != text || strings.Contains(strings.ReplaceAll(text, "$${", ""), "$$") {
			literal = true
		}
		if i := strings.Index(rest, "${"); i >= 0 && variable == "" {
			if end := strings.IndexByte(rest[i:], '}'); end > 0 {
				variable = rest[i : i+end+1]
			}
		}
	})
	if !literal {
		return nil
	}
	metadata := object.Fields["metadata"].(map[string]any)
	annotations, ok := metadata["annotations"].(map[string]any)
	if !ok {
		annotations = map[string]any{}
		metadata["annotations"] = annotations
	}
	annotations[substituteAnnotation] = "disabled"
	if variable != "" {
		warnings = append(warnings, fmt.Sprintf("%s %s holds a literal ${ or $$, so that Flux substitutes nothing in it: %s stays as it is written",
			object.Kind, object.Name, variable))
	}
	return warnings
}

// walk visits every text of a value.
func walk(value any, visit func(string)) {
	switch value := value.(type) {
	case string:
		if strings.Contains(value, "$") {
			visit(value)
		}
	case map[string]any:
		for _, key := range sortedKeys(value) {
			walk(value[key], visit)
		}
	case []any:
		for _, element := range value {
			walk(element, visit)
		}
	}
}
