package adopt

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Difference is one field that an app's objects say otherwise than the manifests that it was made of.
type Difference struct {
	// Field is a path of the Cluster, or begins with archive, recovery, schedule, monitor or roles for what the Cluster and the objects
	// around it say together.
	Field string

	// Was and Is are the values, nil where the field is absent.
	Was, Is any

	// Reason tells why the difference is meant, or is "".
	Reason string
}

// String is the difference on one line.
func (d Difference) String() string {
	text := fmt.Sprintf("%s: %s -> %s", d.Field, shown(d.Was), shown(d.Is))
	if d.Reason != "" {
		text += " (" + d.Reason + ")"
	}
	return text
}

func shown(value any) string {
	if value == nil {
		return "absent"
	}
	return fmt.Sprintf("%v", value)
}

// Compare holds the objects that an app became against the manifests that it was made of: their Cluster with all that it refers to. Names
// of objects in between do not count: two clusters that archive to one place by differently named ObjectStores say the same. Differences
// that are meant carry their reason. The error tells which object is not what its kind says.
func Compare(original, emitted []Fields) ([]Difference, error) {
	was, err := read(original)
	if err != nil {
		return nil, fmt.Errorf("the manifests: %w", err)
	}
	is, err := read(emitted)
	if err != nil {
		return nil, fmt.Errorf("the app's objects: %w", err)
	}
	before, after := was.leaves(), is.leaves()
	var differences []Difference
	for _, path := range slices.Sorted(maps.Keys(union(before, after))) {
		d := Difference{Field: path, Was: before[path], Is: after[path]}
		if reflect.DeepEqual(d.Was, d.Is) {
			continue
		}
		d.Reason = reason(d, was, is)
		differences = append(differences, d)
	}
	return differences, nil
}

// Unexplained are the differences without a reason.
func Unexplained(differences []Difference) []Difference {
	return slices.DeleteFunc(slices.Clone(differences), func(d Difference) bool { return d.Reason != "" })
}

func union(a, b Fields) Fields {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
