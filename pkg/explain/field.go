package explain

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/schema"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// node is a part of the JSON Schema, as far as it documents a field.
type node struct {
	Ref                  string           `json:"$ref"`
	AllOf                []*node          `json:"allOf"`
	Description          string           `json:"description"`
	Type                 any              `json:"type"`
	Properties           map[string]*node `json:"properties"`
	AdditionalProperties json.RawMessage  `json:"additionalProperties"`
	Items                *node            `json:"items"`
}

// IsField tells whether text is the path of a field rather than that of a file: spec.backup.schedule, or PostgresPlatform.spec.monitoring with
// the kind before it, in any case.
func IsField(text string) bool {
	_, path := splitKind(text)
	return path != text || path == "spec" || strings.HasPrefix(path, "spec.")
}

// splitKind takes the kind from the beginning of a path. Without one it is PostgresApp.
func splitKind(path string) (kind, rest string) {
	first, rest, _ := strings.Cut(path, ".")
	for _, kind := range v1alpha1.Kinds() {
		if strings.EqualFold(first, kind) {
			return kind, rest
		}
	}
	return v1alpha1.KindPostgresApp, path
}

// Field writes the documentation of a field, such as spec.backup.schedule of a PostgresApp or PostgresPlatform.spec.monitoring: its type, its
// meaning and what is below it. The error names the neighbour of a name that does not exist.
func Field(w io.Writer, path string) error {
	var document struct {
		Definitions map[string]*node `json:"definitions"`
	}
	if err := json.Unmarshal(schema.JSON(), &document); err != nil {
		return err
	}
	d := documentation{document.Definitions}
	kind, rest := splitKind(path)
	at := d.Definitions[kind]
	walked := kind
	description := ""
	for name := range strings.SplitSeq(strings.NewReplacer("[]", "", "[*]", "").Replace(rest), ".") {
		if name == "" {
			continue // the kind alone
		}
		at = d.inner(at)
		next, known := at.Properties[name]
		if !known {
			return unknown(walked, name, at)
		}
		walked += "." + name
		description, at = d.describe(next), next
	}
	fmt.Fprintf(w, "%s  <%s>\n\n%s\n", strings.TrimPrefix(walked, v1alpha1.KindPostgresApp+"."), d.kind(at), indent(description, "  "))
	fields := d.inner(at).Properties
	if len(fields) == 0 {
		return nil
	}
	fmt.Fprint(w, "\nFields:\n")
	for _, name := range sorted(fields) {
		fmt.Fprintf(w, "  %s  <%s>\n%s\n", name, d.kind(fields[name]), indent(d.describe(fields[name]), "      "))
	}
	return nil
}

type documentation struct{ Definitions map[string]*node }

// resolve follows references.
func (d documentation) resolve(n *node) *node {
	for n != nil {
		switch {
		case n.Ref != "":
			n = d.Definitions[strings.TrimPrefix(n.Ref, "#/definitions/")]
		case len(n.AllOf) > 0: // what follows the reference only adds conditions
			n = n.AllOf[0]
		default:
			return n
		}
	}
	return &node{}
}

// inner is where the fields of a field are: those of an element for a list, those of a value for a map.
func (d documentation) inner(n *node) *node {
	n = d.resolve(n)
	if n.Items != nil {
		return d.inner(n.Items)
	}
	return n
}

// describe is what a field says of itself, else what its type says.
func (d documentation) describe(n *node) string {
	if n.Description != "" {
		return n.Description
	}
	return d.resolve(n).Description
}

// kind is the type in a word or two. Null stands for absence and is not told.
func (d documentation) kind(n *node) string {
	n = d.resolve(n)
	var kinds []string
	switch of := n.Type.(type) {
	case string:
		kinds = []string{of}
	case []any:
		for _, kind := range of {
			if kind != "null" {
				kinds = append(kinds, fmt.Sprint(kind))
			}
		}
	}
	if n.Items != nil {
		return "list of " + d.kind(n.Items)
	}
	if len(kinds) == 0 {
		return "object"
	}
	return strings.Join(kinds, " or ")
}

func unknown(walked, name string, at *node) error {
	if len(at.Properties) == 0 {
		return fmt.Errorf("%s has no field %s: it has none", walked, name)
	}
	if neighbour := strict.Closest(name, sorted(at.Properties)); neighbour != "" {
		return fmt.Errorf("%s has no field %s: did you mean %s?", walked, name, neighbour)
	}
	return fmt.Errorf("%s has no field %s: it has %s", walked, name, strings.Join(sorted(at.Properties), ", "))
}

func sorted(fields map[string]*node) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func indent(text, by string) string { return by + strings.ReplaceAll(text, "\n", "\n"+by) }
