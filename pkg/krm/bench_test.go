package krm

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
)

// BenchmarkFunction and BenchmarkNoOp tell what the function costs above the least that a function of the SDK can do. The core is
// not part of it.
func BenchmarkFunction(b *testing.B) {
	for name, input := range benchmarkInputs(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				require.Zero(b, Run(nil, bytes.NewReader(input), io.Discard, io.Discard, expandSimply))
			}
		})
	}
}

func BenchmarkNoOp(b *testing.B) {
	noOp := fn.ResourceListProcessorFunc(func(*fn.ResourceList) (bool, error) { return true, nil })
	for name, input := range benchmarkInputs(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := fn.Run(noOp, input)
				require.NoError(b, err)
			}
		})
	}
}

func benchmarkInputs(b *testing.B) map[string][]byte {
	one, err := os.ReadFile(filepath.Join("testdata", "function", "kustomize-generator", "input.yaml"))
	require.NoError(b, err)
	var many strings.Builder
	many.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range 1000 {
		fmt.Fprintf(&many, "- {apiVersion: v1, kind: ConfigMap, metadata: {name: c%d}, data: {a: b, c: d}}\n", i)
	}
	for i := range 20 {
		fmt.Fprintf(&many, "- {apiVersion: postgresapp.dev/v1alpha1, kind: PostgresApp, metadata: {name: app%d}, spec: {storage: {size: 1Gi}}}\n", i)
	}
	return map[string][]byte{"one app": one, "20 apps among 1000": []byte(many.String())}
}
