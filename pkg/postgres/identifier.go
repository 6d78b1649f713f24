package postgres

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxIdentifierLength is the longest identifier PostgreSQL keeps, in bytes
// (NAMEDATALEN - 1); it cuts off what is longer.
const MaxIdentifierLength = 63

// CheckDatabaseName checks the name of a database that an application may have.
// Beyond what PostgreSQL accepts it refuses the names that the Database
// resource refuses (api/v1/database_types.go, CloudNativePG 1.30.0) and
// control characters, which PostgreSQL accepts and few tools survive.
func CheckDatabaseName(name string) error {
	if err := checkName(name); err != nil {
		return fmt.Errorf("database %w", err)
	}
	switch name {
	case "postgres", "template0", "template1":
		return fmt.Errorf("database name %q is reserved by PostgreSQL: use another one", name)
	}
	return nil
}

// CheckRoleName checks the name of a role that an application may have.
// Reserved are the roles of CloudNativePG (pkg/postgres/roles.go, 1.30.0) and
// the names PostgreSQL gives a meaning of their own.
func CheckRoleName(name string) error {
	if err := checkName(name); err != nil {
		return fmt.Errorf("role %w", err)
	}
	switch {
	case name == "postgres" || name == "streaming_replica" || strings.HasPrefix(name, "cnpg_"):
		return fmt.Errorf("role name %q is reserved by CloudNativePG: use another one", name)
	case strings.HasPrefix(name, "pg_"):
		return fmt.Errorf("role name %q is reserved: names that begin with pg_ belong to PostgreSQL", name)
	case name == "public" || name == "none":
		return fmt.Errorf("role name %q is reserved by PostgreSQL: use another one", name)
	}
	return nil
}

// CheckTablespaceName checks the name of a tablespace: an identifier that needs
// no quotes apart from upper case, as CloudNativePG derives volume names from
// it (pkg/postgres/identifier.go, 1.30.0).
func CheckTablespaceName(name string) error {
	if err := checkName(name); err != nil {
		return fmt.Errorf("tablespace %w", err)
	}
	if strings.HasPrefix(name, "pg_") {
		return fmt.Errorf("tablespace name %q is reserved: names that begin with pg_ belong to PostgreSQL", name)
	}
	for i := range len(name) {
		if !identifierByte(name[i], i == 0) && (name[i] < 'A' || name[i] > 'Z') {
			return fmt.Errorf("tablespace name %q: use letters, digits, _ and $, beginning with a letter or _", name)
		}
	}
	return nil
}

// checkName checks what holds for every name PostgreSQL stores.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("name is empty")
	case len(name) > MaxIdentifierLength:
		return fmt.Errorf("name %q has %d bytes: PostgreSQL keeps at most %d", name, len(name), MaxIdentifierLength)
	case !utf8.ValidString(name):
		return fmt.Errorf("name %q is not valid UTF-8", name)
	case strings.ContainsFunc(name, isControl):
		return fmt.Errorf("name %q contains a control character", name)
	}
	return nil
}

func isControl(r rune) bool {
	return r < 0x20 || r == 0x7f
}

// identifierByte reports whether c may stand in an unquoted lower-case
// identifier. Like quote_ident, it counts only ASCII.
func identifierByte(c byte, first bool) bool {
	if c == '_' || c >= 'a' && c <= 'z' {
		return true
	}
	return !first && (c == '$' || c >= '0' && c <= '9')
}
