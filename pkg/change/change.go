// Package change compares two states of a repository's objects, and says what the step from one to the other means for the databases that
// run: what the API server refuses, what loses data, what restarts PostgreSQL, and what a running database does not see.
//
// A build alone cannot know: that a volume may not shrink, or that a Cluster reads how it is created once, shows only beside the state
// before. The rules are those of CloudNativePG 1.30.0's admission and of its controllers; each names its source.
package change

import (
	"fmt"
	"slices"
	"strings"
)

// Fields are an object as JSON decodes it, integers as int64.
type Fields = map[string]any

// Changes are everything that differs between two states.
type Changes struct {
	// Objects are those that differ, in the order of the state after, then those that are gone.
	Objects []Object

	// Consequences are what the differences mean for what runs, the worst first.
	Consequences []Consequence
}

// Object is one object that differs.
type Object struct {
	// Was is nil for an object that is new, Is for one that is gone.
	Was, Is Fields

	// Fields are what differs in an object that is there before and after, in the order of their paths.
	Fields []Field
}

// Title is the kind and the name, such as "Cluster sales/shop".
func (o Object) Title() string {
	if o.Is != nil {
		return title(o.Is)
	}
	return title(o.Was)
}

// Compare finds what differs between the objects before and after. Objects are the same if their API group, kind, namespace and name are.
func Compare(before, after []Fields) Changes {
	c := &comparison{newState(before), newState(after), nil}
	var changes Changes
	for _, is := range after {
		was := c.before.same(is)
		if was == nil {
			changes.Objects = append(changes.Objects, Object{Is: is})
			continue
		}
		if fields := differences(was, is); len(fields) > 0 {
			changes.Objects = append(changes.Objects, Object{Was: was, Is: is, Fields: fields})
		}
	}
	for _, was := range before {
		if c.after.same(was) == nil {
			changes.Objects = append(changes.Objects, Object{Was: was})
		}
	}
	for _, object := range changes.Objects {
		c.object(object)
	}
	for _, object := range after {
		// Where a Cluster archives to is written in other objects as well, and so may be the version of a chart.
		switch was := c.before.same(object); {
		case was == nil:
		case is(object, postgresGroup, "Cluster"):
			c.archiving(Object{Was: was, Is: object})
		case is(object, helmGroup, "HelmRelease"):
			c.releases(was, object)
		}
	}
	slices.SortStableFunc(c.consequences, func(a, b Consequence) int { return slices.Index(effects, a.Effect) - slices.Index(effects, b.Effect) })
	changes.Consequences = c.consequences
	return changes
}

// comparison collects the consequences.
type comparison struct {
	before, after state
	consequences  []Consequence
}

// state is all objects at one time.
type state struct {
	objects []Fields
	by      map[id]Fields
}

func newState(objects []Fields) state {
	s := state{objects, map[id]Fields{}}
	for _, object := range objects {
		s.by[identity(object)] = object
	}
	return s
}

// same is an object as it is in this state, or nil.
func (s state) same(object Fields) Fields { return s.by[identity(object)] }

// id tells objects apart.
type id struct{ group, kind, namespace, name string }

// say adds a consequence for an object.
func (c *comparison) say(effect Effect, object Fields, field, format string, args ...any) {
	c.consequences = append(c.consequences, Consequence{effect, title(object), field, fmt.Sprintf(format, args...)})
}

// object applies the rules of an object's kind.
func (c *comparison) object(o Object) {
	switch {
	case o.Was == nil:
		c.created(o.Is)
	case o.Is == nil:
		c.removed(o.Was)
	case is(o.Is, postgresGroup, "Cluster"):
		c.cluster(o)
	default:
		c.immutable(o)
		c.retention(o)
	}
}

func identity(object Fields) id {
	group, _, named := strings.Cut(text(object, "apiVersion"), "/")
	if !named {
		group = ""
	}
	return id{group, text(object, "kind"), text(object, "metadata", "namespace"), text(object, "metadata", "name")}
}

func title(object Fields) string {
	of := identity(object)
	if of.namespace != "" {
		return of.kind + " " + of.namespace + "/" + of.name
	}
	return of.kind + " " + of.name
}

// The API groups of CloudNativePG and of its Barman Cloud plugin.
const (
	postgresGroup = "postgresql.cnpg.io"
	barmanGroup   = "barmancloud.cnpg.io"
)

// Those of Kubernetes and of the Prometheus operator that rules are about.
const (
	networkGroup    = "networking.k8s.io"
	monitoringGroup = "monitoring.coreos.com"
)

func is(object Fields, group, kind string) bool {
	of := identity(object)
	return of.group == group && of.kind == kind
}
