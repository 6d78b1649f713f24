//go:build !linux

package expansion

// limitMemory does nothing: the controller's images are for Linux.
func limitMemory(int64) error { return nil }
