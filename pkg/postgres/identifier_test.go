package postgres_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

func TestCheckDatabaseName(t *testing.T) {
	for _, name := range []string{"app", "temporal_visibility", "my-app", "Grüße", "1st", "pg_stats", strings.Repeat("x", 63)} {
		assert.NoError(t, postgres.CheckDatabaseName(name), name)
	}
	for name, message := range map[string]string{
		"":                      "is empty",
		"postgres":              "reserved",
		"template0":             "reserved",
		"template1":             "reserved",
		strings.Repeat("x", 64): "has 64 bytes",
		strings.Repeat("ü", 32): "has 64 bytes",
		"a\nb":                  "control character",
		"a\xff":                 "not valid UTF-8",
	} {
		err := postgres.CheckDatabaseName(name)
		require.Error(t, err, name)
		assert.Contains(t, err.Error(), message)
	}
}

func TestCheckRoleName(t *testing.T) {
	for _, name := range []string{"app", "read-only", "pgbouncer", "cnpg", "postgres2", "user"} {
		assert.NoError(t, postgres.CheckRoleName(name), name)
	}
	for name, message := range map[string]string{
		"":                      "is empty",
		"postgres":              "reserved by CloudNativePG",
		"streaming_replica":     "reserved by CloudNativePG",
		"cnpg_pooler_pgbouncer": "reserved by CloudNativePG",
		"pg_monitor":            "begin with pg_",
		"public":                "reserved by PostgreSQL",
		"none":                  "reserved by PostgreSQL",
		strings.Repeat("x", 64): "has 64 bytes",
	} {
		err := postgres.CheckRoleName(name)
		require.Error(t, err, name)
		assert.Contains(t, err.Error(), message)
	}
}

// The cases are those of CloudNativePG's own test of the rule
// (pkg/postgres/identifier_test.go, v1.30.0).
func TestCheckTablespaceName(t *testing.T) {
	for _, name := range []string{"tablespace1", "tbs_123", "_tbs_123", "tbs_123$", "TBS"} {
		assert.NoError(t, postgres.CheckTablespaceName(name), name)
	}
	for _, name := range []string{"", "pg_write_all_data", "tbs+123", "1tbs1", "tbs_123^", "tablespace1tablespace2tablespace3tablespace4tablespace5_12345678"} {
		assert.Error(t, postgres.CheckTablespaceName(name), name)
	}
}
