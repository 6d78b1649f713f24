package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

func TestLookupExtension(t *testing.T) {
	for name, want := range map[string]string{
		"vector":             "vector",
		"pgvector":           "vector",
		"pgVector":           "vector",
		"VectorChord":        "vchord",
		"pgvecto.rs":         "vectors",
		"uuid-ossp":          "uuid-ossp",
		"uuid_ossp":          "uuid-ossp",
		"PostGIS":            "postgis",
		"postgis-topology":   "postgis_topology",
		"timescale":          "timescaledb",
		"timescaledb-oss":    "timescaledb",
		"pg-stat-statements": "pg_stat_statements",
		"pg-trgm":            "pg_trgm",
	} {
		e, found := postgres.LookupExtension(name)
		require.True(t, found, name)
		assert.Equal(t, want, e.Name, name)
	}
	_, found := postgres.LookupExtension("no_such_extension")
	assert.False(t, found)

	assert.Equal(t, "earthdistance", postgres.SuggestExtension("earth_distance"))
	assert.Equal(t, "pg_trgm", postgres.SuggestExtension("pg_tgrm"))
	assert.Empty(t, postgres.SuggestExtension("myext"))
}

// The table has to stay consistent in itself.
func TestCatalogue(t *testing.T) {
	names := postgres.ExtensionNames()
	assert.True(t, slices.IsSorted(names))
	assert.Equal(t, len(names), len(slices.Compact(slices.Clone(names))), "no name twice")
	for _, name := range names {
		e, found := postgres.LookupExtension(name)
		require.True(t, found, name)
		assert.Equal(t, name, e.Name, "an alias hides the name")
		for _, required := range e.Requires {
			r, found := postgres.LookupExtension(required)
			require.True(t, found, "%s requires %s", name, required)
			assert.Equal(t, required, r.Name)
		}
		if e.Volume != "" {
			v, found := postgres.ExtensionVolume(e.Volume, 18, "trixie")
			require.True(t, found, "%s is in volume %s", name, e.Volume)
			assert.NotContains(t, v.Reference, "{")
			// The rule for names in postgresql.extensions (CRD, 1.30.0).
			assert.Regexp(t, `^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$`, v.Name)
		}
		if e.Trigger.Name != "" {
			assert.Equal(t, name, postgres.ManagedLibrary(e.Trigger.Name))
			assert.Empty(t, e.Preload, "the operator preloads it")
		}
		for _, p := range append(slices.Clone(e.Parameters), e.Trigger) {
			if p.Name != "" {
				assert.NoError(t, postgres.CheckParameter(postgres.DefaultMajor, p.Name, p.Value))
			}
		}
	}
}

// The control files in Debian's and Ubuntu's postgresql-13 to postgresql-18.
func TestContribByMajor(t *testing.T) {
	always := strings.Fields(`amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn
		earthdistance file_fdw fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime
		pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_trgm pg_visibility pgcrypto
		pgrowlocks pgstattuple plpgsql postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows
		tsm_system_time unaccent uuid-ossp xml2`)
	some := map[string][]int{
		"adminpack":         {13, 14, 15, 16},
		"old_snapshot":      {14, 15, 16},
		"pg_surgery":        {14, 15, 16, 17, 18},
		"pg_walinspect":     {15, 16, 17, 18},
		"pg_logicalinspect": {18},
	}
	for _, name := range always {
		some[name] = postgres.Majors()
	}
	for name, majors := range some {
		for _, major := range postgres.Majors() {
			needs := postgres.ResolveExtensions([]string{name}, postgres.Server{Major: major})
			need := needs[len(needs)-1]
			require.Equal(t, name, need.Name)
			want := postgres.Unavailable
			if slices.Contains(majors, major) {
				want = postgres.Available
			}
			assert.Equal(t, want, need.Availability, "%s on PostgreSQL %d", name, major)
		}
	}
}

func TestExtensionVolume(t *testing.T) {
	v, ok := postgres.ExtensionVolume("pgvector", 18, "bookworm")
	require.True(t, ok)
	assert.Equal(t, postgres.Volume{Name: "pgvector", Reference: "ghcr.io/cloudnative-pg/pgvector:0.8.3-18-bookworm"}, v)

	v, ok = postgres.ExtensionVolume("vchord", 18, "")
	require.True(t, ok)
	assert.Equal(t, "ghcr.io/tensorchord/vchord-scratch:pg18-v1.1.1", v.Reference)
	assert.Equal(t, []string{"/usr/lib/postgresql/18/lib"}, v.DynamicLibraryPath)
	assert.Equal(t, []string{"/usr/share/postgresql/18"}, v.ExtensionControlPath)

	v.DynamicLibraryPath[0] = "changed"
	again, _ := postgres.ExtensionVolume("vchord", 18, "")
	assert.Equal(t, "/usr/lib/postgresql/18/lib", again.DynamicLibraryPath[0], "the table is not shared")

	for _, test := range []struct {
		name         string
		major        int
		distribution string
	}{{"pgvector", 17, "trixie"}, {"pgvector", 19, "trixie"}, {"pgvector", 18, "bullseye"}, {"none", 18, "trixie"}, {"", 18, ""}} {
		_, ok := postgres.ExtensionVolume(test.name, test.major, test.distribution)
		assert.False(t, ok, "%v", test)
	}
}

func TestLibraryName(t *testing.T) {
	for library, want := range map[string]string{
		"vchord": "vchord", "vchord.so": "vchord", "$libdir/vchord": "vchord", " vectors.so ": "vectors",
	} {
		assert.Equal(t, want, postgres.LibraryName(library))
	}
}
