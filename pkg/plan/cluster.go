package plan

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// isReservedEnv tells whether the operator sets a variable itself (IsReservedEnvironmentVariable in pkg/postgres, CloudNativePG 1.30.0).
func isReservedEnv(name string) bool {
	name = strings.ToUpper(name)
	switch name {
	case "POD_NAME", "NAMESPACE", "CLUSTER_NAME":
		return true
	}
	return strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "CNPG_")
}

const reservedEnvRemedy = "is reserved: the operator sets PG*, CNPG_*, POD_NAME, NAMESPACE and CLUSTER_NAME"

// passThrough checks the fields that the Cluster gets as they are.
func (m *maker) passThrough() {
	s := m.Spec
	for i, variable := range s.Env {
		at := m.spec.Child("env").Index(i).Child("name")
		if variable.Name == "" {
			m.required(at, "the name of the variable")
		} else if isReservedEnv(variable.Name) {
			m.invalid(at, variable.Name, reservedEnvRemedy)
		}
	}
	if s.ServiceAccountName != "" && s.ServiceAccountTemplate != nil {
		m.forbidden(m.spec.Child("serviceAccountName"), "serviceAccountTemplate describes the operator's own account: keep one of the two")
	}
	if s.ImagePullPolicy != "" {
		oneOf(&m.checker, m.spec.Child("imagePullPolicy"), s.ImagePullPolicy, corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever)
	}
	if s.LogLevel != "" {
		oneOf(&m.checker, m.spec.Child("logLevel"), s.LogLevel, "error", "warning", "info", "debug", "trace")
	}
	if i := s.InheritedMetadata; i != nil {
		m.labels(m.spec.Child("inheritedMetadata", "labels"), i.Labels)
		m.annotations(m.spec.Child("inheritedMetadata", "annotations"), i.Annotations)
	}
	m.certificates()
	m.podSelectors()
	m.lease()
	for _, delay := range []struct {
		name    string
		seconds *int32
	}{{"startDelay", s.StartDelay}, {"stopDelay", s.StopDelay}, {"smartShutdownTimeout", s.SmartShutdownTimeout},
		{"switchoverDelay", s.SwitchoverDelay}, {"failoverDelay", s.FailoverDelay}, {"livenessProbeTimeout", s.LivenessProbeTimeout}} {
		if value(delay.seconds) < 0 {
			m.invalid(m.spec.Child(delay.name), *delay.seconds, "must not be negative: it is a time in seconds")
		}
	}
}

func (m *maker) certificates() {
	c, path := m.Spec.Certificates, m.spec.Child("certificates")
	if c == nil {
		return
	}
	if c.ServerTLSSecret != "" {
		if c.ServerCASecret == "" {
			m.required(path.Child("serverCASecret"), "the Secret with the authority that issued the certificate of serverTLSSecret")
		}
		if len(c.ServerAltDNSNames) > 0 {
			m.forbidden(path.Child("serverAltDNSNames"), "the certificate of serverTLSSecret has its own names: remove one of the two")
		}
	}
	if c.ReplicationTLSSecret != "" && c.ClientCASecret == "" {
		m.required(path.Child("clientCASecret"), "the Secret with the authority that issued the certificate of replicationTLSSecret")
	}
}

func (m *maker) podSelectors() {
	seen := map[string]bool{}
	for i := range m.Spec.PodSelectorRefs {
		ref, at := &m.Spec.PodSelectorRefs[i], m.spec.Child("podSelectorRefs").Index(i)
		switch {
		case ref.Name == "":
			m.required(at.Child("name"), "the name to use in pg_hba as ${podselector:NAME}")
		case seen[ref.Name]:
			m.invalid(at.Child("name"), ref.Name, "is in the list already: keep one of the two")
		}
		seen[ref.Name] = true
		m.selector(at.Child("selector"), &ref.Selector)
	}
}

// lease checks the timings of the primary's lease (validatePrimaryLease in internal/webhook/v1/cluster_webhook.go, CloudNativePG 1.30.0,
// whose defaults are 15, 10 and 2 seconds).
func (m *maker) lease() {
	l, path := m.Spec.PrimaryLease, m.spec.Child("primaryLease")
	if l == nil {
		return
	}
	seconds := func(name string, pointer *int32, otherwise int32) int32 {
		if pointer == nil {
			return otherwise
		}
		if *pointer < 1 {
			m.invalid(path.Child(name), *pointer, "must be at least 1, in seconds")
		}
		return *pointer
	}
	duration := seconds("leaseDurationSeconds", l.LeaseDurationSeconds, 15)
	renew := seconds("renewDeadlineSeconds", l.RenewDeadlineSeconds, 10)
	retry := seconds("retryPeriodSeconds", l.RetryPeriodSeconds, 2)
	seconds("releasedLeaseDurationSeconds", l.ReleasedLeaseDurationSeconds, 1)
	if duration <= renew {
		m.invalid(path.Child("leaseDurationSeconds"), duration, "must be more than renewDeadlineSeconds, %d", renew)
	}
	if 5*int64(renew) <= 6*int64(retry) {
		m.invalid(path.Child("renewDeadlineSeconds"), renew, "must be more than 1.2 times retryPeriodSeconds, %d", retry)
	}
}

// promotionToken checks the token that promotes a replica cluster. It is never shown, as it names the system and its state.
func (m *maker) promotionToken(path *field.Path, token string) {
	if token == "" || placeholder(token) {
		return
	}
	r := m.Spec.Replica
	switch {
	case r.MinApplyDelay != nil:
		m.forbidden(path, "a cluster that is being promoted has no minApplyDelay: remove that")
	case m.IsReplica():
		m.forbidden(path, "it promotes a replica cluster: set primary to this cluster together with it")
	case !isPromotionToken(token):
		m.invalid(path, "(hidden)", "must be the whole status.demotionToken of the cluster that was the primary")
	}
}

// isPromotionToken tells whether a token has all its parts (PgControldataTokenContent in pkg/utils/parser.go, CloudNativePG 1.30.0).
func isPromotionToken(token string) bool {
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return false
	}
	var parts map[string]string
	if err := json.Unmarshal(text, &parts); err != nil {
		return false
	}
	for _, name := range []string{"latestCheckpointTimelineID", "redoWalFile", "databaseSystemIdentifier", "latestCheckpointREDOLocation",
		"timeOfLatestCheckpoint", "operatorVersion"} {
		if parts[name] == "" {
			return false
		}
	}
	return true
}

// overrides checks that every patch is for an object that can be emitted.
func (m *checker) overrides(path *field.Path, overrides map[string]v1alpha1.Patch, known []string) {
	for _, key := range sortedKeys(overrides) {
		if !slices.Contains(known, key) {
			m.unknownKey(path.Child(key), key, known, "no object of that kind is made")
		}
	}
}

// unknownKey reports a key that is none of those known.
func (m *checker) unknownKey(path *field.Path, key string, known []string, problem string) {
	if neighbour := strict.Closest(key, known); neighbour != "" {
		m.forbidden(path, "%s: did you mean %q?", problem, neighbour)
		return
	}
	m.forbidden(path, "%s: known here are %s", problem, strings.Join(known, ", "))
}

// OverrideKeys are the kinds that overrides may patch, in lower camel case.
var OverrideKeys = []string{"cluster", "configMap", "database", "databaseRole", "externalSecret", "job", "networkPolicy", "objectStore",
	"podMonitor", "pooler", "prometheusRule", "scheduledBackup", "secret", "service", "serviceMonitor"}
