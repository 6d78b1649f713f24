package postgres_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// Lines that the view pg_hba_file_rules of PostgreSQL 13.16, 15.18, 16.2, 17.12
// and 18.6 reports no error for, beyond SSL being off and files being absent.
func TestCheckHBAAccepts(t *testing.T) {
	lines := []string{
		"",
		"# only a comment",
		"host all all 10.0.0.0/8 scram-sha-256",
		"hostssl app app all scram-sha-256",
		"local all all peer",
		"local all all peer map=x",
		"local all all ident",
		"local all all scram-sha-256",
		"hostssl all all all cert",
		"hostssl all all all cert clientcert=verify-full",
		"hostssl all all all scram-sha-256 clientcert=verify-ca",
		"host all all 10.0.0.1 255.255.255.255 scram-sha-256",
		"host all all ::1/128 scram-sha-256",
		"host all all fe80::1%eth0/64 scram-sha-256",
		"host all all samenet md5",
		"host all all samehost trust",
		"host all all .example.com reject",
		"host all all db.example.com scram-sha-256",
		`host all all "all" scram-sha-256`,
		`host all,"my db" +admins,bob samenet scram-sha-256`,
		"host all, app bob samenet scram-sha-256",
		"host all all all radius radiusservers=r radiussecrets=s",
		`host all all all ldap ldapserver=l ldapbasedn="dc=x"`,
		"host all all all ldap ldapserver=l ldapprefix=x ldapsuffix=y",
		`host all all all ldap "ldapurl=ldap://ldap.example.net/dc=example,dc=net?uid?sub"`,
		"host all all all pam pamservice=x pam_use_hostname=1",
		"host all all all gss include_realm=0 krb_realm=X map=m",
		"host all all all scram-sha-256 # a comment",
		"host all all all scram-sha-256# glued",
		"hostgssenc all all all scram-sha-256",
		"hostnogssenc all all all scram-sha-256",
		"hostnossl all all all scram-sha-256",
		"hostssl replication streaming_replica all cert map=cnpg_streaming_replica",
		"host\tall\tall\t192.168.0.0/16\tmd5",
		"host sameuser all 2001:db8::/32 scram-sha-256",
		`"host" all all all "trust"`,
		"host @dbs all all trust",
		"host all all 10.0.0.0/08 trust",
	}
	for _, line := range lines {
		for _, major := range postgres.Majors() {
			assert.NoError(t, postgres.CheckHBA(major, line, nil), "PostgreSQL %d: %s", major, line)
		}
	}
	assert.NoError(t, postgres.CheckHBA(18, "host all all all oauth issuer=https://i scope=openid", nil))
	assert.NoError(t, postgres.CheckHBA(16, "include_if_exists other.conf", nil))
	assert.NoError(t, postgres.CheckHBA(14, "hostssl all all all scram-sha-256 clientname=DN", nil))
	assert.NoError(t, postgres.CheckHBA(13, "hostssl all all all scram-sha-256 clientcert=1", nil))
}

// The same servers refuse every one of these, except where noted.
func TestCheckHBARefuses(t *testing.T) {
	tests := map[string]struct {
		line, message string
		major         int
	}{
		"no address":             {line: "hostssl app app  scram-sha-256", message: "${podselector:NAME} written without a second $"},
		"no method":              {line: "local all all", message: "needs 3: database, user, method"},
		"nothing but a type":     {line: "host", message: "needs 4: database, user, address, method"},
		"unknown type":           {line: "hosts all all all scram-sha-256", message: "the connection type is one of"},
		"type in capitals":       {line: "HOST all all all scram-sha-256", message: "the connection type is one of"},
		"method in capitals":     {line: "host all all all SCRAM-SHA-256", message: `authentication method "SCRAM-SHA-256"`},
		"two methods":            {line: "host all all all md5,trust", message: "name one"},
		"two addresses":          {line: "host all all a.example,b.example md5", message: "write a rule for each"},
		"peer over TCP":          {line: "host all all all peer", message: "local connections only"},
		"cert without TLS":       {line: "host all all all cert", message: "begin the rule with hostssl"},
		"cert, local":            {line: "local all all cert", message: "hostssl only"},
		"gss, local":             {line: "local all all gss", message: "does not work for local"},
		"Windows only":           {line: "host all all all sspi", message: `authentication method "sspi"`},
		"BSD only":               {line: "host all all all bsd", message: `authentication method "bsd"`},
		"IP without mask":        {line: "host all all 10.0.0.1 scram-sha-256", message: "write it as 10.0.0.1/32"},
		"mask of other family":   {line: "host all all 10.0.0.1 ffff:: scram-sha-256", message: "does not fit"},
		"prefix too long":        {line: "host all all 10.0.0.0/33 scram-sha-256", message: "from 0 to 32"},
		"IPv6 prefix too long":   {line: "host all all ::1/129 scram-sha-256", message: "from 0 to 128"},
		"empty prefix":           {line: "host all all 10.0.0.0/ scram-sha-256", message: "from 0 to 32"},
		"no IP":                  {line: "host all all 10.0.0.300/8 scram-sha-256", message: "no IP address"},
		"name with prefix":       {line: "host all all db.example.com/8 scram-sha-256", message: "no IP address"},
		"octal, servers take it": {line: "host all all 010.0.0.1/32 trust", message: "no IP address"},
		"clientcert value":       {line: "hostssl all all all scram-sha-256 clientcert=1", message: "use verify-ca or verify-full"},
		"clientcert without TLS": {line: "host all all all scram-sha-256 clientcert=verify-ca", message: "hostssl only"},
		"cert and verify-ca":     {line: "hostssl all all all cert clientcert=verify-ca", message: "use verify-full"},
		"clientname value":       {line: "hostssl all all all scram-sha-256 clientname=XX", message: "use CN or DN"},
		"clientname, 13":         {line: "hostssl all all all scram-sha-256 clientname=DN", message: "unknown option", major: 13},
		"map without names":      {line: "host all all all trust map=m", message: "belongs to ident, peer, gss, cert, oauth"},
		"unknown option":         {line: "host all all all scram-sha-256 foo=bar", message: `unknown option "foo"`},
		"option without value":   {line: "host all all all scram-sha-256 foo", message: "options are name=value"},
		"radius, bare":           {line: "host all all all radius", message: "radiusservers and radiussecrets"},
		"ldap, bare":             {line: "host all all all ldap", message: "ldapserver and ldapbasedn"},
		"ldap without a base":    {line: "host all all all ldap ldapserver=l", message: "without the option ldapbasedn"},
		"ldap, both ways":        {line: "host all all all ldap ldapserver=l ldapprefix=x ldapbasedn=y", message: "one or the other"},
		"ldap, two searches":     {line: "host all all all ldap ldapserver=l ldapbasedn=x ldapsearchattribute=a ldapsearchfilter=f", message: "use one of them"},
		"oauth before 18":        {line: "host all all all oauth issuer=i scope=s", message: `authentication method "oauth"`},
		"oauth without scope":    {line: "host all all all oauth issuer=https://i", message: "without the option scope", major: 18},
		"include before 16":      {line: "include other.conf", message: "from version 16 on", major: 15},
		"include of two":         {line: "include a b", message: "the name of one file"},
		"open quote":             {line: `host "all all all scram-sha-256`, message: "without its second one"},
		"comma at the end":       {line: "host all,", message: "ends with a comma"},
		"backslash":              {line: `host all all all scram-sha-256 \`, message: "joins it with the next line"},
		"line break":             {line: "host all all all trust\nhost all all all trust", message: "one rule an entry"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			major := test.major
			if major == 0 {
				major = 17
			}
			err := postgres.CheckHBA(major, test.line, nil)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.message)
		})
	}
}

func TestCheckHBASelectors(t *testing.T) {
	selectors := []string{"apps", "jobs"}
	assert.NoError(t, postgres.CheckHBA(17, "hostssl app app ${podselector:apps} scram-sha-256", selectors))
	tests := map[string]struct{ line, message string }{
		"undefined":       {"hostssl app app ${podselector:web} scram-sha-256", "add one of that name"},
		"other kind":      {"hostssl app app ${service:web} scram-sha-256", "only ${podselector:NAME} is known"},
		"no name":         {"hostssl app app ${podselector:} scram-sha-256", "only ${podselector:NAME} is known"},
		"substitution":    {"hostssl app app ${CIDR} scram-sha-256", "only ${podselector:NAME} is known"},
		"unclosed":        {"hostssl app app ${podselector:apps scram-sha-256", "closing brace"},
		"elsewhere":       {"hostssl app ${podselector:apps} all scram-sha-256", "where the address does"},
		"with a mask":     {"hostssl app app ${podselector:apps}/32 scram-sha-256", "where the address does"},
		"two":             {"hostssl app app ${podselector:apps},${podselector:jobs} scram-sha-256", "more than one"},
		"local":           {"local app ${podselector:apps} peer", "where the address does"},
		"Flux emptied it": {"hostssl app app  scram-sha-256", "second $"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := postgres.CheckHBA(17, test.line, selectors)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.message)
		})
	}
}

func FuzzCheckHBA(f *testing.F) {
	for _, seed := range []string{
		"host all all 10.0.0.0/8 scram-sha-256", `local "a""b",c all peer map=x`, "${podselector:a}", "host a, b c d", "host all all ,",
	} {
		f.Add(17, seed)
	}
	f.Fuzz(func(t *testing.T, major int, line string) {
		err := postgres.CheckHBA(major, line, []string{"a"})
		if err != nil || strings.TrimLeft(line, " \t") == "" || strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
			return
		}
		// What is accepted has at least a type, a name and a method or file.
		assert.GreaterOrEqual(t, len(strings.Fields(strings.ReplaceAll(line, `"`, " "))), 2)
	})
}
