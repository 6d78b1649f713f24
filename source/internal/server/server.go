// Package server gives out the published artifacts.
package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// Server serves the regular files below a directory over HTTP, and lists no directories. As in all of Flux, whoever reaches it may read:
// a NetworkPolicy says who does.
type Server struct {
	// Dir is the directory.
	Dir string

	// Address is the host and port to listen on.
	Address string

	serving atomic.Bool
}

// NeedLeaderElection makes the manager start the server only on the leader, which is where the artifacts are.
func (s *Server) NeedLeaderElection() bool { return true }

// Start serves until the context ends.
func (s *Server) Start(ctx context.Context) error {
	listener, err := net.Listen("tcp", s.Address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      10 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	s.serving.Store(true)
	defer s.serving.Store(false)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		// Downloads that are under way may end.
		shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(shutdown)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// Ready tells a probe whether artifacts can be had here.
func (s *Server) Ready(*http.Request) error {
	if !s.serving.Load() {
		return errors.New("no artifacts are served: this is not the leader, or not yet")
	}
	return nil
}

func (s *Server) handler() http.Handler {
	files := http.FileServer(onlyFiles{http.Dir(s.Dir)})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		files.ServeHTTP(w, r)
	})
}

// onlyFiles is a file system without directories.
type onlyFiles struct{ http.FileSystem }

func (o onlyFiles) Open(name string) (http.File, error) {
	file, err := o.FileSystem.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = file.Close()
		return nil, os.ErrNotExist
	}
	return file, nil
}
