package cnpg_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]cnpg.Version{
		"1.27": cnpg.V1_27, "1.28": cnpg.V1_28, "1.29": cnpg.V1_29, "1.30": cnpg.V1_30,
	} {
		got, err := cnpg.ParseVersion(text)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, text, got.String())
	}
	for text, message := range map[string]string{
		"":       "one of 1.27, 1.28, 1.29, 1.30",
		"1.26":   "one of 1.27, 1.28, 1.29, 1.30",
		"1.31":   "one of 1.27, 1.28, 1.29, 1.30",
		"1.3":    "one of 1.27, 1.28, 1.29, 1.30",
		"1.30.0": `write "1.30"`,
		"v1.29":  `write "1.29"`,
	} {
		_, err := cnpg.ParseVersion(text)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), message, text)
	}
}

func TestVersionsInOrder(t *testing.T) {
	assert.True(t, slices.IsSortedFunc(cnpg.Versions, func(a, b cnpg.Version) int {
		if a.Less(b) {
			return -1
		}
		return 1
	}))
	assert.Equal(t, cnpg.Newest, cnpg.Versions[len(cnpg.Versions)-1])
	assert.True(t, cnpg.V1_29.Less(cnpg.V1_30))
	assert.False(t, cnpg.V1_30.Less(cnpg.V1_30))
	assert.True(t, cnpg.V1_30.Less(cnpg.Version{Major: 2}))
}

// AllowedPgbouncerGenericConfigurationParameters in internal/webhook/v1/pooler_webhook.go has 51 entries at 1.27.0, 54 at 1.28.0, and 57 at
// 1.29.0 and 1.30.0.
func TestPgBouncerParameters(t *testing.T) {
	count := map[cnpg.Version]int{}
	for _, name := range cnpg.PgBouncerParameters() {
		since, ok := cnpg.PgBouncerParameterSince(name)
		require.True(t, ok, name)
		assert.True(t, cnpg.IsPgBouncerParameter(name), name)
		count[since]++
	}
	assert.True(t, slices.IsSorted(cnpg.PgBouncerParameters()))
	assert.Equal(t, map[cnpg.Version]int{cnpg.V1_27: 51, cnpg.V1_28: 3, cnpg.V1_29: 3}, count)
	for _, name := range []string{"pool_mode", "listen_port", "", "max_client_con"} {
		assert.False(t, cnpg.IsPgBouncerParameter(name), name)
		_, ok := cnpg.PgBouncerParameterSince(name)
		assert.False(t, ok, name)
	}
}
