package postgres

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxRestorePointName is one more than the bytes PostgreSQL keeps of the name
// of a restore point (MAXFNAMELEN).
const maxRestorePointName = 64

// ParseLSN reads a WAL position: two hexadecimal numbers of up to eight digits
// with a slash between them, such as 0/3000060.
func ParseLSN(lsn string) (uint64, error) {
	high, low, found := strings.Cut(lsn, "/")
	if found && isHex32(high) && isHex32(low) {
		h, errHigh := strconv.ParseUint(high, 16, 32)
		l, errLow := strconv.ParseUint(low, 16, 32)
		if errHigh == nil && errLow == nil {
			return h<<32 | l, nil
		}
	}
	return 0, fmt.Errorf("%q is not a WAL position: write two hexadecimal numbers with a slash between them, such as 0/3000060", lsn)
}

func isHex32(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 8
}

// TargetTime is a point in time to recover to.
type TargetTime struct {
	// Time is the point, in UTC when no zone was written.
	Time time.Time
	// HasZone says that the text named a time zone. Without one CloudNativePG
	// looks for the base backup in UTC, while the server reads the same text
	// in its own time zone unless a T stands between date and time.
	HasZone bool
}

// RFC3339 returns the time in the form that means the same everywhere, with
// the fraction of a second PostgreSQL keeps.
func (t TargetTime) RFC3339() string {
	at := t.Time
	if _, offset := at.Zone(); offset%60 != 0 {
		at = at.UTC() // RFC 3339 has no seconds in an offset
	}
	if at.Nanosecond() == 0 {
		return at.Format(time.RFC3339)
	}
	return at.Format("2006-01-02T15:04:05.000000Z07:00")
}

// ParseTargetTime reads the time of a recovery target in any form that both
// CloudNativePG and PostgreSQL accept: RFC 3339, such as 2026-08-20T08:00:39Z,
// which is the one to recommend; the same without zone; and PostgreSQL's own
// 2026-08-20 08:00:39.00000+02 with a zone of hours, hours and minutes, or
// none. The date alone is refused, since midnight is hardly meant.
//
// Source: pkg/types/time.go of cloudnative-pg/machinery 0.5.0, which takes
// impossible dates and turns them into others; PostgreSQL refuses them.
func ParseTargetTime(text string) (TargetTime, error) {
	if len(text) == len("2006-01-02") && strings.Count(text, "-") == 2 {
		return TargetTime{}, fmt.Errorf("%q has no time of day: write one, as in %sT00:00:00Z", text, text)
	}
	if len(text) < len("2006-01-02T15:04:05") || text[13] != ':' || strings.Contains(text, ",") {
		return TargetTime{}, targetTimeError(text) // Go is more lenient than the others here
	}
	for _, layout := range [...]struct {
		form string
		zone bool
	}{
		{time.RFC3339, true},
		{"2006-01-02T15:04:05", false},
		{"2006-01-02 15:04:05Z07:00", true},
		{"2006-01-02 15:04:05-07", true},
		{"2006-01-02 15:04:05-07:00:00", true},
		{"2006-01-02 15:04:05", false},
	} {
		// A fraction after the seconds is read although no layout has one.
		if t, err := time.Parse(layout.form, text); err == nil {
			return TargetTime{Time: t, HasZone: layout.zone}, nil
		}
	}
	return TargetTime{}, targetTimeError(text)
}

func targetTimeError(text string) error {
	return fmt.Errorf("%q is not a point in time: write it as in 2026-08-20T08:00:39Z or 2026-08-20T10:00:39+02:00", text)
}

// CheckTargetXID checks a transaction ID to recover to: a decimal number of
// 32 bits.
func CheckTargetXID(xid string) error {
	if _, err := strconv.ParseUint(xid, 10, 32); err != nil {
		return fmt.Errorf("%q is not a transaction ID: it is a number from 0 to 4294967295", xid)
	}
	return nil
}

// CheckTargetName checks the name of a restore point.
func CheckTargetName(name string) error {
	switch {
	case name == "":
		return errors.New("the name of the restore point is empty")
	case len(name) >= maxRestorePointName:
		return fmt.Errorf("the name of the restore point has %d bytes: PostgreSQL keeps at most %d", len(name), maxRestorePointName-1)
	case strings.ContainsFunc(name, isControl):
		return fmt.Errorf("the name of the restore point %q contains a control character", name)
	}
	return nil
}

// CheckTargetTLI checks a timeline to recover along: "latest" or a number.
func CheckTargetTLI(timeline string) error {
	if timeline == "latest" {
		return nil
	}
	// PostgreSQL reads it as a 32-bit number and CloudNativePG wants at least 1.
	if n, err := strconv.ParseUint(timeline, 10, 32); err != nil || n == 0 {
		return fmt.Errorf("%q is not a timeline: use latest or a number from 1", timeline)
	}
	return nil
}
