package schedule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/schedule"
)

// Whatever Normalize accepts, CloudNativePG's library parses; it fires from
// anywhere in the years ahead, at gaps within those stated; and it means what
// the text means to the library's own reading of five or six fields.
func FuzzNormalize(f *testing.F) {
	for _, tc := range accepted {
		f.Add(tc.in, false)
	}
	for _, s := range []string{"0 0 31 2 *", "0 0 29 2 */6", "*/15 * * * * *", "0 2 * * 7/2", "TZ=UTC @daily", "@every 1h1ms",
		"0 2 L * *", "0 22-2 * * *", "*/61 * * * *", "0 2 * * 1-7/3,FRI-SUN/2", "0 2 31 4-6 */2", "? ? ? ? ?"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, frequent bool) {
		opt := schedule.AllowFrequent(frequent)
		got, err := schedule.Normalize(s, opt)
		if err != nil {
			assert.NotEmpty(t, err.Error())
			assert.Zero(t, got)
			return
		}
		parsed, err := cron.Parse(got.Spec)
		require.NoError(t, err)
		if !strings.HasPrefix(got.Spec, "@every ") {
			assert.Len(t, strings.Split(got.Spec, " "), 6, "six fields with one space between")
		}
		assert.NotEmpty(t, got.Description)
		assert.LessOrEqual(t, got.MinGap, got.MaxGap)
		assert.True(t, frequent || got.MinGap >= time.Hour, "fires more often than hourly")

		for year := 2026; year < 2034; year++ {
			first := parsed.Next(time.Date(year, time.March, 1, 0, 0, 0, 0, time.UTC))
			require.False(t, first.IsZero(), "no firing after March %d", year)
			second := parsed.Next(first)
			require.False(t, second.IsZero(), "no firing after %s", first)
			assert.GreaterOrEqual(t, second.Sub(first), got.MinGap)
			assert.LessOrEqual(t, second.Sub(first), got.MaxGap)
		}

		again, err := schedule.Normalize(got.Spec, opt)
		require.NoError(t, err)
		got.Warnings, again.Warnings = nil, nil
		assert.Equal(t, got, again, "normalised twice")

		switch len(strings.Fields(s)) {
		case 5:
			if asWritten, err := cron.ParseStandard(s); err == nil {
				assert.Equal(t, asWritten, parsed)
			}
		case 6:
			if asWritten, err := cron.Parse(s); err == nil {
				assert.Equal(t, asWritten, parsed)
			}
		}
	})
}
