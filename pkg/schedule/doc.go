// Package schedule turns backup schedules as people write them into the one
// form that CloudNativePG's ScheduledBackup reads the way its author meant it.
//
// A ScheduledBackup takes six cron fields, seconds first, parsed by
// github.com/robfig/cron v1.2.0. Everything else in Kubernetes takes five. The
// parser accepts five fields all the same, because it lets the last one be
// left out: "0 2 * * *", daily at 02:00 everywhere else, then means second 0 of
// minute 2 of every hour, and a month of that has taken 720 base backups
// instead of 30. CloudNativePG only warns. So [Normalize] reads five fields as
// every other cron does, always answers with six, and refuses what cannot have
// been meant.
//
// The package is pure: the result depends on the text alone. Every accepted
// schedule has been parsed by the library, and at the version, that
// CloudNativePG itself uses.
package schedule
