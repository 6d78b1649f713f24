package property

import (
	"regexp"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// announced are warnings of the server that the product has given before, in its own words, or that nobody can spare the user.
var announced = []struct {
	server, product *regexp.Regexp // a nil product is no warning, for the reason
	reason          string
}{
	{regexp.MustCompile("^Native support for Barman Cloud backups and recovery is deprecated"), regexp.MustCompile("own Barman Cloud is deprecated"), ""},
	{regexp.MustCompile("^Consider using `.spec.enablePDB` instead"), regexp.MustCompile("spec.nodeMaintenanceWindow: "), ""},
	{regexp.MustCompile("^The operator won't handle the Pooler"), regexp.MustCompile("gives PgBouncer no access"), ""},
	{regexp.MustCompile(`^The .spec.pgbouncer.authQuerySecret field has been deprecated`), regexp.MustCompile("spec.pgbouncer.authQuerySecret is deprecated"), ""},
	{regexp.MustCompile("^spec.monitoring.metricsQueriesTTL is explicitly set to 0"), regexp.MustCompile("spec.monitoring.metricsQueriesTTL: "), ""},
	{regexp.MustCompile("are both specified, .* value will be used"), regexp.MustCompile("pvcTemplate.*: is not used, because"), ""},
	{regexp.MustCompile("^`shared_buffers` value .* is missing a unit"), regexp.MustCompile("shared_buffers.*unit"), ""},
	{regexp.MustCompile("^validation webhook is disabled"), regexp.MustCompile("CloudNativePG checks nothing then"), ""},
	{regexp.MustCompile("^Schedule parameter may not have the right number of arguments"), nil, "@every has one, and cannot be said in six fields"},
}

// Announced tells whether the product has said what the server warns of.
func Announced(warning string, findings diag.Findings) bool {
	for _, a := range announced {
		if a.server.MatchString(warning) {
			return a.product == nil || a.product.MatchString(findings.Warnings().String())
		}
	}
	return false
}
