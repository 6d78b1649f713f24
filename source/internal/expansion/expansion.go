// Package expansion expands the PostgresApps of an extracted tree.
//
// What is expanded comes from repositories of others, so it happens in a process of its own: without the controller's environment, with
// a bound on memory and time, and without a way to take the controller down.
package expansion

import (
	"context"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// Report is what came of an expansion.
type Report struct {
	// Apps is the number of PostgresApps that were expanded.
	Apps int `json:"apps"`

	// Findings is everything to say about the tree. If one is an error, the tree is as it was.
	Findings diag.Findings `json:"findings,omitempty"`

	// Problem is an error that is not about one resource, such as a kustomization that cannot be read, or "". The tree is as it was.
	Problem string `json:"problem,omitempty"`
}

// Failed tells whether the tree could not be expanded.
func (r Report) Failed() bool { return r.Problem != "" || r.Findings.Failed() }

// Expander expands the PostgresApps of the tree in dir, in place: those of the directories that paths names, relative to the tree, or
// all if there are none. An error means that the expansion did not come to an end, which says nothing about the tree.
type Expander interface {
	Expand(ctx context.Context, dir string, paths []string) (Report, error)
}
