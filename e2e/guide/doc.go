// Package guide runs the documentation: the commands of docs/operations and of the examples' READMEs, with the programs that a
// reader has, against the real API server, the operator and Flux's kustomize-controller.
//
// # How a page is run
//
// A page is a story of fenced blocks, run from the top in a directory of its own:
//
//   - ```sh runs, and every command must succeed.
//   - ```text after it is what the reader should see. Its lines appear in the output in this order; "..." stands for anything, and
//     spaces for any amount of space. A block that only reads is repeated until it is so.
//   - ```yaml whose first line is "# FILE" is written to that file. With "# in FILE" it is merged into the file as it is, as a
//     reader would edit it.
//   - ```sh server needs a running PostgreSQL or a pod's log, which the rig does not have. It is not run; but every command in it is
//     taken apart by the shell, and its subcommands and flags must exist in the program's own help.
//   - ```sh variables tells which variables the reader sets, and is set by the tests.
//
// # What stands in
//
// kubectl, its cnpg plugin, sops, age-keygen and postgresapp are the real ones. The flux command is not to be had: a script of four
// lines sets the fields that it sets, see testdata/flux. Applications are Deployments of which no pod runs.
package guide
