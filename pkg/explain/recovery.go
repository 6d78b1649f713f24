package explain

import (
	"fmt"

	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// recovery tells where the cluster comes from and in which order a restore is done, because that is read at night.
func (e explanation) recovery(p *plan.Plan) {
	r, lineage := p.Recovery, *p.Spec.Lineage
	if r == nil {
		if p.Archive != nil {
			e.section("To restore, in this order")
			e.beforeRestore(p)
			e.row("3", fmt.Sprintf("write lineage: %d, and apply", lineage+1), "with restore.to for a point in time; then resume")
		}
		return
	}
	e.section("Created from")
	if r.Source != nil {
		place := r.Source.ServerName
		if r.Source.DestinationPath != "" {
			place = r.Source.DestinationPath + "/" + place
		} else if r.Source.ObjectStore != "" {
			place = "ObjectStore " + r.Source.ObjectStore + ", " + place
		}
		e.row("archive", place, "read only while the cluster is created; leave it as it is afterwards")
	}
	if r.Snapshots != nil {
		e.row("snapshot", r.Snapshots.Storage.Name, "read only while the cluster is created")
	}
	e.row("up to", target(r), "restore.to")
	if lineage == 1 {
		return // a copy: nothing has to go before it
	}
	e.section("If the restore is still to be done, in this order")
	e.beforeRestore(p)
	e.row("3", "apply this, and resume", "")
	e.row("too early?", wayOut(p), `when the operator says "Expected empty archive": delete the Cluster, then apply that`)
	e.section("To restore again: the same with lineage: %d, and restore.to as it is wanted then", lineage+1)
}

// beforeRestore are the steps before a raised lineage is applied. In another order the restore is refused, or what it is to replace is
// made again.
func (e explanation) beforeRestore(p *plan.Plan) {
	e.row("1", "suspend what applies this app", "Flux or Argo CD would make the Cluster again, empty")
	e.row("2", "delete Cluster "+p.Cluster, "its volumes go with it; a Cluster still alive would write its last WAL into the new archive")
}

// wayOut is what to write when a lineage was raised while the old Cluster was alive.
func wayOut(p *plan.Plan) string {
	lineage, restore := *p.Spec.Lineage, p.Spec.Restore
	next := fmt.Sprintf("lineage: %d", lineage+1)
	switch {
	case restore != nil && restore.From != nil:
		return next
	case restore != nil && restore.FromLineage != nil:
		return fmt.Sprintf("%s, restore.fromLineage: %d", next, *restore.FromLineage)
	}
	return fmt.Sprintf("%s, restore.fromLineage: %d", next, lineage-1)
}

func target(r *plan.Recovery) string {
	t := r.Target
	switch {
	case t == nil:
		return "the end of the archive"
	case t.TargetTime != "":
		return t.TargetTime
	case t.TargetLSN != "":
		return "position " + t.TargetLSN
	case t.TargetXID != "":
		return "transaction " + t.TargetXID
	case t.TargetName != "":
		return "restore point " + t.TargetName
	case t.TargetImmediate != nil && *t.TargetImmediate:
		return "the end of base backup " + t.BackupID
	}
	return "the end of the archive"
}
