package schedule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// field is one of the six cron fields.
type field struct {
	name      string // in errors
	min, max  int    // what the parser takes
	names     []string
	dayOfWeek bool // Sunday may be written as 7
}

// fields are the six cron fields in order. The bounds are those of
// robfig/cron v1.2.0, spec.go.
var fields = [6]field{
	{name: "second", max: 59},
	{name: "minute", max: 59},
	{name: "hour", max: 23},
	{name: "day of the month", min: 1, max: 31},
	{name: "month", min: 1, max: 12, names: []string{
		"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{name: "day of the week", max: 6, dayOfWeek: true, names: []string{
		"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}},
}

// sunday is the second number of Sunday, which cron takes everywhere but in
// robfig/cron v1.2.0.
const sunday = 7

// top is the largest number that may be written in the field.
func (f field) top() int {
	if f.dayOfWeek {
		return sunday
	}
	return f.max
}

// extension matches what other schedulers add to cron. Names of months and
// weekdays hold an L or a W too, which is why the whole entry has to match.
var extension = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(H([/(].*)?|LW?|L-[0-9]+|([0-9]+|[A-Z]{3})L|[0-9]+W|[^#]*#.*|[^~]*~.*)$`)
})

// extended tells whether an entry is one that extension matches. The common
// ones, which are numbers, have none of its letters.
func extended(entry string) bool {
	entry = strings.ToUpper(entry)
	return strings.ContainsAny(entry, "HLW#~") && extension().MatchString(entry)
}

// normalize returns the field's text as the parser reads it: ? becomes *, and
// Sunday as 7 becomes 0. All else stays as written.
func (f field) normalize(text string) (string, error) {
	var entries []string
	for entry := range strings.SplitSeq(text, ",") {
		normalized, err := f.normalizeEntry(entry)
		if err != nil {
			return "", err
		}
		// A range to Sunday becomes two entries, and the second may be there already.
		for part := range strings.SplitSeq(normalized, ",") {
			if !slices.Contains(entries, part) {
				entries = append(entries, part)
			}
		}
	}
	return strings.Join(entries, ","), nil
}

// normalizeEntry handles one entry of a list: VALUE, VALUE-VALUE, *, any of
// them with /STEP.
func (f field) normalizeEntry(entry string) (string, error) {
	switch {
	case entry == "":
		return "", fmt.Errorf("%s has a comma with nothing beside it: remove it", f.name)
	case extended(entry):
		return "", fmt.Errorf("%s %q uses %s, which CloudNativePG's cron does not know: write %s",
			f.name, entry, foreignNotation(entry), f.explicit())
	}
	span, stepText, stepped := strings.Cut(entry, "/")
	step := 1
	if stepped {
		var err error
		if step, err = f.parseStep(entry, stepText); err != nil {
			return "", err
		}
	}
	if span == "*" || span == "?" {
		return "*" + strings.TrimPrefix(entry, span), nil
	}
	fromText, toText, ranged := strings.Cut(span, "-")
	from, err := f.parseValue(entry, fromText)
	if err != nil {
		return "", err
	}
	if !ranged {
		return f.normalizeSingle(entry, from, stepped)
	}
	to, err := f.parseValue(entry, toText)
	if err != nil {
		return "", err
	}
	return f.normalizeRange(entry, from, to, step)
}

// normalizeSingle handles VALUE and VALUE/STEP. The parser reads the latter as
// a range to the end of the field, so Sunday as 7 has no meaning there.
func (f field) normalizeSingle(entry string, value int, stepped bool) (string, error) {
	switch {
	case value <= f.max:
		return entry, nil
	case stepped:
		return "", fmt.Errorf("%s %q starts a step at the end of the week: write 0 for Sunday, "+
			"or a range such as 0-6/2", f.name, entry)
	}
	return "0", nil
}

// normalizeRange handles VALUE-VALUE with or without a step. Sunday is 0 where
// a range starts and 7 where it ends, whichever way it is written: "7-2" is
// Sunday to Tuesday and "FRI-SUN" Friday to Sunday.
func (f field) normalizeRange(entry string, from, to, step int) (string, error) {
	if f.dayOfWeek {
		switch {
		case from == sunday && to < sunday:
			from = 0
		case to == 0 && from > 0:
			to = sunday
		}
	}
	switch {
	case from > to:
		return "", fmt.Errorf("%s %q runs backwards: list both ends, %s,%s",
			f.name, entry, spanText(from, f.max), spanText(f.min, to))
	case !f.dayOfWeek || (to <= f.max && !strings.Contains(entry, "7")):
		return entry, nil
	}
	return weekdays(from, to, step), nil
}

// spanText writes a range, or the value if there is only one.
func spanText(from, to int) string {
	if from == to {
		return strconv.Itoa(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}

// weekdays writes a range of weekdays, 0 to 7, without using 7.
func weekdays(from, to, step int) string {
	var values []string
	for value := from; value <= to; value += step {
		// 7 after 0 is the same day again.
		if value == sunday && from == 0 {
			break
		}
		values = append(values, strconv.Itoa(value%sunday))
	}
	switch last := values[len(values)-1]; {
	case step > 1 || len(values) == 1:
		return strings.Join(values, ",")
	case len(values) == sunday: // the whole week
		return "0-6"
	case last == "0" && len(values) > 2: // to Sunday
		return values[0] + "-6,0"
	case last == "0":
		return values[0] + ",0"
	default:
		return values[0] + "-" + last
	}
}

// parseStep parses what is behind the slash of an entry.
func (f field) parseStep(entry, text string) (int, error) {
	size := f.max - f.min + 1
	if !digits(text) {
		return 0, fmt.Errorf("%s %q has no number behind the slash: write a step such as */2", f.name, entry)
	}
	switch step, err := strconv.Atoi(text); {
	case err != nil || step > size: // err is an overflow
		return 0, fmt.Errorf("%s %q never reaches a second value, since the field has %d values and starts anew each time: "+
			"write a step of at most %d, or one value", f.name, entry, size, size)
	case step == 0:
		return 0, fmt.Errorf("%s %q has a step of 0: write 1 or more behind the slash", f.name, entry)
	default:
		return step, nil
	}
}

// digits tells whether a text is a number without a sign.
func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// parseValue parses a number or a name. Sunday may come back as 7.
func (f field) parseValue(entry, text string) (int, error) {
	upper := strings.ToUpper(text)
	if i := slices.Index(f.names, upper); i >= 0 {
		return f.min + i, nil
	}
	if digits(text) {
		value, err := strconv.Atoi(text)
		if err != nil || value < f.min || value > f.top() {
			return 0, fmt.Errorf("%s %s is out of range: write %d to %d%s", f.name, text, f.min, f.top(), f.midnight(value, err))
		}
		return value, nil
	}
	if len(upper) > 3 && slices.Contains(f.names, upper[:3]) {
		return 0, fmt.Errorf("%s %q is spelled out: write %s", f.name, text, upper[:3])
	}
	return 0, fmt.Errorf("%s %q is not a value: write %s", f.name, entry, f.explicit())
}

// midnight adds what 24 o'clock is in cron.
func (f field) midnight(value int, err error) string {
	if err == nil && value == f.max+1 && f.min == 0 && !f.dayOfWeek {
		return ", where 0 is what comes after " + strconv.Itoa(f.max)
	}
	return ""
}

// explicit says what a field takes.
func (f field) explicit() string {
	s := fmt.Sprintf("*, or %d to %d", f.min, f.max)
	if len(f.names) > 0 {
		s += fmt.Sprintf(" or %s to %s", f.names[0], f.names[len(f.names)-1])
	}
	return s
}

// foreignNotation names the notation of an entry that extension matches.
func foreignNotation(entry string) string {
	upper := strings.ToUpper(entry)
	switch {
	case strings.Contains(upper, "#"):
		return "# (the nth weekday of a month, from Quartz)"
	case strings.Contains(upper, "~"):
		return "~ (a random value, from cronie)"
	case strings.HasPrefix(upper, "H"):
		return "H (a value derived from a hash, from Jenkins)"
	case strings.HasSuffix(upper, "W"):
		return "W (the nearest working day, from Quartz)"
	default:
		return "L (the last day, from Quartz)"
	}
}
