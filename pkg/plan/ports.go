package plan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
)

// maxPort is the highest port.
const maxPort = 65535

const portRule = "must be a number without quotes, or the name of a port: lower-case letters, digits and dashes, 15 at most, a letter among them"

// portNumber checks the number of a port.
func (m *checker) portNumber(path *field.Path, port int32) bool {
	if port < 1 || port > maxPort {
		m.invalid(path, port, "must be between 1 and %d", maxPort)
		return false
	}
	return true
}

// listeners are where pods accept connections: the operator's name of the port, its number, and the port that a Service of theirs has.
type listeners struct {
	service corev1.ServicePort
	names   []string
	numbers []int32
}

// What the operator's pods listen on, and the port that it gives their Services (pkg/specs/services.go, pkg/specs/pods.go,
// pkg/specs/pgbouncer/services.go and deployments.go, CloudNativePG 1.30.0).
var (
	instanceListeners = listeners{
		service: corev1.ServicePort{Name: "postgres", Port: cnpg.PostgreSQLPort},
		names:   []string{"postgresql", "metrics", "status"}, numbers: []int32{cnpg.PostgreSQLPort, cnpg.MetricsPort, cnpg.StatusPort},
	}
	poolerListeners = listeners{
		service: corev1.ServicePort{Name: "pgbouncer", Port: cnpg.PostgreSQLPort},
		names:   []string{"pgbouncer", "metrics"}, numbers: []int32{cnpg.PostgreSQLPort, cnpg.PoolerMetricsPort},
	}
)

// servicePorts checks the ports of a Service that the operator makes of a template. The API server sees them when the operator is at work,
// and what it refuses then nobody but the operator's log tells of (ValidateService in pkg/apis/core/validation/validation.go, Kubernetes
// 1.36).
func (m *maker) servicePorts(path *field.Path, spec *corev1.ServiceSpec, pods listeners) {
	ports := spec.Ports
	own := !slices.ContainsFunc(ports, func(p corev1.ServicePort) bool { return p.Name == pods.service.Name || p.Port == pods.service.Port })
	for i, port := range ports {
		at := path.Index(i)
		if !m.portNumber(at.Child("port"), port.Port) {
			continue
		}
		earlier := ports[:i]
		switch {
		case port.Name == "" && (len(ports) > 1 || own):
			remedy := "a Service of several ports needs a name for each"
			if own && len(ports) == 1 {
				remedy = "the operator adds its own port " + strconv.Itoa(int(pods.service.Port)) + ", and ports beside others need a name: " +
					"call this one " + pods.service.Name + " to have it alone"
			}
			m.required(at.Child("name"), "%s", remedy)
		case port.Name == "" || placeholder(port.Name):
		case len(validation.IsDNS1123Label(port.Name)) > 0:
			m.invalid(at.Child("name"), port.Name, labelNameRule)
		case slices.ContainsFunc(earlier, func(p corev1.ServicePort) bool { return p.Name == port.Name }):
			m.invalid(at.Child("name"), port.Name, "is in the list already: give each port a name of its own")
		}
		m.nodePort(at.Child("nodePort"), spec.Type, port)
		m.targetPort(at, port, pods)
	}
}

// targetPort checks where a port leads.
func (m *maker) targetPort(path *field.Path, port corev1.ServicePort, pods listeners) {
	target := port.TargetPort
	at := path.Child("targetPort")
	switch {
	case target == (intstr.IntOrString{}):
		if !slices.Contains(pods.numbers, port.Port) {
			m.warn(path.Child("port"), "nothing listens on that port of the pods, %d: add targetPort: %d", port.Port, pods.service.Port)
		}
	case target.Type == intstr.Int:
		if m.portNumber(at, target.IntVal) && !slices.Contains(pods.numbers, target.IntVal) {
			m.warn(at, "nothing listens on that port of the pods, %d: write %d", target.IntVal, pods.service.Port)
		}
	case placeholder(target.StrVal):
	case len(validation.IsValidPortName(target.StrVal)) > 0:
		m.invalid(at, target.StrVal, portRule)
	case !slices.Contains(pods.names, target.StrVal):
		m.warn(at, "nothing listens on that port of the pods, %s: write %d", target.StrVal, pods.service.Port)
	}
}

// nodePort checks a port of all nodes, which one Service alone can have.
func (m *maker) nodePort(path *field.Path, kind corev1.ServiceType, port corev1.ServicePort) {
	if port.NodePort == 0 || !m.portNumber(path, port.NodePort) {
		return
	}
	if kind != corev1.ServiceTypeNodePort && kind != corev1.ServiceTypeLoadBalancer {
		m.forbidden(path, "only a Service of type NodePort or LoadBalancer has one: set the type, or remove it")
		return
	}
	key := nodePort{port.NodePort, port.Protocol}
	if key.protocol == "" {
		key.protocol = corev1.ProtocolTCP
	}
	if taken, ok := m.nodePorts[key]; ok {
		m.invalid(path, port.NodePort, "is that of %s already: each Service needs its own", taken)
		return
	}
	if m.nodePorts == nil {
		m.nodePorts = map[nodePort]string{}
	}
	m.nodePorts[key] = path.String()
}

// nodePort is a port that a Service takes on all nodes.
type nodePort struct {
	number   int32
	protocol corev1.Protocol
}

// storePort is the port of an object store's endpoint, the default of its scheme where it names none. It is not known where Flux
// substitutes it.
func storePort(endpoint string) (port int32, known bool) {
	if endpoint == "" {
		return 443, true
	}
	scheme, rest, found := strings.Cut(variables().ReplaceAllString(endpoint, hole), "://")
	if !found || strings.Contains(scheme, hole) {
		return 0, false
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && !strings.HasSuffix(rest, "]") && i+1 < len(rest) {
		number, err := strconv.ParseInt(rest[i+1:], 10, 32)
		return int32(number), err == nil
	}
	if scheme == "http" {
		return 80, true
	}
	return 443, true
}

// variables are what Flux substitutes in a text, and hole stands for one of them.
var variables = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{[^}]*\}`) })

const hole = "\x00"

// serverPorts are the ports of another PostgreSQL server, or of several, with libpq's default. They are not known where Flux substitutes
// them.
func serverPorts(parameters map[string]string) (ports []int32, known bool) {
	for text := range strings.SplitSeq(parameters["port"], ",") {
		port := int32(Port)
		if text != "" {
			number, err := strconv.ParseInt(text, 10, 32)
			if err != nil {
				return nil, false
			}
			port = int32(number)
		}
		if !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	return ports, true
}

// connectionPort checks the port among the parameters of a connection, of which there may be several for several hosts.
func (m *maker) connectionPort(path *field.Path, parameters map[string]string) {
	text := parameters["port"]
	if placeholder(text) {
		if m.hasPolicy() {
			m.invalid(path.Key("port"), text, substitutedPort)
		}
		return
	}
	ports, known := serverPorts(parameters)
	if !known || slices.ContainsFunc(ports, func(port int32) bool { return port < 1 || port > maxPort }) {
		m.invalid(path.Key("port"), text, "must be a number between 1 and %d, such as %d", maxPort, Port)
	}
}

// endpointPort checks the port of an object store's address.
func (m *maker) endpointPort(path *field.Path, endpoint string) {
	port, known := storePort(endpoint)
	switch {
	case m.failed(path.String()):
	case known && (port < 1 || port > maxPort):
		m.invalid(path, endpoint, "has port %d: must be between 1 and %d", port, maxPort)
	case !known && m.hasPolicy():
		m.invalid(path, endpoint, substitutedPort)
	}
}

const substitutedPort = "the network policy lets the pods through to this port, and must know it before Flux substitutes a ${VARIABLE}: " +
	"write the port itself, or network.policy: false"

// hasPolicy tells whether the app's connections are restricted.
func (m *maker) hasPolicy() bool {
	return m.Spec.Network != nil && m.Spec.Network.Policy != nil && *m.Spec.Network.Policy
}

// OutsidePorts are the ports of object stores and of other PostgreSQL servers that the cluster's pods connect to, each once.
func (p *Plan) OutsidePorts(clusters []cnpgv1.ExternalCluster) []int32 {
	var ports []int32
	add := func(some ...int32) {
		for _, port := range some {
			if !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	store := func(endpoint string) {
		if port, known := storePort(endpoint); known {
			add(port)
		}
	}
	if p.Archive != nil {
		store(p.Archive.EndpointURL)
	}
	if p.Recovery != nil && p.Recovery.Source != nil {
		store(p.Recovery.Source.EndpointURL)
	}
	for _, cluster := range clusters {
		if cluster.ConnectionParameters != nil {
			some, _ := serverPorts(cluster.ConnectionParameters)
			add(some...)
		}
		if cluster.BarmanObjectStore != nil {
			store(cluster.BarmanObjectStore.EndpointURL)
		}
	}
	return ports
}
