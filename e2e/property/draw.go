package property

import (
	"reflect"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// drawer draws values for the fields of an app by walking their Go types.
type drawer struct {
	t *rapid.T

	// spotlight are paths that must be there. It is what makes every one of the thousands of paths come up.
	spotlight []string

	// nasty is how often a leaf is no typical value but one that has broken programs: once in 2^nasty, never when it is negative.
	nasty int
}

// rarely is true once in 2^n draws, and false in the smallest one.
func (d *drawer) rarely(n int) bool {
	for range n {
		if !coin.Draw(d.t, "coin") {
			return false
		}
	}
	return true
}

// coin is not biased towards one side, as rapid's numbers are.
var coin = rapid.Bool()

// index draws a number below n, each about as often as the others.
func (d *drawer) index(n int) int {
	number := 0
	for limit := 1; limit < n; limit *= 2 {
		number *= 2
		if coin.Draw(d.t, "bit") {
			number++
		}
	}
	return number % n
}

// pick draws an element of a list. The smallest draw is the first.
func pick[T any](d *drawer, list []T) T { return list[d.index(len(list))] }

// lit tells whether the field at path must be there.
func (d *drawer) lit(path string) bool {
	return slices.ContainsFunc(d.spotlight, func(spotlighted string) bool { return leadsTo(path, spotlighted) })
}

// value draws a value of a type for the field at path. owner is the type that has the field and its name, such as EnvVar.name.
func (d *drawer) value(t reflect.Type, path, owner string) any {
	t = target(t)
	if d.nasty >= 0 && d.oddHere(t) {
		return d.nastyValue(t)
	}
	for _, name := range []string{path, owner, t.Name()} {
		if draw, known := values[name]; known {
			return draw(d)
		}
	}
	for _, name := range []string{path, owner, t.Name()} {
		if scene, known := scenes[name]; known {
			return scene(d, t, path)
		}
	}
	if decodesItself(t) {
		panic("no values for type " + t.String() + " at " + path)
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.object(t, path)
	case reflect.Slice:
		list := []any{}
		for range 1 + d.index(3) {
			list = append(list, d.value(t.Elem(), path+"[]", owner+"[]"))
		}
		return list
	case reflect.Map:
		object := map[string]any{}
		for range 1 + d.index(2) {
			object[d.key(path, owner)] = d.value(t.Elem(), path+"{}", owner+"{}")
		}
		return object
	case reflect.Bool:
		return d.rarely(1)
	case reflect.String:
		return pick(d, words)
	case reflect.Float64:
		return 0.5
	default:
		return int64(pick(d, []int{1, 2, 3, 5, 10, 30, 60, 100}))
	}
}

// oddHere tells whether a value is to be an odd one. Of objects and lists few are, or there would be nothing in them.
func (d *drawer) oddHere(t reflect.Type) bool {
	if kind := t.Kind(); kind == reflect.Struct && !decodesItself(t) || kind == reflect.Slice || kind == reflect.Map {
		return d.rarely(d.nasty + 4)
	}
	return d.rarely(d.nasty)
}

// words are names that are right nearly everywhere: of objects, labels, keys and roles.
var words = []string{"alpha", "bravo", "charlie-1", "d4", "echo", "foxtrot-long-name", "golf", "x"}

// key draws a key of the map at path.
func (d *drawer) key(path, owner string) string {
	for _, name := range []string{path + "{key}", owner + "{key}"} {
		if draw, known := values[name]; known {
			return draw(d).(string)
		}
	}
	return pick(d, words)
}

// object draws an object: what is required, what is in the spotlight, and of the rest the less the deeper it lies. Of alternatives it
// draws one.
func (d *drawer) object(t reflect.Type, path string) map[string]any {
	chance := 2
	if strings.Count(path, ".") > 2 || !strings.HasSuffix(t.PkgPath(), "/v1alpha1") {
		chance = 3
	}
	if fields := len(jsontype.Of(t).Fields); fields > 12 {
		chance = 4
	}
	skip := d.unchosen(t, path)
	object := map[string]any{}
	for _, field := range jsontype.Of(t).Fields {
		at := path + "." + field.Name
		if slices.Contains(skip, field.Name) {
			continue
		}
		required := !field.OmitEmpty && !field.OmitZero
		if required || d.lit(at) || slices.Contains(usual[t.Name()], field.Name) && d.rarely(1) || d.rarely(chance) {
			object[field.Name] = d.value(field.Type, at, t.Name()+"."+field.Name)
		}
	}
	return object
}

// unchosen draws one of each set of alternatives of a type and returns the fields of the others.
func (d *drawer) unchosen(t reflect.Type, path string) []string {
	var skip []string
	for _, alternatives := range alternatives[t.Name()] {
		chosen := d.index(len(alternatives))
		for i, fields := range alternatives {
			for _, field := range fields {
				if d.lit(path + "." + field) {
					chosen = i
				}
			}
		}
		for _, fields := range alternatives {
			for _, field := range fields {
				if !slices.Contains(alternatives[chosen], field) {
					skip = append(skip, field)
				}
			}
		}
		if len(alternatives[chosen]) > 0 {
			d.spotlight = append(slices.Clip(d.spotlight), path+"."+alternatives[chosen][0])
		}
	}
	return skip
}
