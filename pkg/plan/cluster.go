package plan

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// reservedEnv are the variables that the operator sets itself (IsReservedEnvironmentVariable in pkg/postgres, CloudNativePG 1.30.0).
var reservedEnv = regexp.MustCompile(`^(PG.*|CNPG_.*|POD_NAME|NAMESPACE|CLUSTER_NAME)$`)

// passThrough checks the fields that the Cluster gets as they are.
func (m *maker) passThrough() {
	s := m.Spec
	for i, variable := range s.Env {
		if variable.Name == "" {
			m.required(m.spec.Child("env").Index(i).Child("name"), "the name of the variable")
		} else if reservedEnv.MatchString(variable.Name) {
			m.invalid(m.spec.Child("env").Index(i).Child("name"), variable.Name, "is reserved: the operator sets PG*, CNPG_*, POD_NAME, NAMESPACE and CLUSTER_NAME")
		}
	}
	if s.ServiceAccountName != "" && s.ServiceAccountTemplate != nil {
		m.forbidden(m.spec.Child("serviceAccountName"), "serviceAccountTemplate describes the operator's own account: keep one of the two")
	}
	if s.ImagePullPolicy != "" {
		oneOf(m, m.spec.Child("imagePullPolicy"), s.ImagePullPolicy, corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever)
	}
	if s.LogLevel != "" {
		oneOf(m, m.spec.Child("logLevel"), s.LogLevel, "error", "warning", "info", "debug", "trace")
	}
	m.certificates()
	m.podSelectors()
	m.initdb()
	if lease, path := s.PrimaryLease, m.spec.Child("primaryLease"); lease != nil {
		if problem := leaseProblem(lease); problem != "" {
			m.invalid(path, "", "%s", problem)
		}
	}
	for name, delay := range map[string]*int32{"startDelay": s.StartDelay, "stopDelay": s.StopDelay, "smartShutdownTimeout": s.SmartShutdownTimeout,
		"switchoverDelay": s.SwitchoverDelay, "failoverDelay": s.FailoverDelay, "livenessProbeTimeout": s.LivenessProbeTimeout} {
		if delay != nil && *delay < 0 {
			m.invalid(m.spec.Child(name), *delay, "must not be negative: it is a time in seconds")
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
			m.required(path.Child("serverCASecret"), "it belongs to serverTLSSecret")
		}
		if len(c.ServerAltDNSNames) > 0 {
			m.forbidden(path.Child("serverAltDNSNames"), "the certificate of serverTLSSecret has its own names")
		}
	}
	if c.ReplicationTLSSecret != "" && c.ClientCASecret == "" {
		m.required(path.Child("clientCASecret"), "it belongs to replicationTLSSecret")
	}
}

func (m *maker) podSelectors() {
	seen := map[string]bool{}
	for i, selector := range m.Spec.PodSelectorRefs {
		path := m.spec.Child("podSelectorRefs").Index(i).Child("name")
		switch {
		case selector.Name == "":
			m.required(path, "the name to use in pg_hba as ${podselector:NAME}")
		case seen[selector.Name]:
			m.errs = append(m.errs, field.Duplicate(path, selector.Name))
		}
		seen[selector.Name] = true
	}
}

// initdb checks the first initialisation.
func (m *maker) initdb() {
	i, path := m.Spec.InitDB, m.spec.Child("initdb")
	if i == nil {
		return
	}
	if size := i.WalSegmentSize; size != nil && (*size < 1 || *size > 1024 || *size&(*size-1) != 0) {
		m.invalid(path.Child("walSegmentSize"), *size, "must be a power of two between 1 and 1024, in MiB")
	}
	if i.LocaleProvider != "" {
		oneOf(m, path.Child("localeProvider"), i.LocaleProvider, "libc", "icu", "builtin")
	}
	if i.BuiltinLocale != "" && i.LocaleProvider != "builtin" {
		m.invalid(path.Child("builtinLocale"), i.BuiltinLocale, "needs localeProvider: builtin")
	}
	if (i.IcuLocale != "" || i.IcuRules != "") && i.LocaleProvider != "icu" {
		m.invalid(path.Child("icuLocale"), i.IcuLocale, "needs localeProvider: icu")
	}
	if i.LocaleProvider == "builtin" && m.Image.Major != 0 && m.Image.Major < 17 {
		m.invalid(path.Child("localeProvider"), i.LocaleProvider, "needs PostgreSQL 17")
	}
	if m.Recovery != nil || m.Spec.Replica != nil {
		m.warn(path, "left out: a cluster that is copied from another one is not initialised")
	}
}

// overrides checks that every patch is for an object that can be emitted.
func (m *maker) overrides() {
	for _, key := range slices.Sorted(maps.Keys(m.Spec.Overrides)) {
		if !slices.Contains(OverrideKeys, key) {
			m.forbidden(m.spec.Child("overrides").Child(key), "no object of that kind is made: known here are %s", strings.Join(OverrideKeys, ", "))
		}
	}
}

// OverrideKeys are the kinds that overrides may patch, in lower camel case.
var OverrideKeys = []string{"cluster", "configMap", "database", "databaseRole", "externalSecret", "job", "networkPolicy", "objectStore",
	"podMonitor", "pooler", "prometheusRule", "scheduledBackup", "secret", "service", "serviceMonitor"}
