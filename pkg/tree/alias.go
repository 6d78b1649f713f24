package tree

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// mostNodes is how many nodes the YAML of a file may have once all its aliases are replaced by what they stand for.
const mostNodes = 1_000_000

var errAliases = errors.New("its aliases stand for more than a million values: write it without aliases")

var (
	anchor = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)(^|[\s\[{,])&[^\s,\[\]{}]`) })
	alias  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)(^|[\s\[{,])\*[^\s,\[\]{}]`) })
)

// CheckAliases refuses a text of which the aliases make much out of little: kustomize would follow them all. What is no YAML is left to
// those who read it.
func CheckAliases(text []byte) error {
	if !bytes.ContainsRune(text, '&') || !anchor().Match(text) || !alias().Match(text) {
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

// guard is a file system of which no file keeps kustomize busy forever.
type guard struct{ filesys.FileSystem }

// ReadFile implements filesys.FileSystem.
func (g guard) ReadFile(path string) ([]byte, error) {
	text, err := g.FileSystem.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := CheckAliases(text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}
