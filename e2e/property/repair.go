package property

import (
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// Valid are apps that the product accepts, with what it makes of them. The fields at the given paths are there, unless the repair has taken
// them away.
func Valid(spotlight ...string) *rapid.Generator[App] {
	return rapid.Custom(func(t *rapid.T) App {
		document := Drawn(spotlight...).Draw(t, "app")
		result, repaired := Repair(document)
		if !repaired {
			t.Skip("beyond repair")
		}
		return App{Document: document, Result: result}
	})
}

// App is a document with what the product makes of it.
type App struct {
	Document Document
	Result   render.Result
}

// GoString is the document's text, as a failing test shows it.
func (a App) GoString() string { return a.Document.GoString() }

// repairs is how often a document is mended. Each time takes away all fields that there are errors about.
const repairs = 12

// Repair takes the fields away that the product refuses, until there are none. It is false where that ends in nothing.
func Repair(document Document) (render.Result, bool) {
	for range repairs {
		result := document.Render()
		if !result.Findings.Failed() {
			return result, true
		}
		removed := false
		errors := result.Findings.Errors()
		slices.Reverse(errors) // of a list, later elements first
		for _, finding := range errors {
			removed = remove(document, finding) || removed
		}
		if !removed {
			return result, false
		}
	}
	return render.Result{}, false
}

// remove takes away the field that an error is about, or the object that lacks one.
func remove(document Document, finding diag.Finding) bool {
	steps := stepsOf(finding.Field)
	if strings.HasPrefix(finding.Message, "Required value") && len(steps) > 2 {
		steps = steps[:len(steps)-1]
	}
	for ; len(steps) > 1; steps = steps[:len(steps)-1] {
		if cut(map[string]any(document), steps) {
			return true
		}
		if steps[0] == "spec" && len(steps) > 1 && steps[1] != "defaults" {
			if cut(map[string]any(document), append([]string{"spec", "defaults"}, steps[1:]...)) {
				return true
			}
		}
	}
	return false
}

// cut removes what is at the end of a path, and tells whether something was there.
func cut(value any, steps []string) bool {
	switch value := value.(type) {
	case map[string]any:
		child, there := value[steps[0]]
		if !there {
			return false
		}
		if len(steps) == 1 {
			delete(value, steps[0])
			return true
		}
		if elements, ok := child.([]any); ok && len(steps) == 2 {
			i, err := strconv.Atoi(steps[1])
			if err != nil || i >= len(elements) {
				return false
			}
			value[steps[0]] = slices.Delete(slices.Clone(elements), i, i+1)
			return true
		}
		return cut(child, steps[1:])
	case []any:
		i, err := strconv.Atoi(steps[0])
		if err != nil || i >= len(value) || len(steps) == 1 {
			return false
		}
		return cut(value[i], steps[1:])
	}
	return false
}

// stepsOf takes a field's path apart.
func stepsOf(path string) []string {
	var steps []string
	for path != "" {
		if path[0] == '[' {
			key, rest, closed := strings.Cut(path[1:], "]")
			if !closed {
				return steps
			}
			steps, path = append(steps, key), rest
			continue
		}
		path = strings.TrimPrefix(path, ".")
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		steps, path = append(steps, path[:end]), path[end:]
	}
	return steps
}
