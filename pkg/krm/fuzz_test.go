package krm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzRun looks for input that makes the function panic, leave without a reason, or let something through after an error.
func FuzzRun(f *testing.F) {
	for _, directory := range cases(&testing.T{}, "function") {
		f.Add(read(&testing.T{}, directory, "input.yaml"))
	}
	f.Add(listHeader + "items: [{a: &a {name: x}, metadata: *a}]\n")
	f.Add("kind: ResourceList\nfunctionConfig: {apiVersion: v1, kind: ConfigMap, data: [a]}\n")
	f.Fuzz(func(t *testing.T, input string) {
		if strings.Contains(input, "panic") {
			t.Skip("the expander of the tests panics when it is asked to")
		}
		got := evaluate(nil, input)
		assert.NotContains(t, got.stderr, "internal error")
		switch got.exitCode {
		case 0:
			assert.NotContains(t, got.stderr, "error: ")
			assert.NotContains(t, evaluate(nil, got.stdout).stderr, "internal error", "a run on its own output")
		case 1:
			assert.Contains(t, got.stderr, "error: ")
			if got.stdout != "" {
				before, err := readList([]byte(input))
				assert.NoError(t, err)
				after, err := readList([]byte(got.stdout))
				assert.NoError(t, err)
				assert.Len(t, after.Items, len(before.Items), "items after an error")
			}
		default:
			t.Errorf("exit code %d", got.exitCode)
		}
	})
}
