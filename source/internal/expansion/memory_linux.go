package expansion

import "syscall"

// limitMemory makes the kernel refuse this process more than so many bytes of data.
func limitMemory(limit int64) error {
	bound := &syscall.Rlimit{Cur: uint64(limit), Max: uint64(limit)}
	return syscall.Setrlimit(syscall.RLIMIT_DATA, bound)
}
