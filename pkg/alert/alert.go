package alert

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Method is how base backups are taken. It decides which metrics tell about them.
type Method string

// The methods, as in spec.backup.method. NoBackup is a cluster that is not backed up.
const (
	NoBackup       Method = ""
	Plugin         Method = "plugin"
	BarmanStore    Method = "barmanObjectStore"
	VolumeSnapshot Method = "volumeSnapshot"
)

// DefaultRunbookBaseURL is where this project publishes its runbooks.
const DefaultRunbookBaseURL = "https://github.com/homelab-foundations/postgresapp/blob/main/docs/runbooks/"

// Subject is the cluster to watch, as far as the rules depend on it.
type Subject struct {
	// Cluster is the name of the CloudNativePG Cluster. Required; lower-case letters, digits and dashes.
	Cluster string

	// Namespace limits every expression to one namespace. Leave it empty, which is the default, unless another namespace has a cluster
	// of the same name and another shape: see the package's documentation.
	Namespace string

	// Instances is spec.instances of the Cluster, at least 1. Nothing about standbys is watched when it is 1.
	Instances int

	// Hibernated is a cluster that is meant to have no pods. It has no rules.
	Hibernated bool

	// Replica is a replica cluster: all of its instances are in recovery.
	Replica bool

	// StreamsFromSource is a replica cluster that connects to its source, rather than reading the source's WAL archive only. Only then
	// must its designated primary have a WAL receiver.
	StreamsFromSource bool

	// ApplyDelay is spec.replica.minApplyDelay, the lag that a replica cluster has on purpose. Defaults to none.
	ApplyDelay time.Duration

	// SynchronousStandbys is how many standbys a commit is to wait for. 0 means asynchronous replication.
	SynchronousStandbys int

	// Backup is how base backups are taken. Defaults to NoBackup, which gives no rules about backups.
	Backup Method

	// MaxBackupGap is the longest time between two firings of the backup schedule. 0 means that no schedule is known, so that a
	// backup's age says nothing.
	MaxBackupGap time.Duration

	// ArchivesWAL tells whether WAL goes to an archive. PostgreSQL counts WAL as archived in a cluster without an archive too.
	ArchivesWAL bool

	// Poolers are the names of the cluster's Poolers whose metrics are scraped.
	Poolers []string

	// Labels are added to every alert, for routing. They cannot be those that this package sets: severity, cnpg_cluster, cnpg_pooler,
	// nor those that come from the series.
	Labels map[string]string

	// Exclude are the names of alerts to leave out; see Names.
	Exclude []string

	// RunbookBaseURL goes before <name of the alert>.md. Defaults to DefaultRunbookBaseURL.
	RunbookBaseURL string
}

// Severities, as kube-prometheus and CloudNativePG use them: somebody should look at a warning the next day and get up for
// a critical alert.
const (
	warning  = "warning"
	critical = "critical"
)

// The labels that the alerts carry besides those of their series. Plain "cluster" is not among them: it is the customary
// external label for the Kubernetes cluster, which an alert's own label would hide.
const (
	severityLabel = "severity"
	clusterLabel  = "cnpg_cluster"
	poolerLabel   = "cnpg_pooler"
)

// rule is one alert of a cluster.
type rule struct {
	name     string
	severity string
	wait     time.Duration // how long the expression must hold
	expr     string
	pooler   string // the pooler that it is about, or ""

	// summary follows the subject, such as "PostgreSQL <cluster>: "; description may use Prometheus' templates.
	summary, description string
}

// Groups builds the rule groups of a cluster, in a fixed order: availability, replication, backup, storage, activity, pooler. A group
// without rules is left out; a hibernated cluster has none. The error names each field of the Subject that is wrong.
func Groups(s Subject) ([]monitoringv1.RuleGroup, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if s.Hibernated {
		return nil, nil
	}
	c := cluster{Subject: s}
	var groups []monitoringv1.RuleGroup
	for _, topic := range []struct {
		name  string
		rules []rule
	}{
		{"availability", c.availability()},
		{"replication", c.replication()},
		{"backup", slices.Concat(c.backup(), c.archive())},
		{"storage", c.storage()},
		{"activity", c.activity()},
		{"pooler", c.pooler()},
	} {
		group := monitoringv1.RuleGroup{Name: s.Cluster + "." + topic.name}
		for _, r := range topic.rules {
			if !slices.Contains(s.Exclude, r.name) {
				group.Rules = append(group.Rules, c.emit(r))
			}
		}
		if len(group.Rules) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// emit puts a rule into the form of the Prometheus operator.
func (c cluster) emit(r rule) monitoringv1.Rule {
	labels := map[string]string{}
	maps.Copy(labels, c.Labels)
	labels[severityLabel] = r.severity
	labels[clusterLabel] = c.Cluster
	if r.pooler != "" {
		labels[poolerLabel] = r.pooler
	}
	return r.emit("PostgreSQL "+c.Cluster, labels, c.RunbookBaseURL)
}

// emit is the rule about a subject with all its labels.
func (r rule) emit(subject string, labels map[string]string, runbooks string) monitoringv1.Rule {
	if runbooks == "" {
		runbooks = DefaultRunbookBaseURL
	}
	wait := monitoringv1.Duration(formatDuration(r.wait))
	return monitoringv1.Rule{
		Alert:  r.name,
		Expr:   intstr.FromString(r.expr),
		For:    &wait,
		Labels: labels,
		Annotations: map[string]string{
			"summary":     subject + ": " + r.summary,
			"description": r.description,
			"runbook_url": strings.TrimSuffix(runbooks, "/") + "/" + r.name + ".md",
		},
	}
}

// dnsLabel is a name that a pod's name can begin with. It has no character that is special in a regular expression.
var dnsLabel = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`) })

// seriesLabels are the labels that some expression keeps.
var seriesLabels = []string{
	"alertname", "namespace", "pod", "persistentvolumeclaim", "datname", "usename", "application_name", "state", "slot_name",
	"slot_type", "collector", "database", "user",
}

// check finds everything that is wrong with a Subject.
func (s Subject) check() error {
	var errs []error
	refuse := func(field, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", field, fmt.Sprintf(format, args...)))
	}
	if !dnsLabel().MatchString(s.Cluster) {
		refuse("cluster", "%q is not the name of a Cluster; use lower-case letters, digits and dashes", s.Cluster)
	}
	if s.Namespace != "" && !dnsLabel().MatchString(s.Namespace) {
		refuse("namespace", "%q is not the name of a namespace; leave it empty to watch by the cluster's name alone", s.Namespace)
	}
	if s.Instances < 1 {
		refuse("instances", "%d is too few; a cluster has at least 1", s.Instances)
	}
	if !slices.Contains([]Method{NoBackup, Plugin, BarmanStore, VolumeSnapshot}, s.Backup) {
		refuse("backup", "%q is no backup method; use %s, %s or %s", s.Backup, Plugin, BarmanStore, VolumeSnapshot)
	}
	if s.MaxBackupGap < 0 {
		refuse("maxBackupGap", "%s is negative; use 0 where there is no schedule", s.MaxBackupGap)
	}
	if s.ApplyDelay < 0 {
		refuse("applyDelay", "%s is negative; use 0 for no delay", s.ApplyDelay)
	}
	if s.SynchronousStandbys < 0 {
		refuse("synchronousStandbys", "%d is negative; use 0 for asynchronous replication", s.SynchronousStandbys)
	}
	for i, name := range s.Poolers {
		if !dnsLabel().MatchString(name) {
			refuse(fmt.Sprintf("poolers[%d]", i), "%q is not the name of a Pooler; use lower-case letters, digits and dashes", name)
		}
	}
	errs = append(errs, checkSelection(s.Labels, s.Exclude, CheckLabel, names)...)
	return errors.Join(errs...)
}

// CheckLabel returns an error for the name of a label that an alert of a cluster carries already.
func CheckLabel(name string) error {
	if slices.Contains([]string{severityLabel, clusterLabel, poolerLabel}, name) || slices.Contains(seriesLabels, name) {
		return errLabelTaken
	}
	return nil
}

var errLabelTaken = errors.New("the alerts carry a label of this name already; choose another")

// checkSelection checks the labels that are added and the alerts that are left out.
func checkSelection(labels map[string]string, exclude []string, check func(string) error, known []string) (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if err := check(name); err != nil {
			errs = append(errs, fmt.Errorf("labels.%s: %w", name, err))
		}
	}
	for i, name := range exclude {
		if !slices.Contains(known, name) {
			errs = append(errs, fmt.Errorf("exclude[%d]: there is no alert %q; known are %s", i, name, strings.Join(known, ", ")))
		}
	}
	return errs
}

// formatDuration writes a duration the way Prometheus reads one and a person likes to: 30h, 1h30m, 90s is 1m30s. Fractions of a
// second are dropped.
func formatDuration(d time.Duration) string {
	d = d.Truncate(time.Second)
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / unit.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, unit.name)
			d -= n * unit.size
		}
	}
	return b.String()
}
