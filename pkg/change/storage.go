package change

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// storage is about volumes. Sources: validateStorageChange, validateWalStorageChange and validateTablespacesChange of CloudNativePG
// 1.30.0's cluster_webhook.go; storage.md of its documentation.
func storage(c *comparison, o Object) {
	c.volume(o, "spec.storage", jsontype.At(o.Was, "spec", "storage"), jsontype.At(o.Is, "spec", "storage"))
	was, is := jsontype.At(o.Was, "spec", "walStorage"), jsontype.At(o.Is, "spec", "walStorage")
	switch {
	case was != nil && is == nil:
		c.say(Refused, o.Is, "spec.walStorage", "a volume for the write-ahead log cannot be removed: keep it, or make a new cluster with `import` or a restore")
	case was == nil && is != nil:
		c.say(Restart, o.Is, "spec.walStorage", "each instance gets a second volume, which the write-ahead log moves to; it cannot be removed again")
	default:
		c.volume(o, "spec.walStorage", was, is)
	}
	before, after := byName(jsontype.At(o.Was, "spec", "tablespaces")), byName(jsontype.At(o.Is, "spec", "tablespaces"))
	for _, name := range sorted(before) {
		field := "spec.tablespaces[" + name + "]"
		if after[name] == nil {
			c.say(Refused, o.Is, field, "a tablespace cannot be removed")
			continue
		}
		c.volume(o, field+".storage", before[name]["storage"], after[name]["storage"])
	}
	for _, name := range sorted(after) {
		if before[name] == nil {
			c.say(Restart, o.Is, "spec.tablespaces["+name+"]", "each instance gets a volume for it")
		}
	}
}

// volume compares one volume before and after.
func (c *comparison) volume(o Object, field string, before, after any) {
	was, _ := before.(Fields)
	is, _ := after.(Fields)
	if was == nil || is == nil {
		return
	}
	from, to := size(was), size(is)
	if from != nil && to != nil {
		switch from.Cmp(*to) {
		case 1:
			c.say(Refused, o.Is, field+".size", "a volume cannot shrink from %s to %s: make a new cluster with a smaller one and `import` the data", from, to)
		case -1:
			c.say(Note, o.Is, field+".size", "the volumes grow from %s to %s where their storage class allows expansion, and never shrink again", from, to)
		}
	}
	if was["storageClass"] != is["storageClass"] {
		c.say(Ignored, o.Is, field+".storageClass",
			"the volumes that exist keep their class: it holds for instances that are made from now on, so replace them one by one (kubectl cnpg destroy)")
	}
}

// size is the size of a volume, or nil where it is not written as one, such as a ${VARIABLE}.
func size(volume Fields) *resource.Quantity {
	written := jsontype.At(volume, "size")
	if written == nil {
		written = jsontype.At(volume, "pvcTemplate", "resources", "requests", "storage")
	}
	value, ok := written.(string)
	if !ok {
		return nil
	}
	quantity, err := resource.ParseQuantity(value)
	if err != nil {
		return nil
	}
	return &quantity
}
