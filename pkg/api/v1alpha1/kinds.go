package v1alpha1

import (
	"slices"
	"strings"
)

// Kinds of the API.
const (
	KindPostgresApp      = "PostgresApp"
	KindPostgresPlatform = "PostgresPlatform"
	KindPostgresDefaults = "PostgresDefaults"
)

// expandable are the kinds that a build replaces by what they become. A kind that is added here is known to every door.
var expandable = []string{KindPostgresApp, KindPostgresPlatform}

// ExpandableKinds are the kinds that a build replaces by what they become.
func ExpandableKinds() []string { return slices.Clone(expandable) }

// Expandable tells whether a build replaces resources of this kind by what they become.
func Expandable(kind string) bool { return slices.Contains(expandable, kind) }

// Kinds are all kinds of the API: those that are expanded, and the defaults by which apps are.
func Kinds() []string { return append(ExpandableKinds(), KindPostgresDefaults) }

// Known tells whether a kind is one of the API's.
func Known(kind string) bool { return Expandable(kind) || kind == KindPostgresDefaults }

// KnownKinds names all kinds in a sentence.
func KnownKinds() string {
	kinds := Kinds()
	last := len(kinds) - 1
	return strings.Join(kinds[:last], ", ") + " and " + kinds[last]
}

// Owner is the value of OwnerAnnotation. It holds no namespace, because that is often set after the expansion.
func Owner(kind, name string) string { return kind + "/" + name }

// Owned tells whether a value of OwnerAnnotation names a resource that is expanded.
func Owned(owner string) bool {
	kind, _, found := strings.Cut(owner, "/")
	return found && Expandable(kind)
}

// Noun is what messages call a resource of a kind: an app, a platform.
func Noun(kind string) string { return strings.ToLower(strings.TrimPrefix(kind, "Postgres")) }
