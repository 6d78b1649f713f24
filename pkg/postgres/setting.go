package postgres

import (
	_ "embed"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// settingsTable has one line for each configuration parameter and range of
// major versions; its head describes the columns.
//
//go:embed settings.txt
var settingsTable string

// SettingType is the type of a configuration parameter, as pg_settings names it.
type SettingType string

// The types of parameters.
const (
	TypeBool    SettingType = "bool"
	TypeInteger SettingType = "integer"
	TypeReal    SettingType = "real"
	TypeString  SettingType = "string"
	TypeEnum    SettingType = "enum"
)

// Setting is what one major version knows of a configuration parameter.
type Setting struct {
	// Name is in lower case; PostgreSQL does not distinguish case here.
	Name string
	Type SettingType
	// Unit is that of a number without one: B, kB, 8kB, MB, ms, s or min, or
	// empty.
	Unit string
	// Min and Max bound a number, in Unit. They are empty for other types.
	Min, Max string
	// Values are those of an enumeration.
	Values []string
	// Restart says that a change takes effect at the next restart.
	Restart bool
	// Internal says that the parameter can be read but not set.
	Internal bool
}

// LookupSetting returns what PostgreSQL's own documentation table pg_settings
// tells of a parameter. It does not know parameters of extensions, which have
// a dot in their name, and nothing newer than PostgreSQL 18.6.
func LookupSetting(major int, name string) (Setting, bool) {
	for line := range settingLines(strings.ToLower(name)) {
		s, since, until := parseSetting(line)
		if since <= major && major <= until {
			return s, true
		}
	}
	return Setting{}, false
}

// IsMemory reports whether the parameter is an amount of memory or disk space.
func (s Setting) IsMemory() bool {
	_, isMemory := memoryUnits(s.Unit)
	return isMemory
}

// settingLines yields the table's lines for a parameter, one for each range of
// major versions. It searches the sorted text itself: most builds look at a few
// dozen parameters, too few to pay for a map of all.
func settingLines(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		low, high := 0, len(settingsTable) // both at the beginning of a line
		for low < high {
			middle := low + (high-low)/2
			start := low + strings.LastIndexByte(settingsTable[low:middle], '\n') + 1
			line, _, _ := strings.Cut(settingsTable[start:], "\n")
			if settingName(line) < name {
				low = start + len(line) + 1
			} else {
				high = start
			}
		}
		for line := range strings.Lines(settingsTable[low:]) {
			line = strings.TrimSuffix(line, "\n")
			if settingName(line) != name || !yield(line) {
				return
			}
		}
	}
}

// settingName is the first column. The comments at the head sort before all
// names, and none of them is one.
func settingName(line string) string {
	name, _, _ := strings.Cut(line, "\t")
	return name
}

func parseSetting(line string) (s Setting, since, until int) {
	columns := strings.Split(line, "\t")
	since, _ = strconv.Atoi(columns[1])
	until, _ = strconv.Atoi(columns[2])
	s = Setting{
		Name:     columns[0],
		Restart:  columns[3] == "restart",
		Internal: columns[3] == "internal",
		Type:     SettingType(columns[4]),
		Unit:     cell(columns[5]),
		Min:      cell(columns[6]),
		Max:      cell(columns[7]),
	}
	if values := cell(columns[8]); values != "" {
		s.Values = strings.Split(values, ",")
	}
	return s, since, until
}

func cell(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// majorsOf returns the first and the last major version that know a parameter.
func majorsOf(name string) (first, last int, found bool) {
	for line := range settingLines(name) {
		_, since, until := parseSetting(line)
		if !found {
			first = since
		}
		last, found = until, true
	}
	return first, last, found
}

// suggestSetting returns the known parameter that a misspelt name probably
// means, or "".
func suggestSetting(major int, name string) string {
	best, distance := "", 3
	for line := range strings.Lines(settingsTable) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		candidate := settingName(line)
		if d := levenshtein.Distance(name, candidate, nil); d < distance {
			if _, found := LookupSetting(major, candidate); found {
				best, distance = candidate, d
			}
		}
	}
	return best
}

// inMajors describes when a parameter exists, for a message.
func inMajors(first, last int) string {
	newest := releases[len(releases)-1].major
	switch {
	case last < newest && first > OldestMajor:
		return fmt.Sprintf("exists from PostgreSQL %d to %d", first, last)
	case last < newest:
		return fmt.Sprintf("exists up to PostgreSQL %d", last)
	default:
		return fmt.Sprintf("exists from PostgreSQL %d", first)
	}
}
