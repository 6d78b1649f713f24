// Package metrictest checks queries against the metrics that exist. It serves the tests of what holds queries: a metric that is misspelt or
// gone is no error to Prometheus, which finds nothing and stays silent.
package metrictest

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed metrics.txt
var metricsText string

// scrapeLabels are those that Prometheus adds to a series from a PodMonitor or a ServiceMonitor, as far as both do.
var scrapeLabels = []string{"namespace", "pod", "job", "instance", "container", "endpoint"}

// Metrics returns the labels of all known metrics, by metric.
func Metrics() map[string][]string {
	all := map[string][]string{}
	for line := range strings.Lines(metricsText) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] != "#" {
			all[fields[0]] = append(fields[1:], scrapeLabels...)
		}
	}
	return all
}

// Query is what a PromQL expression names.
type Query struct {
	// Selectors are the labels that the expression matches, by metric. A metric without matchers has an empty list.
	Selectors map[string][]string

	// Grouping are the labels that aggregations and matching operators keep or match on.
	Grouping []string

	// Created are the labels that label_replace may add.
	Created []string
}

var (
	// token is a quoted string, a range in brackets, a number with its unit, a name, or any other character.
	token = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[0-9][0-9.a-z]*|[a-zA-Z_:][a-zA-Z0-9_:]*|[^\s]`)

	name = regexp.MustCompile(`^[a-zA-Z_:]`)

	// created is a string that can be a label's name. Between commas it is an argument of label_replace.
	created = regexp.MustCompile(`^"[a-zA-Z_][a-zA-Z0-9_]*"$`)

	listOperators = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
	wordOperators = []string{"and", "or", "unless", "bool", "offset"}
	aggregations  = []string{"sum", "min", "max", "avg", "count", "group", "topk", "bottomk", "quantile", "count_values", "stddev"}
)

// Parse finds out what an expression names. It reads well-formed expressions; promtool tells those that are not.
func Parse(expr string) Query {
	q := Query{Selectors: map[string][]string{}}
	tokens := token.FindAllString(expr, -1)
	next := func(i int) string {
		if i+1 < len(tokens) {
			return tokens[i+1]
		}
		return ""
	}
	for i := 0; i < len(tokens); i++ {
		word := tokens[i]
		switch {
		case created.MatchString(word) && i > 0 && tokens[i-1] == "," && next(i) == ",":
			q.Created = append(q.Created, strings.Trim(word, `"`))
		case !name.MatchString(word), slices.Contains(wordOperators, word), slices.Contains(aggregations, word):
		case slices.Contains(listOperators, word):
			if next(i) == "(" {
				for i += 2; i < len(tokens) && tokens[i] != ")"; i++ {
					if tokens[i] != "," {
						q.Grouping = append(q.Grouping, tokens[i])
					}
				}
			}
		case next(i) == "(": // a function
		default:
			labels := q.Selectors[word]
			if next(i) == "{" {
				for i += 2; i < len(tokens) && tokens[i] != "}"; i++ {
					if name.MatchString(tokens[i]) {
						labels = append(labels, tokens[i])
					}
				}
			}
			q.Selectors[word] = labels
		}
	}
	return q
}

// Faults lists what is wrong with the names in an expression: metrics that do not exist, and labels that they do not have.
func Faults(expr string) []string {
	var faults []string
	known, q := Metrics(), Parse(expr)
	if len(q.Selectors) == 0 {
		faults = append(faults, "no metric in "+expr)
	}
	labels := q.Created
	for metric, matched := range q.Selectors {
		own, ok := known[metric]
		if !ok {
			faults = append(faults, "unknown metric "+metric)
			continue
		}
		labels = append(labels, own...)
		for _, label := range matched {
			if !slices.Contains(own, label) {
				faults = append(faults, fmt.Sprintf("metric %s has no label %s", metric, label))
			}
		}
	}
	for _, label := range q.Grouping {
		if !slices.Contains(labels, label) {
			faults = append(faults, fmt.Sprintf("no metric of the expression has a label %s", label))
		}
	}
	slices.Sort(faults)
	return faults
}

// Promtool returns the path of promtool, from $PROMTOOL or else from PATH. Without one the test fails: what was asked for was a
// check of the rules, and none takes place.
func Promtool(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PROMTOOL")
	if path == "" {
		path = "promtool"
	}
	found, err := exec.LookPath(path)
	require.NoError(t, err, "promtool is needed to check rules and queries: put it on PATH or name it in $PROMTOOL "+
		"(it is part of the Prometheus distribution)")
	return found
}
