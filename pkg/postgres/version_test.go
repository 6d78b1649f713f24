package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

func TestOperandImage(t *testing.T) {
	tests := map[string]struct {
		version string
		flavour postgres.Flavour
		want    string
	}{
		"default":              {"", postgres.FlavourStandard, "ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie"},
		"major":                {"16", postgres.FlavourStandard, "ghcr.io/cloudnative-pg/postgresql:16.15-standard-trixie"},
		"newest major":         {"18", postgres.FlavourSystem, "ghcr.io/cloudnative-pg/postgresql:18.6-system-trixie"},
		"oldest major":         {"13", postgres.FlavourMinimal, "ghcr.io/cloudnative-pg/postgresql:13.22-minimal-trixie"},
		"full version":         {"17.8", postgres.FlavourStandard, "ghcr.io/cloudnative-pg/postgresql:17.8-standard-trixie"},
		"first one on trixie":  {"17.6", postgres.FlavourStandard, "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie"},
		"later than the table": {"17.11", postgres.FlavourStandard, "ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie"},
		"zero minor":           {"18.0", postgres.FlavourStandard, "ghcr.io/cloudnative-pg/postgresql:18.0-standard-trixie"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := postgres.OperandImage(test.version, test.flavour)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)

			img, err := postgres.ParseImage(got)
			require.NoError(t, err, "its own images are legal")
			assert.Equal(t, test.flavour, img.Flavour)
			assert.Equal(t, "trixie", img.Distribution)
			assert.False(t, img.IsRolling())
		})
	}
}

func TestOperandImageRefuses(t *testing.T) {
	tests := map[string]struct {
		version string
		flavour postgres.Flavour
		message string
	}{
		"too old":             {"12", postgres.FlavourStandard, "13, 14, 15, 16, 17, 18"},
		"too new":             {"19", postgres.FlavourStandard, "13, 14, 15, 16, 17, 18"},
		"before trixie":       {"17.5", postgres.FlavourStandard, `the first one is 17.6: use version "17"`},
		"word":                {"latest", postgres.FlavourStandard, `use a major version such as "17"`},
		"prefix":              {"v17", postgres.FlavourStandard, `use a major version such as "17"`},
		"three parts":         {"17.1.1", postgres.FlavourStandard, `use a major version such as "17"`},
		"trailing dot":        {"17.", postgres.FlavourStandard, `use a major version such as "17"`},
		"negative":            {"-17", postgres.FlavourStandard, `use a major version such as "17"`},
		"number, not version": {"170000", postgres.FlavourStandard, `use a major version such as "17"`},
		"flavour":             {"17", postgres.FlavourOther, "use standard, minimal or system"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := postgres.OperandImage(test.version, test.flavour)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.message)
		})
	}
}

func TestMajors(t *testing.T) {
	// Supported PostgreSQL versions of the operator's 1.27 to 1.30 releases:
	// 13 to 18 (docs/src/supported_releases.md).
	assert.Equal(t, []int{13, 14, 15, 16, 17, 18}, postgres.Majors())
	assert.Contains(t, postgres.Majors(), postgres.DefaultMajor)
	assert.Equal(t, postgres.OldestMajor, postgres.Majors()[0])

	full, ok := postgres.FullVersion(15)
	assert.True(t, ok)
	assert.Equal(t, "15.19", full)
	_, ok = postgres.FullVersion(12)
	assert.False(t, ok)

}
