package schedule

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/robfig/cron"
)

// misreadings lists the ways in which a legal schedule is often not what its
// author meant. words are the fields as written, five or six of them,
// and set is what they parse to.
func misreadings(words []string, set *cron.SpecSchedule, schedule Schedule, o options) []string {
	var warnings []string
	for _, warning := range []string{
		secondsForMinutes(schedule, o),
		sixFieldsHourly(words, schedule, o),
		fiveFieldsMonthly(words),
		quartzWeekday(words),
		eitherDayMeant(set, schedule),
		shortMonths(set),
	} {
		if warning != "" {
			warnings = append(warnings, warning)
		}
	}
	return warnings
}

// secondsForMinutes: "*/15 * * * * *" with allowFrequent, which was given for
// every 15 minutes.
func secondsForMinutes(schedule Schedule, o options) string {
	if !o.allowFrequent || schedule.MinGap >= time.Minute {
		return ""
	}
	return fmt.Sprintf("fires as little as %s apart: the first of six fields is the second, "+
		"so write five fields, or 0 in front, if minutes were meant", spell(schedule.MinGap))
}

// sixFieldsHourly: "0 2 * * * *", which is "0 2 * * *" with a star too many and
// fires 24 times as often.
func sixFieldsHourly(words []string, schedule Schedule, o options) string {
	if o.allowFrequent || len(words) != 6 || schedule.MinGap != time.Hour || !isStar(words[2]) {
		return ""
	}
	meant, ok := readAs(append([]string{"0"}, words[:5]...))
	if !ok || meant.MinGap < day {
		return ""
	}
	return fmt.Sprintf("fires every hour, since the first of six fields is the second: write %q if %s was meant, "+
		"or set `allowFrequent: true` if hourly is", meant.Spec, meant.Description)
}

// fiveFieldsMonthly: "0 0 2 * *", which CloudNativePG itself reads as daily at
// 02:00, the day of the week being optional there. The first of the month is
// left alone: that is how monthly is written.
func fiveFieldsMonthly(words []string) string {
	if len(words) != 5 || words[0] != "0" || words[1] != "0" || !isStar(words[3]) || !isStar(words[4]) {
		return ""
	}
	hour, err := strconv.Atoi(words[2])
	if err != nil || hour < 2 || hour > 23 || strconv.Itoa(hour) != words[2] {
		return ""
	}
	return fmt.Sprintf("fires once a month, since five fields start with the minute: "+
		"write \"0 %d * * *\" if daily at %02d:00 UTC was meant", hour, hour)
}

// numericDayOfWeek matches a weekday, other than Sunday, given as a number.
var numericDayOfWeek = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(^|[,-])[1-7]`) })

// quartzWeekday: "0 0 2 ? * 1", which Quartz, where the question mark is from,
// reads as Sunday.
func quartzWeekday(words []string) string {
	date, weekday := words[len(words)-3], words[len(words)-1]
	if date != "?" || !numericDayOfWeek().MatchString(weekday) {
		return ""
	}
	return "has the question mark of Quartz, where weekday 1 is Sunday; here, as in every cron, 1 is Monday: " +
		"write the names, such as SUN"
}

// eitherDayMeant: "0 2 1-7 * SUN", which is not the first Sunday of the month.
func eitherDayMeant(s *cron.SpecSchedule, schedule Schedule) string {
	if !eitherDay(s) || covers(s.Dom, 1, 31) || covers(s.Dow, 0, 6) {
		return ""
	}
	return "fires when the day of the month or the day of the week matches, not only when both do (" +
		schedule.Description + "): put * into one of the two fields to name days by the other"
}

// shortMonths: "0 2 31 * *", which skips five months of the year.
func shortMonths(s *cron.SpecSchedule) string {
	if eitherDay(s) {
		return ""
	}
	earliest := bits.TrailingZeros64(s.Dom)
	var skipped []string
	for _, month := range values(s.Month) {
		switch {
		case month == 2 && earliest == 29:
			skipped = append(skipped, "February of most years")
		case earliest > monthLength(cycleStart, month):
			skipped = append(skipped, monthNames[month])
		}
	}
	if len(skipped) == 0 {
		return ""
	}
	return fmt.Sprintf("does not fire in %s, for want of a day %d: write a day up to 28 to fire in every month",
		enumerate(skipped), earliest)
}

// isStar reports whether a field as written is unrestricted.
func isStar(word string) bool { return word == "*" || word == "?" }
