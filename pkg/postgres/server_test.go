//go:build server

package postgres_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// What the table of settings says is what the server on the PATH says of
// itself. It needs no data directory: go test -tags server ./pkg/postgres
func TestSettingsAgreeWithServer(t *testing.T) {
	program, err := exec.LookPath("postgres")
	require.NoError(t, err, "the tag server asks for a PostgreSQL server on the PATH")
	version, err := exec.Command(program, "--version").Output()
	require.NoError(t, err)
	digits := regexp.MustCompile(`\d+`).FindString(string(version))
	major, err := strconv.Atoi(digits)
	require.NoError(t, err)
	require.Contains(t, postgres.Majors(), major)

	// Columns: name, context, group, type, default, minimum, maximum, and
	// prose. Parameters for developers are left out.
	text, err := exec.Command(program, "--describe-config").Output()
	require.NoError(t, err)
	types := map[string]postgres.SettingType{
		"BOOLEAN": postgres.TypeBool, "INTEGER": postgres.TypeInteger, "REAL": postgres.TypeReal,
		"STRING": postgres.TypeString, "ENUM": postgres.TypeEnum,
	}
	count := 0
	for line := range strings.Lines(string(text)) {
		columns := strings.Split(line, "\t")
		if len(columns) < 7 {
			continue // the prose of the one before
		}
		count++
		s, found := postgres.LookupSetting(major, columns[0])
		if !assert.True(t, found, columns[0]) {
			continue
		}
		assert.Equal(t, types[columns[3]], s.Type, columns[0])
		assert.Equal(t, columns[1] == "postmaster", s.Restart, columns[0])
		if s.Type == postgres.TypeInteger {
			assert.Equal(t, columns[5], s.Min, columns[0])
			assert.Equal(t, columns[6], s.Max, columns[0])
		}
	}
	assert.Greater(t, count, 250)
}
