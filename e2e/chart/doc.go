// Package chart renders the Helm charts that a PostgresPlatform installs, by the real Helm, with the values that the product makes and with
// those that it lets through: they must be accepted by the chart's schema, and something must come of each.
//
// The charts are taken from a clone of github.com/cloudnative-pg/charts with its tags, a work tree or a bare one, which the environment
// variable POSTGRESAPP_CHARTS names. Where it is not set, the output says NOT RENDERED.
package chart
