package change

import (
	"reflect"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// oldestUpgrade is the oldest major version that CloudNativePG upgrades to (validateImageChange of 1.30.0).
const oldestUpgrade = 16

// version is about the image. Sources: validateImageChange and validateConfigurationChange of CloudNativePG 1.30.0's cluster_webhook.go,
// postgres_upgrades.md of its documentation.
func version(c *comparison, o Object) {
	if !differs(o, "spec.imageName") && !differs(o, "spec.imageCatalogRef") {
		return
	}
	field := "spec.imageName"
	if jsontype.At(o.Is, "spec", "imageCatalogRef") != nil {
		field = "spec.imageCatalogRef"
	}
	if text(o.Is, "spec", "primaryUpdateMethod") == "switchover" && differs(o, "spec.imageName") &&
		!reflect.DeepEqual(Leaves(parameters(o.Was)), Leaves(parameters(o.Is))) {
		c.say(Refused, o.Is, "spec.imageName", "the image and postgresql.parameters cannot change in one step where primaryUpdateMethod is switchover: "+
			"apply one, wait until the cluster is healthy, then the other; or set primaryUpdateMethod: restart")
	}
	from, to := major(o.Was), major(o.Is)
	switch {
	case from == 0 || to == 0:
		c.say(Restart, o.Is, field, "another image: if its major version is higher, all instances stop for the upgrade; a lower one is refused")
	case to < from:
		c.say(Refused, o.Is, field, "PostgreSQL cannot go back from %d to %d: restore a backup that was taken by %d into a new cluster", from, to, to)
	case to > from && to < oldestUpgrade:
		c.say(Refused, o.Is, field, "CloudNativePG upgrades to version %d and higher, not to %d", oldestUpgrade, to)
	case to > from:
		c.say(Outage, o.Is, field, "major upgrade from %d to %d: all instances stop while pg_upgrade runs, then the standbys are cloned again. "+
			"Test it on a restore first, check that every extension exists for %d, and take a base backup right after: "+
			"the ones before can only be restored by version %d", from, to, to, from)
	default:
		c.say(Restart, o.Is, field, "another image of version %d", to)
	}
}

// major is the major version that a Cluster runs, or 0 where it does not tell.
func major(cluster Fields) int {
	if catalog, ok := jsontype.At(cluster, "spec", "imageCatalogRef", "major").(int64); ok {
		return int(catalog)
	}
	image, err := postgres.ParseImage(text(cluster, "spec", "imageName"))
	if err != nil {
		return 0
	}
	return image.Major
}
