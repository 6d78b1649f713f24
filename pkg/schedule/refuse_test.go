package schedule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/schedule"
)

// Every refusal says what is wrong and what to write instead.
func TestNormalizeRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		in             string
		reason, remedy string
	}{
		"empty":       {"", "is empty", `write "0 2 * * *"`},
		"blank":       {" \t", "is empty", `write "0 2 * * *"`},
		"too long":    {strings.Repeat("0,", 300), "is 600 characters long", "use ranges and steps"},
		"three":       {"0 2 *", "has 3 fields", `write "0 2 * * *"`},
		"four":        {"0 2 * *", "has 4 fields", `write "0 2 * * *"`},
		"one":         {"*", "has 1 field,", `write "0 2 * * *"`},
		"a year":      {"0 0 2 * * ? 2027", "has 7 fields, so it carries a year", "remove the last field"},
		"eight":       {"0 0 2 * * * * *", "has 8 fields", `write "0 2 * * *"`},
		"bare word":   {"daily", "is a single word", "write @daily"},
		"time of day": {"2:30", "is a time of day", `write "30 2 * * *"`},

		"time zone":      {"TZ=Europe/Berlin 0 2 * * *", "starts with TZ=", "remove TZ=Europe/Berlin and give the time in UTC"},
		"cron time zone": {"CRON_TZ=Asia/Tokyo 0 0 2 * * *", "starts with CRON_TZ=", "remove CRON_TZ=Asia/Tokyo and give the time in UTC"},
		"UTC anyway":     {"CRON_TZ=UTC 0 2 * * *", "cannot parse", "remove CRON_TZ=UTC, since schedules are in UTC already"},

		"reboot":           {"@reboot", "no meaning for a backup", `such as "0 2 * * *"`},
		"unknown word":     {"@fortnightly", "is an unknown word", "write @yearly"},
		"word and more":    {"@daily 2", "has something behind @daily", "write @daily alone"},
		"every nothing":    {"@every", "needs one duration", `write "@every 24h"`},
		"every two":        {"@every 1h 30m", "needs one duration", `write "@every 24h"`},
		"every day":        {"@every 1d", "has no duration behind @every", "no unit for days"},
		"every negative":   {"@every -1h", "whole seconds", `"@every 24h"`},
		"every half":       {"@every 3600500ms", "whole seconds", `"@every 24h"`},
		"every zero":       {"@every 0s", "whole seconds", `"@every 24h"`},
		"every ten years":  {"@every 87600h", "less often than once in 5 years", `"@every 168h"`},
		"every 10 minutes": {"@every 10m", "fires 144 times a day, as little as 10 minutes apart", "`allowFrequent: true`"},

		"minute 60":         {"60 2 * * *", "minute 60 is out of range", "write 0 to 59, where 0 is what comes after 59"},
		"hour 24":           {"0 24 * * *", "hour 24 is out of range", "write 0 to 23, where 0 is what comes after 23"},
		"day 0":             {"0 2 0 * *", "day of the month 0 is out of range", "write 1 to 31"},
		"day 32":            {"0 2 32 * *", "day of the month 32 is out of range", "write 1 to 31"},
		"month 13":          {"0 2 1 13 *", "month 13 is out of range", "write 1 to 12"},
		"weekday 8":         {"0 2 * * 8", "day of the week 8 is out of range", "write 0 to 7"},
		"second 60":         {"60 0 2 * * *", "second 60 is out of range", "write 0 to 59"},
		"beyond int":        {"99999999999999999999 2 * * *", "minute 99999999999999999999 is out of range", "write 0 to 59"},
		"in a range":        {"0 20-25 * * *", "hour 25 is out of range", "write 0 to 23"},
		"two at once":       {"61 25 * * *", "minute 61 is out of range", "; hour 25 is out of range: write 0 to 23"},
		"backwards":         {"0 22-2 * * *", `hour "22-2" runs backwards`, "list both ends, 22-23,0-2"},
		"months backwards":  {"0 2 1 NOV-FEB *", `month "NOV-FEB" runs backwards`, "list both ends, 11-12,1-2"},
		"weekday backwards": {"0 2 * * SAT-MON", `day of the week "SAT-MON" runs backwards`, "list both ends, 6,0-1"},
		"negative":          {"-5 2 * * *", `minute "-5" is not a value`, "write *, or 0 to 59"},
		"plus":              {"+5 2 * * *", `minute "+5" is not a value`, "write *, or 0 to 59"},
		"letters":           {"0 two * * *", `hour "two" is not a value`, "write *, or 0 to 23"},
		"spelled weekday":   {"0 2 * * sunday", `day of the week "sunday" is spelled out`, "write SUN"},
		"spelled month":     {"0 2 1 January *", `month "January" is spelled out`, "write JAN"},
		"weekday as month":  {"0 2 * MON *", `month "MON" is not a value`, "1 to 12 or JAN to DEC"},
		"star to five":      {"0 2 * * *-5", `day of the week "*-5" is not a value`, "0 to 6 or SUN to SAT"},
		"two hyphens":       {"0 1-2-3 * * *", `hour "1-2-3" is not a value`, "write *, or 0 to 23"},
		"comma alone":       {"0 , * * *", "hour has a comma with nothing beside it", "remove it"},
		"comma at the end":  {"0 2, * * *", "hour has a comma with nothing beside it", "remove it"},
		"step 0":            {"0 */0 * * *", `hour "*/0" has a step of 0`, "write 1 or more"},
		"step of nothing":   {"0 */ * * *", `hour "*/" has no number behind the slash`, "such as */2"},
		"two steps":         {"0 */2/3 * * *", `hour "*/2/3" has no number behind the slash`, "such as */2"},
		"step too large":    {"*/90 * * * *", `minute "*/90" never reaches a second value`, "a step of at most 60"},
		"step beyond int":   {"*/99999999999999999999 * * * *", "never reaches a second value", "a step of at most 60"},
		"step from seven":   {"0 2 * * 7/2", "starts a step at the end of the week", "0-6/2"},

		"last day":        {"0 2 L * *", `uses L (the last day, from Quartz)`, "write *, or 1 to 31"},
		"last but one":    {"0 2 L-1 * *", `uses L (the last day, from Quartz)`, "write *, or 1 to 31"},
		"last Friday":     {"0 2 * * 5L", `uses L (the last day, from Quartz)`, "write *, or 0 to 6"},
		"last Friday, 2":  {"0 2 * * friL", `uses L (the last day, from Quartz)`, "write *, or 0 to 6"},
		"working day":     {"0 2 15W * *", `uses W (the nearest working day, from Quartz)`, "write *, or 1 to 31"},
		"last workday":    {"0 2 LW * *", `uses W (the nearest working day, from Quartz)`, "write *, or 1 to 31"},
		"third Monday":    {"0 2 * * 1#3", `uses # (the nth weekday of a month, from Quartz)`, "write *, or 0 to 6"},
		"hash":            {"H 2 * * *", `minute "H" uses H (a value derived from a hash, from Jenkins)`, "write *, or 0 to 59"},
		"hash in a range": {"0 H(0-7) * * *", `hour "H(0-7)" uses H`, "write *, or 0 to 23"},
		"hash with step":  {"H/15 * * * *", `minute "H/15" uses H`, "write *, or 0 to 59"},
		"random":          {"0~30 2 * * *", `minute "0~30" uses ~ (a random value, from cronie)`, "write *, or 0 to 59"},

		"31 February":    {"0 0 31 2 *", "never fires, since the calendar does not have day 31 of February", "write a day that exists"},
		"31 short":       {"0 0 31 4,6,9,11 *", "never fires, since the calendar does not have day 31 of April, June, September and November", "write a day"},
		"30 February, 6": {"0 0 0 30-31 2 *", "never fires, since the calendar does not have days 30 and 31 of February", "write a day"},
		// 29 February is a Sunday in 2004 and a Saturday in 2020, with neither in between.
		"leap weekends": {"0 0 29 2 */6", "is up to 16 years without firing", "not both"},

		"every minute":      {"* * * * *", "fires 1440 times a day, as little as 1 minute apart", "`allowFrequent: true`"},
		"quarters":          {"*/15 * * * *", "fires 96 times a day, as little as 15 minutes apart", "`allowFrequent: true`"},
		"twice in the hour": {"0,50 2 * * *", "fires 2 times a day, as little as 50 minutes apart", "`allowFrequent: true`"},
		"across midnight":   {"0,30 0,23 * * *", "fires 4 times a day, as little as 30 minutes apart", "`allowFrequent: true`"},
		"star as second":    {"* 0 2 * * *", "fires 60 times a day, as little as 1 second apart; the first of six fields is the second", "0 belongs there"},

		// The fields counted the other way round.
		"six without a weekday": {"0 30 2 * *", "hour 30 is out of range", `write "0 30 2 * * *" if daily at 02:30 UTC was meant`},
		"five and a star": {"30 2 * * 0 *", "month 0 is out of range",
			`6 fields start with the second, so write "0 30 2 * * 0" if weekly on Sunday at 02:30 UTC was meant`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := schedule.Normalize(tc.in)
			require.Error(t, err)
			assert.Zero(t, got)
			assert.ErrorContains(t, err, tc.reason)
			assert.ErrorContains(t, err, tc.remedy)
		})
	}
}

// A gap below an hour may lie between two days only.
func TestNormalizeRefusesGapOverMidnight(t *testing.T) {
	// 00:00:00 and 23:59:59, one second before the next 00:00:00. The gaps
	// within the day are 59 seconds and more.
	_, err := schedule.Normalize("0,59 0,59 0,23 * * *")
	assert.ErrorContains(t, err, "fires 8 times a day, as little as 1 second apart")
}

func TestNormalizeWarns(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		opts []schedule.Option
		want []string // in this order, a part of each
	}{
		"five fields":          {"0 2 * * *", nil, nil},
		"six fields":           {"0 0 2 * * *", nil, nil},
		"hourly on purpose":    {"0 * * * *", nil, nil},
		"monthly on the first": {"0 0 1 * *", nil, nil},
		"monthly at three":     {"0 3 2 * *", nil, nil},
		"all dates or Sundays": {"0 2 1-31 * 0", nil, nil},
		"@hourly":              {"@hourly", nil, nil},

		"a star too many": {"0 2 * * * *", nil, []string{
			`fires every hour, since the first of six fields is the second: write "0 0 2 * * *" if daily at 02:00 UTC was meant`}},
		"a star too many, weekly": {"0 3 * * 1 *", nil, []string{
			`write "0 0 3 * * 1" if weekly on Monday at 03:00 UTC was meant`}},
		"a star too many, allowed": {"0 2 * * * *", []schedule.Option{schedule.AllowFrequent(true)}, nil},
		"six without a weekday": {"0 0 2 * *", nil, []string{
			`fires once a month, since five fields start with the minute: write "0 2 * * *" if daily at 02:00 UTC was meant`}},
		"seconds for minutes": {"*/15 * * * * *", []schedule.Option{schedule.AllowFrequent(true)}, []string{
			"fires as little as 15 seconds apart: the first of six fields is the second"}},

		"Quartz Sunday":    {"0 0 2 ? * 1", nil, []string{"in every cron, 1 is Monday: write the names"}},
		"Quartz by name":   {"0 0 2 ? * SUN", nil, nil},
		"Quartz, not days": {"0 0 2 15 * ?", nil, nil},

		"either day": {"0 2 1-7 * SUN", nil, []string{
			"not only when both do (on days 1-7 of every month and on every Sunday, at 02:00 UTC): put * into one"}},
		"short months": {"0 2 31 * *", nil, []string{
			"does not fire in February, April, June, September and November, for want of a day 31: write a day up to 28"}},
		"29th":              {"0 2 29 * *", nil, []string{"does not fire in February of most years, for want of a day 29"}},
		"28th or later":     {"0 2 28-31 * *", nil, nil},
		"31st, long months": {"0 2 31 1,3 *", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := schedule.Normalize(tc.in, tc.opts...)
			require.NoError(t, err)
			require.Len(t, got.Warnings, len(tc.want), "%q", got.Warnings)
			for i, want := range tc.want {
				assert.Contains(t, got.Warnings[i], want)
			}
		})
	}
}
