package postgres

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ParameterError says what is wrong with one configuration parameter.
type ParameterError struct {
	// Name is the parameter as it was written.
	Name string
	// Reason says what is wrong, Remedy what to do about it.
	Reason, Remedy string
	// Warning says that the parameter is legal, or may be on a server this
	// package does not know, but probably not meant.
	Warning bool
}

// Error returns reason and remedy in one sentence.
func (e *ParameterError) Error() string {
	return e.Name + ": " + e.Reason + ": " + e.Remedy
}

// CheckParameter checks one entry of postgresql.parameters for a major version
// of PostgreSQL: its name, whether the operator leaves it to the user, and
// whether the server would accept the value. It returns nil or a
// *ParameterError. A server that meets a value it refuses does not start.
//
// It looks at one parameter alone; rules between several of them, and between
// them and the rest of a Cluster, are not its business.
func CheckParameter(major int, name, value string) error {
	if err := checkParameter(major, name, value); err != nil {
		err.Name = name
		return err
	}
	return nil
}

func checkParameter(major int, name, value string) *ParameterError {
	if !isParameterName(name) {
		return &ParameterError{
			Reason: "is not a parameter name",
			Remedy: "use letters, digits, _ and $, and for a parameter of an extension its prefix and a dot",
		}
	}
	// PostgreSQL does not distinguish case, the operator's own list does, and
	// what slips through it would be written into its configuration.
	key := strings.ToLower(name)
	if remedy := fixedRemedy(key); remedy != "" && !operatorValue(name, value) {
		return &ParameterError{Reason: "is set by CloudNativePG and cannot be changed", Remedy: remedy}
	}
	if strings.ContainsFunc(value, isControl) {
		return &ParameterError{
			Reason: "has a value with a line break or another control character",
			Remedy: "postgresql.conf has one line for a value: write it in one",
		}
	}
	if key == "allow_alter_system" {
		return &ParameterError{
			Reason: "is overwritten by CloudNativePG", Warning: true,
			Remedy: "set postgresql.enableAlterSystem instead",
		}
	}
	if strings.Contains(key, ".") {
		return nil // an extension's own, of which the server learns when it is loaded
	}
	s, found := LookupSetting(major, key)
	if !found {
		return unknownParameter(major, key)
	}
	if s.Internal {
		return &ParameterError{Reason: "can be read but not set", Remedy: "remove it"}
	}
	if problem := s.check(major, value); problem != "" {
		return &ParameterError{Reason: problem, Remedy: s.remedy()}
	}
	return bareSize(key, value)
}

// isParameterName follows the rule CloudNativePG applies from 1.30.0 on:
// an identifier, or two with a dot between them, in ASCII.
func isParameterName(name string) bool {
	first, second, namespaced := strings.Cut(name, ".")
	return isParameterWord(first) && (!namespaced || isParameterWord(second))
}

func isParameterWord(word string) bool {
	for i := range len(word) {
		c := word[i]
		if !identifierByte(c, i == 0) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return word != ""
}

func unknownParameter(major int, key string) *ParameterError {
	if first, last, found := majorsOf(key); found {
		return &ParameterError{
			Reason: fmt.Sprintf("is unknown to PostgreSQL %d, which does not start with it", major),
			Remedy: fmt.Sprintf("remove it: it %s", inMajors(first, last)),
		}
	}
	remedy := fmt.Sprintf("remove it, unless the image is a PostgreSQL %d newer than this check", major)
	if similar := suggestSetting(major, key); similar != "" {
		remedy = "did you mean " + similar + "?"
	}
	return &ParameterError{
		Reason:  fmt.Sprintf("is not known as a parameter of PostgreSQL %d, which does not start with an unknown one", major),
		Remedy:  remedy,
		Warning: true,
	}
}

// check returns what is wrong with a value, or "".
func (s Setting) check(major int, value string) string {
	switch s.Type {
	case TypeBool:
		if _, err := ParseBool(value); err != nil {
			return err.Error()
		}
	case TypeInteger, TypeReal:
		number, err := inUnit(value, s.Unit)
		if err != nil {
			return err.Error()
		}
		if s.Type == TypeInteger {
			number = math.RoundToEven(number)
		}
		minimum, _ := strconv.ParseFloat(s.Min, 64)
		maximum, _ := strconv.ParseFloat(s.Max, 64)
		if number < minimum || number > maximum {
			return fmt.Sprintf("%q is outside the range of %s to %s", value, s.amount(s.Min), s.amount(s.Max))
		}
	case TypeEnum:
		if !s.accepts(major, value) {
			return fmt.Sprintf("%q is not one of its values", value)
		}
	}
	return ""
}

// accepts reports whether an enumeration has a value. Those with on and off
// take all spellings of a boolean, and some take words that pg_settings hides
// (the hidden entries of guc_tables.c).
func (s Setting) accepts(major int, value string) bool {
	for _, v := range s.Values {
		if strings.EqualFold(v, value) {
			return true
		}
	}
	var hidden []string
	switch s.Name {
	case "wal_level":
		hidden = []string{"archive", "hot_standby"}
	case "client_min_messages":
		hidden = []string{"debug", "info", "fatal", "panic"}
	case "log_min_messages", "log_min_error_statement":
		hidden = []string{"debug"}
	}
	if slices.Contains(s.Values, "on") || s.Name == "password_encryption" && major < 14 {
		hidden = append(hidden, "on", "off", "true", "false", "yes", "no", "1", "0")
	}
	return slices.Contains(hidden, strings.ToLower(value))
}

// remedy says what a value of the parameter looks like.
func (s Setting) remedy() string {
	switch {
	case s.Type == TypeBool:
		return "use on or off"
	case s.Type == TypeEnum:
		return "use one of " + strings.Join(s.Values, ", ")
	case s.IsMemory():
		return "use a number with kB, MB or GB, such as 64MB"
	case s.Unit != "":
		return "use a number with ms, s, min, h or d, such as 5min"
	default:
		return "use a number within the range"
	}
}

// amount writes a bound with its unit, except where it means "none".
func (s Setting) amount(bound string) string {
	if s.Unit == "" || bound == "0" || bound == "-1" {
		return bound
	}
	if s.Unit == "8kB" {
		if n, err := strconv.ParseInt(bound, 10, 64); err == nil {
			return strconv.FormatInt(n*8, 10) + "kB"
		}
	}
	return bound + s.Unit
}

// bareSize warns of sizes that CloudNativePG and PostgreSQL read differently:
// the operator takes a bare number as MB (parsePostgresQuantityValue, 1.30.0),
// the server as shared_buffers in blocks of 8kB.
func bareSize(key, value string) *ParameterError {
	if key != "shared_buffers" || !allDigits(value) || value == "" {
		return nil
	}
	return &ParameterError{
		Reason:  fmt.Sprintf("%q has no unit: PostgreSQL counts blocks of 8kB, CloudNativePG checks it as MB", value),
		Remedy:  "write the unit, such as 256MB",
		Warning: true,
	}
}

// operatorValue reports whether a fixed parameter is set to what the operator
// sets anyway, which it accepts: its defaults among them
// (CnpgConfigurationSettings of pkg/postgres/configuration.go, 1.30.0).
func operatorValue(name, value string) bool {
	switch name {
	case "archive_mode", "logging_collector":
		return value == "on"
	case "log_destination":
		return value == "csvlog"
	case "log_directory":
		return value == "/controller/log"
	case "log_filename":
		return value == "postgres"
	case "log_rotation_age", "log_rotation_size":
		return value == "0"
	case "log_truncate_on_rotation":
		return value == "false"
	}
	return false
}

// fixedRemedy returns what to do instead of setting a parameter that
// CloudNativePG keeps to itself, and "" for one that it does not. The list is
// FixedConfigurationParameters of pkg/postgres/configuration.go, 1.30.0.
func fixedRemedy(key string) string {
	switch key {
	case "shared_preload_libraries":
		return "list libraries in postgresql.shared_preload_libraries; pg_stat_statements, pgaudit, auto_explain and pg_failover_slots are loaded when one of their own parameters is set"
	case "archive_mode", "archive_command", "archive_cleanup_command":
		return "remove it: configure backups and WAL is archived"
	case "restore_command", "recovery_end_command", "recovery_target", "recovery_target_action",
		"recovery_target_inclusive", "recovery_target_lsn", "recovery_target_name",
		"recovery_target_time", "recovery_target_timeline", "recovery_target_xid":
		return "remove it: describe a restore with its target, and CloudNativePG sets it"
	case "recovery_min_apply_delay":
		return "use replica.minApplyDelay of a replica cluster"
	case "primary_conninfo", "primary_slot_name", "promote_trigger_file", "hot_standby":
		return "remove it: CloudNativePG runs the replication between instances"
	case "synchronous_standby_names":
		return "use postgresql.synchronous"
	case "synchronized_standby_slots":
		return "use replicationSlots.highAvailability.synchronizeLogicalDecoding"
	case "pg_failover_slots.primary_dsn", "pg_failover_slots.standby_slot_names":
		return "remove it: CloudNativePG sets it from replicationSlots.highAvailability"
	case "ssl", "ssl_ca_file", "ssl_cert_file", "ssl_crl_file", "ssl_key_file", "ssl_passphrase_command",
		"ssl_passphrase_command_supports_reload":
		return "remove it: TLS is always on; use certificates for your own ones"
	case "ssl_dh_params_file", "ssl_ecdh_curve", "ssl_prefer_server_ciphers":
		return "remove it: TLS is always on, with version 1.3 unless ssl_min_protocol_version says otherwise"
	case "logging_collector", "log_destination", "log_directory", "log_file_mode", "log_filename",
		"log_rotation_age", "log_rotation_size", "log_truncate_on_rotation", "event_source",
		"syslog_facility", "syslog_ident", "syslog_sequence_numbers", "syslog_split_messages":
		return "remove it: logs go to the pod's standard output as JSON; what is logged can be set, such as log_statement"
	case "listen_addresses", "port", "unix_socket_directories", "unix_socket_group", "unix_socket_permissions",
		"bonjour", "bonjour_name":
		return "remove it: clients connect through the cluster's services, on port 5432"
	case "hba_file":
		return "use postgresql.pg_hba"
	case "ident_file":
		return "use postgresql.pg_ident"
	case "config_file", "data_directory", "external_pid_file", "stats_temp_directory":
		return "remove it: CloudNativePG lays out the volumes"
	case "temp_tablespaces":
		return "mark a tablespace with temporary: true"
	case "cluster_name":
		return "remove it: it is the name of the Cluster"
	case "restart_after_crash", "data_sync_retry":
		return "remove it: CloudNativePG restarts a failed instance itself"
	case "allow_system_table_mods", "jit_provider":
		return "remove it: it endangers the data, or the image has no other provider"
	}
	return ""
}

// ManagedLibrary returns the library that CloudNativePG adds to
// shared_preload_libraries because a parameter has its prefix, and "" for any
// other parameter (ManagedExtensions of pkg/postgres/configuration.go, 1.30.0).
func ManagedLibrary(parameter string) string {
	prefix, _, namespaced := strings.Cut(parameter, ".")
	switch prefix {
	case "pg_stat_statements", "pgaudit", "auto_explain", "pg_failover_slots":
		if namespaced {
			return prefix
		}
	}
	return ""
}
