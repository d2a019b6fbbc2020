#!/bin/sh
# Prints the licence of every library in the binary. One without a licence file is an error: it may not be passed on.
set -eu
cd "$(dirname "$0")/.."
go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/askahead | sort -u |
  while read -r path version dir; do
    [ -n "$path" ] || continue
    printf '\n==== %s %s ====\n\n' "$path" "$version"
    found=
    for file in "$dir"/LICEN[CS]E* "$dir"/COPYING* "$dir"/NOTICE*; do
      if [ -f "$file" ]; then cat "$file"; found=1; fi
    done
    [ -n "$found" ] || { echo "$0: $path has no licence file" >&2; exit 1; }
  done
printf '\n==== The Go standard library and runtime ====\n\n'
cat "$(go env GOROOT)/LICENSE"
