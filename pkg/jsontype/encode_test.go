package jsontype_test

import (
	"math"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// TestEncodeUnsigned: a relabeling's modulus is the one field of 64 bits without a sign that an app can have.
func TestEncodeUnsigned(t *testing.T) {
	tests := map[string]struct {
		modulus uint64
		want    any
	}{
		"a usual one":                 {16, int64(16)},
		"the largest of int64":        {math.MaxInt64, int64(math.MaxInt64)},
		"one more, a float as parsed": {math.MaxInt64 + 1, float64(1 << 63)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := jsontype.Encode(monitoringv1.RelabelConfig{Modulus: test.modulus})
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"modulus": test.want}, got)
		})
	}
}
