package build

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// OnDisk is the file system of the machine. What is neither a file nor a directory cannot be read: a pipe may never end, and a kustomization
// that lists one gives another result each time.
func OnDisk() filesys.FileSystem { return disk{filesys.MakeFsOnDisk()} }

type disk struct{ filesys.FileSystem }

// ReadFile implements filesys.FileSystem.
func (d disk) ReadFile(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: it is neither a file nor a directory", path)
	}
	return d.FileSystem.ReadFile(path)
}
