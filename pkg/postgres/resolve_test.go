package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

const (
	standard17 = "ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie"
	minimal17  = "ghcr.io/cloudnative-pg/postgresql:17.11-minimal-trixie"
	standard18 = "ghcr.io/cloudnative-pg/postgresql:18.6-standard-trixie"
	minimal18  = "ghcr.io/cloudnative-pg/postgresql:18.6-minimal-bookworm"
)

func server(t *testing.T, reference string) postgres.Server {
	t.Helper()
	img, err := postgres.ParseImage(reference)
	require.NoError(t, err)
	return postgres.Server{Major: img.Major, Image: img}
}

func TestResolveExtensions(t *testing.T) {
	type want struct {
		name         string
		availability postgres.Availability
		preload      string
		volume       string
		image        string
		remedy       string
	}
	tests := map[string]struct {
		image string
		names []string
		want  []want
	}{
		"contrib, in the order of creation": {
			image: standard17, names: []string{"earthdistance", "pg_trgm"},
			want: []want{
				{name: "cube", availability: postgres.Available},
				{name: "earthdistance", availability: postgres.Available},
				{name: "pg_trgm", availability: postgres.Available},
			},
		},
		"asked for twice": {
			image: standard17, names: []string{"pgvector", "vector"},
			want: []want{{name: "vector", availability: postgres.Available}},
		},
		"vector in a minimal image": {
			image: minimal17, names: []string{"vector"},
			want: []want{{
				name: "vector", availability: postgres.Unavailable, image: standard17,
				remedy: `set imageName to ` + standard17 + `, or use version "18", where it can be mounted`,
			}},
		},
		"vector mounted": {
			image: minimal18, names: []string{"vector"},
			want: []want{{
				name: "vector", availability: postgres.Mountable,
				volume: "ghcr.io/cloudnative-pg/pgvector:0.8.3-18-bookworm", remedy: "Kubernetes 1.35",
			}},
		},
		"vchord before 18": {
			image: standard17, names: []string{"vchord"},
			want: []want{
				{name: "vector", availability: postgres.Available},
				{
					name: "vchord", availability: postgres.Unavailable,
					image:  "ghcr.io/tensorchord/cloudnative-vectorchord:17.10-1.1.1",
					remedy: "set imageName to ghcr.io/tensorchord/cloudnative-vectorchord:17.10-1.1.1, or use version",
				},
			},
		},
		"vchord in its image": {
			image: "ghcr.io/tensorchord/cloudnative-vectorchord:17.5-0.4.3", names: []string{"vectorchord"},
			want: []want{
				{name: "vector", availability: postgres.Available},
				{name: "vchord", availability: postgres.Available, preload: "vchord"},
			},
		},
		"vchord mounted": {
			image: standard18, names: []string{"vchord"},
			want: []want{
				{name: "vector", availability: postgres.Available},
				{
					name: "vchord", availability: postgres.Mountable, preload: "vchord",
					volume: "ghcr.io/tensorchord/vchord-scratch:pg18-v1.1.1", remedy: "containerd 2.1",
				},
			},
		},
		"vchord on 13": {
			image: "ghcr.io/cloudnative-pg/postgresql:13.22-standard-trixie", names: []string{"vchord"},
			want: []want{
				{name: "vector", availability: postgres.Available},
				{name: "vchord", availability: postgres.Unavailable, remedy: "needs PostgreSQL 14 or newer"},
			},
		},
		"postgis before 18": {
			image: standard17, names: []string{"postgis_topology"},
			want: []want{
				{
					name: "postgis", availability: postgres.Unavailable,
					image:  "ghcr.io/cloudnative-pg/postgis:17.10-3.6.4-standard-trixie",
					remedy: "set imageName to ghcr.io/cloudnative-pg/postgis:17.10-3.6.4-standard-trixie",
				},
				{
					name: "postgis_topology", availability: postgres.Unavailable,
					image:  "ghcr.io/cloudnative-pg/postgis:17.10-3.6.4-standard-trixie",
					remedy: "set imageName",
				},
			},
		},
		"postgis in its image, through a mirror": {
			image: "mirror.example/cloudnative-pg/postgis:17.10-3.6.4-standard-trixie", names: []string{"postgis", "vector", "pgrouting"},
			want: []want{
				{name: "postgis", availability: postgres.Available},
				{name: "vector", availability: postgres.Available},
				{name: "pgrouting", availability: postgres.Available},
			},
		},
		"volumes do not fit bullseye": {
			image: "ghcr.io/cloudnative-pg/postgresql:18.4", names: []string{"vector", "postgis"},
			want: []want{
				{name: "vector", availability: postgres.Available},
				{
					name: "postgis", availability: postgres.Unavailable,
					image:  "ghcr.io/cloudnative-pg/postgis:18.4-3.6.4-standard-trixie",
					remedy: "set imageName to ghcr.io/cloudnative-pg/postgis:18.4-3.6.4-standard-trixie",
				},
			},
		},
		"one volume for several": {
			image: standard18, names: []string{"postgis_topology", "postgis_raster"},
			want: []want{
				{
					name: "postgis", availability: postgres.Mountable,
					volume: "ghcr.io/cloudnative-pg/postgis-extension:3.6.4-18-trixie", remedy: "image volume",
				},
				{name: "postgis_topology", availability: postgres.Available},
				{name: "postgis_raster", availability: postgres.Available},
			},
		},
		"timescaledb before 18": {
			image: standard17, names: []string{"timescaledb"},
			want: []want{{
				name: "timescaledb", availability: postgres.Unavailable,
				image: "ghcr.io/clevyr/cloudnativepg-timescale:17-ts2", remedy: `or use version "18"`,
			}},
		},
		"timescaledb mounted": {
			image: standard18, names: []string{"timescaledb"},
			want: []want{{
				name: "timescaledb", availability: postgres.Mountable, preload: "timescaledb",
				volume: "ghcr.io/cloudnative-pg/timescaledb-oss:2.28.1-18-trixie", remedy: "Apache-2 edition",
			}},
		},
		"pgvecto.rs": {
			image: standard17, names: []string{"pgvecto.rs"},
			want: []want{{
				name: "vectors", availability: postgres.Unavailable,
				remedy: "set imageName to an image of ghcr.io/tensorchord/cloudnative-pgvecto.rs; pgvecto.rs is no longer developed",
			}},
		},
		"pgvecto.rs in its image": {
			image: "ghcr.io/tensorchord/cloudnative-pgvecto.rs:16-v0.3.0", names: []string{"vectors"},
			want: []want{{name: "vectors", availability: postgres.Available, preload: "vectors", remedy: "VectorChord"}},
		},
		"published nowhere": {
			image: standard17, names: []string{"pg_cron", "plpython3u"},
			want: []want{
				{name: "pg_cron", availability: postgres.Unavailable, remedy: "build one that holds it and set imageName; a Kubernetes CronJob"},
				{name: "plpython3u", availability: postgres.Unavailable, remedy: "package of its own"},
			},
		},
		"an image not known here": {
			image: "ghcr.io/example/own:17.6", names: []string{"vchord", "hstore"},
			want: []want{
				{name: "vector", availability: postgres.Unverified, remedy: "make sure that this one holds it"},
				{name: "vchord", availability: postgres.Unverified, preload: "vchord", remedy: "make sure that this one holds it"},
				{name: "hstore", availability: postgres.Available},
			},
		},
		"a name not known here": {
			image: standard17, names: []string{"hstroe", "company_ext"},
			want: []want{
				{name: "hstroe", availability: postgres.Unverified, remedy: "did you mean hstore?"},
				{name: "company_ext", availability: postgres.Unverified, remedy: "make sure that the image holds it"},
			},
		},
		"gone": {
			image: standard17, names: []string{"old_snapshot"},
			want: []want{{name: "old_snapshot", availability: postgres.Unavailable, remedy: "does not exist for PostgreSQL 17: 16 was the last one"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			needs := postgres.ResolveExtensions(test.names, server(t, test.image))
			require.Len(t, needs, len(test.want))
			for i, w := range test.want {
				n := needs[i]
				assert.Equal(t, w.name, n.Name)
				assert.Equal(t, w.availability, n.Availability, w.name)
				assert.Equal(t, w.preload, n.Preload, w.name)
				assert.Equal(t, w.image, n.Image, w.name)
				if w.volume == "" {
					assert.Nil(t, n.Volume, w.name)
				} else if assert.NotNil(t, n.Volume, w.name) {
					assert.Equal(t, w.volume, n.Volume.Reference)
				}
				if w.remedy == "" {
					assert.Empty(t, n.Remedy, w.name)
				} else {
					assert.Contains(t, n.Remedy, w.remedy)
				}
				assert.True(t, n.Create, w.name)
			}
		})
	}
}

func TestResolveExtensionsRequested(t *testing.T) {
	needs := postgres.ResolveExtensions([]string{"earthdistance", "cube", "postgis_topology"}, server(t, standard17))
	requested := map[string]string{}
	for _, n := range needs {
		requested[n.Name] = n.Requested
	}
	assert.Equal(t, map[string]string{
		"cube": "cube", "earthdistance": "earthdistance", "postgis": "", "postgis_topology": "postgis_topology",
	}, requested)
	assert.Empty(t, postgres.ResolveExtensions(nil, server(t, standard17)))
}

// CloudNativePG preloads these libraries when one of their parameters is set.
func TestResolveManagedExtensions(t *testing.T) {
	s := server(t, standard17)
	need := func(name string) postgres.Need {
		needs := postgres.ResolveExtensions([]string{name}, s)
		require.Len(t, needs, 1)
		return needs[0]
	}
	n := need("pg_stat_statements")
	assert.True(t, n.Create)
	assert.Empty(t, n.Preload)
	assert.Equal(t, []postgres.Parameter{{Name: "pg_stat_statements.track", Value: "top"}}, n.Parameters)

	n = need("auto_explain")
	assert.False(t, n.Create, "a library only")
	assert.Equal(t, []postgres.Parameter{{Name: "auto_explain.log_min_duration", Value: "-1"}}, n.Parameters)

	n = need("pg_failover_slots")
	assert.Equal(t, []postgres.Parameter{
		{Name: "pg_failover_slots.synchronize_slot_names", Value: "name_like:%"},
		{Name: "hot_standby_feedback", Value: "on"},
	}, n.Parameters)

	s.Parameters = []string{"pg_stat_statements.max", "hot_standby_feedback"}
	assert.Empty(t, need("pg_stat_statements").Parameters, "another of its parameters is set")
	assert.Len(t, need("pg_failover_slots").Parameters, 1)

	s.Parameters, s.Libraries = nil, []string{"pg_stat_statements.so"}
	assert.Empty(t, need("pg_stat_statements").Parameters, "the library is listed")
}

func TestResolveWhatIsThere(t *testing.T) {
	s := server(t, standard18)
	s.Volumes = []string{"vchord"}
	s.Libraries = []string{"vchord.so"}
	needs := postgres.ResolveExtensions([]string{"vchord"}, s)
	require.Len(t, needs, 2)
	assert.Equal(t, postgres.Available, needs[1].Availability)
	assert.Nil(t, needs[1].Volume)
	assert.Empty(t, needs[1].Preload)

	s = server(t, minimal18)
	s.Volumes = []string{"vector"} // the SQL name instead of the image's
	needs = postgres.ResolveExtensions([]string{"vector"}, s)
	require.Len(t, needs, 1)
	assert.Equal(t, postgres.Available, needs[0].Availability)

	// An image catalog: the image is not known, the major version is.
	needs = postgres.ResolveExtensions([]string{"vector", "pg_trgm"}, postgres.Server{Major: 18})
	assert.Equal(t, postgres.Unverified, needs[0].Availability)
	assert.Equal(t, postgres.Available, needs[1].Availability)
}
