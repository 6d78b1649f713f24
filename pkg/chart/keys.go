package chart

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed cloudnative-pg.txt
var operatorKeys string

//go:embed plugin-barman-cloud.txt
var pluginKeys string

// Types of values, as the lists have them.
const (
	object  = "object"
	list    = "list"
	text    = "text"
	integer = "integer"
	boolean = "boolean"
)

// unread stands in the lists for a value that a chart has and that nothing comes of.
const unread = "unread"

// node is a value of a chart: one of a type, or an object of known keys.
type node struct {
	of    string
	inner map[string]*node

	// read is "" where all versions of the chart read the value, else the version since which one does, or unread.
	read string
}

var (
	operator = sync.OnceValue(func() *node { return parse(operatorKeys) })
	plugin   = sync.OnceValue(func() *node { return parse(pluginKeys) })
)

// parse reads lines of a key, its type and, where not all versions read it, what read says.
func parse(lines string) *node {
	root := &node{inner: map[string]*node{}}
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] == "#" {
			continue
		}
		at := root
		for key := range strings.SplitSeq(words[0], ".") {
			if at.inner == nil {
				at.inner = map[string]*node{}
			}
			if at.inner[key] == nil {
				at.inner[key] = &node{}
			}
			at = at.inner[key]
		}
		at.of = words[1]
		if len(words) > 2 {
			at.read = words[2]
		}
	}
	return root
}
