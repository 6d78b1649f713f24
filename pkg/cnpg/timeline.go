package cnpg

import (
	"fmt"
	"strings"
)

// change is what a version of the operator brought or took away. The timeline is made of the definitions at the .0 of each version: no patch
// version is known to have brought a field.
type change struct {
	kind, path, value string
	since, until      Version
}

// Missing is something an object uses that the target version does not have.
type Missing struct {
	// Path is the field, such as spec.postgresql.extensions[0].env, or "" for the kind as a whole.
	Path string

	// Value is the value of an enumeration, or "" for the field as a whole.
	Value string

	// Since is the first version that has it, or zero where Until says that the target is too new.
	Since Version

	// Until is the first version that has it no longer, or zero.
	Until Version
}

// String says what is missing, and what to do.
func (m Missing) String() string {
	what := "the field"
	switch {
	case m.Path == "":
		what = "the kind"
	case m.Value != "":
		what = fmt.Sprintf("the value %q", m.Value)
	}
	if m.Until != (Version{}) {
		return fmt.Sprintf("%s is gone since CloudNativePG %s: remove it", what, m.Until)
	}
	return fmt.Sprintf("%s exists from CloudNativePG %s on: raise operatorVersion to %q, or remove it", what, m.Since, m.Since)
}

// Check returns what an object of a kind of the operator uses that the target version does not have. Of a field that is missing as a whole it
// returns the field alone, not what is below it. Other kinds have no timeline and nothing missing.
func Check(kind string, object map[string]any, target Version) []Missing {
	var missing []Missing
	for i := range timeline {
		c := &timeline[i]
		if c.kind != kind || !c.concerns(target) {
			continue
		}
		if c.path == "" {
			return []Missing{{Since: c.since}}
		}
		for _, m := range find(object, c.path, c.value) {
			if !covered(missing, m.path) {
				missing = append(missing, Missing{Path: m.path, Value: c.value, Since: c.since, Until: c.until})
			}
		}
	}
	return missing
}

// Since is the first version that has a field of a kind, given as in the timeline: [] for the elements of a list and no indices. Fields without
// a change are as old as the oldest version here.
func Since(kind, path string) Version {
	since := Versions[0]
	for i := range timeline {
		c := &timeline[i]
		if c.kind != kind || c.value != "" || c.since == (Version{}) || !within(path, c.path) {
			continue
		}
		if since.Less(c.since) {
			since = c.since
		}
	}
	return since
}

func (c *change) concerns(target Version) bool {
	if c.until != (Version{}) {
		return !target.Less(c.until)
	}
	return target.Less(c.since)
}

// covered tells whether something above the path is missing already. The timeline is sorted, so that it comes first.
func covered(missing []Missing, path string) bool {
	for _, m := range missing {
		if m.Value == "" && within(path, m.Path) {
			return true
		}
	}
	return false
}

// within tells whether path is the field above or below it. Every path is within "".
func within(path, above string) bool {
	rest, found := strings.CutPrefix(path, above)
	return found && (above == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// match is a field that was found in an object.
type match struct {
	path  string
	value any
}

// find returns the fields of an object that match a path of the timeline and, if a value is given, hold it.
func find(object map[string]any, path, value string) []match {
	var found []match
	var walk func(at any, rest, concrete string)
	walk = func(at any, rest, concrete string) {
		if rest == "" {
			if value == "" || at == value {
				found = append(found, match{concrete, at})
			}
			return
		}
		if after, isList := strings.CutPrefix(rest, "[]"); isList {
			list, _ := at.([]any)
			for i, element := range list {
				walk(element, after, fmt.Sprintf("%s[%d]", concrete, i))
			}
			return
		}
		rest = strings.TrimPrefix(rest, ".")
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		fields, _ := at.(map[string]any)
		name := rest[:end]
		next, there := fields[name]
		if !there || next == nil {
			return
		}
		if concrete != "" {
			name = concrete + "." + name
		}
		walk(next, rest[end:], name)
	}
	walk(object, path, "")
	return found
}
