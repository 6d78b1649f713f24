package krm

import (
	"path"
	"strconv"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// place is where a resource is stored: a document of a file of a package. Its path is "" for a resource that is no file, such as
// those of a kustomize build.
type place struct {
	packagePath, path, index string

	// legacy tells that only the annotations of the first version of the function specification are there.
	legacy bool
}

// placeOf reads the place of a resource. A path alone does not make a file: kustomize leaves the paths that one transformer invents
// on the resources that it sends to the next.
func placeOf(object *fn.KubeObject) place {
	if object.GetAnnotation(kustomizeIDAnnotation) != "" {
		return place{}
	}
	if path := object.GetAnnotation(pathAnnotation); path != "" {
		return place{object.GetAnnotation(packagePathAnnotation), path, object.GetAnnotation(indexAnnotation), false}
	}
	if path := object.GetAnnotation(legacyPathAnnotation); path != "" {
		return place{"", path, object.GetAnnotation(legacyIndexAnnotation), true}
	}
	return place{}
}

// onDisk tells whether there is a file.
func (p place) onDisk() bool { return p.path != "" }

// number is the position of the document in its file, from 0.
func (p place) number() int {
	number, err := strconv.Atoi(p.index)
	if err != nil || number < 0 {
		return 0
	}
	return number
}

// String is the place as people name it: the file, and the document's number from 1 where it is not the first.
func (p place) String() string {
	if number := p.number(); p.onDisk() && number > 0 {
		return p.path + ", document " + strconv.Itoa(number+1)
	}
	return p.path
}

// annotations are what makes kustomize or kpt store a resource at the place.
func (p place) annotations() map[string]string {
	switch {
	case !p.onDisk():
		return nil
	case p.legacy:
		return map[string]string{legacyPathAnnotation: p.path, legacyIndexAnnotation: p.index}
	case p.packagePath == "":
		return map[string]string{pathAnnotation: p.path, indexAnnotation: p.index}
	}
	return map[string]string{packagePathAnnotation: p.packagePath, pathAnnotation: p.path, indexAnnotation: p.index}
}

// files are the files that are in use.
type files map[[2]string]bool

func (f files) add(p place) {
	if p.onDisk() {
		f[[2]string{p.packagePath, p.path}] = true
	}
}

// next reserves a file of its own for an object: <directory>/<kind>_<name>.yaml, with the namespace or a number where that file
// exists already.
func (f files) next(directory place, object manifest.Object) place {
	kind, name := fileName(strings.ToLower(object.Kind)), fileName(object.Name)
	for attempt := 1; ; attempt++ {
		base := kind + "_" + name
		if attempt > 1 && object.Namespace != "" {
			base = kind + "_" + fileName(object.Namespace) + "_" + name
		}
		if attempt > 2 || attempt > 1 && object.Namespace == "" {
			base += "_" + strconv.Itoa(attempt)
		}
		file := place{directory.packagePath, path.Join(directory.path, base+".yaml"), "0", directory.legacy}
		if !f[[2]string{file.packagePath, file.path}] {
			f.add(file)
			return file
		}
	}
}

// fileName is name with everything that has a meaning in paths, or in the file systems of this world, as "-". Names of Kubernetes
// objects have none of it, apart from a few kinds that allow ":".
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '-'
	}, name)
	if strings.Trim(name, ".") == "" {
		return strings.Repeat("-", max(1, len(name)))
	}
	return name
}
