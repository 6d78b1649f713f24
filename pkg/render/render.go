// Package render is the one core behind every door: documents of this API group in, complete manifests out. kustomize, kpt, the
// command line and Flux's source extension are thin adapters around Apps.
package render

import (
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// Document is one resource of this API group, as a door found it.
type Document struct {
	// YAML is the text of the single document.
	YAML []byte

	// Source is where the document was found, for messages: a file, or "".
	Source string

	// Before is the number of lines of Source that come before the document, where that is known.
	Before int
}

// Expansion is what one app becomes.
type Expansion struct {
	// Namespace and Name are the app's.
	Namespace, Name string

	// Objects are the app's objects in the order of the builders, the Cluster first.
	Objects []manifest.Object
}

// Result is the outcome of expanding a set of apps.
type Result struct {
	// Expansions has one element for each app, in the order of the input. It is nil when a finding is an error: there is no partial
	// output.
	Expansions []Expansion

	// Findings are the errors and warnings about all documents.
	Findings diag.Findings
}
