package change

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	semantic "k8s.io/apimachinery/pkg/util/version"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/chart"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// The API groups of Flux.
const (
	helmGroup   = "helm.toolkit.fluxcd.io"
	sourceGroup = "source.toolkit.fluxcd.io"
)

// installed is the chart that a HelmRelease installs, and its version, as far as they are written down: in itself, or in the OCIRepository
// that it refers to.
func (s state) installed(release Fields) (name, version string) {
	if spec, ok := jsontype.At(release, "spec", "chart", "spec").(Fields); ok {
		return text(spec, "chart"), text(spec, "version")
	}
	namespace := text(release, "spec", "chartRef", "namespace")
	if namespace == "" {
		namespace = text(release, "metadata", "namespace")
	}
	source := s.by[id{sourceGroup, "OCIRepository", namespace, text(release, "spec", "chartRef", "name")}]
	url := text(source, "spec", "url")
	return url[strings.LastIndex(url, "/")+1:], text(source, "spec", "ref", "tag")
}

// releases is about the installations of the operator and of the plugin. The version of a chart may be written in another object.
func (c *comparison) releases(was, is Fields) {
	name, to := c.after.installed(is)
	_, from := c.before.installed(was)
	if name != chart.Operator && name != chart.Plugin {
		return
	}
	o := Object{Was: was, Is: is}
	if from != to {
		c.chartVersion(is, name, from, to)
	}
	if jsontype.At(is, "spec", "suspend") == true && jsontype.At(was, "spec", "suspend") != true {
		c.say(Note, is, "spec.suspend", "what changes from now on waits until the release is resumed")
	}
	if name == chart.Operator {
		c.operatorValues(o)
		return
	}
	if from == to && (differs(o, "spec.values.sidecarImage") || differs(o, "spec.values.image")) {
		c.say(Restart, is, "spec.values", pluginRestart)
	}
}

const (
	operatorRestart = "every Cluster gets a new instance manager: its instances restart one after the other, a switchover at the end, " +
		"all Clusters at once unless CLUSTERS_ROLLOUT_DELAY spreads them, and without a restart where ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES is true"
	pluginRestart = "every Cluster that backs up by the plugin gets a new sidecar: its instances restart one after the other"
)

// chartVersion is about a new version of what the chart installs (installation_upgrade.md of CloudNativePG 1.30.0).
func (c *comparison) chartVersion(release Fields, name, from, to string) {
	what := fmt.Sprintf("from chart %s %s to %s", name, from, to)
	older, errFrom := semantic.ParseSemantic(from)
	newer, errTo := semantic.ParseSemantic(to)
	switch {
	case errFrom != nil || errTo != nil:
		c.say(Restart, release, "spec", "%s: where it brings another version, %s", what, restart(name))
	case newer.LessThan(older):
		c.say(Danger, release, "spec", "%s, which is older: its definitions drop the fields that they do not know from the objects that are there", what)
	default:
		message := what + ": " + restart(name)
		if name == chart.Operator && newer.Minor() > older.Minor()+1 {
			message += ". It skips minor versions of the operator: its documentation advises to go through each, and its notes may ask for steps between"
		}
		c.say(Restart, release, "spec", "%s", message)
	}
}

func restart(name string) string {
	if name == chart.Plugin {
		return pluginRestart
	}
	return operatorRestart
}

// operatorValues is about the values of the operator's chart.
func (c *comparison) operatorValues(o Object) {
	was, is := narrowed(o.Was), narrowed(o.Is)
	if is != "" && was != is {
		c.say(Danger, o.Is, "spec.values.config", "the operator looks after %s alone: Clusters elsewhere run on, and nothing there fails over or is carried out", is)
	}
	if differs(o, "spec.values.image") {
		c.say(Restart, o.Is, "spec.values.image", "another operator: %s", operatorRestart)
		return
	}
	before, after := podValues(o.Was), podValues(o.Is)
	if !reflect.DeepEqual(before, after) {
		c.say(Note, o.Is, "spec.values", "the operator's pods are replaced: databases run on, and nothing fails over until one leads again")
	}
}

// narrowed is what the operator looks after, or "" for everything.
func narrowed(release Fields) string {
	if jsontype.At(release, "spec", "values", "config", "clusterWide") == false {
		return "its own namespace"
	}
	if namespaces := text(release, "spec", "values", "config", "data", "WATCH_NAMESPACE"); namespaces != "" {
		return namespaces
	}
	return ""
}

// podValues are the values that make new pods of those that are there.
func podValues(release Fields) Fields {
	values := Fields{}
	all, _ := jsontype.At(release, "spec", "values").(Fields)
	for name, value := range all {
		if name != "replicaCount" && name != "crds" && name != "monitoring" && name != "service" {
			values[name] = value
		}
	}
	return values
}

// moved is about a HelmRelease of the operator that takes the place of one in another namespace.
func (c *comparison) moved(release Fields) {
	name, _ := c.after.installed(release)
	for _, was := range c.before.objects {
		if !is(was, helmGroup, "HelmRelease") || c.after.same(was) != nil {
			continue
		}
		if of, _ := c.before.installed(was); of != name || name != chart.Operator && name != chart.Plugin {
			continue
		}
		if name == chart.Plugin {
			c.say(Danger, release, "metadata", "the plugin moves with the operator, which finds it in its own namespace alone: no Cluster archives until both are there")
			return
		}
		namespace := text(was, "metadata", "namespace")
		c.say(Danger, release, "metadata", "the operator moves from %s: both releases have the same ClusterRoles, webhooks and definitions, and the end of the "+
			"old one takes roles and webhooks away from the new one. In this order:\n"+
			"1. Suspend what applies this (flux suspend kustomization).\n"+
			"2. kubectl delete helmreleases.helm.toolkit.fluxcd.io %s -n %s, and wait: the definitions stay, Clusters run on, and nothing fails over.\n"+
			"3. Apply this, and resume.\n"+
			"Policies of Clusters that let the operator in by its namespace follow by network.operatorNamespace.",
			namespace, text(was, "metadata", "name"), namespace)
		return
	}
}

// uninstalled is about a HelmRelease that is gone, unless another one takes its place.
func (c *comparison) uninstalled(release Fields) {
	name, _ := c.before.installed(release)
	for _, other := range c.after.objects {
		if of, _ := c.after.installed(other); is(other, helmGroup, "HelmRelease") && of == name {
			return
		}
	}
	switch name {
	case chart.Operator:
		c.say(Danger, release, "", "the operator is uninstalled: Clusters go on running, and nobody looks after them. The definitions stay")
	case chart.Plugin:
		c.say(Danger, release, "", "the plugin is uninstalled: no Cluster that backs up by it archives any more, their logs fill the volumes, and none of their "+
			"pods starts again")
	default:
		c.say(Danger, release, "", "what it installed is uninstalled")
	}
}

// unwatched is about what nobody looks at any more.
func (c *comparison) unwatched(object Fields) {
	if !c.after.has(owner(object)) {
		return
	}
	switch text(object, "kind") {
	case "PodMonitor", "ServiceMonitor":
		message := "Prometheus reads no metrics there any more"
		for _, other := range c.after.objects {
			if text(other, "kind") == "PrometheusRule" && owner(other) == owner(object) {
				message += ", and " + title(other) + " that stays has nothing to go by"
			}
		}
		c.say(Note, object, "", "%s", message)
	case "PrometheusRule":
		c.say(Note, object, "", "nobody is alerted by it any more")
	}
}

// opened is about a NetworkPolicy that is gone, and fenced about one that is new.
func (c *comparison) opened(object Fields) {
	if c.after.has(owner(object)) {
		c.say(Note, object, "", "its pods may talk to everybody and be called by everybody, unless another policy selects them")
	}
}

func (c *comparison) fenced(object Fields) {
	if c.before.has(owner(object)) {
		c.say(Note, object, "", "what it does not allow cannot connect from now on")
	}
}

// has tells whether something was expanded from an owner.
func (s state) has(of string) bool {
	return of != "" && slices.ContainsFunc(s.objects, func(object Fields) bool { return owner(object) == of })
}

// owner is what an object was expanded from.
func owner(object Fields) string {
	return text(object, "metadata", "annotations", v1alpha1.OwnerAnnotation)
}
