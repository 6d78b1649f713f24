package alert

import (
	"fmt"
	"slices"
	"time"
)

// queueLimit is how long the first client in the queue may wait for a server connection, in seconds. A pool that is merely busy hands
// connections on within milliseconds.
const queueLimit = 5

func (c cluster) pooler() []rule {
	const pool = "namespace, pod, database, user"
	var rules []rule
	for _, name := range slices.Sorted(slices.Values(c.Poolers)) {
		answers := c.poolerPods(name, "cnpg_pgbouncer_last_collection_error")
		rules = append(rules,
			rule{
				name: poolerDown, severity: critical, wait: 5 * time.Minute, pooler: name,
				expr:    c.vanished(answers, answers+" == 0"),
				summary: "pooler " + name + " is down",
				description: "PgBouncer answers in none of the pods of the pooler " + name + "{{ with $labels.namespace }} in {{ . }}{{ end }}, " +
					"or none is scraped. Applications that connect through it cannot reach the database.",
			},
			rule{
				name: poolerClientsWaiting, severity: warning, wait: 5 * time.Minute, pooler: name,
				expr: lines(
					maxBy(pool, c.poolerPods(name, "cnpg_pgbouncer_pools_cl_waiting"))+" > 0",
					fmt.Sprintf("and %s > %d", maxBy(pool, c.poolerPods(name, "cnpg_pgbouncer_pools_maxwait")), queueLimit),
				),
				summary: "clients of pooler " + name + " wait",
				description: "{{ $value }} clients of {{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.user }} in {{ $labels.database }}) wait for a " +
					fmt.Sprintf("server connection, the first for more than %d seconds. All of the pool's connections are in use.", queueLimit),
			},
		)
	}
	return rules
}
