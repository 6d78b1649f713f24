package schedule

import (
	"errors"
	"fmt"
	"math/bits"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron"
)

// maxLength bounds what Normalize looks at, in bytes. The longest schedule that
// means something, every value of every field listed, stays below it.
const maxLength = 512

// Schedule is a schedule that CloudNativePG parses, that fires, and that fires
// when its author meant it to.
type Schedule struct {
	// Spec is the value for ScheduledBackup.spec.schedule: six cron fields, or
	// "@every" with a duration.
	Spec string

	// Description says in English when the schedule fires, such as
	// "daily at 02:00 UTC". It starts in lower case and has no full stop.
	Description string

	// MinGap and MaxGap are the shortest and the longest time between one
	// firing and the next. They are exact for the years 1901 to 2099.
	MinGap, MaxGap time.Duration

	// Warnings are the ways in which a legal schedule may not be what its
	// author meant, each with what to write instead. Nil for most schedules.
	Warnings []string
}

// Option changes what Normalize accepts.
type Option func(*options)

type options struct {
	allowFrequent bool
}

// AllowFrequent lets a schedule that fires more often than hourly pass, as
// `allowFrequent: true` beside the schedule asks for. The default is false: a
// schedule like that is nearly always five fields taken for six or six for
// five, and a base backup is a full copy of the database. The time that can be
// lost does not depend on it, since WAL is archived continuously.
func AllowFrequent(allow bool) Option {
	return func(o *options) { o.allowFrequent = allow }
}

// Normalize returns the schedule that CloudNativePG has to be given for s.
//
// It accepts
//   - five cron fields: minute, hour, day of the month, month, day of the week;
//   - six cron fields, the same with the second in front;
//   - @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly,
//     which become six fields;
//   - "@every 24h", which stays as it is: CloudNativePG counts it from when the
//     last backup was started, so that it drifts and is not tied to a time of
//     day. The duration has to be of whole seconds and at most five years.
//
// Names of weekdays and months are case-insensitive, and Sunday may be 7 as
// well as 0, in lists and ranges too. All times are UTC, the operator's clock.
//
// The error names what is wrong and what to write instead, for every field at
// once. It does not repeat s, so that the caller can put field and value in
// front of it. Besides what is no cron at all, it refuses schedules that never
// fire or lie more than five years apart, and, unless AllowFrequent says
// otherwise, ones that fire more often than hourly.
func Normalize(s string, opts ...Option) (Schedule, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	if len(s) > maxLength {
		return Schedule{}, fmt.Errorf("is %d characters long, more than any schedule needs: "+
			"use ranges and steps such as 1-5 or */2", len(s))
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		return Schedule{}, errors.New(`is empty: write "0 2 * * *", daily at 02:00 UTC, or @daily`)
	}
	if err := refuseTimeZone(words); err != nil {
		return Schedule{}, err
	}
	if strings.HasPrefix(words[0], "@") {
		return normalizeDescriptor(words, o)
	}
	return normalizeFields(words, o)
}

// refuseTimeZone refuses the prefixes that other crons take. Converting would
// be wrong for half of the year wherever there is summer time.
func refuseTimeZone(words []string) error {
	name, zone, found := strings.Cut(words[0], "=")
	name = strings.ToUpper(name)
	if !found || (name != "TZ" && name != "CRON_TZ") {
		return nil
	}
	if zone == "UTC" || zone == "Etc/UTC" {
		return fmt.Errorf("starts with %s=, which CloudNativePG cannot parse: "+
			"remove %s, since schedules are in UTC already", name, words[0])
	}
	return fmt.Errorf("starts with %s=, but CloudNativePG knows no time zones: its schedules run on the "+
		"operator's clock, which is UTC; remove %s and give the time in UTC", name, words[0])
}

// normalizeFields handles everything that is not a descriptor.
func normalizeFields(words []string, o options) (Schedule, error) {
	if len(words) != 5 && len(words) != 6 {
		return Schedule{}, wrongFieldCount(words)
	}
	six := words
	if len(words) == 5 {
		six = append([]string{"0"}, words...)
	}
	normalized, err := normalizeSix(six)
	if err != nil {
		return Schedule{}, explainFieldOrder(words, err)
	}
	schedule, set, err := fromFields(strings.Join(normalized, " "), o)
	if err != nil {
		return Schedule{}, err
	}
	schedule.Warnings = misreadings(words, set, schedule, o)
	return schedule, nil
}

// normalizeSix normalises each of six fields and joins what is wrong with them.
func normalizeSix(words []string) ([]string, error) {
	normalized := make([]string, len(words))
	var problems []string
	for i, f := range fields {
		text, err := f.normalize(words[i])
		if err != nil {
			problems = append(problems, err.Error())
		}
		normalized[i] = text
	}
	if len(problems) > 0 {
		return nil, errors.New(strings.Join(problems, "; "))
	}
	return normalized, nil
}

// parse has CloudNativePG's own parser read six normalised fields. Its refusal
// would be a gap in this package's checks, but never passes unnoticed.
func parse(spec string) (*cron.SpecSchedule, error) {
	parsed, err := cron.Parse(spec)
	if err != nil {
		return nil, fmt.Errorf("is refused by CloudNativePG's cron parser (%w): "+
			`write five fields, such as "0 2 * * *", daily at 02:00 UTC`, err)
	}
	set, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, errors.New("is not read as cron fields by CloudNativePG's cron parser: " +
			`write five fields, such as "0 2 * * *", daily at 02:00 UTC`)
	}
	return set, nil
}

// fromFields builds the Schedule of six normalised fields, without warnings, and
// returns what they parse to.
func fromFields(spec string, o options) (Schedule, *cron.SpecSchedule, error) {
	set, err := parse(spec)
	if err != nil {
		return Schedule{}, nil, err
	}
	days, times := firingDays(set), firingTimes(set)
	if err := days.refuseRare(set); err != nil {
		return Schedule{}, nil, err
	}
	schedule := Schedule{
		Spec:        spec,
		Description: describe(set, days, times),
		MinGap:      min(times.minGap, days.minGap-(times.last-times.first)),
		MaxGap:      max(times.maxGap, days.maxGap-(times.last-times.first)),
	}
	if schedule.MinGap < time.Hour && !o.allowFrequent {
		hint := ""
		if bits.OnesCount64(set.Second&valueBits) > 1 {
			hint = "; the first of six fields is the second, and 0 belongs there"
		}
		return Schedule{}, nil, tooFrequent(schedule.MinGap, times.count, hint)
	}
	return schedule, set, nil
}

// tooFrequent is the refusal of a schedule that fires more often than hourly.
// perDay is the number of firings on a day that has any.
func tooFrequent(gap time.Duration, perDay int, hint string) error {
	return fmt.Errorf("fires %d times a day, as little as %s apart%s: each firing is a full base backup, and WAL "+
		"archiving already covers the time in between; write a schedule that fires at most hourly, or "+
		"set `allowFrequent: true` if this is meant", perDay, spell(gap), hint)
}

var clockTime = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([01]?[0-9]|2[0-3]):[0-5][0-9]$`) })

// wrongFieldCount refuses anything but five or six fields, with a remedy for
// the mistakes that lead there.
func wrongFieldCount(words []string) error {
	first := strings.ToLower(words[0])
	switch {
	case len(words) == 1 && descriptors["@"+first] != "":
		return fmt.Errorf("is a single word: write @%s", first)
	case len(words) == 1 && clockTime().MatchString(first):
		hour, minute, _ := strings.Cut(first, ":")
		return fmt.Errorf("is a time of day, not a schedule: write \"%s %s * * *\" for daily at that time, in UTC",
			minute, hour)
	case len(words) == 7:
		return errors.New("has 7 fields, so it carries a year, which CloudNativePG does not know: remove the last field")
	}
	return fmt.Errorf("has %d %s, but a schedule has five (minute, hour, day of the month, month, day of the week) "+
		`or six, with the second in front: write "0 2 * * *" for daily at 02:00 UTC`, len(words), plural(len(words), "field"))
}

// explainFieldOrder adds to a field's error what would have been right had the
// author counted the fields differently.
func explainFieldOrder(words []string, err error) error {
	var other []string
	switch len(words) {
	case 5: // "0 30 2 * *": six fields without the day of the week
		other = append(append(other, words...), "*")
	case 6: // "30 2 * * 0 *": five fields with something behind them
		other = append([]string{"0"}, words[:5]...)
	}
	meant, ok := readAs(other)
	if !ok || meant.MinGap < day {
		return err
	}
	return fmt.Errorf("%w; %d fields start with the %s, so write %q if %s was meant",
		err, len(words), fields[len(fields)-len(words)].name, meant.Spec, meant.Description)
}

// readAs builds the Schedule of six fields as somebody may have meant them.
func readAs(six []string) (Schedule, bool) {
	normalized, err := normalizeSix(six)
	if err != nil {
		return Schedule{}, false
	}
	schedule, _, err := fromFields(strings.Join(normalized, " "), options{})
	return schedule, err == nil
}
