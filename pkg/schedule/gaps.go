package schedule

import (
	"fmt"
	"math"
	"time"

	"github.com/robfig/cron"
)

const day = 24 * time.Hour

// valueBits masks the bit that robfig/cron v1.2.0 sets in a field that was
// written with a star (spec.go, starBit).
const valueBits = 1<<63 - 1

// horizonYears is how far robfig/cron v1.2.0 looks ahead, in calendar years
// (spec.go, SpecSchedule.Next). A schedule that has no firing until then stops
// in CloudNativePG.
const horizonYears = 5

// The weekdays of all dates repeat after 28 years, as long as no year of the
// Gregorian calendar's missing leap days (1900, 2100) lies in between. 1 January
// 2001 was a Monday.
const (
	cycleStart   = 2001
	cycleYears   = 28
	cycleWeekday = time.Monday
	cycleDays    = cycleYears*365 + cycleYears/4
)

// The values of fields that match on every day: months from 1, days of the month from 1, days of the week from 0.
const (
	allMonths   = 1<<13 - 1<<1
	allDates    = 1<<32 - 1<<1
	allWeekdays = 1<<7 - 1
)

// dayGaps says on which days of the cycle a schedule fires.
type dayGaps struct {
	count          int // number of days in the cycle
	minGap, maxGap time.Duration
	maxYears       int // the largest difference of calendar years between neighbours
}

// firingDays goes through one cycle of the calendar, unless every day is the same.
func firingDays(s *cron.SpecSchedule) dayGaps {
	if s.Month&allMonths == allMonths && s.Dom&allDates == allDates && s.Dow&allWeekdays == allWeekdays {
		return dayGaps{count: cycleDays, minGap: day, maxGap: day, maxYears: 1}
	}
	return walkCycle(s)
}

func walkCycle(s *cron.SpecSchedule) dayGaps {
	type firing struct{ index, year int }
	gaps := dayGaps{minGap: math.MaxInt64}
	var first, previous firing
	advance := func(next firing) {
		gap := time.Duration(next.index-previous.index) * day
		gaps.minGap, gaps.maxGap = min(gaps.minGap, gap), max(gaps.maxGap, gap)
		gaps.maxYears = max(gaps.maxYears, next.year-previous.year)
		previous = next
	}
	index, weekday := 0, int(cycleWeekday)
	for year := cycleStart; year < cycleStart+cycleYears; year++ {
		for month := 1; month <= 12; month++ {
			for date := 1; date <= monthLength(year, month); date++ {
				if s.Month&(1<<month) != 0 && dayMatches(s, date, weekday) {
					this := firing{index, year}
					if gaps.count == 0 {
						first, previous = this, this
					} else {
						advance(this)
					}
					gaps.count++
				}
				index++
				weekday = (weekday + 1) % 7
			}
		}
	}
	if gaps.count > 0 { // from the last day to the first one of the next cycle
		advance(firing{first.index + cycleDays, first.year + cycleYears})
	}
	return gaps
}

// dayMatches is cron's rule for the two day fields: both have to match when
// either was written with a star, otherwise one is enough.
func dayMatches(s *cron.SpecSchedule, date, weekday int) bool {
	dateMatches := s.Dom&(1<<date) != 0
	weekdayMatches := s.Dow&(1<<weekday) != 0
	if eitherDay(s) {
		return dateMatches || weekdayMatches
	}
	return dateMatches && weekdayMatches
}

// eitherDay reports whether one of the two day fields is enough.
func eitherDay(s *cron.SpecSchedule) bool {
	return (s.Dom|s.Dow)&^valueBits == 0
}

func monthLength(year, month int) int {
	switch {
	case month == 2 && year%4 == 0: // right within the cycle
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

// refuseRare refuses what never fires, and what CloudNativePG would give up on.
func (g dayGaps) refuseRare(s *cron.SpecSchedule) error {
	switch {
	case g.count == 0:
		return fmt.Errorf("never fires, since the calendar does not have %s: write a day that exists", dayOfMonthPhrase(s))
	case g.maxYears > horizonYears:
		return fmt.Errorf("is up to %d years without firing, and CloudNativePG looks ahead only %d: "+
			"name the day of the month or the day of the week, not both", g.maxYears, horizonYears)
	}
	return nil
}

// timeGaps says when a schedule fires on a day on which it does.
type timeGaps struct {
	count          int
	first, last    time.Duration // since midnight
	minGap, maxGap time.Duration // within the day; MaxInt64 and 0 for a single firing
}

func firingTimes(s *cron.SpecSchedule) timeGaps {
	gaps := timeGaps{minGap: math.MaxInt64}
	var previous time.Duration
	for _, hour := range values(s.Hour) {
		for _, minute := range values(s.Minute) {
			for _, second := range values(s.Second) {
				at := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
				if gaps.count == 0 {
					gaps.first = at
				} else {
					gaps.minGap, gaps.maxGap = min(gaps.minGap, at-previous), max(gaps.maxGap, at-previous)
				}
				gaps.count++
				gaps.last, previous = at, at
			}
		}
	}
	return gaps
}

// values lists the values in a field's bit set, in order.
func values(set uint64) []int {
	var list []int
	for value := range 60 {
		if set&(1<<value) != 0 {
			list = append(list, value)
		}
	}
	return list
}
