#!/bin/sh
# Builds the Debian package of this machine's architecture: packaging/deb.sh VERSION FOLDER
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 2 ] && [ -n "$1" ] || { echo "usage: $0 VERSION FOLDER   (make deb VERSION=1.2.0)" >&2; exit 2; }
VERSION=${1#v} out=$2
case $VERSION in
  [0-9]*) ;;
  *) echo "$0: $VERSION is no version: it begins with a digit, such as 1.2.0" >&2; exit 2 ;;
esac
BUILD=$(mktemp -d)
trap 'rm -rf "$BUILD"' EXIT
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export VERSION BUILD SOURCE_DATE_EPOCH

# The linker's flags are the only ones: others would compile SQLite anew.
go build -ldflags "-s -w -X main.version=$VERSION" -o "$BUILD/askahead" ./cmd/askahead
"$BUILD/askahead" man --out "$BUILD/man"
gzip -9n "$BUILD"/man/*.1
mkdir "$BUILD/completion"
for shell in bash zsh fish; do "$BUILD/askahead" completion $shell >"$BUILD/completion/$shell"; done
cat changelog/0*.md | gzip -9n >"$BUILD/changelog.gz"
packaging/licences.sh | gzip -9n >"$BUILD/third-party.gz"

ARCH=$(dpkg --print-architecture)
GLIBC=$(objdump -T "$BUILD/askahead" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d_ -f2)
export ARCH GLIBC
mkdir -p "$out"
go tool -modfile=tools/go.mod nfpm package --config packaging/nfpm.yaml --packager deb --target "$out/"
