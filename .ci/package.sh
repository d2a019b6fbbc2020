#!/usr/bin/env bash
# Builds the Debian package, installs it, looks at what it promises, and removes it without a trace.
set -euo pipefail
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive
version=0.0.1~ci etc=/etc/askahead/askahead.yaml

fail() { echo "package: $*" >&2; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1 is $2, not $3"; }

missing=()
for package in systemd man-db adduser binutils; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -q
  apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
for trace in /etc/askahead /var/lib/askahead /usr/bin/askahead; do
  [ ! -e "$trace" ] || fail "$trace is there already; this would remove it"
done
work=$(mktemp -d)
chmod 755 "$work"
clean() {
  dpkg -P askahead >/dev/null 2>&1 || true
  deluser --quiet --system askahead >/dev/null 2>&1 || true
  delgroup --quiet --system --only-if-empty askahead >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean EXIT

make -s deb VERSION="$version" DEST="$work"
dpkg -i "$work"/askahead_*.deb >"$work/installed"
grep -q 'systemctl enable --now askahead' "$work/installed" || fail "installing it does not say what to do next"

is "the version" "$(askahead --version)" "askahead version $version"
is "the user" "$(getent passwd askahead | cut -d: -f6,7)" "/var/lib/askahead:/usr/sbin/nologin"
is "/etc/askahead" "$(stat -c '%U:%G %a' /etc/askahead)" "root:askahead 750"
is "/var/lib/askahead" "$(stat -c '%U:%G %a' /var/lib/askahead)" "askahead:askahead 750"
[ ! -e /etc/systemd/system/multi-user.target.wants/askahead.service ] || fail "the service is enabled before it is configured"

# The pages and completions, as the package holds them: some images leave out what dpkg installs below /usr/share.
dpkg-deb -x "$work"/askahead_*.deb "$work/tree"
share=$work/tree/usr/share
LC_ALL=C.UTF-8 man --warnings=all -l "$share/man/man1/askahead.1.gz" >"$work/page" 2>"$work/warnings"
grep -q 'SEE ALSO' "$work/page" || fail "man askahead shows nothing"
is "what man warns of" "$(cat "$work/warnings")" ""
bash -n "$share/bash-completion/completions/askahead"
zgrep -q '==== github.com/mattn/go-sqlite3' "$share/doc/askahead/third-party-licences.gz" || fail "a licence is missing"

# `man` is asked for by Documentation=.
MANPATH=$share/man systemd-analyze verify /usr/lib/systemd/system/askahead.service
systemd-analyze security --offline=true --threshold=12 /usr/lib/systemd/system/askahead.service | tail -n 1

as_askahead() { setpriv --reuid=askahead --regid=askahead --clear-groups "$@"; }
! as_askahead askahead run --config $etc 2>"$work/refused" || fail "it starts without a configuration"
grep -q "$etc: there is no such file; .askahead init. writes one" "$work/refused" || fail "it does not say what is missing: $(cat "$work/refused")"
install -m 0640 -g askahead packaging/askahead.yaml $etc
as_askahead askahead check --config $etc --offline --strict
printf 'From a@b.example Mon Oct  1 10:00:00 2018\nMessage-ID: <1@b.example>\n\nWhy so?\n' >/var/lib/askahead/our-list.mbox
as_askahead askahead check --config $etc --strict >/dev/null
as_askahead askahead run --once --config $etc --quiet
as_askahead askahead status --config $etc >"$work/status"
grep -q '^  our-list  ok ' "$work/status" || fail "what the service does by its schedule was not done: $(cat "$work/status")"
is "the database" "$(stat -c '%U:%G %a' /var/lib/askahead/askahead.db)" "askahead:askahead 600"

dpkg -r askahead >/dev/null
[ ! -e /usr/bin/askahead ] || fail "removing it leaves the program"
for kept in $etc /var/lib/askahead/askahead.db /var/lib/askahead/askahead.key; do
  [ -e "$kept" ] || fail "removing the package removes $kept"
done
dpkg -P askahead >/dev/null
for gone in /etc/askahead /var/lib/askahead; do
  [ ! -e "$gone" ] || fail "purging the package leaves $gone"
done
getent passwd askahead >/dev/null || fail "purging the package removes the user, whose number another could get"
echo "the package does what it promises"
