package cnpg

import (
	"fmt"
	"slices"
	"strings"
)

// Version is a minor version of the operator.
type Version struct {
	Major, Minor int
}

// The supported versions of the operator, oldest first.
var (
	V1_27 = Version{1, 27}
	V1_28 = Version{1, 28}
	V1_29 = Version{1, 29}
	V1_30 = Version{1, 30}

	Versions = []Version{V1_27, V1_28, V1_29, V1_30}

	Newest = V1_30
)

// String is the version as people write it, such as "1.30".
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Less tells whether v is older than other.
func (v Version) Less(other Version) bool {
	return v.Major < other.Major || v.Major == other.Major && v.Minor < other.Minor
}

// ParseVersion reads a supported version such as "1.30". A patch version is refused, because it changes no field.
func ParseVersion(text string) (Version, error) {
	for _, version := range Versions {
		if text == version.String() {
			return version, nil
		}
	}
	names := make([]string, 0, len(Versions))
	for _, version := range Versions {
		names = append(names, version.String())
	}
	for _, version := range slices.Backward(Versions) {
		if strings.HasPrefix(strings.TrimPrefix(text, "v"), version.String()+".") || text == "v"+version.String() {
			return Version{}, fmt.Errorf("must be a minor version of the operator: write %q", version)
		}
	}
	return Version{}, fmt.Errorf("must be a supported version of the operator: one of %s", strings.Join(names, ", "))
}
