// Package architecture holds the plan of the house as a test: which package may know of which.
package architecture
