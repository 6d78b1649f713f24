package property

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Mutated are valid apps that somebody has put one or two mistakes into, with what the product says of them. Not every mistake is one.
func Mutated() *rapid.Generator[App] {
	return rapid.Custom(func(t *rapid.T) App { return mutated(t, Valid()) })
}

func mutated(t *rapid.T, valid *rapid.Generator[App]) App {
	d := &drawer{t: t, nasty: -1}
	document := clone(valid.Draw(t, "valid").Document)
	for range 1 + d.index(2) {
		d.mutate(document)
	}
	return App{Document: document, Result: Document(document).Render()}
}

// mutations are ways to put a mistake into a document.
var mutations = []func(*drawer, map[string]any){
	(*drawer).replaceValue, (*drawer).replaceValue, (*drawer).addField, (*drawer).addField, (*drawer).addField, (*drawer).removeField, (*drawer).swapType,
	(*drawer).copyValue, (*drawer).editText, (*drawer).repeatElement,
}

// mutate puts one in, unless there is nothing left to make mistakes about.
func (d *drawer) mutate(document map[string]any) {
	if len(positions(document)) > 0 {
		pick(d, mutations)(d, document)
	}
}

// position is a place in a document with what is there.
type position struct {
	steps []string
	value any
}

// positions of a document, but for those that say what it is.
func positions(document map[string]any) []position {
	var found []position
	for _, root := range []string{"metadata", "spec"} {
		positionsBelow(document[root], []string{root}, &found)
	}
	return found
}

func positionsBelow(value any, steps []string, found *[]position) {
	below := func(step string, child any) {
		at := append(slices.Clone(steps), step)
		*found = append(*found, position{at, child})
		positionsBelow(child, at, found)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			below(key, value[key])
		}
	case []any:
		for i, element := range value {
			below(strconv.Itoa(i), element)
		}
	}
}

// put sets the value at an existing place of a document.
func put(value any, steps []string, replacement any) {
	last := len(steps) == 1
	switch value := value.(type) {
	case map[string]any:
		if last {
			value[steps[0]] = replacement
			return
		}
		put(value[steps[0]], steps[1:], replacement)
	case []any:
		i, err := strconv.Atoi(steps[0])
		if err != nil || i >= len(value) {
			return
		}
		if last {
			value[i] = replacement
			return
		}
		put(value[i], steps[1:], replacement)
	}
}

// replaceValue writes a value that fits the type, and hardly the field.
func (d *drawer) replaceValue(document map[string]any) {
	at := pick(d, positions(document))
	if at.value == nil {
		put(document, at.steps, d.anything())
		return
	}
	put(document, at.steps, d.nastyValue(reflect.TypeOf(at.value)))
}

// addField writes a field that need not be there, and whatever it needs around it, with odd values in it.
func (d *drawer) addField(document map[string]any) {
	root, of, paths := place(document)
	path := pick(d, paths)
	name := top(root, path)
	field, known := jsontype.Of(of).Lookup(name)
	if !known {
		return
	}
	spec, ok := document["spec"].(map[string]any)
	if !ok {
		return
	}
	odd := &drawer{t: d.t, spotlight: []string{path}, nasty: 1 + d.index(3)}
	spec[name] = lay(spec[name], odd.value(field.Type, root+"."+name, of.Name()+"."+name))
}

// lay puts one value over another: objects are merged.
func lay(under, over any) any {
	below, ok := under.(map[string]any)
	above, also := over.(map[string]any)
	if !ok || !also {
		return over
	}
	for key, value := range above {
		below[key] = lay(below[key], value)
	}
	return below
}

// removeField removes what may be needed.
func (d *drawer) removeField(document map[string]any) {
	cut(document, pick(d, positions(document)).steps)
}

// swapType writes a value of another type: that of quotes forgotten or of too many, or of a list or object where none should be.
func (d *drawer) swapType(document map[string]any) {
	at := pick(d, positions(document))
	var swapped any
	switch value := at.value.(type) {
	case string:
		swapped = pick(d, []any{int64(5), true, []any{value}, map[string]any{"name": value}, 1.5})
	case int64:
		swapped = pick(d, []any{strconv.FormatInt(value, 10), float64(value) + 0.5, []any{value}, true})
	case bool:
		swapped = pick(d, []any{strconv.FormatBool(value), int64(1), "yes"})
	default:
		swapped = pick(d, []any{nil, "text", []any{value}, map[string]any{"a": value}})
	}
	put(document, at.steps, swapped)
}

// copyValue writes another field's value.
func (d *drawer) copyValue(document map[string]any) {
	places := positions(document)
	from, to := pick(d, places), pick(d, places)
	put(document, to.steps, clone(map[string]any{"value": from.value})["value"])
}

// editText changes a text a little.
func (d *drawer) editText(document map[string]any) {
	var texts []position
	for _, at := range positions(document) {
		if _, ok := at.value.(string); ok {
			texts = append(texts, at)
		}
	}
	if len(texts) == 0 {
		return
	}
	at := pick(d, texts)
	text := at.value.(string)
	odd := pick(d, []string{" ", "\n", "-", ".", "_", "/", "A", "é", "0", "$", "${X}", "'", `"`, ":", ",", "\x00"})
	switch d.index(4) {
	case 0:
		text += odd
	case 1:
		text = odd + text
	case 2:
		text = strings.ToUpper(text)
	default:
		text = strings.Repeat(text, 1+d.index(64))
	}
	put(document, at.steps, text)
}

// repeatElement writes an element of a list twice.
func (d *drawer) repeatElement(document map[string]any) {
	var lists []position
	for _, at := range positions(document) {
		if elements, ok := at.value.([]any); ok && len(elements) > 0 {
			lists = append(lists, at)
		}
	}
	if len(lists) == 0 {
		return
	}
	at := pick(d, lists)
	elements := clone(map[string]any{"value": at.value})["value"].([]any)
	put(document, at.steps, append(elements, clone(map[string]any{"value": pick(d, elements)})["value"]))
}
