package adopt

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/change"
	"github.com/homelab-foundations/postgresapp/pkg/chart"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// Report says what an adoption means, for the person who decides about it. It repeats no value that may be a secret.
func Report(w io.Writer, family Family, adopted Adopted, proof Proof) {
	r := report{w}
	r.line(0, "Cluster %s (%s) becomes PostgresApp %s", identity(family.Objects[0]), family.Source, identity(adopted.App))
	if family.Live {
		r.line(1, "it comes from an API server, with everything that the operator's admission added: adopt the manifest in Git instead, if there is one")
	}
	r.findings(proof)
	if proof.Findings.Failed() {
		r.line(1, "REFUSED: the errors name the fields of the PostgresApp that the manifest's settings go to")
		if slices.ContainsFunc(proof.Findings.Errors(), func(f diag.Finding) bool { return strings.Contains(f.Message, "${VARIABLE}") }) {
			r.line(1, "Flux substitutes variables too late to compute with them: adopt what it makes of the manifests, as flux build prints it")
		}
		return
	}
	r.section("replaced", replaced(adopted, proof))
	r.section("only an override can say", overrides(adopted))
	r.section("to know", notes(adopted.Notes))
	r.differences(proof)
	r.section("new", created(adopted, proof))
	r.section("when it is applied", meaning(proof))
	if proof.Holds() {
		r.line(1, "proven: expanded again, the app says all that the manifests say, but for the changes above")
	} else {
		r.line(1, "NOT PROVEN: expanded again, the app does not say this")
		for _, d := range Unexplained(proof.Differences) {
			r.line(2, "%s", d.shown())
		}
	}
}

// Unadopted lists what stays by hand: the objects that no app replaces. Of those that are not about PostgreSQL it tells the number alone.
func Unadopted(w io.Writer, families []Family, adoptions []Adopted) {
	r := report{w}
	var named, platform, described []string
	others := 0
	for _, object := range families[0].Objects[1:] {
		kept := true
		for _, adopted := range adoptions {
			kept = kept && slices.ContainsFunc(adopted.Kept, func(k Fields) bool { return sameObject(k, object) })
		}
		group, _, _ := strings.Cut(text(object["apiVersion"]), "/")
		switch {
		case !kept:
		case installs(object):
			platform = append(platform, title(object))
		case group == "postgresapp.dev":
			described = append(described, title(object))
		case group == "postgresql.cnpg.io", group == "barmancloud.cnpg.io", group == "monitoring.coreos.com":
			named = append(named, title(object))
		default:
			others++
		}
	}
	if others > 0 {
		named = append(named, fmt.Sprintf("%d that are neither of CloudNativePG nor of Prometheus", others))
	}
	r.list("No app replaces these; they stay by hand", named)
	r.list("Not adopted: these install the operator, which a PostgresPlatform describes", platform)
	r.list("Not adopted: these are no manifests of CloudNativePG, but what such are made from", described)
}

// installs tells whether an object is a HelmRelease of the operator or of its Barman Cloud plugin.
func installs(object Fields) bool {
	if group, _, _ := strings.Cut(text(object["apiVersion"]), "/"); group != "helm.toolkit.fluxcd.io" {
		return false
	}
	for _, path := range [][]string{{"spec", "chart", "spec", "chart"}, {"spec", "chartRef", "name"}} {
		if name := text(jsontype.At(object, path...)); name == chart.Operator || name == chart.Plugin {
			return true
		}
	}
	return false
}

type report struct{ io.Writer }

func (r report) line(depth int, format string, args ...any) {
	fmt.Fprintf(r, strings.Repeat("  ", depth)+format+"\n", args...)
}

// list is a part that is about no app.
func (r report) list(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	r.line(0, "%s", name)
	for _, line := range lines {
		r.line(1, "%s", line)
	}
}

func (r report) section(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	r.line(1, "%s:", name)
	for _, line := range lines {
		r.line(2, "%s", line)
	}
}

func (r report) findings(proof Proof) {
	for _, finding := range proof.Findings {
		r.line(1, "%s: %s: %s", finding.Severity, finding.Field, finding.Message)
	}
}

// differences are told by their reason, which many share.
func (r report) differences(proof Proof) {
	var reasons []string
	by := map[string][]string{}
	for _, d := range proof.Differences {
		if d.Reason == "" {
			continue
		}
		if by[d.Reason] == nil {
			reasons = append(reasons, d.Reason)
		}
		by[d.Reason] = append(by[d.Reason], d.shown())
	}
	if len(reasons) == 0 {
		return
	}
	r.line(1, "changes:")
	for _, reason := range reasons {
		r.line(2, "%s", reason)
		for _, line := range by[reason] {
			r.line(3, "%s", line)
		}
	}
}

// shown is the difference without its reason, and without values that may be secret.
func (d Difference) shown() string {
	if change.Secret("Cluster", d.Field) {
		return d.Field
	}
	d.Reason = ""
	return d.String()
}

// meaning are the consequences for what runs.
func meaning(proof Proof) []string {
	var lines []string
	for _, consequence := range proof.Consequences {
		lines = append(lines, consequence.String())
	}
	return lines
}

// replaced tells for each object of the manifests which one of the app's takes its place.
func replaced(adopted Adopted, proof Proof) []string {
	var lines []string
	for _, object := range adopted.Replaced {
		switch name := successor(object, proof.Objects); name {
		case text(jsontype.At(object, "metadata", "name")):
			lines = append(lines, title(object)+" keeps its name")
		case "":
			lines = append(lines, title(object)+" goes")
		default:
			lines = append(lines, title(object)+" goes, "+name+" takes its place")
		}
	}
	return lines
}

// successor is the name of the object that takes the place of one of the manifests, or "".
func successor(object Fields, objects []manifest.Object) string {
	found := ""
	for _, o := range objects {
		if o.Kind != object["kind"] || o.APIVersion != object["apiVersion"] {
			continue
		}
		if is(object, "Database") || is(object, "DatabaseRole") {
			if jsontype.At(o.Fields, "spec", "name") != jsontype.At(object, "spec", "name") {
				continue
			}
		}
		if o.Name == jsontype.At(object, "metadata", "name") || found == "" {
			found = o.Name
		}
	}
	return found
}

// created are the objects that nothing in the manifests was before.
func created(adopted Adopted, proof Proof) []string {
	var lines []string
	for _, o := range proof.Objects {
		if !slices.ContainsFunc(adopted.Replaced, func(was Fields) bool { return successor(was, proof.Objects) == o.Name && was["kind"] == o.Kind }) {
			lines = append(lines, o.Kind+" "+o.Name)
		}
	}
	return lines
}

func overrides(adopted Adopted) []string {
	return slices.Sorted(maps.Keys(change.Leaves(Fields{"spec": Fields{"overrides": jsontype.At(adopted.App, "spec", "overrides")}})))
}

func notes(notes []Note) []string {
	var lines []string
	for _, n := range notes {
		lines = append(lines, n.Field+" "+n.Message)
	}
	return lines
}

// title is the kind and the identity of an object.
func title(object Fields) string { return text(object["kind"]) + " " + identity(object) }

func sameObject(a, b Fields) bool {
	return a["apiVersion"] == b["apiVersion"] && title(a) == title(b)
}
