// Package repository expands a whole repository of kustomizations on disk: every PostgresApp in it is replaced by plain resources, so
// that what builds it needs no function. This is how Flux renders apps: its controllers run none.
//
// What comes out of stock kustomize for a kustomization of the expanded tree is what comes out for the original with the function as a
// plugin. Everything that is not this project's stays byte for byte: encrypted files, patches, Components, remote bases, variables,
// comments, links and modes. No key is needed, nothing is fetched, and no program is run.
//
// Where an app is expanded:
//
//   - In a kustomization whose transformer, own or of a Component, meets it, as the function would do it.
//   - Where it is listed, if no transformer meets it and nothing that uses the kustomization changes it.
//   - Otherwise in the kustomizations that use it and change it. The one that lists it does without it then.
//   - In the place of its file, if no kustomization lists it and its directory has none: Flux makes one for such a directory, of all
//     files in it and below.
//
// Apps that are annotated as local configuration and that no transformer meets stay: kustomize leaves them out of its output.
package repository
