// Package strict decodes a YAML document into a Go type and reports everything that does not fit, each with its path: unknown
// fields with the name that was probably meant, values of the wrong type with what would be right, keys that stand twice.
//
// Decoders of the Kubernetes family stop at the first wrong type, match names without regard to case and know nothing of
// neighbours; a person correcting a file wants the whole list at once.
package strict

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Options adjust the report to the type that is decoded.
type Options struct {
	// Hint returns the remedy for an unknown field at path, or "" when there is none better than its closest neighbour. Indices in
	// path are written as [].
	Hint func(path string) string

	// Shape returns how the value at path is written, such as "storage: {size: 10Gi}", for the error about a value of another type, or
	// "" when the type says it all. Indices in path are written as [].
	Shape func(path string) string

	// Secret tells whether the value at path must not be shown. Indices in path are written as [].
	Secret func(path string) bool
}

// Fields parses one YAML document whose root is a mapping. Integers come as int64, other numbers as float64. The error names the
// line where the text is not YAML and the key that stands twice. It never holds a value.
func Fields(document []byte) (map[string]any, error) {
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return nil, SyntaxError(err, document)
	}
	value, err := jsontype.Parse(text)
	if err != nil {
		return nil, errors.New("not valid YAML: objects and lists are nested too deeply")
	}
	switch value := value.(type) {
	case map[string]any:
		return value, nil
	case nil:
		return nil, errors.New("the document is empty: write apiVersion, kind, metadata and spec")
	default:
		return nil, fmt.Errorf("the document is %s: it must be an object with apiVersion, kind, metadata and spec", describe(value))
	}
}

// FieldsAt is Fields for a document of a stream. The error names the line of the stream.
func FieldsAt(document Text) (map[string]any, error) {
	fields, err := Fields(document.YAML)
	if err == nil || document.Before == 0 {
		return fields, err
	}
	return nil, errors.New(lineNumber().ReplaceAllStringFunc(err.Error(), func(line string) string {
		n, err := strconv.Atoi(line[len("line ") : len(line)-len(": ")])
		if err != nil {
			return line
		}
		return fmt.Sprintf("line %d: ", n+document.Before)
	}))
}

// Into decodes fields into out, a pointer to a struct, and returns everything that does not fit its type. Nulls count as absent.
// out is complete only when the list is empty.
func Into(fields map[string]any, out any, path *field.Path, options Options) field.ErrorList {
	d := decoder{options: options}
	d.object(fields, reflect.ValueOf(out).Elem(), path)
	return d.errs
}
