package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func here(t *testing.T) repository {
	t.Helper()
	r, err := findRepository()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTranscriptsAreWhatTheCommandsShow(t *testing.T) {
	r := here(t)
	files, err := r.scripts("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlayer(r, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	testscript.Run(t, p.params(files))
}
