package metrictest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		expr string
		want Query
	}{
		"bare metric": {
			"cnpg_last_error", Query{Selectors: map[string][]string{"cnpg_last_error": nil}},
		},
		"matchers, range and a quoted brace": {
			`rate(cnpg_backends_total{state="}by (", datname!="a"}[5m]) > 1e3`,
			Query{Selectors: map[string][]string{"cnpg_backends_total": {"state", "datname"}}},
		},
		"aggregation before and after, matching, durations": {
			`sum by (pod, job) (a) / on (pod) group_left () (max(b offset 5m) by (x)) > bool 2`,
			Query{Selectors: map[string][]string{"a": nil, "b": nil}, Grouping: []string{"pod", "job", "pod", "x"}},
		},
		"labels that are made": {
			`group by (app) (label_replace(a{pod="x"}, "app", "$1", "pod", "(.+)-1"))`,
			Query{Selectors: map[string][]string{"a": {"pod"}}, Grouping: []string{"app"}, Created: []string{"app", "pod"}},
		},
		"Grafana's variables": {
			`increase(a{namespace="$namespace"}[$__range])`,
			Query{Selectors: map[string][]string{"a": {"namespace"}}},
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, Parse(c.expr)) })
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		expr string
		want []string
	}{
		"right": {`max by (namespace, datname) (cnpg_pg_database_xid_age{pod=~"a-1"}) > time() - 1`, nil},
		"misspelt metric": {
			`cnpg_collector_upp{pod="a"} == 1`, []string{"unknown metric cnpg_collector_upp"},
		},
		"label of another metric": {
			`cnpg_collector_up{datname="a"}`, []string{"metric cnpg_collector_up has no label datname"},
		},
		"grouping that is always empty": {
			`max by (node) (cnpg_collector_up)`, []string{"no metric of the expression has a label node"},
		},
		"nothing at all": {`1 + 1`, []string{"no metric in 1 + 1"}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, Faults(c.expr)) })
	}
}
