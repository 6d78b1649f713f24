package repository

import (
	"bytes"
	"errors"

	"go.yaml.in/yaml/v3"
)

// mostNodes is how many nodes the YAML of a file may have once all its aliases are replaced by what they stand for.
const mostNodes = 1_000_000

var errAliases = errors.New("its aliases stand for more than a million values: write it without aliases")

// checkAliases refuses a text of which the aliases make much out of little: kustomize would follow them all. What is no YAML is left to
// those who read it.
func checkAliases(text []byte) error {
	if !bytes.Contains(text, []byte("&")) || !bytes.Contains(text, []byte("*")) {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			return nil
		}
		sizes := map[*yaml.Node]int{}
		if size(&document, sizes) > mostNodes {
			return errAliases
		}
	}
}

// size is the number of nodes below a node, each alias counted as what it stands for; not much more than mostNodes.
func size(n *yaml.Node, sizes map[*yaml.Node]int) int {
	if known, ok := sizes[n]; ok {
		return known
	}
	sizes[n] = 2 * mostNodes // an alias for what it is part of
	total := 1
	if n.Alias != nil {
		total += size(n.Alias, sizes)
	}
	for _, one := range n.Content {
		total = min(total+size(one, sizes), 2*mostNodes)
	}
	sizes[n] = total
	return total
}
