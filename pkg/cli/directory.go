package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/resid"
)

// objectFile is an object that goes into a file of its own.
type objectFile struct {
	id   resid.ResId
	text []byte
}

// writeDirectory writes each object to a file of its own in a directory that exists, under the names that kustomize build -o gives. If
// one of them cannot be written none is.
func writeDirectory(dir string, objects []objectFile) (err error) {
	names, err := fileNames(objects)
	if err != nil {
		return err
	}
	var all []staged
	for i, object := range objects {
		s, err := stage(filepath.Join(dir, names[i]), object.text)
		if err != nil {
			for _, s := range all {
				err = errors.Join(err, s.discard())
			}
			return err
		}
		all = append(all, s)
	}
	for i, s := range all {
		if err := s.commit(); err != nil {
			for _, s := range all[i+1:] {
				err = errors.Join(err, s.discard())
			}
			return err
		}
	}
	return nil
}

// fileNames are the names of the objects' files. They begin with the namespace where there are several, and objects that have none by
// nature never do.
func fileNames(objects []objectFile) ([]string, error) {
	namespaces := map[string]bool{}
	for _, object := range objects {
		if namespace := object.id.EffectiveNamespace(); namespace != resid.TotallyNotANamespace {
			namespaces[namespace] = true
		}
	}
	taken := map[string]resid.ResId{}
	names := make([]string, 0, len(objects))
	for _, object := range objects {
		name := object.id.StringWoEmptyField() + "_" + object.id.Name
		if namespace := object.id.EffectiveNamespace(); namespace != resid.TotallyNotANamespace && len(namespaces) > 1 {
			name = namespace + "_" + name
		}
		name = strings.ToLower(name) + ".yaml"
		if strings.ContainsAny(name, `/\`) {
			return nil, fmt.Errorf("%s cannot have a file of its own, as its name holds a slash: write all to one file", object.id)
		}
		if other, ok := taken[name]; ok {
			return nil, fmt.Errorf("%s and %s would go into one file, %s: write all to one file", other, object.id, name)
		}
		taken[name] = object.id
		names = append(names, name)
	}
	return names, nil
}
