package controller

import (
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// expansions counts what costs something. Flux's own metrics, gotk_*, tell the rest.
var expansions = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "postgresapp_source_expansions_total",
	Help: "Trees that were fetched and expanded, by result: published, refused for what they hold, or failed for other reasons.",
}, []string{"result"})

func init() { metrics.Registry.MustRegister(expansions) }

// counted counts an expansion that has ended so.
func counted(failed *failure) *failure {
	switch {
	case failed == nil:
		expansions.WithLabelValues("published").Inc()
	case failed.stalled:
		expansions.WithLabelValues("refused").Inc()
	default:
		expansions.WithLabelValues("failed").Inc()
	}
	return failed
}
