package schedule

import (
	"testing"

	"github.com/robfig/cron"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryDay gives for a schedule of every day, without going through the calendar, what the calendar gives.
func TestEveryDay(t *testing.T) {
	for _, spec := range []string{"0 0 2 * * *", "0 0 2 1-31 1-12 0-6", "@hourly", "0 0 2 * * 1-5", "0 0 2 2-31 * *", "0 0 2 * 2 *", "0 0 2 ? * ?"} {
		parsed, err := cron.Parse(spec)
		require.NoError(t, err, spec)
		s := parsed.(*cron.SpecSchedule)
		assert.Equal(t, walkCycle(s), firingDays(s), spec)
	}
}
