package krm

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

func TestPlaceString(t *testing.T) {
	for want, place := range map[string]place{
		"":                     {index: "3"},
		"a/b.yaml":             {path: "a/b.yaml", index: "0"},
		"a/c.yaml":             {path: "a/c.yaml"},
		"a/d.yaml":             {path: "a/d.yaml", index: "x"},
		"a/e.yaml":             {path: "a/e.yaml", index: "-1"},
		"a/b.yaml, document 2": {path: "a/b.yaml", index: "1"},
	} {
		assert.Equal(t, want, place.String())
	}
}

func TestNextFile(t *testing.T) {
	shop := place{packagePath: "/repo", path: "apps/orders"}
	cluster := manifest.Object{Kind: "Cluster", Namespace: "shop", Name: "orders-postgres"}
	bare := manifest.Object{Kind: "Cluster", Name: "orders-postgres"}
	used := files{}
	used.add(place{packagePath: "/other", path: "apps/orders/cluster_orders-postgres.yaml"})
	for _, step := range []struct {
		object manifest.Object
		want   string
	}{
		{cluster, "apps/orders/cluster_orders-postgres.yaml"},
		{cluster, "apps/orders/cluster_shop_orders-postgres.yaml"},
		{cluster, "apps/orders/cluster_shop_orders-postgres_3.yaml"},
		{bare, "apps/orders/cluster_orders-postgres_2.yaml"},
		{bare, "apps/orders/cluster_orders-postgres_3.yaml"},
		{manifest.Object{Kind: "Role", Name: "../../etc/passwd"}, "apps/orders/role_..-..-etc-passwd.yaml"},
		{manifest.Object{Kind: "ClusterRole", Name: "system:node"}, "apps/orders/clusterrole_system-node.yaml"},
	} {
		assert.Equal(t, place{"/repo", step.want, "0", false}, used.next(shop, step.object))
	}
}

func TestFileNameStaysInItsDirectory(t *testing.T) {
	for name, want := range map[string]string{
		"orders": "orders", "a.b-C9": "a.b-C9", "": "-", ".": "-", "..": "--", "a/../b": "a-..-b", `a\b`: "a-b", "ü": "-", "a b": "a-b",
	} {
		assert.Equal(t, want, fileName(name))
	}
}
