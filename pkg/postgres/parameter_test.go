package postgres_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// What "postgres -c name=value" of PostgreSQL 13.16, 17.12 and 18.6 answered,
// for each pair the three versions that take it.
func TestCheckParameterAgreesWithServers(t *testing.T) {
	const (
		in13, in17, in18 = 1, 2, 4
		all              = in13 | in17 | in18
	)
	tests := []struct {
		name, value string
		accepted    int
	}{
		{"work_mem", "4MB", all},
		{"work_mem", "4mb", 0},
		{"work_mem", "1Gi", 0},
		{"work_mem", "64", all},
		{"work_mem", "32kB", 0},
		{"work_mem", "1.5GB", all},
		{"work_mem", "1e3", all},
		{"work_mem", " 4 MB ", all},
		{"work_mem", "0x1000", all},
		{"work_mem", "+4MB", all},
		{"work_mem", "4MB4", 0},
		{"work_mem", "4 M B", 0},
		{"work_mem", "", 0},
		{"shared_buffers", "0", 0},
		{"shared_buffers", "128kB", all},
		{"shared_buffers", "120kB", 0}, // 15 blocks, and 16 are the least
		{"shared_buffers", "4000GB", all},
		{"max_connections", "0", 0},
		{"max_connections", "100.4", all}, // rounded
		{"max_connections", "ten", 0},
		{"max_connections", "100MB", 0},
		{"checkpoint_timeout", "5min", all},
		{"checkpoint_timeout", "5 min", all},
		{"checkpoint_timeout", "5m", 0},
		{"checkpoint_timeout", "29s", 0},
		{"checkpoint_timeout", "29500ms", all}, // rounded to the even 30
		{"checkpoint_timeout", "1d", all},
		{"checkpoint_timeout", "2d", 0},
		{"log_min_duration_statement", "-1", all},
		{"log_min_duration_statement", "1s", all},
		{"log_min_duration_statement", "-2", 0},
		{"random_page_cost", "1.1", all},
		{"random_page_cost", "-1", 0},
		{"random_page_cost", "abc", 0},
		{"jit", "o", 0}, // on or off?
		{"jit", "of", all},
		{"jit", "T", all},
		{"jit", "2", 0},
		{"jit", "", 0},
		{"wal_level", "LOGICAL", all},
		{"wal_level", "archive", all},
		{"wal_level", "none", 0},
		{"synchronous_commit", "yes", all},
		{"synchronous_commit", "remote_apply", all},
		{"synchronous_commit", "maybe", 0},
		{"log_min_messages", "debug", all},
		{"client_min_messages", "info", all},
		{"wal_compression", "on", all},
		{"wal_compression", "1", all},
		{"wal_compression", "lz4", in17 | in18},
		{"wal_compression", "brotli", 0},
		{"default_transaction_isolation", "read committed", all},
		{"default_transaction_isolation", "read_committed", 0},
		{"wal_buffers", "-1", all},
		{"wal_buffers", "16TB", 0},
		{"max_wal_size", "1GB", all},
		{"max_wal_size", "1", 0},
		{"max_wal_size", "2MB", all},
		{"autovacuum_naptime", "1.5", all},
		{"autovacuum_vacuum_cost_delay", "500us", all},
		{"huge_pages", "maybe", 0},
		{"effective_io_concurrency", "1000", all},
		{"effective_io_concurrency", "1001", 0},
		{"track_activity_query_size", "2kB", all},
		{"track_activity_query_size", "99", 0},
		{"temp_file_limit", "-1", all},
		{"hash_mem_multiplier", "0.5", 0},
		{"statement_timeout", "1h", all},
		{"statement_timeout", "1w", 0},
		{"max_slot_wal_keep_size", "2.5GB", all},
		{"io_method", "worker", in18},
		{"io_workers", "3", in18},
		{"wal_segment_size", "16MB", 0},
		{"block_size", "8192", 0},
		{"old_snapshot_threshold", "1", in13},
		{"log_connections", "on", all},
		{"log_connections", "receipt,authorization", in18},
		{"password_encryption", "on", in13},
		{"recovery_prefetch", "try", in17 | in18},
		{"compute_query_id", "regress", in17 | in18},
	}
	for _, test := range tests {
		for major, bit := range map[int]int{13: in13, 17: in17, 18: in18} {
			err := postgres.CheckParameter(major, test.name, test.value)
			if test.accepted&bit != 0 {
				assert.NoError(t, err, "PostgreSQL %d, %s = %q", major, test.name, test.value)
			} else {
				assert.Error(t, err, "PostgreSQL %d, %s = %q", major, test.name, test.value)
			}
		}
	}
}

func TestCheckParameterMessages(t *testing.T) {
	tests := map[string]struct {
		name, value string
		reason      string
		remedy      string
		warning     bool
	}{
		"injection": {
			name: "work_mem\nfoo", value: "1", reason: "is not a parameter name", remedy: "its prefix and a dot",
		},
		"two dots": {
			name: "a.b.c", value: "1", reason: "is not a parameter name", remedy: "its prefix and a dot",
		},
		"preload": {
			name: "shared_preload_libraries", value: "pg_stat_statements",
			reason: "set by CloudNativePG", remedy: "postgresql.shared_preload_libraries",
		},
		"fixed in other case": {
			name: "Archive_Command", value: "true", reason: "set by CloudNativePG", remedy: "configure backups",
		},
		"hot_standby, even if right": {
			// The operator's own value is "true", not "on".
			name: "hot_standby", value: "on", reason: "set by CloudNativePG", remedy: "replication",
		},
		"ssl":             {name: "ssl_cert_file", value: "x", reason: "set by CloudNativePG", remedy: "certificates"},
		"log":             {name: "log_directory", value: "/tmp", reason: "set by CloudNativePG", remedy: "standard output"},
		"failover slots":  {name: "pg_failover_slots.primary_dsn", value: "x", reason: "set by CloudNativePG", remedy: "replicationSlots"},
		"tablespaces":     {name: "temp_tablespaces", value: "x", reason: "set by CloudNativePG", remedy: "temporary: true"},
		"alter system":    {name: "allow_alter_system", value: "on", reason: "overwritten", remedy: "enableAlterSystem", warning: true},
		"line break":      {name: "log_line_prefix", value: "a\nb", reason: "line break", remedy: "in one"},
		"typo":            {name: "max_conections", value: "10", reason: "not known", remedy: "did you mean max_connections?", warning: true},
		"unheard of":      {name: "frobnicate", value: "10", reason: "not known", remedy: "remove it, unless", warning: true},
		"too new":         {name: "io_method", value: "worker", reason: "unknown to PostgreSQL 17", remedy: "exists from PostgreSQL 18"},
		"too old":         {name: "vacuum_defer_cleanup_age", value: "0", reason: "unknown to PostgreSQL 17", remedy: "exists up to PostgreSQL 15"},
		"read-only":       {name: "block_size", value: "8192", reason: "read but not set", remedy: "remove it"},
		"kubernetes unit": {name: "work_mem", value: "64Mi", reason: "write MB for Mi", remedy: "such as 64MB"},
		"unknown unit":    {name: "work_mem", value: "64PB", reason: "capitals matter", remedy: "such as 64MB"},
		"time unit":       {name: "statement_timeout", value: "5m", reason: "use us, ms, s, min, h or d", remedy: "such as 5min"},
		"range":           {name: "shared_buffers", value: "8kB", reason: "range of 128kB to 8589934584kB", remedy: "such as 64MB"},
		"enumeration":     {name: "wal_level", value: "full", reason: "not one of its values", remedy: "minimal, replica, logical"},
		"boolean":         {name: "jit", value: "maybe", reason: "not a boolean", remedy: "on or off"},
		"no unit":         {name: "shared_buffers", value: "16384", reason: "blocks of 8kB", remedy: "256MB", warning: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := postgres.CheckParameter(17, test.name, test.value)
			var problem *postgres.ParameterError
			require.True(t, errors.As(err, &problem))
			assert.Equal(t, test.name, problem.Name)
			assert.Contains(t, problem.Reason, test.reason)
			assert.Contains(t, problem.Remedy, test.remedy)
			assert.Equal(t, test.warning, problem.Warning)
			assert.Equal(t, problem.Name+": "+problem.Reason+": "+problem.Remedy, err.Error())
		})
	}
}

func TestCheckParameterAccepts(t *testing.T) {
	for name, value := range map[string]string{
		"pg_stat_statements.track":    "all",
		"timescaledb.telemetry_level": "off",
		"My_Extension.some$thing":     "x",
		"DateStyle":                   "ISO, DMY",
		"archive_mode":                "on", // what the operator itself sets
		"log_rotation_age":            "0",
		"ssl_min_protocol_version":    "TLSv1.2",
		"search_path":                 `"$user", public`,
	} {
		assert.NoError(t, postgres.CheckParameter(17, name, value), name)
	}
}

// The parameters CloudNativePG 1.30.0 does not let users set
// (FixedConfigurationParameters in pkg/postgres/configuration.go).
func TestFixedParameters(t *testing.T) {
	fixed := []string{
		"allow_system_table_mods", "archive_mode", "bonjour", "bonjour_name", "cluster_name", "config_file",
		"data_directory", "data_sync_retry", "event_source", "external_pid_file", "hba_file", "hot_standby",
		"ident_file", "jit_provider", "listen_addresses", "logging_collector", "port", "primary_conninfo",
		"primary_slot_name", "recovery_target", "recovery_target_action", "recovery_target_inclusive",
		"recovery_target_lsn", "recovery_target_name", "recovery_target_time", "recovery_target_timeline",
		"recovery_target_xid", "restore_command", "shared_preload_libraries", "temp_tablespaces",
		"unix_socket_directories", "unix_socket_group", "unix_socket_permissions", "archive_cleanup_command",
		"archive_command", "log_destination", "log_directory", "log_file_mode", "log_filename",
		"log_rotation_age", "log_rotation_size", "log_truncate_on_rotation", "pg_failover_slots.primary_dsn",
		"pg_failover_slots.standby_slot_names", "promote_trigger_file", "recovery_end_command",
		"recovery_min_apply_delay", "restart_after_crash", "ssl", "ssl_ca_file", "ssl_cert_file", "ssl_crl_file",
		"ssl_dh_params_file", "ssl_ecdh_curve", "ssl_key_file", "ssl_passphrase_command",
		"ssl_passphrase_command_supports_reload", "ssl_prefer_server_ciphers", "stats_temp_directory",
		"synchronous_standby_names", "synchronized_standby_slots", "syslog_facility", "syslog_ident",
		"syslog_sequence_numbers", "syslog_split_messages",
	}
	assert.Len(t, fixed, 65)
	for _, name := range fixed {
		assert.Error(t, postgres.CheckParameter(17, name, "anything"), name)
	}
	for name, value := range map[string]string{
		"work_mem": "4MB", "wal_level": "logical", "archive_timeout": "10min", "ssl_min_protocol_version": "TLSv1.2", "log_statement": "ddl",
	} {
		assert.NoError(t, postgres.CheckParameter(17, name, value), name)
	}
}

func TestManagedLibrary(t *testing.T) {
	for parameter, want := range map[string]string{
		"pg_stat_statements.track":           "pg_stat_statements",
		"pgaudit.log":                        "pgaudit",
		"auto_explain.log_min_duration":      "auto_explain",
		"pg_failover_slots.drop_extra_slots": "pg_failover_slots",
		"pgaudit":                            "",
		"timescaledb.telemetry_level":        "",
		"work_mem":                           "",
	} {
		assert.Equal(t, want, postgres.ManagedLibrary(parameter), parameter)
	}
}

func FuzzCheckParameter(f *testing.F) {
	for _, seed := range []struct{ name, value string }{
		{"work_mem", "4MB"}, {"jit", "of"}, {"wal_level", "x"}, {"a.b", "\x00"}, {"checkpoint_timeout", "1e9d"}, {"#", ""},
	} {
		f.Add(17, seed.name, seed.value)
	}
	f.Fuzz(func(t *testing.T, major int, name, value string) {
		err := postgres.CheckParameter(major, name, value)
		if err == nil {
			return
		}
		var problem *postgres.ParameterError
		require.True(t, errors.As(err, &problem))
		assert.NotEmpty(t, problem.Reason)
		assert.NotEmpty(t, problem.Remedy)
	})
}
