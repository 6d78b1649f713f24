package repository

import (
	"bytes"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

const localLine = konfig.IgnoredByKustomizeAnnotation + `: "true"`

// keepLocal annotates the apps of a file as local configuration, so that Flux leaves them out where no kustomization says what to take.
// All lines that are there keep every character but the one that gets a first annotation in braces.
func keepLocal(raw []byte) ([]byte, error) {
	documents := bytes.Split(raw, []byte("\n---"))
	for i, document := range documents {
		changed, err := keepOneLocal(document, i > 0)
		if err != nil {
			return nil, err
		}
		documents[i] = changed
	}
	return bytes.Join(documents, []byte("\n---")), nil
}

func keepOneLocal(raw []byte, separated bool) ([]byte, error) {
	text := raw
	if separated { // what is left of the line of the separator
		_, text, _ = bytes.Cut(raw, []byte("\n"))
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return raw, nil
	}
	var header struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct{ Annotations map[string]string }
	}
	if err := document.Decode(&header); err != nil || !v1alpha1.Expandable(header.Kind) || !strings.HasPrefix(header.APIVersion, v1alpha1.Group+"/") {
		return raw, nil
	}
	if value, ok := header.Metadata.Annotations[konfig.IgnoredByKustomizeAnnotation]; ok && value != "false" {
		return raw, nil
	}
	metadata := valueOf(document.Content[0], "metadata")
	if metadata == nil || metadata.Kind != yaml.MappingNode || len(metadata.Content) == 0 {
		return nil, errors.New("it has no metadata to annotate")
	}
	lines := strings.Split(string(text), "\n")
	annotations := valueOf(metadata, "annotations")
	switch {
	case annotations == nil && metadata.Style&yaml.FlowStyle != 0:
		insert(lines, metadata, `annotations: {`+localLine+`}, `)
	case annotations == nil:
		at := metadata.Content[len(metadata.Content)-2].Line - 1
		// Behind the first field, so that the annotations do not end up in the middle of another one's lines.
		if first := metadata.Content[0]; len(metadata.Content) > 2 {
			at = first.Line - 1
			if metadata.Content[1].Kind != yaml.ScalarNode {
				return nil, errors.New("annotate its apps yourself: " + localLine)
			}
		}
		indent := strings.Repeat(" ", metadata.Content[0].Column-1)
		lines[at] += "\n" + indent + "annotations:\n" + indent + "  " + localLine
	case annotations.Kind == yaml.MappingNode && annotations.Style&yaml.FlowStyle != 0:
		after := ", "
		if len(annotations.Content) == 0 {
			after = ""
		}
		insert(lines, annotations, localLine+after)
	case annotations.Kind == yaml.MappingNode && len(annotations.Content) > 0:
		first := annotations.Content[0]
		lines[first.Line-1] = strings.Repeat(" ", first.Column-1) + localLine + "\n" + lines[first.Line-1]
	default:
		return nil, errors.New("annotate its apps yourself: " + localLine)
	}
	return append(raw[:len(raw)-len(text):len(raw)-len(text)], strings.Join(lines, "\n")...), nil
}

// insert puts a text behind the brace with which a mapping begins.
func insert(lines []string, mapping *yaml.Node, text string) {
	line := lines[mapping.Line-1]
	lines[mapping.Line-1] = line[:mapping.Column] + text + line[mapping.Column:]
}

func valueOf(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}
