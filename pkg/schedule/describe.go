package schedule

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron"
)

// maxClockTimes is up to how many times of day a description lists.
const maxClockTimes = 4

var (
	weekdayNames = [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	monthNames   = [13]string{"", "January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December"}
)

// describe says when six fields fire: "weekly on Sunday at 03:00 UTC".
func describe(s *cron.SpecSchedule, days dayGaps, times timeGaps) string {
	everyDay := days.count == cycleDays
	at := timesPhrase(s, times)
	switch {
	case !everyDay && strings.HasPrefix(at, "at "):
		return daysPhrase(s) + " " + at
	case !everyDay:
		return strings.TrimSuffix(daysPhrase(s), ",") + ", " + at
	case strings.HasPrefix(at, "at "):
		return "daily " + at
	case strings.HasPrefix(at, "every "):
		return at
	default:
		return "daily, " + at
	}
}

// timesPhrase says at which times of a day that it fires on the schedule does.
func timesPhrase(s *cron.SpecSchedule, times timeGaps) string {
	if times.count <= maxClockTimes {
		var clock []string
		for _, hour := range values(s.Hour) {
			for _, minute := range values(s.Minute) {
				for _, second := range values(s.Second) {
					clock = append(clock, clockText(hour, minute, second))
				}
			}
		}
		return "at " + enumerate(clock) + " UTC"
	}
	// Around midnight the gap has to be the same for "every" to be true.
	even := times.minGap == times.maxGap && day-(times.last-times.first) == times.minGap
	first := durationClock(times.first)
	switch {
	case even && times.minGap == time.Hour:
		return "every hour at minute " + strconv.Itoa(bits.TrailingZeros64(s.Minute)) + secondText(s)
	case even && times.first == 0:
		return "every " + strings.TrimPrefix(spell(times.minGap), "1 ")
	case even:
		return fmt.Sprintf("every %s from %s UTC on", spell(times.minGap), first)
	default:
		return fmt.Sprintf("%d times between %s and %s UTC", times.count, first, durationClock(times.last))
	}
}

// secondText is empty for the usual second, 0.
func secondText(s *cron.SpecSchedule) string {
	second := bits.TrailingZeros64(s.Second)
	if second == 0 {
		return ""
	}
	return " and second " + strconv.Itoa(second)
}

// daysPhrase says on which days the schedule fires, for one that does not fire
// on all.
func daysPhrase(s *cron.SpecSchedule) string {
	anyDate := covers(s.Dom, 1, 31)
	anyWeekday := covers(s.Dow, 0, 6)
	switch {
	case anyDate && anyWeekday:
		return "daily" + inMonths(s)
	case anyDate && !eitherDay(s):
		if covers(s.Month, 1, 12) && bits.OnesCount64(s.Dow&valueBits) == 1 {
			return "weekly on " + weekdayList(s)
		}
		return "on " + weekdayList(s) + inMonths(s)
	case anyWeekday && !eitherDay(s):
		return dayOfMonthText(s)
	case eitherDay(s):
		return "on " + dayOfMonthPhrase(s) + " and on every " + weekdayList(s) + inMonths(s) + ","
	default:
		return "on " + dayOfMonthPhrase(s) + ", if a " + weekdayList(s) + ","
	}
}

// dayOfMonthText describes a schedule of dates, whatever their weekday.
func dayOfMonthText(s *cron.SpecSchedule) string {
	oneDate := bits.OnesCount64(s.Dom&valueBits) == 1
	date, month := bits.TrailingZeros64(s.Dom), bits.TrailingZeros64(s.Month)
	switch {
	case oneDate && bits.OnesCount64(s.Month&valueBits) == 1 && date > monthLength(cycleStart, month):
		return fmt.Sprintf("on %d %s of leap years", date, monthNames[month])
	case oneDate && bits.OnesCount64(s.Month&valueBits) == 1:
		return fmt.Sprintf("yearly on %d %s", date, monthNames[month])
	case oneDate && covers(s.Month, 1, 12):
		return fmt.Sprintf("monthly on day %d", date)
	}
	return "on " + dayOfMonthPhrase(s)
}

// dayOfMonthPhrase is such as "days 1 and 15 of January and July".
func dayOfMonthPhrase(s *cron.SpecSchedule) string {
	dates := values(s.Dom)
	phrase := plural(len(dates), "day") + " " + enumerate(runs(dates, "-", strconv.Itoa))
	if covers(s.Month, 1, 12) {
		return phrase + " of every month"
	}
	return phrase + " of " + monthList(s)
}

func inMonths(s *cron.SpecSchedule) string {
	if covers(s.Month, 1, 12) {
		return ""
	}
	return " in " + monthList(s)
}

func monthList(s *cron.SpecSchedule) string {
	return enumerate(runs(values(s.Month), " to ", func(month int) string { return monthNames[month] }))
}

// weekdayList lists weekdays with the week beginning on Monday.
func weekdayList(s *cron.SpecSchedule) string {
	var list []int
	for i := 1; i <= sunday; i++ {
		if s.Dow&(1<<(i%sunday)) != 0 {
			list = append(list, i)
		}
	}
	return enumerate(runs(list, " to ", func(weekday int) string { return weekdayNames[weekday%sunday] }))
}

// covers reports whether a field's bit set holds all values from first to last.
func covers(set uint64, first, last int) bool {
	for value := first; value <= last; value++ {
		if set&(1<<value) == 0 {
			return false
		}
	}
	return true
}

// runs names ascending numbers, three or more neighbours as one span.
func runs(numbers []int, to string, name func(int) string) []string {
	var list []string
	for start := 0; start < len(numbers); {
		end := start
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		if end-start >= 2 {
			list = append(list, name(numbers[start])+to+name(numbers[end]))
		} else {
			for _, number := range numbers[start : end+1] {
				list = append(list, name(number))
			}
		}
		start = end + 1
	}
	return list
}

// enumerate is "a", "a and b", "a, b and c".
func enumerate(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// clockText is the time of day, with seconds only where there are any.
func clockText(hour, minute, second int) string {
	if second == 0 {
		return fmt.Sprintf("%02d:%02d", hour, minute)
	}
	return fmt.Sprintf("%02d:%02d:%02d", hour, minute, second)
}

func durationClock(d time.Duration) string {
	return clockText(int(d/time.Hour), int(d%time.Hour/time.Minute), int(d%time.Minute/time.Second))
}

// spell writes a duration of whole seconds in words: "1 hour 30 minutes". Only
// whole days from two on are days, since @every has no unit for them.
func spell(d time.Duration) string {
	if d >= 2*day && d%day == 0 {
		return fmt.Sprintf("%d days", d/day)
	}
	var parts []string
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if n := int(d / unit.size); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, plural(n, unit.name)))
		}
		d %= unit.size
	}
	return strings.Join(parts, " ")
}
