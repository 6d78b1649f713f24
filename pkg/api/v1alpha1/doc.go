// Package v1alpha1 is what a user may write: the kinds PostgresApp, PostgresPlatform and PostgresDefaults of the API group
// postgresapp.dev, their defaults and the rules they must meet on their own.
//
// The types hold no behaviour besides SetDefaults. Field names are those of CloudNativePG and Kubernetes wherever they mean the
// same thing, and whole blocks are taken over in their original shape, so that a manifest can be moved into a PostgresApp field
// by field. Absence is told apart from zero where the two differ: such fields are pointers.
//
// The comments are the documentation: docs/reference and the JSON Schema are made of them. A sentence "Defaults to ..." is the field's
// default, and the marker +required says that it must be given.
package v1alpha1

// Group and version of the API.
const (
	Group      = "postgresapp.dev"
	Version    = "v1alpha1"
	APIVersion = Group + "/" + Version
)

// OwnerAnnotation names, on every emitted object, the resource that it was made of. It is how an object is found again on the next
// run in place, and how a reader finds what to edit.
const OwnerAnnotation = Group + "/owner"
