package jsontype_test

import (
	"math"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/intstr"

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

// TestEncodeIntOrString: ports and the expressions of alerts are a number or a text, and a text may hold what JSON escapes.
func TestEncodeIntOrString(t *testing.T) {
	tests := map[string]struct {
		value intstr.IntOrString
		want  any
	}{
		"a number":     {intstr.FromInt32(9187), int64(9187)},
		"zero":         {intstr.FromInt32(0), int64(0)},
		"a name":       {intstr.FromString("metrics"), "metrics"},
		"an expr":      {intstr.FromString("a{b=\"c\\d\"} > 1\n"), "a{b=\"c\\d\"} > 1\n"},
		"no text":      {intstr.FromString(""), ""},
		"escapes":      {intstr.FromString("<&>\t\r\n\b\x00\x7f\"\\"), "<&>\t\r\n\b\x00\x7f\"\\"},
		"beyond ASCII": {intstr.FromString("\u2028 > ä \U0001F418"), "\u2028 > ä \U0001F418"},
		"no UTF-8":     {intstr.FromString("a\xff"), "a\ufffd"}, // as encoding/json has it
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := jsontype.Encode(struct {
				Value   intstr.IntOrString  `json:"value"`
				Pointer *intstr.IntOrString `json:"pointer,omitempty"`
				Nil     *intstr.IntOrString `json:"nil,omitempty"`
			}{Value: test.value, Pointer: &test.value})
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"value": test.want, "pointer": test.want}, got)
		})
	}
}
