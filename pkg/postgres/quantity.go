package postgres

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseBool reads a boolean as PostgreSQL does: on, off, true, false, yes, no,
// 1 and 0 in any case, and beginnings of them that are unambiguous.
// https://www.postgresql.org/docs/current/config-setting.html
func ParseBool(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "1", "on", "y", "ye", "yes", "t", "tr", "tru", "true":
		return true, nil
	case "0", "of", "off", "n", "no", "f", "fa", "fal", "fals", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is not a boolean: use on or off", value)
}

// ParseMemory reads an amount of memory as PostgreSQL does and returns it in
// bytes. A number without unit counts in the parameter's own unit, which is one
// of B, kB, 8kB and MB.
func ParseMemory(value, unit string) (int64, error) {
	own, ok := memoryUnits(unit)
	if !ok {
		return 0, fmt.Errorf("%q is not a unit of memory: it is B, kB, 8kB or MB", unit)
	}
	number, suffix, err := splitNumber(value)
	if err != nil {
		return 0, err
	}
	factor := own
	if suffix != "" {
		if factor, ok = memoryUnits(suffix); !ok || suffix == "8kB" {
			return 0, unitError(value, suffix, unit)
		}
	}
	bytes := number * factor
	if math.Abs(bytes) > math.MaxInt64/2 {
		return 0, fmt.Errorf("%q is too large", value)
	}
	return int64(math.RoundToEven(bytes)), nil
}

// memoryUnits returns the bytes in a unit of memory. Capitals matter.
func memoryUnits(unit string) (float64, bool) {
	switch unit {
	case "B":
		return 1, true
	case "kB":
		return 1 << 10, true
	case "8kB":
		return 8 << 10, true
	case "MB":
		return 1 << 20, true
	case "GB":
		return 1 << 30, true
	case "TB":
		return 1 << 40, true
	}
	return 0, false
}

// timeUnits returns the milliseconds in a unit of time.
func timeUnits(unit string) (float64, bool) {
	switch unit {
	case "us":
		return 0.001, true
	case "ms":
		return 1, true
	case "s":
		return 1000, true
	case "min":
		return 60_000, true
	case "h":
		return 3_600_000, true
	case "d":
		return 86_400_000, true
	}
	return 0, false
}

// inUnit reads a number and converts it to the unit of its parameter.
func inUnit(value, unit string) (float64, error) {
	number, suffix, err := splitNumber(value)
	if err != nil || suffix == "" {
		return number, err
	}
	table := timeUnits
	if _, isMemory := memoryUnits(unit); isMemory {
		table = memoryUnits
	}
	from, known := table(suffix)
	own, hasUnit := table(unit)
	if !known || !hasUnit || suffix == "8kB" {
		return 0, unitError(value, suffix, unit)
	}
	return number * from / own, nil
}

// splitNumber separates a number from the unit behind it. Hexadecimal and
// octal integers have no unit here, as nobody writes them with one.
func splitNumber(value string) (number float64, unit string, err error) {
	text := strings.TrimSpace(value)
	end := 0
	for end < len(text) && strings.IndexByte("+-.0123456789eE", text[end]) >= 0 {
		end++
	}
	if strings.HasPrefix(text, "0x") || strings.HasPrefix(text, "0X") {
		n, err := strconv.ParseInt(text[2:], 16, 64)
		if err != nil {
			return 0, "", fmt.Errorf("%q is not a number", value)
		}
		return float64(n), "", nil
	}
	number, err = strconv.ParseFloat(text[:end], 64)
	if err != nil || math.IsInf(number, 0) {
		return 0, "", fmt.Errorf("%q is not a number", value)
	}
	return number, strings.TrimSpace(text[end:]), nil
}

func unitError(value, suffix, unit string) error {
	if unit == "" {
		return fmt.Errorf("%q has a unit, and this parameter is a plain number", value)
	}
	if _, isMemory := memoryUnits(unit); isMemory {
		if meant := kubernetesUnit(suffix); meant != "" {
			return fmt.Errorf("%q is not PostgreSQL's spelling: write %s for %s", value, meant, suffix)
		}
		return fmt.Errorf("%q has an unknown unit %q: use B, kB, MB, GB or TB, capitals matter", value, suffix)
	}
	return fmt.Errorf("%q has an unknown unit %q: use us, ms, s, min, h or d", value, suffix)
}

// kubernetesUnit translates a unit that Kubernetes users write by habit, or
// one whose capitals are wrong. PostgreSQL's units are powers of 1024.
func kubernetesUnit(suffix string) string {
	switch strings.ToLower(suffix) {
	case "k", "kb", "ki", "kib":
		return "kB"
	case "m", "mb", "mi", "mib":
		return "MB"
	case "g", "gb", "gi", "gib":
		return "GB"
	case "t", "tb", "ti", "tib":
		return "TB"
	}
	return ""
}
