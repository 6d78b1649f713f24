package schedule_test

import (
	"testing"
	"time"

	"github.com/robfig/cron"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/schedule"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
	week = 7 * day
)

// accepted holds schedules with what a calendar says about them. Gaps are
// counted by hand, the count is beside those that are not obvious.
var accepted = map[string]struct {
	in          string
	spec        string
	description string
	minGap      time.Duration
	maxGap      time.Duration
}{
	// Five fields, as everyone writes them.
	"daily":             {"0 2 * * *", "0 0 2 * * *", "daily at 02:00 UTC", day, day},
	"daily at half":     {"30 14 * * *", "0 30 14 * * *", "daily at 14:30 UTC", day, day},
	"leading zeros":     {"00 02 * * *", "0 00 02 * * *", "daily at 02:00 UTC", day, day},
	"white space":       {" 0\t2 *  * *\n", "0 0 2 * * *", "daily at 02:00 UTC", day, day},
	"weekly":            {"0 3 * * 0", "0 0 3 * * 0", "weekly on Sunday at 03:00 UTC", week, week},
	"monthly":           {"0 3 1 * *", "0 0 3 1 * *", "monthly on day 1 at 03:00 UTC", 28 * day, 31 * day},
	"yearly":            {"0 3 5 7 *", "0 0 3 5 7 *", "yearly on 5 July at 03:00 UTC", 365 * day, 366 * day},
	"leap day":          {"0 0 29 2 *", "0 0 0 29 2 *", "on 29 February of leap years at 00:00 UTC", 1461 * day, 1461 * day},
	"twice a day":       {"0 2,14 * * *", "0 0 2,14 * * *", "daily at 02:00 and 14:00 UTC", 12 * hour, 12 * hour},
	"uneven times":      {"0 6,9,22 * * *", "0 0 6,9,22 * * *", "daily at 06:00, 09:00 and 22:00 UTC", 3 * hour, 13 * hour},
	"every four hours":  {"0 */4 * * *", "0 0 */4 * * *", "every 4 hours", 4 * hour, 4 * hour},
	"four hours offset": {"30 1-23/4 * * *", "0 30 1-23/4 * * *", "every 4 hours from 01:30 UTC on", 4 * hour, 4 * hour},
	// 0, 5, 10, 15 and 20 o'clock, then four hours to midnight.
	"every five hours": {"0 */5 * * *", "0 0 */5 * * *", "daily, 5 times between 00:00 and 20:00 UTC", 4 * hour, 5 * hour},
	"hourly":           {"15 * * * *", "0 15 * * * *", "every hour at minute 15", hour, hour},
	// 11 firings from 08:00 to 18:00; from Friday 18:00 to Monday 08:00 it is 62 hours.
	"working hours": {"0 8-18 * * 1-5", "0 0 8-18 * * 1-5",
		"on Monday to Friday, 11 times between 08:00 and 18:00 UTC", hour, 62 * hour},
	// Monday 00:05 to 12:05, then six and a half days.
	"twice on Mondays": {"5 0,12 * * mon", "0 5 0,12 * * mon",
		"weekly on Monday at 00:05 and 12:05 UTC", 12 * hour, 6*day + 12*hour},
	// 15 January to 15 July: 16+28+31+30+31+30+15 = 181 days, the way back 365-181 = 184.
	"two months": {"0 2 15 1,7 *", "0 0 2 15 1,7 *", "on day 15 of January and July at 02:00 UTC", 181 * day, 184 * day},
	// 31 July to 31 August is 31 days, 31 March to 31 May 61.
	"day 31": {"0 2 31 * *", "0 0 2 31 * *", "monthly on day 31 at 02:00 UTC", 31 * day, 61 * day},
	// 15th to 1st of March in a common year is 14 days, 15th to 1st after 31 days is 17.
	"two days": {"0 2 1,15 * *", "0 0 2 1,15 * *", "on days 1 and 15 of every month at 02:00 UTC", 14 * day, 17 * day},
	// 31 March to 1 January: 365 - (31+28+31) + 1 = 276, in leap years 366 - 91 + 1.
	"first quarter": {"0 2 * JAN-mar *", "0 0 2 * JAN-mar *", "daily in January to March at 02:00 UTC", day, 276 * day},

	// Six fields stay.
	"six fields":         {"0 0 2 * * *", "0 0 2 * * *", "daily at 02:00 UTC", day, day},
	"six with seconds":   {"30 0 2 * * *", "30 0 2 * * *", "daily at 02:00:30 UTC", day, day},
	"six hourly":         {"0 0 * * * *", "0 0 * * * *", "every hour at minute 0", hour, hour},
	"six hourly seconds": {"5 10 * * * *", "5 10 * * * *", "every hour at minute 10 and second 5", hour, hour},
	"question mark":      {"0 0 2 ? * SUN", "0 0 2 * * SUN", "weekly on Sunday at 02:00 UTC", week, week},
	"question mark step": {"0 0 ?/12 * * ?", "0 0 */12 * * *", "daily at 00:00 and 12:00 UTC", 12 * hour, 12 * hour},

	// Sunday is 0 and 7.
	"seven":            {"0 2 * * 7", "0 0 2 * * 0", "weekly on Sunday at 02:00 UTC", week, week},
	"seven in list":    {"0 2 * * 3,7", "0 0 2 * * 3,0", "on Wednesday and Sunday at 02:00 UTC", 3 * day, 4 * day},
	"seven and zero":   {"0 2 * * 0,7", "0 0 2 * * 0", "weekly on Sunday at 02:00 UTC", week, week},
	"to seven":         {"0 2 * * 5-7", "0 0 2 * * 5-6,0", "on Friday to Sunday at 02:00 UTC", day, 5 * day},
	"six to seven":     {"0 2 * * 6-7", "0 0 2 * * 6,0", "on Saturday and Sunday at 02:00 UTC", day, 6 * day},
	"seven to seven":   {"0 2 * * 7-7", "0 0 2 * * 0", "weekly on Sunday at 02:00 UTC", week, week},
	"seven to two":     {"0 2 * * 7-2", "0 0 2 * * 0-2", "on Monday, Tuesday and Sunday at 02:00 UTC", day, 5 * day},
	"one to seven":     {"0 2 * * 1-7", "0 0 2 * * 0-6", "daily at 02:00 UTC", day, day},
	"zero to seven":    {"0 2 * * 0-7", "0 0 2 * * 0-6", "daily at 02:00 UTC", day, day},
	"seven with step":  {"0 2 * * 1-7/2", "0 0 2 * * 1,3,5,0", "on Monday, Wednesday, Friday and Sunday at 02:00 UTC", day, 2 * day},
	"seven not hit":    {"0 2 * * 2-7/2", "0 0 2 * * 2,4,6", "on Tuesday, Thursday and Saturday at 02:00 UTC", 2 * day, 3 * day},
	"zero to 7 step":   {"0 2 * * 0-7/7", "0 0 2 * * 0", "weekly on Sunday at 02:00 UTC", week, week},
	"name to seven":    {"0 2 * * MON-7", "0 0 2 * * 0-6", "daily at 02:00 UTC", day, day},
	"name to Sunday":   {"0 2 * * fri-SUN", "0 0 2 * * 5-6,0", "on Friday to Sunday at 02:00 UTC", day, 5 * day},
	"names":            {"0 2 * * Mon,wEd", "0 0 2 * * Mon,wEd", "on Monday and Wednesday at 02:00 UTC", 2 * day, 5 * day},
	"7 as a step":      {"0 2 * * */7", "0 0 2 * * */7", "weekly on Sunday at 02:00 UTC", week, week},
	"range, 7 as step": {"0 2 * * 1-5/7", "0 0 2 * * 1", "weekly on Monday at 02:00 UTC", week, week},

	// Both day fields: either is enough, unless one is a star, with or without a step.
	// The 9th to the 13th at most, between the 7th and a Sunday: 7 days.
	"first week or Sundays": {"0 2 1-7 * 0", "0 0 2 1-7 * 0",
		"on days 1-7 of every month and on every Sunday, at 02:00 UTC", day, 7 * day},
	"any date or Sundays": {"0 2 1-31 * 0", "0 0 2 1-31 * 0", "daily at 02:00 UTC", day, day},
	// Monday 29 to Monday 5 after 31 days is 7; the 23rd of a 31-day month over the 30th and the 6th to the 13th is 21.
	"odd Mondays": {"0 2 */2 * 1", "0 0 2 */2 * 1",
		"on days 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29 and 31 of every month, if a Monday, at 02:00 UTC",
		7 * day, 21 * day},

	// Words.
	"@yearly":   {"@yearly", "0 0 0 1 1 *", "yearly on 1 January at 00:00 UTC", 365 * day, 366 * day},
	"@annually": {"@annually", "0 0 0 1 1 *", "yearly on 1 January at 00:00 UTC", 365 * day, 366 * day},
	"@monthly":  {"@monthly", "0 0 0 1 * *", "monthly on day 1 at 00:00 UTC", 28 * day, 31 * day},
	"@weekly":   {"@weekly", "0 0 0 * * 0", "weekly on Sunday at 00:00 UTC", week, week},
	"@daily":    {"@daily", "0 0 0 * * *", "daily at 00:00 UTC", day, day},
	"@midnight": {"@midnight", "0 0 0 * * *", "daily at 00:00 UTC", day, day},
	"@hourly":   {"@hourly", "0 0 * * * *", "every hour at minute 0", hour, hour},
	"@Daily":    {" @Daily ", "0 0 0 * * *", "daily at 00:00 UTC", day, day},
	"@every":    {"@every  24h", "@every 24h", "every 24 hours, counted from the last backup", day, day},
	"@every 1h": {"@every 1h", "@every 1h", "every 1 hour, counted from the last backup", hour, hour},
	"@every week": {"@every 168h", "@every 168h", "every 7 days, counted from the last backup",
		week, week},
	"@every 90m": {"@every 1h30m0s", "@every 1h30m0s", "every 1 hour 30 minutes, counted from the last backup",
		90 * time.Minute, 90 * time.Minute},
}

func TestNormalize(t *testing.T) {
	for name, tc := range accepted {
		t.Run(name, func(t *testing.T) {
			got, err := schedule.Normalize(tc.in)
			require.NoError(t, err)
			assert.Equal(t, tc.spec, got.Spec)
			assert.Equal(t, tc.description, got.Description)
			assert.Equal(t, tc.minGap, got.MinGap, "shortest gap")
			assert.Equal(t, tc.maxGap, got.MaxGap, "longest gap")
		})
	}
}

// The incidents: what CloudNativePG's library makes of the schedule as written,
// and of ours. From 1 November 2026, 00:00:00, a Sunday.
func TestNormalizeNextFiring(t *testing.T) {
	start := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, time.November, day, hour, minute, second, 0, time.UTC)
	}
	for in, tc := range map[string]struct {
		asWritten []time.Time // nil where the library refuses the text
		want      []time.Time
	}{
		"0 3 * * *":   {[]time.Time{at(1, 0, 3, 0), at(1, 1, 3, 0)}, []time.Time{at(1, 3, 0, 0), at(2, 3, 0, 0)}},
		"0 0 * * *":   {[]time.Time{at(1, 1, 0, 0), at(1, 2, 0, 0)}, []time.Time{at(2, 0, 0, 0), at(3, 0, 0, 0)}},
		"30 2 * * *":  {[]time.Time{at(1, 0, 2, 30), at(1, 1, 2, 30)}, []time.Time{at(1, 2, 30, 0), at(2, 2, 30, 0)}},
		"0 2 * * 0":   {nil, []time.Time{at(1, 2, 0, 0), at(8, 2, 0, 0)}}, // month 0
		"0 2 * * 7":   {[]time.Time{}, []time.Time{at(1, 2, 0, 0), at(8, 2, 0, 0)}},
		"0 0 3 * * *": {[]time.Time{at(1, 3, 0, 0), at(2, 3, 0, 0)}, []time.Time{at(1, 3, 0, 0), at(2, 3, 0, 0)}},
		"0 0 3 * * 7": {nil, []time.Time{at(1, 3, 0, 0), at(8, 3, 0, 0)}},
		"@weekly":     {[]time.Time{at(8, 0, 0, 0), at(15, 0, 0, 0)}, []time.Time{at(8, 0, 0, 0), at(15, 0, 0, 0)}},
		"@every 36h":  {[]time.Time{at(2, 12, 0, 0), at(4, 0, 0, 0)}, []time.Time{at(2, 12, 0, 0), at(4, 0, 0, 0)}},
	} {
		t.Run(in, func(t *testing.T) {
			written, err := cron.Parse(in)
			if tc.asWritten == nil {
				assert.Error(t, err)
			} else {
				require.NoError(t, err)
				assert.Equal(t, tc.asWritten, firings(written, start, len(tc.asWritten)))
			}
			got, err := schedule.Normalize(in)
			require.NoError(t, err)
			ours, err := cron.Parse(got.Spec)
			require.NoError(t, err)
			assert.Equal(t, tc.want, firings(ours, start, len(tc.want)))
		})
	}
}

func firings(s cron.Schedule, after time.Time, n int) []time.Time {
	times := make([]time.Time, 0, n)
	for range n {
		after = s.Next(after)
		times = append(times, after)
	}
	return times
}

// The library, going through the years by itself, finds the same gaps.
func TestGapsAgreeWithTheLibrary(t *testing.T) {
	for name, tc := range accepted {
		t.Run(name, func(t *testing.T) {
			got, err := schedule.Normalize(tc.in)
			require.NoError(t, err)
			parsed, err := cron.Parse(got.Spec)
			require.NoError(t, err)

			// 28 years see every weekday on every date. Five are enough, and
			// quick, for what fires several times a day.
			start := time.Date(2024, time.December, 31, 23, 59, 59, 0, time.UTC)
			end := start.AddDate(28, 0, 0)
			if got.MinGap < day {
				end = start.AddDate(5, 0, 0)
			}
			previous := parsed.Next(start)
			shortest, longest := time.Duration(1<<63-1), time.Duration(0)
			for next := parsed.Next(previous); !next.IsZero() && previous.Before(end); next = parsed.Next(next) {
				shortest, longest = min(shortest, next.Sub(previous)), max(longest, next.Sub(previous))
				previous = next
			}
			assert.Equal(t, shortest, got.MinGap, "shortest gap")
			assert.Equal(t, longest, got.MaxGap, "longest gap")
		})
	}
}

func TestNormalizeIsIdempotent(t *testing.T) {
	for name, tc := range accepted {
		t.Run(name, func(t *testing.T) {
			first, err := schedule.Normalize(tc.in)
			require.NoError(t, err)
			second, err := schedule.Normalize(first.Spec)
			require.NoError(t, err)
			first.Warnings, second.Warnings = nil, nil // they are about the text as written
			assert.Equal(t, first, second)
		})
	}
}

func TestAllowFrequent(t *testing.T) {
	for name, tc := range map[string]struct {
		in, spec, description string
		gap                   time.Duration
	}{
		"quarters":      {"*/15 * * * *", "0 */15 * * * *", "every 15 minutes", 15 * time.Minute},
		"every minute":  {"* * * * *", "0 * * * * *", "every minute", time.Minute},
		"every second":  {"* * * * * *", "* * * * * *", "every second", time.Second},
		"@every 10m":    {"@every 10m", "@every 10m", "every 10 minutes, counted from the last backup", 10 * time.Minute},
		"Sundays often": {"*/30 * * * 0", "0 */30 * * * 0", "weekly on Sunday, every 30 minutes", 30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := schedule.Normalize(tc.in, schedule.AllowFrequent(true))
			require.NoError(t, err)
			assert.Equal(t, tc.spec, got.Spec)
			assert.Equal(t, tc.description, got.Description)
			assert.Equal(t, tc.gap, got.MinGap)

			_, err = schedule.Normalize(tc.in, schedule.AllowFrequent(false))
			assert.ErrorContains(t, err, "`allowFrequent: true`")
		})
	}
}
