package change

import (
	"strconv"
)

// fixed are fields that the API server lets nobody change, by the CEL rules of CloudNativePG 1.30.0's definitions (self == oldSelf, which
// holds where the field is there before and after) and by Kubernetes' own validation of Services and Jobs.
var fixed = []struct {
	group, kind string
	fields      []string
}{
	{postgresGroup, "Database", []string{"spec.name", "spec.cluster", "spec.template", "spec.encoding", "spec.locale", "spec.localeProvider",
		"spec.localeCollate", "spec.localeCType", "spec.icuLocale", "spec.icuRules", "spec.builtinLocale", "spec.collationVersion"}},
	{postgresGroup, "DatabaseRole", []string{"spec.name", "spec.cluster"}},
	{postgresGroup, "Pooler", []string{"spec.cluster", "spec.serviceAccountName"}},
	{postgresGroup, "ScheduledBackup", []string{"spec.cluster"}},
	{postgresGroup, "Backup", []string{"spec"}},
	{"batch", "Job", []string{"spec.template", "spec.selector", "spec.completionMode"}},
	{"", "Service", []string{"spec.clusterIP"}},
}

// immutable finds what cannot change in place.
func (c *comparison) immutable(o Object) {
	if text(o.Is, "metadata", "annotations", "kustomize.toolkit.fluxcd.io/force") == "enabled" {
		return // Flux makes the object anew
	}
	for _, of := range fixed {
		if !is(o.Is, of.group, of.kind) {
			continue
		}
		for _, field := range of.fields {
			if dotted(o.Was, field) != nil && dotted(o.Is, field) != nil && differs(o, field) {
				c.say(Refused, o.Is, field, "cannot change in place: give the object another name, or delete it first")
			}
		}
	}
}

// retention is about backups that are deleted earlier than before.
func (c *comparison) retention(o Object) {
	if !is(o.Is, barmanGroup, "ObjectStore") {
		return
	}
	c.kept(o, "spec.retentionPolicy")
}

// kept compares how long backups are kept.
func (c *comparison) kept(o Object, field string) {
	was, is := days(dotted(o.Was, field)), days(dotted(o.Is, field))
	if is != 0 && (was == 0 || is < was) {
		c.say(Danger, o.Is, field, "backups that are older than %v are deleted", dotted(o.Is, field))
	}
}

// days reads a retention policy such as 30d, 4w or 6m (the pattern of ObjectStore's definition, plugin-barman-cloud 0.15.0). 0 is for ever.
func days(value any) int {
	policy, _ := value.(string)
	if len(policy) < 2 {
		return 0
	}
	number, err := strconv.Atoi(policy[:len(policy)-1])
	if err != nil {
		return 0
	}
	return number * map[byte]int{'d': 1, 'w': 7, 'm': 31}[policy[len(policy)-1]]
}
