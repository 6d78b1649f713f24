// Package chart holds what the Helm charts of CloudNativePG take: their names and the keys of their values. Helm itself takes any key, and
// drops the ones that no template reads.
package chart

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/strict"
	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// Names of the charts. The releases are called the same, and so are the Deployments that they make.
const (
	Operator = "cloudnative-pg"
	Plugin   = "plugin-barman-cloud"
)

// Types of values, as the lists have them.
const (
	object  = "object"
	list    = "list"
	text    = "text"
	number  = "number"
	boolean = "boolean"
)

//go:embed cloudnative-pg.txt
var operatorKeys string

//go:embed plugin-barman-cloud.txt
var pluginKeys string

// node is a value of a chart: one of a type, or an object of known keys.
type node struct {
	of    string
	inner map[string]*node
}

var (
	operator = sync.OnceValue(func() *node { return parse(operatorKeys) })
	plugin   = sync.OnceValue(func() *node { return parse(pluginKeys) })
)

func parse(lines string) *node {
	root := &node{inner: map[string]*node{}}
	for line := range strings.Lines(lines) {
		path, of, found := strings.Cut(strings.TrimSpace(line), " ")
		if !found || path == "#" {
			continue
		}
		at := root
		for key := range strings.SplitSeq(path, ".") {
			if at.inner == nil {
				at.inner = map[string]*node{}
			}
			if at.inner[key] == nil {
				at.inner[key] = &node{}
			}
			at = at.inner[key]
		}
		at.of = of
	}
	return root
}

// Check returns everything in values that a chart does not have, at any of the versions that are installed, or that has another type.
func Check(chart string, values map[string]any, path *field.Path) field.ErrorList {
	root := operator()
	if chart == Plugin {
		root = plugin()
	}
	c := checker{chart: chart}
	c.object(root, values, path, "")
	return c.errs
}

type checker struct {
	chart string
	errs  field.ErrorList
}

func (c *checker) object(known *node, values map[string]any, path *field.Path, above string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		at, name := path.Child(key), above+key
		inner, ok := known.inner[key]
		switch {
		case !ok:
			c.errs = append(c.errs, field.Forbidden(at, fmt.Sprintf("the chart %s has no such value: %s", c.chart, c.remedy(known, name, key))))
		case refused[name] != "":
			c.errs = append(c.errs, field.Forbidden(at, refused[name]))
		case values[key] == nil: // removes what is set otherwise
		case inner.of != "":
			c.value(inner.of, values[key], at)
		default:
			fields, isObject := values[key].(map[string]any)
			if !isObject {
				c.errs = append(c.errs, field.Invalid(at, field.OmitValueType{}, "must be an object with "+strings.Join(slices.Sorted(maps.Keys(inner.inner)), ", ")))
				continue
			}
			c.object(inner, fields, at, name+".")
		}
	}
}

// remedy is what was probably meant by a key.
func (c *checker) remedy(known *node, name, key string) string {
	if hint := hints[name]; hint != "" {
		return hint
	}
	names := slices.Sorted(maps.Keys(known.inner))
	if neighbour := strict.Closest(key, names); neighbour != "" {
		return fmt.Sprintf("did you mean %q?", neighbour)
	}
	return "known here are " + strings.Join(names, ", ")
}

// value checks the type of a value. A ${VARIABLE} becomes what it stands for before anybody reads the type.
func (c *checker) value(of string, value any, path *field.Path) {
	right := false
	switch value := value.(type) {
	case string:
		right = of == text || substitution.HasVariable(value) && (of == number || of == boolean)
	case bool:
		right = of == boolean
	case int64, float64:
		right = of == number
	case []any:
		right = of == list
	case map[string]any:
		right = of == object
	}
	if !right {
		c.errs = append(c.errs, field.Invalid(path, field.OmitValueType{}, "must be "+articles[of]))
	}
}

var articles = map[string]string{object: "an object", list: "a list", text: "text", number: "a number", boolean: "true or false"}

// refused are values that the charts have, and that would take the other objects of a platform away from what they are about.
var refused = map[string]string{
	"nameOverride":                 "monitor and network policies find the pods by the chart's own name",
	"fullnameOverride":             "alerts and procedures name the Deployment by the release's name",
	"namespaceOverride":            "write spec.operatorNamespace",
	"service.name":                 "the certificates are made out to it, and the chart says not to change it",
	"monitoring.podMonitorEnabled": "the platform has a PodMonitor of its own: write spec.monitoring",
	"monitoring.grafanaDashboard":  "the platform has dashboards of its own: write spec.monitoring.dashboards",
	"config.data":                  "write spec.operatorConfig",
	"config.create":                "operator and chart agree on the ConfigMap: write spec.operatorConfig",
	"config.name":                  "operator and chart agree on the ConfigMap: write spec.operatorConfig",
}

// hints are remedies for keys that people write although no chart has them.
var hints = map[string]string{
	"securityContext":                   "write containerSecurityContext or podSecurityContext",
	"webhook.replicaCount":              "the webhook runs in the operator's pod: write spec.replicas",
	"webhook.resources":                 "the webhook runs in the operator's pod: write spec.resources",
	"monitoring.enabled":                "write spec.monitoring",
	"monitoring.createGrafanaDashboard": "write spec.monitoring.dashboards",
	"config.MONITORING_ENABLED":         "the operator has no such setting: every PostgresApp has its monitor",
	"config.BACKUP_RETENTION_POLICY":    "the operator has no such setting: write backup.retention into a PostgresDefaults",
	"config.LOG_LEVEL":                  "write spec.logLevel",
	"extraArgs":                         "write additionalArgs",
	"extraEnv":                          "write additionalEnv",
	"args":                              "write additionalArgs",
	"env":                               "write additionalEnv",
	"replicas":                          "write spec.replicas",
	"image.registry":                    "the operator's chart takes the registry as a part of image.repository",
}
