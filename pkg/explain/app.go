// Package explain says in words what an app or a platform becomes and why: every derived value with its reason, and for a restore the order
// of the steps.
package explain

import (
	"fmt"
	"io"
	"text/tabwriter"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/homelab-foundations/postgresapp/pkg/expand"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// App writes the explanation of an app.
func App(w io.Writer, p *plan.Plan) error {
	e := explanation{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	e.section("PostgresApp %s", name(p))
	if p.Shared != nil {
		e.row("cluster", p.Cluster, "shared: its PostgresApp or Cluster decides about PostgreSQL, storage and backups")
	} else {
		e.row("cluster", p.Cluster, "metadata.name and -postgres, unless clusterName is set")
		e.image(p)
		e.row("instances", fmt.Sprint(*p.Spec.Instances), instances(*p.Spec.Instances))
	}
	e.row("database", p.Spec.Database, "owned by role "+p.Spec.Owner)
	e.row("connection", "Secret "+p.Owner.Secret, credentials(p))
	if p.Shared == nil {
		e.parameters(p)
		e.backup(p)
		e.recovery(p)
		e.alerts(p)
	}
	if err := e.objects(expand.Expand(p), p.App.Namespace); err != nil {
		return err
	}
	return e.Flush()
}

type explanation struct{ *tabwriter.Writer }

func (e explanation) section(format string, args ...any) { fmt.Fprintf(e, format+"\n", args...) }

func (e explanation) row(what, value, why string) { fmt.Fprintf(e, "  %s\t%s\t%s\n", what, value, why) }

func name(p *plan.Plan) string {
	if p.App.Namespace != "" {
		return p.App.Namespace + "/" + p.App.Name
	}
	return p.App.Name
}

func (e explanation) image(p *plan.Plan) {
	switch {
	case p.Image.Catalog != nil:
		e.row("image", fmt.Sprintf("%s %s, PostgreSQL %d", p.Image.Catalog.Kind, p.Image.Catalog.Name, p.Image.Catalog.Major), "imageCatalogRef")
	case p.Spec.ImageName != "":
		e.row("image", p.Image.Name, "imageName")
	default:
		e.row("image", p.Image.Name, "version "+p.Spec.Version+", pinned to the newest minor version that this release knows")
	}
}

func instances(n int32) string {
	if n == 1 {
		return "one primary: no failover, no anti-affinity, no disruption budget"
	}
	return fmt.Sprintf("one primary, %d to take over", n-1)
}

func credentials(p *plan.Plan) string {
	c := p.Spec.Credentials
	switch {
	case c == nil:
		return "made by the operator, with a password that it generates"
	case c.ExistingSecret != nil:
		return "yours, with username and password"
	case c.ExternalSecret != nil:
		return fmt.Sprintf("fetched from %s %s", c.ExternalSecret.SecretStoreRef.Kind, c.ExternalSecret.SecretStoreRef.Name)
	}
	return "with the password that credentials give"
}

func (e explanation) parameters(p *plan.Plan) {
	derived := p.Derived()
	if len(derived) == 0 {
		return
	}
	e.section("Parameters that were derived; postgresql.parameters overrules each")
	for _, d := range derived {
		e.row(d.Name, d.Value, d.Reason)
	}
}

func (e explanation) backup(p *plan.Plan) {
	if p.Archive == nil && p.Schedule == nil {
		e.section("Backup: none")
		return
	}
	e.section("Backup")
	if a := p.Archive; a != nil {
		e.row("archive", a.DestinationPath+"/"+a.ServerName, fmt.Sprintf("lineage %d", *p.Spec.Lineage))
		e.row("retention", p.Spec.Backup.Retention, "how far back a restore can go")
	}
	if p.Schedule != nil {
		e.row("schedule", p.Schedule.Spec, p.Schedule.Description)
	}
}

func (e explanation) alerts(p *plan.Plan) {
	if n := rules(p.Alerts); n > 0 {
		e.section("Alerts: %d", n)
	}
}

// rules is the number of rules in groups.
func rules(groups []monitoringv1.RuleGroup) (n int) {
	for _, group := range groups {
		n += len(group.Rules)
	}
	return n
}

// objects lists what is made, with the namespace where that is another one than usual.
func (e explanation) objects(all []expand.Built, usual string) error {
	e.section("Objects")
	for _, built := range all {
		object, err := manifest.From(built.Object)
		if err != nil {
			return err
		}
		where := ""
		if object.Namespace != "" && object.Namespace != usual {
			where = "in namespace " + object.Namespace
		}
		e.row(object.Kind, object.Name, where)
	}
	return nil
}
