package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(run())
	}
	if os.Getenv(asCalled) != "" {
		os.Exit(runCalled())
	}
	testscript.Main(m, map[string]func(){
		"askahead":           func() { os.Exit(run()) },
		"askahead-as-nobody": func() { os.Exit(runAsNobody()) },
	})
}

// TestScripts runs the command as people do. Each file below testdata/script is one story.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
	})
}
