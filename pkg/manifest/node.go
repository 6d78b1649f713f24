package manifest

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// node builds the YAML of a decoded value. yaml.Node's own Encode writes the value as text and parses it again.
func node(value any) *yaml.Node {
	switch value := value.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: make([]*yaml.Node, 0, 2*len(value))}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			n.Content = append(n.Content, text(key), node(value[key]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: make([]*yaml.Node, 0, len(value))}
		for _, element := range value {
			n.Content = append(n.Content, node(element))
		}
		return n
	case string:
		return text(value)
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(value)}
	case int64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(value, 10)}
	case float64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: strconv.FormatFloat(value, 'g', -1, 64)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

// text builds a string. Quotes are given to what a reader would take for something else; the emitter adds them where the syntax needs
// them.
func text(value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	switch {
	case block(value):
		n.Style = yaml.LiteralStyle
	case ambiguous(value), strings.ContainsAny(value, "\n\t"), strings.ContainsAny(value, otherBreaks):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// otherBreaks are the characters besides the line feed that some readers take for the end of a line, or drop: the carriage return, next
// line, line separator, paragraph separator and byte order mark.
const otherBreaks = "\r\u0085\u2028\u2029\ufeff"

// block tells whether a text reads well as a block of lines, which every reader of YAML takes back as it was.
func block(value string) bool {
	return strings.Contains(value, "\n") && !strings.ContainsAny(value, otherBreaks) && blockLines(value)
}

// blockLines tells whether every reader of YAML takes the lines of a block back as they were: no parser agrees with the encoder on lines
// that begin a block with blanks, or that hold nothing else.
func blockLines(value string) bool {
	for line := range strings.Lines(value) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && strings.TrimSpace(line) == "" {
			return false
		}
	}
	return value[0] != '\n' && value[0] != ' ' && value[0] != '\t'
}

// ambiguous tells whether a plain text might be read as a null, a boolean, a number or a time, by YAML 1.1 or 1.2 (https://yaml.org/type).
// Quotes too many do no harm.
func ambiguous(value string) bool {
	if value == "" {
		return true
	}
	if len(value) <= len("false") {
		switch strings.ToLower(value) {
		case "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<":
			return true
		}
	}
	if strings.IndexByte("0123456789+-.", value[0]) < 0 {
		return false
	}
	number := strings.ToLower(strings.TrimLeft(value, "+-"))
	for _, prefix := range [...]string{"0x", "0o", "0b", ".inf", ".nan"} {
		if strings.HasPrefix(number, prefix) {
			return true
		}
	}
	return strings.Trim(number, "0123456789+-.:_etz ") == ""
}
