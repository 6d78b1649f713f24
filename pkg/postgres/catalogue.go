package postgres

// extensions is the catalogue, sorted by name.
//
// contrib: the control files in the packages postgresql-13 to postgresql-18 of
// Debian and Ubuntu, which the images install (Dockerfile of
// cloudnative-pg/postgres-containers); procedural languages other than plpgsql
// are packages of their own, which the images do not install.
// standard: docker-bake.hcl there (pgaudit, pgvector, pg-failover-slots).
// image volumes, preload libraries and requirements: metadata.hcl of each folder
// of cloudnative-pg/postgres-extensions-containers at 079bc9e (22 August 2026).
// Requirements of contrib modules: their control files.
var extensions = [...]Extension{
	{Name: "address_standardizer", Source: SourceImage, Volume: "postgis", families: onlyPostGIS},
	{Name: "address_standardizer_data_us", Source: SourceImage, Volume: "postgis", families: onlyPostGIS},
	{Name: "adminpack", Source: SourceContrib, Until: 16},
	{Name: "amcheck", Source: SourceContrib},
	{Name: "auth_delay", Source: SourceContrib, Module: true, Preload: "auth_delay"},
	{
		Name: "auto_explain", Source: SourceContrib, Module: true,
		Trigger: Parameter{"auto_explain.log_min_duration", "-1"},
	},
	{Name: "autoinc", Source: SourceContrib},
	{Name: "bloom", Source: SourceContrib},
	{Name: "btree_gin", Source: SourceContrib},
	{Name: "btree_gist", Source: SourceContrib},
	{Name: "citext", Source: SourceContrib},
	{Name: "cube", Source: SourceContrib},
	{Name: "dblink", Source: SourceContrib},
	{Name: "dict_int", Source: SourceContrib},
	{Name: "dict_xsyn", Source: SourceContrib},
	{Name: "earthdistance", Source: SourceContrib, Requires: []string{"cube"}},
	{Name: "file_fdw", Source: SourceContrib},
	{Name: "fuzzystrmatch", Source: SourceContrib},
	{Name: "hstore", Source: SourceContrib},
	{Name: "insert_username", Source: SourceContrib},
	{Name: "intagg", Source: SourceContrib},
	{Name: "intarray", Source: SourceContrib},
	{Name: "isn", Source: SourceContrib},
	{Name: "lo", Source: SourceContrib},
	{Name: "ltree", Source: SourceContrib},
	{Name: "moddatetime", Source: SourceContrib},
	{Name: "old_snapshot", Source: SourceContrib, Since: 14, Until: 16},
	{Name: "pageinspect", Source: SourceContrib},
	{Name: "passwordcheck", Source: SourceContrib, Module: true, Preload: "passwordcheck"},
	{Name: "pg_buffercache", Source: SourceContrib},
	{
		Name: "pg_crash", Source: SourceImage, Module: true, Preload: "pg_crash", Volume: "pg-crash",
		note: "it crashes the server on purpose and is for chaos tests only",
	},
	{
		Name: "pg_cron", Source: SourceNone, Preload: "pg_cron",
		note: "a Kubernetes CronJob that runs psql does the same without it",
	},
	{
		Name: "pg_failover_slots", Source: SourceStandard, Module: true,
		Trigger:    Parameter{"pg_failover_slots.synchronize_slot_names", "name_like:%"},
		Parameters: []Parameter{{"hot_standby_feedback", "on"}},
		note:       "from PostgreSQL 17 on, replicationSlots.highAvailability.synchronizeLogicalDecoding does the same without it",
	},
	{Name: "pg_freespacemap", Source: SourceContrib},
	{Name: "pg_hint_plan", Source: SourceNone, Preload: "pg_hint_plan"},
	{Name: "pg_ivm", Source: SourceImage, Preload: "pg_ivm", Volume: "pg-ivm"},
	{Name: "pg_logicalinspect", Source: SourceContrib, Since: 18},
	{Name: "pg_overexplain", Source: SourceContrib, Since: 18, Module: true, Preload: "pg_overexplain"},
	{Name: "pg_partman", Source: SourceNone},
	{Name: "pg_prewarm", Source: SourceContrib},
	{Name: "pg_repack", Source: SourceNone},
	{
		Name: "pg_stat_statements", Source: SourceContrib,
		Trigger: Parameter{"pg_stat_statements.track", "top"},
	},
	{Name: "pg_surgery", Source: SourceContrib, Since: 14},
	{Name: "pg_trgm", Source: SourceContrib},
	{Name: "pg_visibility", Source: SourceContrib},
	{Name: "pg_walinspect", Source: SourceContrib, Since: 15},
	{
		Name: "pgaudit", Source: SourceStandard, Volume: "pgaudit",
		Trigger: Parameter{"pgaudit.log", "none"},
		note:    "nothing is logged until pgaudit.log says what",
	},
	{Name: "pgcrypto", Source: SourceContrib},
	{Name: "pgrouting", Source: SourceImage, Requires: []string{"postgis"}, Volume: "pgrouting", families: onlyPostGIS},
	{Name: "pgrowlocks", Source: SourceContrib},
	{Name: "pgstattuple", Source: SourceContrib},
	{Name: "plperl", Source: SourceNone, note: "Debian has it in a package of its own"},
	{Name: "plpgsql", Source: SourceContrib},
	{Name: "plpython3u", Source: SourceNone, note: "Debian has it in a package of its own"},
	{Name: "pltcl", Source: SourceNone, note: "Debian has it in a package of its own"},
	{Name: "postgis", Source: SourceImage, Volume: "postgis", families: onlyPostGIS},
	{Name: "postgis_raster", Source: SourceImage, Requires: []string{"postgis"}, Volume: "postgis", families: onlyPostGIS},
	{Name: "postgis_sfcgal", Source: SourceImage, Requires: []string{"postgis"}, Volume: "postgis", families: onlyPostGIS},
	{
		Name: "postgis_tiger_geocoder", Source: SourceImage, Requires: []string{"postgis", "fuzzystrmatch"},
		Volume: "postgis", families: onlyPostGIS,
	},
	{Name: "postgis_topology", Source: SourceImage, Requires: []string{"postgis"}, Volume: "postgis", families: onlyPostGIS},
	{Name: "postgres_fdw", Source: SourceContrib},
	{Name: "refint", Source: SourceContrib},
	{Name: "seg", Source: SourceContrib},
	{Name: "sslinfo", Source: SourceContrib},
	{Name: "tablefunc", Source: SourceContrib},
	{Name: "tcn", Source: SourceContrib},
	{
		// README of timescaledb-oss, cloudnative-pg/postgres-extensions-containers.
		Name: "timescaledb", Source: SourceImage, Preload: "timescaledb", Volume: "timescaledb-oss",
		Parameters: []Parameter{{"max_locks_per_transaction", "128"}, {"timescaledb.telemetry_level", "off"}},
		families:   []family{familyTimescale},
		note:       "the image volume holds the Apache-2 edition, without compression and continuous aggregates",
	},
	{
		Name: "timescaledb_toolkit", Source: SourceNone, Requires: []string{"timescaledb"},
	},
	{Name: "tsm_system_rows", Source: SourceContrib},
	{Name: "tsm_system_time", Source: SourceContrib},
	{Name: "unaccent", Source: SourceContrib},
	{Name: "uuid-ossp", Source: SourceContrib},
	{
		// https://docs.vectorchord.ai/vectorchord/admin/kubernetes.html
		Name: "vchord", Source: SourceImage, Since: 14, Preload: "vchord", Requires: []string{"vector"},
		Volume: "vchord", families: []family{familyVectorChord},
	},
	{Name: "vector", Source: SourceStandard, Volume: "pgvector"},
	{
		Name: "vectors", Source: SourceImage, Since: 14, Until: 17, Preload: "vectors", families: []family{familyPgvectoRS},
		note: "pgvecto.rs is no longer developed and VectorChord, the extension vchord, follows it",
	},
	{
		Name: "wal2json", Source: SourceImage, Module: true, Volume: "wal2json",
		note: "on PostgreSQL 18.6 and newer it has to be in output_plugin_libraries as well",
	},
	{Name: "xml2", Source: SourceContrib},
}

var onlyPostGIS = []family{familyPostGIS}

// volumes are the image volumes, sorted by name. {major} and {os} stand for the
// PostgreSQL major version and the Debian release.
//
// image-catalogs-extensions/catalog-minimal-trixie.yaml of
// cloudnative-pg/artifacts at 878c7a7 (30 June 2026); pg-ivm and pgrouting came
// later and are as at da87904 (22 August 2026). The tags are those without the
// time of the build. vchord: its documentation (above) for the paths, and
// version 1.1.1 as in cloudnative-vectorchord.
var volumes = [...]Volume{
	{Name: "pg-crash", Reference: "ghcr.io/cloudnative-pg/pg-crash:0.3-{major}-{os}"},
	{Name: "pg-ivm", Reference: "ghcr.io/cloudnative-pg/pg-ivm:1.13-{major}-{os}"},
	{Name: "pgaudit", Reference: "ghcr.io/cloudnative-pg/pgaudit:18.0-{major}-{os}"},
	{Name: "pgrouting", Reference: "ghcr.io/cloudnative-pg/pgrouting:4.0.1-{major}-{os}"},
	{Name: "pgvector", Reference: "ghcr.io/cloudnative-pg/pgvector:0.8.3-{major}-{os}"},
	{
		Name: "postgis", Reference: "ghcr.io/cloudnative-pg/postgis-extension:3.6.4-{major}-{os}",
		LDLibraryPath: []string{"system"},
		Env: []Parameter{
			{"GDAL_DATA", "${image_root}/share/gdal"},
			{"PROJ_DATA", "${image_root}/share/proj"},
		},
	},
	{Name: "timescaledb-oss", Reference: "ghcr.io/cloudnative-pg/timescaledb-oss:2.28.1-{major}-{os}"},
	{
		Name: "vchord", Reference: "ghcr.io/tensorchord/vchord-scratch:pg{major}-v1.1.1",
		DynamicLibraryPath:   []string{"/usr/lib/postgresql/{major}/lib"},
		ExtensionControlPath: []string{"/usr/share/postgresql/{major}"},
	},
	{Name: "wal2json", Reference: "ghcr.io/cloudnative-pg/wal2json:2.6-{major}-{os}"},
}
