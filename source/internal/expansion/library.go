package expansion

import (
	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// expand is the project's own expansion of the tree in the current directory, in this process. Everything it says names files relative
// to the tree.
func expand(paths []string, limits repository.Limits) (Report, error) {
	result, findings, err := repository.Expand(".", repository.Options{Paths: paths, Limits: limits})
	switch {
	case err != nil:
		return Report{Findings: findings, Problem: err.Error()}, nil
	case result == nil:
		return Report{Findings: findings}, nil
	}
	if err := result.Apply(); err != nil {
		return Report{}, err
	}
	return Report{Apps: result.Apps, Findings: findings}, nil
}
