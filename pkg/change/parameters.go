package change

import (
	"slices"
	"strconv"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// mustNotLag are parameters that no standby may have lower than its primary had (hot_standby, PostgreSQL 18 documentation, 26.4.3).
var mustNotLag = []string{"max_connections", "max_locks_per_transaction", "max_prepared_transactions", "max_wal_senders", "max_worker_processes"}

// configuration is about postgresql.parameters and what stands beside them. Sources: pg_settings, by way of the table of pkg/postgres;
// validateWALLevelChange of CloudNativePG 1.30.0's cluster_webhook.go; postgresql_conf.md of its documentation.
func configuration(c *comparison, o Object) {
	was, is := parameters(o.Was), parameters(o.Is)
	var restarting, reloaded, unknown, lowered []string
	for _, name := range sortedUnion(was, is) {
		if was[name] == is[name] {
			continue
		}
		if name == "wal_level" && is[name] == "minimal" && was[name] != nil {
			c.say(Refused, o.Is, "spec.postgresql.parameters.wal_level", "a cluster that exists cannot change to minimal")
			continue
		}
		setting, known := postgres.LookupSetting(max(major(o.Is), major(o.Was), postgres.OldestMajor), name)
		switch {
		case !known:
			unknown = append(unknown, name)
		case setting.Restart:
			restarting = append(restarting, name)
			if slices.Contains(mustNotLag, name) && less(is[name], was[name]) {
				lowered = append(lowered, name)
			}
		default:
			reloaded = append(reloaded, name)
		}
	}
	if differs(o, "spec.postgresql.shared_preload_libraries") {
		restarting = append(restarting, "shared_preload_libraries")
	}
	if len(restarting) > 0 {
		c.say(Restart, o.Is, "spec.postgresql", "%s: PostgreSQL reads this when it starts", strings.Join(restarting, ", "))
	}
	if len(lowered) > 0 {
		c.say(Note, o.Is, "spec.postgresql.parameters", "%s: lower than before, so the operator restarts the primary first: a standby must not have less", strings.Join(lowered, ", "))
	}
	if len(unknown) > 0 {
		c.say(Note, o.Is, "spec.postgresql.parameters", "%s: of an extension; some take effect at a restart only", strings.Join(unknown, ", "))
	}
	for _, name := range []string{"pg_hba", "pg_ident", "synchronous", "ldap"} {
		if differs(o, "spec.postgresql."+name) {
			reloaded = append(reloaded, name)
		}
	}
	if len(reloaded) > 0 {
		c.say(Note, o.Is, "spec.postgresql", "%s: read without a restart", strings.Join(reloaded, ", "))
	}
}

func parameters(cluster Fields) Fields {
	found, _ := jsontype.At(cluster, "spec", "postgresql", "parameters").(Fields)
	return found
}

// less compares two whole numbers. A default, which may be any, is not less.
func less(a, b any) bool {
	x, _ := a.(string)
	y, _ := b.(string)
	m, wrong := strconv.Atoi(x)
	n, also := strconv.Atoi(y)
	return wrong == nil && also == nil && m < n
}
