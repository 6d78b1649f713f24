package postgres_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

const digest = "sha256:006b7801eacd9706d6fb557520a414a7d938e4e71333da98695f6f03b20e4cee"

func TestParseImage(t *testing.T) {
	const official = "ghcr.io/cloudnative-pg/postgresql"
	tests := map[string]struct {
		want    postgres.Image
		rolling bool
	}{
		official + ":18.1-system-trixie": {
			want: postgres.Image{Name: official, Tag: "18.1-system-trixie", Major: 18, Minor: 1, Flavour: postgres.FlavourSystem, Distribution: "trixie"},
		},
		official + ":18.1-202512290807-standard-trixie@" + digest: {
			want: postgres.Image{Name: official, Tag: "18.1-202512290807-standard-trixie", Digest: digest, Major: 18, Minor: 1, Flavour: postgres.FlavourStandard, Distribution: "trixie"},
		},
		official + ":17-standard-bookworm": {
			want:    postgres.Image{Name: official, Tag: "17-standard-bookworm", Major: 17, Minor: -1, Flavour: postgres.FlavourStandard, Distribution: "bookworm"},
			rolling: true,
		},
		official + ":17-standard-bookworm@" + digest: {
			want: postgres.Image{Name: official, Tag: "17-standard-bookworm", Digest: digest, Major: 17, Minor: -1, Flavour: postgres.FlavourStandard, Distribution: "bookworm"},
		},
		official + ":16.4-7@" + digest: {
			want: postgres.Image{Name: official, Tag: "16.4-7", Digest: digest, Major: 16, Minor: 4, Flavour: postgres.FlavourSystem, Distribution: "bullseye"},
		},
		official + ":18": {
			want:    postgres.Image{Name: official, Tag: "18", Major: 18, Minor: -1, Flavour: postgres.FlavourSystem, Distribution: "bullseye"},
			rolling: true,
		},
		official + ":18beta1-standard-trixie": {
			want:    postgres.Image{Name: official, Tag: "18beta1-standard-trixie", Major: 18, Minor: -1, Flavour: postgres.FlavourStandard, Distribution: "trixie"},
			rolling: true,
		},
		"ghcr.io/tensorchord/cloudnative-vectorchord:17.5-0.4.3": {
			want: postgres.Image{Name: "ghcr.io/tensorchord/cloudnative-vectorchord", Tag: "17.5-0.4.3", Major: 17, Minor: 5, Flavour: postgres.FlavourOther, Distribution: "bookworm"},
		},
		"tensorchord/cloudnative-vectorchord:18": {
			want:    postgres.Image{Name: "tensorchord/cloudnative-vectorchord", Tag: "18", Major: 18, Minor: -1, Flavour: postgres.FlavourOther, Distribution: "bookworm"},
			rolling: true,
		},
		"ghcr.io/tensorchord/cloudnative-pgvecto.rs:14.11-v0.2.0": {
			want: postgres.Image{Name: "ghcr.io/tensorchord/cloudnative-pgvecto.rs", Tag: "14.11-v0.2.0", Major: 14, Minor: 11, Flavour: postgres.FlavourOther},
		},
		"example.com:5000/pg:17.0-v0.4.0": {
			want: postgres.Image{Name: "example.com:5000/pg", Tag: "17.0-v0.4.0", Major: 17, Minor: 0, Flavour: postgres.FlavourOther},
		},
		"ghcr.io/cloudnative-pg/postgis:17-3-system-trixie": {
			want:    postgres.Image{Name: "ghcr.io/cloudnative-pg/postgis", Tag: "17-3-system-trixie", Major: 17, Minor: -1, Flavour: postgres.FlavourSystem, Distribution: "trixie"},
			rolling: true,
		},
		"ghcr.io/ahinko/postgres-extended:16.4.47": {
			want: postgres.Image{Name: "ghcr.io/ahinko/postgres-extended", Tag: "16.4.47", Major: 16, Minor: 4, Flavour: postgres.FlavourOther},
		},
		"postgres:15.3": {
			want: postgres.Image{Name: "postgres", Tag: "15.3", Major: 15, Minor: 3, Flavour: postgres.FlavourOther},
		},
	}
	for reference, test := range tests {
		t.Run(reference, func(t *testing.T) {
			got, err := postgres.ParseImage(reference)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.rolling, got.IsRolling())
			assert.Equal(t, reference, got.String())
		})
	}
}

func TestParseImageRefuses(t *testing.T) {
	tests := map[string]struct{ reference, message string }{
		"empty":                     {"", "needed, such as ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie"},
		"no tag":                    {"ghcr.io/cloudnative-pg/postgresql", "has no tag"},
		"no tag, registry and port": {"localhost:5000/postgres", "has no tag"},
		"digest only":               {"ghcr.io/cloudnative-pg/postgresql@" + digest, "write name:tag@digest"},
		"short digest":              {"ghcr.io/cloudnative-pg/postgresql:17.6@sha256:abc", "no valid digest"},
		"other digest":              {"ghcr.io/cloudnative-pg/postgresql:17.6@md5:abc", "no valid digest"},
		"latest":                    {"ghcr.io/cloudnative-pg/postgresql:latest", "refuses the tag latest"},
		"word in front":             {"timescale/timescaledb-ha:pg18.3-ts2.25.2", "does not begin with a PostgreSQL version"},
		"minor is a word":           {"postgres:17.beta", "has no number after 17."},
		"minor is missing":          {"postgres:17.", "has no number after 17."},
		"minor is no number":        {"postgres:17.99999999999999999999", "has no minor version after 17."},
		"date":                      {"example.com/pg:2025.1", "no PostgreSQL major version"},
		"too old":                   {"postgres:12.4", "use 13 or newer"},
		"white space":               {"postgres: 17", "white space"},
		"substitution left over":    {"ghcr.io/cloudnative-pg/postgresql:${VERSION}", "no valid tag"},
		"upper case":                {"ghcr.io/CloudNative-PG/postgresql:17.6", "lower-case"},
		"empty component":           {"ghcr.io//postgresql:17.6", "empty path component"},
		"long tag":                  {"postgres:17" + strings.Repeat("x", 127), "at most 128"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := postgres.ParseImage(test.reference)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.message)
		})
	}
}

func FuzzParseImage(f *testing.F) {
	for _, seed := range []string{"ghcr.io/cloudnative-pg/postgresql:18.1-system-trixie", "a:5000/b:17@" + digest, "x:13.", ":", "@", "a/b:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reference string) {
		img, err := postgres.ParseImage(reference)
		if err != nil {
			return
		}
		assert.Equal(t, reference, img.String())
		assert.GreaterOrEqual(t, img.Major, postgres.OldestMajor)
		assert.NotEqual(t, "latest", img.Tag)
	})
}
