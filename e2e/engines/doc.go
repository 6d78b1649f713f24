// Package engines tests the doors of postgresapp with the programs that people call it through: a container engine, kustomize, kpt and
// kubectl. The tests, which have the build tag e2e, find out whether
//
//   - the image holds the program and nothing else, and runs with no rights at all;
//   - a kustomization with the function as a container gives the bytes that it gives with the function as a program, and that
//     `postgresapp build` gives;
//   - functions of others in containers, and Helm, get from `postgresapp build` what they get from kustomize, and give the same bytes;
//   - kpt writes the objects into a package, writes nothing when run again, and leaves what is not its own;
//   - kubectl, which starts no functions, builds with the plugin that `postgresapp install --plugin` puts in place;
//   - the commands in the README and in those of the examples work as they stand there.
//
// # What the tests need
//
// A docker daemon. Where none answers, the tests start one of their own with its data, its sockets and its mounts in places of its
// own, and end it; that needs root, and dockerd, which in Debian is in the package docker.io. Nothing is pulled: the image is built from
// nothing. kustomize is built at the version of tools/go.mod.
//
// kpt and kubectl are not in Debian and kpt cannot be built as a Go module. Where one of them is missing, its tests are not run, which
// the output says in lines that begin with NOT RUN. go test shows the output of a package that passes only with -v, or when it is called
// in the directory of the package:
//
//	cd e2e/engines && go test -tags e2e -count=1
package engines
