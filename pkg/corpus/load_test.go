package corpus

import (
	"testing"

	"github.com/stretchr/testify/require"
)

type fields = Fields

// sample is a Sample of the tests.
type sample struct {
	name    string
	cluster fields
	around  []fields
}

// samples are the Clusters of the corpus. Without one the test is skipped.
func samples(t *testing.T) []sample {
	t.Helper()
	dir, err := Directory("../..")
	if err != nil {
		t.Skip(err)
	}
	found, err := Samples(dir)
	require.NoError(t, err)
	var all []sample
	for _, s := range found {
		all = append(all, sample{name: s.Name, cluster: s.Cluster, around: s.Around})
	}
	return all
}
