package adopt

import (
	"github.com/homelab-foundations/postgresapp/pkg/change"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// Proof is an adopted app expanded again, and held against the manifests that it was made of.
type Proof struct {
	// Findings are what every build will say of the app. An error means that it does not expand, and the rest of the proof is empty.
	Findings diag.Findings

	// Objects are what the app becomes.
	Objects []manifest.Object

	// Differences are what the objects say otherwise than the manifests.
	Differences []Difference

	// Consequences are what the step from the manifests to the app means for the running database.
	Consequences []change.Consequence
}

// Holds tells whether the app expands to all that the manifests say, but for differences that are meant.
func (p Proof) Holds() bool { return !p.Findings.Failed() && len(Unexplained(p.Differences)) == 0 }

// Prove expands an adopted app and compares what comes out with the manifests. The error tells which manifest is not what its kind says.
func Prove(manifests []Fields, adopted Adopted) (Proof, error) {
	text, err := adopted.YAML()
	if err != nil {
		return Proof{}, err
	}
	result := render.Apps([]render.Document{{YAML: text}}, nil)
	proof := Proof{Findings: result.Findings}
	if result.Findings.Failed() {
		return proof, nil
	}
	var fields []Fields
	for _, expansion := range result.Expansions {
		proof.Objects = append(proof.Objects, expansion.Objects...)
	}
	for _, object := range proof.Objects {
		fields = append(fields, object.Fields)
	}
	proof.Consequences = change.Compare(adopted.Replaced, fields).Consequences
	proof.Differences, err = Compare(manifests, fields)
	return proof, err
}
