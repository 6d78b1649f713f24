package plan_test

import (
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// additional is an additional Service with ports, and type is its type and more.
func additional(kind, ports string) string {
	return quiet + "services: {additional: [{selectorType: rw, serviceTemplate: {metadata: {name: outside}, spec: {type: " + kind + ", ports: [" + ports + "]}}}]}\n"
}

func TestPortsAreRefused(t *testing.T) {
	const (
		service = "spec.services.additional[0].serviceTemplate.spec.ports"
	)
	copied := func(port string) string {
		return quiet + "import: {type: microservice, databases: [old], source: {connectionParameters: {host: db, port: " + port + "}}}\n"
	}
	followed := func(port string) string {
		return quiet + "replica: {enabled: true, source: east}\nexternalClusters: [{name: east, connectionParameters: {host: db, port: " + port + "}}]\n"
	}
	stored := func(endpoint string) string {
		return storage + "backup: {bucket: backups, endpointURL: '" + endpoint + "', credentials: {inheritFromIAMRole: true}}\n"
	}
	policy := "network: {policy: true}\n"
	for name, test := range map[string]struct{ spec, want string }{
		"of a Service, too high":   {additional("ClusterIP", "{name: pg, port: 70000}"), service + "[0].port: Invalid value: 70000: must be between 1 and 65535"},
		"of a Service, none":       {additional("ClusterIP", "{name: pg, port: 0}"), service + "[0].port: Invalid value: 0: must be between 1 and 65535"},
		"two without a name":       {additional("ClusterIP", "{port: 5432}, {name: b, port: 5433, targetPort: 5432}"), service + "[0].name: Required value: a Service of several ports needs a name for each"},
		"beside the operator's":    {additional("ClusterIP", "{port: 6432, targetPort: 5432}"), service + "[0].name: Required value: the operator adds its own port 5432, and ports beside others need a name: call this one postgres to have it alone"},
		"of one name":              {additional("ClusterIP", "{name: a, port: 5432}, {name: a, port: 5433, targetPort: 5432}"), service + `[1].name: Invalid value: "a": is in the list already: give each port a name of its own`},
		"of a name in upper case":  {additional("ClusterIP", "{name: PG, port: 5432}"), service + `[0].name: Invalid value: "PG": must be lower-case letters, digits and dashes, 63 of them at most, beginning and ending with a letter or digit`},
		"leading too high":         {additional("ClusterIP", "{name: pg, port: 5432, targetPort: 65536}"), service + "[0].targetPort: Invalid value: 65536: must be between 1 and 65535"},
		"leading to a bad name":    {additional("ClusterIP", "{name: pg, port: 5432, targetPort: '5432'}"), service + `[0].targetPort: Invalid value: "5432": must be a number without quotes, or the name of a port: lower-case letters, digits and dashes, 15 at most, a letter among them`},
		"of nodes, of no type":     {additional("ClusterIP", "{name: pg, port: 5432, nodePort: 30432}"), service + "[0].nodePort: Forbidden: only a Service of type NodePort or LoadBalancer has one: set the type, or remove it"},
		"of nodes, too high":       {additional("NodePort", "{name: pg, port: 5432, nodePort: 65536}"), service + "[0].nodePort: Invalid value: 65536: must be between 1 and 65535"},
		"of nodes, twice":          {additional("NodePort", "{name: a, port: 5432, nodePort: 30432}, {name: b, port: 5433, targetPort: 5432, nodePort: 30432}"), service + "[1].nodePort: Invalid value: 30432: is that of " + service + "[0].nodePort already: each Service needs its own"},
		"of nodes, with a pooler":  {additional("NodePort", "{name: a, port: 5432, nodePort: 30432}") + "poolers: [{type: rw, serviceTemplate: {spec: {type: NodePort, ports: [{name: b, port: 5432, nodePort: 30432}]}}}]\n", service + "[0].nodePort: Invalid value: 30432: is that of spec.poolers[0].serviceTemplate.spec.ports[0].nodePort already: each Service needs its own"},
		"of a pooler":              {quiet + "poolers: [{type: rw, serviceTemplate: {spec: {ports: [{port: 6432, targetPort: 5432}]}}}]\n", "spec.poolers[0].serviceTemplate.spec.ports[0].name: Required value: the operator adds its own port 5432, and ports beside others need a name: call this one pgbouncer to have it alone"},
		"of an import":             {copied("'99999'"), `spec.import.source.connectionParameters[port]: Invalid value: "99999": must be a number between 1 and 65535, such as 5432`},
		"of an import, in words":   {copied("postgres"), `spec.import.source.connectionParameters[port]: Invalid value: "postgres": must be a number between 1 and 65535, such as 5432`},
		"of another cluster":       {followed("'5432,0'"), `spec.externalClusters[0].connectionParameters[port]: Invalid value: "5432,0": must be a number between 1 and 65535, such as 5432`},
		"of an object store":       {stored("http://minio:99999"), `spec.backup.endpointURL: Invalid value: "http://minio:99999": has port 99999: must be between 1 and 65535`},
		"of LDAP":                  {quiet + "postgresql: {ldap: {server: ldap, port: 65536, bindAsAuth: {prefix: a}}}\n", "spec.postgresql.ldap.port: Invalid value: 65536: must be between 1 and 65535"},
		"substituted, restricted":  {stored("http://minio:${PORT}") + policy, `spec.backup.endpointURL: Invalid value: "http://minio:${PORT}": the network policy lets the pods through to this port, and must know it before Flux substitutes a ${VARIABLE}: write the port itself, or network.policy: false`},
		"all of it, restricted":    {stored("${ENDPOINT}") + policy, `spec.backup.endpointURL: Invalid value: "${ENDPOINT}": the network policy lets the pods through to this port, and must know it before Flux substitutes a ${VARIABLE}: write the port itself, or network.policy: false`},
		"of a server, substituted": {followed("'${PORT}'") + policy, `spec.externalClusters[0].connectionParameters[port]: Invalid value: "${PORT}": the network policy lets the pods through to this port, and must know it before Flux substitutes a ${VARIABLE}: write the port itself, or network.policy: false`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, []string{test.want}, refused(t, test.spec))
		})
	}
}

// TestPortsThatLeadNowhere: the API server takes them, and clients wait until they give up.
func TestPortsThatLeadNowhere(t *testing.T) {
	const service = "spec.services.additional[0].serviceTemplate.spec.ports[0]"
	for name, test := range map[string]struct {
		ports string
		want  []plan.Warning
	}{
		"as the operator has it": {"{name: postgres, port: 5432}", nil},
		"under another number":   {"{name: postgres, port: 6432, targetPort: 5432}", nil},
		"by the port's name":     {"{name: postgres, port: 6432, targetPort: postgresql}", nil},
		"the metrics":            {"{name: metrics, port: 9187}", nil},
		"without a target":       {"{name: postgres, port: 6432}", []plan.Warning{{Field: service + ".port", Message: "nothing listens on that port of the pods, 6432: add targetPort: 5432"}}},
		"to another number":      {"{name: postgres, port: 5432, targetPort: 6432}", []plan.Warning{{Field: service + ".targetPort", Message: "nothing listens on that port of the pods, 6432: write 5432"}}},
		"to another name":        {"{name: postgres, port: 5432, targetPort: http}", []plan.Warning{{Field: service + ".targetPort", Message: "nothing listens on that port of the pods, http: write 5432"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs, warnings := plan.Make(app(t, additional("LoadBalancer", test.ports)))
			assert.Empty(t, errs)
			assert.Equal(t, test.want, warnings)
		})
	}
}

func TestOutsidePorts(t *testing.T) {
	for endpoint, want := range map[string]int32{
		"":                           443, // the cloud's own, by HTTPS
		"https://s3.example.com":     443,
		"http://minio":               80,
		"http://minio:9000":          9000,
		"https://minio:9443/tenant/": 9443,
		"https://[fd00::1]:9000":     9000,
		"https://[fd00::1]":          443,
		"http://minio.${DOMAIN}:900": 900,
		"https://${HOST:=a/b}/c:1":   443,
	} {
		p := &plan.Plan{Archive: &plan.Archive{EndpointURL: endpoint}}
		assert.Equal(t, []int32{want}, p.OutsidePorts(nil), endpoint)
		store := cnpgv1.ExternalCluster{Name: "east", BarmanObjectStore: &barmanapi.BarmanObjectStoreConfiguration{EndpointURL: endpoint}}
		assert.Equal(t, []int32{want}, (&plan.Plan{}).OutsidePorts([]cnpgv1.ExternalCluster{store}), endpoint)
	}
	servers := []cnpgv1.ExternalCluster{
		{ConnectionParameters: map[string]string{"host": "a"}},
		{ConnectionParameters: map[string]string{"host": "a,b", "port": "5433,5432"}},
	}
	assert.Equal(t, []int32{5432, 5433}, (&plan.Plan{}).OutsidePorts(servers))
}
