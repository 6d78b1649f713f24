package change

import (
	"maps"
	"slices"
)

// byName are the elements of a list of objects by their name.
func byName(list any) map[string]Fields {
	elements, _ := list.([]any)
	found := map[string]Fields{}
	for _, element := range elements {
		if object, ok := element.(Fields); ok {
			found[text(object, "name")] = object
		}
	}
	return found
}

func sorted[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }

func sortedUnion(a, b Fields) []string {
	all := maps.Clone(a)
	if all == nil {
		all = Fields{}
	}
	maps.Copy(all, b)
	return sorted(all)
}
