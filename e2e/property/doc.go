// Package property draws random PostgresApps and PostgresPlatforms and holds laws about them: whatever the product accepts, the API server
// and CloudNativePG's admission accept too; the same app gives the same bytes; the namespace reaches nothing but metadata.namespace; a
// password reaches nothing but Secrets.
//
// Apps are drawn over the whole resource. The walk follows the Go types, so that a field added to them is drawn without being named
// here. Tables say what is typical of a field; where they are silent, a value of the right type is drawn, and the product must either
// refuse it or make something of it that the server accepts. A draw that the product refuses is repaired: the fields that its errors
// name are removed until it accepts, so that every draw gives a valid app and the product's own rules need not be written twice.
//
// All draws go through rapid, which makes a failing app small and prints the seed that finds it again.
package property
