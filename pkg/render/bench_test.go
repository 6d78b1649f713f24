package render_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// BenchmarkApps expands the quickstart's app.
func BenchmarkApps(b *testing.B) {
	text, err := os.ReadFile("../../examples/quickstart/postgres.yaml")
	require.NoError(b, err)
	for b.Loop() {
		result := render.Apps([]render.Document{{YAML: text}}, nil)
		if result.Findings.Failed() {
			b.Fatal(result.Findings)
		}
	}
}
