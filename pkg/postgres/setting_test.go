package postgres_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// Rows of pg_settings, PostgreSQL 17.12 unless the name says otherwise.
func TestLookupSetting(t *testing.T) {
	tests := map[string]struct {
		major int
		name  string
		want  postgres.Setting
	}{
		"memory, at restart": {17, "shared_buffers", postgres.Setting{
			Name: "shared_buffers", Type: postgres.TypeInteger, Unit: "8kB", Min: "16", Max: "1073741823", Restart: true,
		}},
		"any case": {17, "TimeZone", postgres.Setting{Name: "timezone", Type: postgres.TypeString}},
		"values with a space": {17, "default_transaction_isolation", postgres.Setting{
			Name: "default_transaction_isolation", Type: postgres.TypeEnum,
			Values: []string{"serializable", "repeatable read", "read committed", "read uncommitted"},
		}},
		"read-only": {17, "server_version_num", postgres.Setting{
			Name: "server_version_num", Type: postgres.TypeInteger, Internal: true,
		}},
		"13: still a boolean": {13, "wal_compression", postgres.Setting{Name: "wal_compression", Type: postgres.TypeBool}},
		"15: methods": {15, "wal_compression", postgres.Setting{
			Name: "wal_compression", Type: postgres.TypeEnum, Values: []string{"pglz", "lz4", "zstd", "on", "off"},
		}},
		"16: minimum of 1MB": {16, "maintenance_work_mem", postgres.Setting{
			Name: "maintenance_work_mem", Type: postgres.TypeInteger, Unit: "kB", Min: "1024", Max: "2147483647",
		}},
		"17: minimum of 64kB": {17, "maintenance_work_mem", postgres.Setting{
			Name: "maintenance_work_mem", Type: postgres.TypeInteger, Unit: "kB", Min: "64", Max: "2147483647",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, found := postgres.LookupSetting(test.major, test.name)
			require.True(t, found)
			assert.Equal(t, test.want, got)
		})
	}
	for _, name := range []string{"", "#", "work", "work_mem\t13", "pg_stat_statements.max", "io_method"} {
		_, found := postgres.LookupSetting(17, name)
		assert.False(t, found, name)
	}
}

// Every line is found by its name, in every major version it names.
func TestSettingsAreSorted(t *testing.T) {
	text, err := os.ReadFile("settings.txt")
	require.NoError(t, err)
	lines := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		lines++
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, columns, 9, line)
		first, err := strconv.Atoi(columns[1])
		require.NoError(t, err)
		last, err := strconv.Atoi(columns[2])
		require.NoError(t, err)
		for major := first; major <= last; major++ {
			s, found := postgres.LookupSetting(major, columns[0])
			require.True(t, found, columns[0])
			assert.Equal(t, columns[0], s.Name)
			assert.Equal(t, columns[4], string(s.Type))
		}
	}
	// pg_settings of PostgreSQL 18.6 has 399 rows; 21 lines are of parameters
	// that went, or had another type or range, before 18.
	assert.Equal(t, 399+21, lines)
}

func TestParseMemory(t *testing.T) {
	// Units are powers of 1024.
	tests := map[string]struct {
		value, unit string
		want        int64
	}{
		"own unit of 8kB": {"16384", "8kB", 16384 * 8192},
		"own unit of kB":  {"4096", "kB", 4194304},
		"megabytes":       {"256MB", "8kB", 268435456},
		"fraction":        {"1.5GB", "kB", 1610612736},
		"terabyte":        {"1TB", "MB", 1099511627776},
		"bytes":           {"100B", "B", 100},
		"spaces":          {" 4 MB ", "kB", 4194304},
		"none":            {"-1", "MB", -1048576},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := postgres.ParseMemory(test.value, test.unit)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
	for name, test := range map[string]struct{ value, unit, message string }{
		"kubernetes":   {"1Gi", "kB", "write GB for Gi"},
		"capitals":     {"64KB", "kB", "write kB for KB"},
		"block":        {"3 8kB", "8kB", "unknown unit"},
		"time":         {"5min", "kB", "use B, kB, MB, GB or TB"},
		"no number":    {"lots", "kB", "not a number"},
		"empty":        {"", "kB", "not a number"},
		"infinite":     {"1e999", "kB", "not a number"},
		"too large":    {"9999999999999TB", "kB", "too large"},
		"unit of time": {"1", "ms", "not a unit of memory"},
	} {
		_, err := postgres.ParseMemory(test.value, test.unit)
		require.Error(t, err, name)
		assert.Contains(t, err.Error(), test.message, name)
	}
}

func TestParseBool(t *testing.T) {
	for _, value := range []string{"on", "ON", "true", "tr", "yes", "y", "1"} {
		got, err := postgres.ParseBool(value)
		assert.NoError(t, err, value)
		assert.True(t, got, value)
	}
	for _, value := range []string{"off", "of", "False", "f", "no", "0"} {
		got, err := postgres.ParseBool(value)
		assert.NoError(t, err, value)
		assert.False(t, got, value)
	}
	// postgres 15.20 -c wal_log_hints=' on' refuses to start: it requires a Boolean value.
	for _, value := range []string{"", "o", "enable", "2", " on", "off "} {
		_, err := postgres.ParseBool(value)
		assert.Error(t, err, value)
	}
}
