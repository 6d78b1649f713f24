package postgres

import (
	"fmt"
	"slices"
	"strings"
)

// Availability says whether an image has an extension.
type Availability string

const (
	// Available is in the image.
	Available Availability = "available"
	// Mountable is not in the image, and its image volume can be mounted.
	Mountable Availability = "mountable"
	// Unavailable cannot be had with this image.
	Unavailable Availability = "unavailable"
	// Unverified may be in the image: one of them is not known here.
	Unverified Availability = "unverified"
)

// Server is what extensions are resolved against.
type Server struct {
	// Major is the PostgreSQL major version.
	Major int
	// Image is the operand image; the zero value is an unknown one, such as
	// that of an image catalog.
	Image Image
	// Libraries are the entries of postgresql.shared_preload_libraries, and
	// Parameters the names in postgresql.parameters, that are there already.
	Libraries, Parameters []string
	// Volumes are the names in postgresql.extensions that are there already.
	Volumes []string
}

// Need is what one extension needs on a Server.
type Need struct {
	// Name is the SQL name.
	Name string
	// Requested is the name as it was asked for, empty for an extension that
	// only another one requires.
	Requested string
	// Availability says whether it can be had.
	Availability Availability
	// Create says whether there is something to CREATE EXTENSION.
	Create bool
	// Preload is a library to add to postgresql.shared_preload_libraries.
	Preload string
	// Parameters are to be set where they are not yet.
	Parameters []Parameter
	// Volume is to be added to postgresql.extensions. Mountable only.
	Volume *Volume
	// Image is an operand image that holds the extension. Unavailable only,
	// and empty if none is known.
	Image string
	// Remedy is a sentence for the user: what is missing and what to do, or,
	// with an available extension, what to know.
	Remedy string
}

// ResolveExtensions returns what each extension needs, those that others
// require included, in an order in which they can be created. A name that is
// not in the catalogue is Unverified.
func ResolveExtensions(names []string, server Server) []Need {
	var needs []Need
	asked := map[string]string{}
	done := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		e, known := LookupExtension(name)
		if !known {
			e.Name = name
		}
		if done[e.Name] {
			return
		}
		done[e.Name] = true
		for _, required := range e.Requires {
			visit(required)
		}
		if known {
			need := server.need(e)
			if need.Volume != nil {
				// What else is in the volume is there as well.
				server.Volumes = append(slices.Clip(server.Volumes), need.Volume.Name)
			}
			needs = append(needs, need)
		} else {
			needs = append(needs, unknownNeed(name))
		}
	}
	for _, name := range names {
		visit(name)
		if e, known := LookupExtension(name); !known {
			asked[name] = name
		} else if asked[e.Name] == "" {
			asked[e.Name] = name
		}
	}
	for i := range needs {
		needs[i].Requested = asked[needs[i].Name]
	}
	return needs
}

func unknownNeed(name string) Need {
	n := Need{Name: name, Availability: Unverified, Create: true}
	if similar := SuggestExtension(name); similar != "" {
		n.Remedy = fmt.Sprintf("extension %q is not known here: did you mean %s?", name, similar)
	} else {
		n.Remedy = fmt.Sprintf("extension %q is not known here: make sure that the image holds it", name)
	}
	return n
}

// need resolves one extension of the catalogue.
func (s Server) need(e Extension) Need {
	n := Need{Name: e.Name, Create: !e.Module}
	n.Availability, n.Remedy = s.availability(e)
	switch n.Availability {
	case Mountable:
		v, _ := ExtensionVolume(e.Volume, s.Major, s.Image.Distribution)
		n.Volume = &v
	case Unavailable:
		n.Image = s.imageFor(e)
		n.Remedy = s.unavailable(e, n.Image, n.Remedy)
		return n
	}
	if e.Preload != "" && !s.preloads(e.Preload) {
		n.Preload = e.Preload
	}
	if e.Trigger.Name != "" && !s.triggers(e) && !s.preloads(LibraryName(e.Name)) {
		n.Parameters = append(n.Parameters, e.Trigger)
	}
	for _, p := range e.Parameters {
		if !slices.Contains(s.Parameters, p.Name) {
			n.Parameters = append(n.Parameters, p)
		}
	}
	if e.note != "" && n.Availability != Unverified {
		n.Remedy = join(n.Remedy, e.note)
	}
	return n
}

// availability decides by version, then by what the image holds, then by what
// can be mounted. The sentence says why, where that is not plain.
func (s Server) availability(e Extension) (Availability, string) {
	if e.Since > s.Major {
		return Unavailable, fmt.Sprintf("needs PostgreSQL %d or newer", e.Since)
	}
	if e.Until != 0 && e.Until < s.Major {
		return Unavailable, fmt.Sprintf("does not exist for PostgreSQL %d: %d was the last one", s.Major, e.Until)
	}
	if e.Source == SourceContrib {
		return Available, ""
	}
	has, known := s.holds(e)
	if has || e.Volume != "" && slices.Contains(s.Volumes, e.Volume) || slices.Contains(s.Volumes, e.Name) {
		return Available, ""
	}
	if !known {
		return Unverified, fmt.Sprintf("extension %s is not in every image: make sure that this one holds it", e.Name)
	}
	if _, ok := ExtensionVolume(e.Volume, s.Major, s.Image.Distribution); ok && e.Volume != "" {
		return Mountable, fmt.Sprintf("extension %s is mounted from an image volume, which needs Kubernetes 1.35 (1.33 and 1.34 with the feature gate ImageVolume) and containerd 2.1 or CRI-O 1.31", e.Name)
	}
	return Unavailable, ""
}

// holds reports whether the operand image holds an extension that is not a
// contrib module, and whether that is known.
func (s Server) holds(e Extension) (has, known bool) {
	f := s.Image.family()
	if f == familyUnknown {
		return false, false
	}
	if slices.Contains(e.families, f) {
		return true, true
	}
	if e.Source == SourceStandard {
		return s.Image.hasStandard()
	}
	return false, true
}

// imageFor returns an operand image of the same major version that holds an
// extension, or "".
func (s Server) imageFor(e Extension) string {
	if e.Since > s.Major || e.Until != 0 && e.Until < s.Major {
		return ""
	}
	if e.Source == SourceStandard {
		if r, known := releaseOf(s.Major); known {
			return operandRepository + ":" + r.full(r.newest) + "-" + string(FlavourStandard) + "-trixie"
		}
	}
	for _, f := range e.families {
		if image, ok := f.special(s.Major); ok {
			return image
		}
	}
	return ""
}

// unavailable writes the sentence for an extension that cannot be had.
func (s Server) unavailable(e Extension, image, reason string) string {
	if reason != "" {
		return join("extension "+e.Name+" "+reason, e.note)
	}
	mountable := ""
	if e.Volume != "" && s.Major < VolumeMinMajor {
		mountable = fmt.Sprintf("use version \"%d\", where it can be mounted", VolumeMinMajor)
	}
	switch {
	case image != "" && mountable != "":
		return fmt.Sprintf("extension %s is not in this image: set imageName to %s, or %s", e.Name, image, mountable)
	case image != "":
		return fmt.Sprintf("extension %s is not in this image: set imageName to %s", e.Name, image)
	case mountable != "":
		return fmt.Sprintf("extension %s is not in this image: %s, or set imageName to an image that holds it", e.Name, mountable)
	case e.Volume != "":
		return fmt.Sprintf("extension %s is not in this image, and its image volume does not fit it: set imageName to an image on Debian trixie or bookworm", e.Name)
	}
	if len(e.families) > 0 {
		return join(fmt.Sprintf("extension %s is not in this image: set imageName to an image of %s", e.Name, e.families[0]), e.note)
	}
	return join(fmt.Sprintf("extension %s is in no image published for CloudNativePG: build one that holds it and set imageName", e.Name), e.note)
}

// preloads reports whether a library is in shared_preload_libraries already.
func (s Server) preloads(library string) bool {
	return slices.ContainsFunc(s.Libraries, func(l string) bool { return LibraryName(l) == library })
}

// triggers reports whether a parameter that makes the operator preload the
// extension's library is set already.
func (s Server) triggers(e Extension) bool {
	return slices.ContainsFunc(s.Parameters, func(p string) bool { return ManagedLibrary(p) == e.Name })
}

// join puts two sentences behind each other.
func join(first, second string) string {
	switch {
	case second == "":
		return first
	case first == "":
		return strings.ToUpper(second[:1]) + second[1:]
	}
	return first + "; " + second
}
