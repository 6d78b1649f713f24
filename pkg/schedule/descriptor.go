package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron"
)

// descriptors holds the six fields of each word that cron accepts for a whole
// schedule. CloudNativePG would parse the words too, but its webhook warns
// about everything that is not six fields.
var descriptors = map[string]string{
	"@yearly":   "0 0 0 1 1 *",
	"@annually": "0 0 0 1 1 *",
	"@monthly":  "0 0 0 1 * *",
	"@weekly":   "0 0 0 * * 0",
	"@daily":    "0 0 0 * * *",
	"@midnight": "0 0 0 * * *",
	"@hourly":   "0 0 * * * *",
}

const descriptorNames = `@yearly, @monthly, @weekly, @daily, @hourly or "@every 24h"`

// maxInterval is the longest @every accepted: as far as CloudNativePG looks
// ahead for cron fields.
const maxInterval = horizonYears * 365 * day

// normalizeDescriptor handles what starts with an @.
func normalizeDescriptor(words []string, o options) (Schedule, error) {
	name := strings.ToLower(words[0])
	switch {
	case name == "@every":
		return normalizeInterval(words[1:], o)
	case name == "@reboot":
		return Schedule{}, errors.New("is @reboot, which has no meaning for a backup: write a time, " +
			`such as "0 2 * * *", daily at 02:00 UTC; a first backup is taken at creation anyway`)
	case descriptors[name] == "":
		return Schedule{}, fmt.Errorf("is an unknown word: write %s", descriptorNames)
	case len(words) > 1:
		return Schedule{}, fmt.Errorf("has something behind %s: write %s alone, or five cron fields", name, name)
	}
	schedule, _, err := fromFields(descriptors[name], o)
	return schedule, err
}

// normalizeInterval handles the durations behind "@every".
func normalizeInterval(words []string, o options) (Schedule, error) {
	if len(words) != 1 {
		return Schedule{}, errors.New(`needs one duration behind @every: write "@every 24h"`)
	}
	interval, err := time.ParseDuration(words[0])
	switch {
	case err != nil:
		return Schedule{}, errors.New("has no duration behind @every: write one in hours, minutes and seconds " +
			`such as "@every 24h"; there is no unit for days or weeks`)
	case interval < time.Second || interval%time.Second != 0:
		return Schedule{}, errors.New("needs a duration of whole seconds behind @every, " +
			`which CloudNativePG rounds to: write one such as "@every 24h"`)
	case interval > maxInterval:
		return Schedule{}, fmt.Errorf("fires less often than once in %d years: write a shorter duration, "+
			`such as "@every 168h" for weekly`, horizonYears)
	case interval < time.Hour && !o.allowFrequent:
		return Schedule{}, tooFrequent(interval, int(day/interval), "")
	}
	spec := "@every " + words[0]
	if _, err := cron.Parse(spec); err != nil {
		return Schedule{}, fmt.Errorf("is refused by CloudNativePG's cron parser (%w): "+
			`write a duration such as "@every 24h"`, err)
	}
	return Schedule{
		Spec:        spec,
		Description: fmt.Sprintf("every %s, counted from the last backup", spell(interval)),
		MinGap:      interval,
		MaxGap:      interval,
	}, nil
}
