package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	artifactconfig "github.com/fluxcd/pkg/artifact/config"
	"github.com/fluxcd/pkg/runtime/acl"
	fluxclient "github.com/fluxcd/pkg/runtime/client"
	fluxcontroller "github.com/fluxcd/pkg/runtime/controller"
	"github.com/fluxcd/pkg/runtime/jitter"
	"github.com/fluxcd/pkg/runtime/leaderelection"
	"github.com/fluxcd/pkg/runtime/logger"
	"github.com/spf13/pflag"

	"github.com/homelab-foundations/postgresapp/source/internal/archive"
)

// Version is set when a release is built: -ldflags "-X main.Version=v0.1.0".
var Version string

// version is what the release set, else the commit.
func version() string {
	if Version != "" {
		return Version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return "(development at " + setting.Value[:min(12, len(setting.Value))] + ")"
			}
		}
	}
	return "(development)"
}

// flags are the controller's settings. Those that all of Flux's controllers have are Flux's own.
type flags struct {
	metricsAddress, healthAddress, eventsAddress string
	concurrent                                   int
	shutdownTimeout                              time.Duration

	fetchRetries     int
	fetchTimeout     time.Duration
	limits           archive.Limits
	maxExpanded      int64
	expansionMemory  int64
	expansionTimeout time.Duration
	workDir          string

	acl            acl.Options
	artifacts      artifactconfig.Options
	client         fluxclient.Options
	jitter         jitter.IntervalOptions
	leaderElection leaderelection.Options
	log            logger.Options
	rateLimiter    fluxcontroller.RateLimiterOptions
	watch          fluxcontroller.WatchOptions
}

// parse reads the command line and ends the program where it is wrong.
func parse(arguments []string) (f flags) {
	set := pflag.NewFlagSet("postgresapp-source", pflag.ExitOnError)
	set.StringVar(&f.metricsAddress, "metrics-addr", ":8080", "The address to serve metrics on.")
	set.StringVar(&f.healthAddress, "health-addr", ":9440", "The address to serve /healthz and /readyz on.")
	set.StringVar(&f.eventsAddress, "events-addr", os.Getenv("EVENTS_ADDR"), "The address of notification-controller.")
	set.IntVar(&f.concurrent, "concurrent", 2, "The number of sources that are worked on at once.")
	set.DurationVar(&f.shutdownTimeout, "graceful-shutdown-timeout", 60*time.Second, "How long work may go on after the order to end.")

	limits := archive.DefaultLimits
	set.IntVar(&f.fetchRetries, "http-retry", 3, "How often a download is tried again, before the reconciliation fails and is tried again later.")
	set.DurationVar(&f.fetchTimeout, "http-timeout", 5*time.Minute, "How long a download may take, with its retries.")
	set.Int64Var(&f.limits.Archive, "max-archive-bytes", limits.Archive, "The size of a source's artifact.")
	set.Int64Var(&f.limits.Tree, "max-tree-bytes", limits.Tree, "The size of all files of a source.")
	set.Int64Var(&f.limits.File, "max-manifest-bytes", limits.File, "The size of each YAML or JSON file of a source.")
	set.IntVar(&f.limits.Entries, "max-tree-entries", limits.Entries, "The number of files and directories of a source.")
	set.Int64Var(&f.maxExpanded, "max-expanded-bytes", 2*limits.Tree, "The size of all files of an expanded tree.")
	set.Int64Var(&f.expansionMemory, "expansion-memory-bytes", 512<<20, "The memory that an expansion may use.")
	set.DurationVar(&f.expansionTimeout, "expansion-timeout", 2*time.Minute, "How long an expansion may take.")
	set.StringVar(&f.workDir, "work-dir", filepath.Join(os.TempDir(), "postgresapp-source"),
		"A directory of this process' own for trees in work. What is in it is removed when the controller starts.")

	f.acl.BindFlags(set)
	f.artifacts.BindFlags(set)
	f.client.BindFlags(set)
	f.jitter.BindFlags(set)
	f.leaderElection.BindFlags(set)
	f.log.BindFlags(set)
	f.rateLimiter.BindFlags(set)
	f.watch.BindFlags(set)
	_ = set.Parse(arguments) // ends the program itself
	return f
}
