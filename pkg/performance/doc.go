// Package performance measures the program against yardsticks that run in the same minute on the same machine. Its benchmarks report
// ratios of CPU time, user and system together, which say the same on a slow machine and a fast one; none of them asserts a time.
package performance
