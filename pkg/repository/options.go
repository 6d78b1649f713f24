package repository

import "github.com/homelab-foundations/postgresapp/pkg/tree"

// Options say what to expand and what to refuse.
type Options struct {
	// Paths are the directories to expand, relative to the tree and with slashes: kustomizations, with all that they refer to, or
	// directories without a kustomization, with all below. Without any, everything is expanded.
	Paths []string

	// InPlace keeps what apps are expanded from: each kustomization says in comments what it was, and the next run finds it again.
	InPlace bool

	// Exclude are paths in the tree that are no part of it. Directories named .git never are.
	Exclude []string

	Limits Limits

	// Core expands apps. It is render.Apps if it is nil.
	Core tree.Expander
}

// Limits bound what a tree may make the program do. A limit of 0 is the default.
type Limits struct {
	// Files is the number of files and directories, by default 100,000.
	Files int

	// Bytes is the size of all files together, by default 4 GiB. Only what may hold an app is read.
	Bytes int64

	// FileBytes is the size of a file that is read, by default 8 MiB.
	FileBytes int64

	// ReadBytes is the size of all files together that kustomizations refer to or that mention an app, by default 128 MiB.
	ReadBytes int64

	// Objects is the number of objects that apps become, by default 200,000.
	Objects int
}

func (l Limits) withDefaults() Limits {
	if l.Files == 0 {
		l.Files = 100_000
	}
	if l.Bytes == 0 {
		l.Bytes = 4 << 30
	}
	if l.FileBytes == 0 {
		l.FileBytes = 8 << 20
	}
	if l.ReadBytes == 0 {
		l.ReadBytes = 128 << 20
	}
	if l.Objects == 0 {
		l.Objects = 200_000
	}
	return l
}
