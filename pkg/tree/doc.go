// Package tree rewrites a tree of kustomizations so that stock kustomize, with plugins disabled, gives byte for byte what it gives
// with plugins enabled and postgresapp as a KRM function: every PostgresApp is expanded beforehand, and its objects stand in the tree
// where the function would have put them.
//
// kustomize has no hook for a function in the same process, so the tree is rewritten, never kustomize. What kustomize accumulates in
// one kustomization, in this order, decides where objects have to stand:
//
//	resources, generators, components, its own fields (patches, namespace, ...), transformers, validators, vars
//
// Names with hashes and references to names are fixed only once, at the very top. So it is neutral to nest a kustomization in another
// one that changes nothing, and that is how a kustomization is cut in two where a transformer of ours stands in it:
//
//   - A generator's objects become resources of the same kustomization, or a Component that comes first where the order can be seen.
//   - A transformer in a Component splits the reference to it into what comes before the transformer, a Component with the objects,
//     and what comes after. That is done for each kustomization that includes the Component, because each has apps of its own.
//   - A transformer in a Kustomization cuts it into an inner one, which has everything before the transformer, and an outer one, which
//     has the inner one and the objects as resources, and everything after the transformer.
//
// Often nothing has to be cut: apps that come straight from files, and that nothing could have changed before the transformer, leave
// those files and their objects take their place. Where something before the transformer may change an app, such as a patch or a
// namespace, kustomize itself is asked what the transformer would see: it runs on the tree up to that point.
//
// The rewriting is an Overlay over the file system. It is deterministic and writes nothing.
package tree
